//! Pieces of evidence that contradict each other: nothing is decided, and the report says what would settle it.

use serde_json::{Value, json};

use super::{answer, line, number, object, read, records, text, truth};

fn get(path: &str, summary: &str, response: &Value) -> Value {
    line("get", path, &json!({"summary": summary, "responses": answer(response)}))
}

fn one_record() -> Value {
    object(&json!({"code": text(), "colour": text(), "weight": number()}))
}

#[test]
fn one_record_in_the_place_of_several_is_open() {
    for (path, summary, expected) in [
        ("/groups", "Get all groups", "unknown"),
        ("/feedbacks", "Get feedbacks", "unknown"),
        ("/search", "List all companies", "unknown"),
        ("/users/{organisation_id}", "Get all users", "unknown"),
        // What is in the plural is one thing, or one of it is asked for.
        ("/account/settings", "List all account settings", "get"),
        ("/stats/groups", "Get all groups", "get"),
        ("/groups/{group_id}", "Get all data of groups", "get"),
        ("/group", "Get the group", "get"),
    ] {
        let found = get(path, summary, &one_record());
        assert_eq!(found["action"], expected, "{path} {summary}: {found}");
        assert_eq!(found["list"].is_null(), expected == "unknown", "{path} {summary}");
    }
}

#[test]
fn a_plural_without_a_described_response_is_no_list_by_itself() {
    let vague = json!({"200": {"description": "Success."}});
    let found = |path: &str, summary: &str| {
        line("get", path, &json!({"summary": summary, "responses": vague}))["list"].clone()
    };
    assert_eq!(found("/cookies", "Returns cookie data."), Value::Null);
    assert_eq!(found("/segments", "Get Segment"), Value::Null);
    assert_eq!(found("/links", "Get assigned links"), true);
}

#[test]
fn a_list_at_the_path_of_a_record_of_which_the_text_speaks_is_open() {
    let page = object(&json!({"items": records(), "next_link": text()}));
    let found = get("/requests/{request_id}", "Get a single request", &page);
    assert_eq!((&found["action"], &found["list"]), (&json!("unknown"), &Value::Null));
    // The article belongs to the owner, and not to what is returned.
    let found = get("/users/{user_id}/posts", "Get a user's posts", &page);
    assert_eq!(found["list"], true);
}

#[test]
fn two_arrays_of_the_same_noun_are_no_list() {
    let files = object(&json!({"inputFiles": records(), "outputFiles": records()}));
    assert_eq!(get("/jobs/{id}/files", "Returns list of files", &files)["list"], Value::Null);
    let files = object(&json!({"files": records(), "deleted": truth()}));
    assert_eq!(get("/jobs/{id}/files", "Returns list of files", &files)["list"], true);
}

#[test]
fn an_array_that_nothing_names_is_a_part_of_what_is_read() {
    let policy = object(&json!({"bindings": records(), "etag": text(), "version": number()}));
    assert_eq!(get("/v1/things/{id}/policy", "Reads the policy", &policy)["list"], Value::Null);
    let page = object(&json!({"bindings": records()}));
    assert_eq!(get("/v1/things/{id}/bindings", "Reads the bindings", &page)["list"], true);
}

#[test]
fn a_limit_of_results_that_only_a_text_states_is_no_part_of_a_record() {
    let limit = json!({"type": "integer", "description": "Number of results to include."});
    let members = json!({"builds": records(), "project": one_record(), "queue": one_record()});
    let found = |parameters: &Value| {
        let mut operation = read(parameters, &object(&members));
        operation["summary"] = json!("Get the history");
        line("get", "/projects/{id}/history", &operation)["action"].clone()
    };
    assert_eq!(found(&json!({"recordsNumber": limit})), "unknown");
    assert_eq!(found(&json!({"colour": text()})), "get");
}

#[test]
fn the_index_of_an_api_is_no_list() {
    let found = get("/", "List supported addresses", &json!({"type": "object"}));
    assert_eq!(found["list"], Value::Null);
}

#[test]
fn a_number_at_the_end_of_a_path_is_an_id() {
    let found = get("/tasks/0", "Get one task", &one_record());
    assert_eq!((&found["action"], &found["list"]), (&json!("get"), &json!(false)));
}

#[test]
fn arrays_beside_each_other_without_names_of_records_are_not_chosen_from() {
    let both = object(&json!({"ferry": records(), "train": records()}));
    let pages = object(&json!({"disruptions": both}));
    let operation = json!({
        "summary": "List all disruptions",
        "operationId": "listDisruptions",
        "responses": answer(&pages),
        "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer"}}],
    });
    let found = line("get", "/disruptions", &operation);
    assert_eq!((&found["list"], &found["records"]), (&json!(true), &Value::Null));
}

#[test]
fn what_a_post_does_is_open_where_the_text_says_the_opposite() {
    let post = |path: &str, id: &str, summary: &str| {
        let operation = json!({
            "operationId": id,
            "summary": summary,
            "responses": answer(&one_record()),
        });
        line("post", path, &operation)["action"].clone()
    };
    for (path, id, summary, expected) in [
        ("/teams/{id}/sessions", "", "Get sessions by a range of days", "unknown"),
        ("/teams/{id}/attributes", "", "Update the attributes of everybody", "unknown"),
        ("/sessions", "", "Creates a session", "create"),
        ("/teams/{id}/sessions", "createSession", "Get a new session", "create"),
        ("/follows/search", "", "Follow a search", "unknown"),
        ("/docs/search", "", "Run a search", "search"),
        ("/groups/{id}", "Groups_Post", "Update a group", "update"),
    ] {
        assert_eq!(post(path, id, summary), expected, "{path} {id} {summary}");
    }
}

#[test]
fn a_parameter_whose_text_speaks_of_pages_keeps_a_list_from_being_whole() {
    let paging = |parameter: &str, schema: &Value| {
        line("get", "/places", &read(&json!({parameter: schema}), &records()))["paging"]["kind"]
            .clone()
    };
    for (parameter, schema, expected) in [
        (
            "numberOfPlaces",
            json!({"type": "integer", "description": "The number of results."}),
            "unknown",
        ),
        ("_from", json!({"type": "string", "description": "For pagination."}), "unknown"),
        ("colour", json!({"type": "string", "description": "The colour of the places."}), "none"),
    ] {
        assert_eq!(paging(parameter, &schema), expected, "{parameter}");
    }
}
