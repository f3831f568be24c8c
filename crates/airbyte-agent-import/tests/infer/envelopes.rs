//! What can only be seen of a document as a whole, or of an example beside a schema.

use serde_json::{Map, Value, json};

use super::{answer, decide, line, number, object, one, query, read, records, text};
use airbyte_agent_import::report::json_line;
use airbyte_agent_import::{Options, import};

/// The lines of the report about these paths, by path.
fn lines(paths: &Value) -> Map<String, Value> {
    let decided = decide(paths);
    let all = decided.operations.iter();
    all.map(|one| (one.path.clone(), serde_json::from_str(&json_line(one)).unwrap())).collect()
}

/// The operation of the spec that an import makes of a document with this read.
fn spec(path: &str, operation: &Value) -> Value {
    let text = json!({
        "openapi": "3.0.0",
        "info": {"title": "Acme API", "version": "1"},
        "servers": [{"url": "https://api.acme.test"}],
        "paths": {path: {"get": operation}},
    })
    .to_string();
    let document = airbyte_agent_document::parse("acme.json", &text).unwrap();
    let mut imported = import(&document, text.as_bytes(), &Options::default()).unwrap();
    let (spec, _) = imported.lower().unwrap();
    assert!(spec.lint().is_empty(), "{:?}", spec.lint());
    imported.spec["paths"][path]["get"].clone()
}

/// A response in an envelope whose members say by no name of theirs that they are of one.
fn wrapped(content: &Value) -> Value {
    read(
        &json!({}),
        &object(
            &json!({"Body": content, "Throttle": number(), "Trace": text(), "Severity": text()}),
        ),
    )
}

#[test]
fn what_all_responses_have_around_their_content_is_no_record() {
    let mut paths = Map::new();
    for (index, name) in ["beds", "trees", "herbs", "pots", "tools", "seeds"].iter().enumerate() {
        let mut members = json!({"name": text(), "height": number()});
        members[format!("only{index}")] = text();
        paths.insert(format!("/{name}/{{id}}"), json!({"get": wrapped(&object(&members))}));
        paths.insert(format!("/{name}"), json!({"get": wrapped(&records())}));
    }
    let found = lines(&Value::Object(paths));
    for name in ["beds", "trees"] {
        let one = &found[&format!("/{name}/{{id}}")];
        assert_eq!((&one["action"], &one["records"]), (&json!("get"), &json!("$.Body")));
        let all = &found[&format!("/{name}")];
        assert_eq!((&all["action"], &all["records"]), (&json!("list"), &json!("$.Body")));
    }
    // One such response alone is a record with a part.
    let alone =
        line("get", "/beds/{id}", &wrapped(&object(&json!({"name": text(), "kind": text()}))));
    assert_eq!(alone["records"], "$");
}

#[test]
fn records_of_one_kind_are_no_envelope() {
    let record = |index: usize| {
        let mut parts = json!({"colour": text()});
        parts[format!("part{index}")] = text();
        object(&json!({"id": text(), "state": text(), "place": text(), "parts": object(&parts)}))
    };
    let paths: Map<String, Value> = (0..10)
        .map(|index| {
            (format!("/kind{index}/{{id}}"), json!({"get": read(&json!({}), &record(index))}))
        })
        .collect();
    let found = lines(&Value::Object(paths));
    assert!(found.values().all(|line| line["records"] == "$"), "{found:?}");
}

#[test]
fn an_example_that_a_schema_contradicts_is_what_comes_back() {
    let shown = json!({
        "data": [{"id": "1", "name": "a"}],
        "links": {"next": "https://api.acme.test/nodes?page=2", "prev": null},
    });
    let mut response = answer(&records());
    response["200"]["content"]["application/json"]["example"] = shown;
    let found = line("get", "/nodes", &json!({"responses": response}));
    assert_eq!((&found["list"], &found["records"]), (&json!(true), &json!("$.data")));
    assert_eq!(found["paging"]["kind"], "link");
    // The spec has the place of the example, and no schema that denies it.
    let spec = spec("/nodes", &json!({"responses": response}));
    assert_eq!(spec["x-airbyte-record-extractor"], "$.data");
    assert_eq!(spec["responses"]["200"]["content"]["application/json"]["schema"], json!({}));
    // An example of what the schema describes changes nothing.
    let mut response = answer(&records());
    response["200"]["content"]["application/json"]["example"] = json!([{"id": "1"}]);
    let found = line("get", "/nodes", &json!({"responses": response}));
    assert_eq!((&found["records"], &found["paging"]["kind"]), (&json!("$"), &json!("none")));
}

#[test]
fn a_record_is_found_beside_what_is_about_the_request() {
    for (members, expected) in [
        // One object beside the number of the request.
        (
            json!({"request_id": text(), "account": object(&json!({"number": text(), "owner": text()}))}),
            "$.account",
        ),
        // What has an id itself is the record, of which `data` is a part.
        (
            json!({"id": text(), "status": text(), "task": text(), "data": object(&json!({"a": text()}))}),
            "$",
        ),
        (json!({"data": object(&json!({"a": text(), "b": text()})), "status": text()}), "$.data"),
        // Two objects are both of the record.
        (
            json!({"request_id": text(), "account": object(&json!({"a": text()})), "numbers": object(&json!({"b": text()}))}),
            "$",
        ),
    ] {
        let found = line("get", "/identities/{key}", &read(&json!({}), &object(&members)));
        assert_eq!(found["records"], expected, "{members}");
    }
}

#[test]
fn ids_of_lists_with_the_newest_first_continue_at_the_older_side() {
    let id = |text: &str| json!({"type": "string", "description": text});
    let paging =
        |parameters: Value| line("get", "/posts", &read(&parameters, &records()))["paging"].clone();
    let both = json!({"max_id": id("Results older than this ID"), "since_id": id("Results newer than this ID")});
    let found = paging(both);
    assert_eq!(
        (&found["kind"], &found["parameter"], &found["from"]),
        (&json!("last_record"), &json!("max_id"), &json!("id"))
    );
    // The record with the id comes again, or nothing says where the list begins.
    for parameters in [
        json!({"max_id": id("Results older than or equal to this ID"), "since_id": id("Newer")}),
        json!({"since_id": id("Results newer than this ID")}),
        json!({"id_lt": id(""), "id_gt": id("")}),
    ] {
        assert_eq!(paging(parameters.clone())["kind"], "unknown", "{parameters}");
    }
    let found = paging(json!({"max_post_id": id("Only posts with an ID smaller than this")}));
    assert_eq!(found["parameter"], "max_post_id");
    let found = paging(json!({"since_id": id("The ID of the last record that was seen")}));
    assert_eq!((&found["kind"], &found["parameter"]), (&json!("last_record"), &json!("since_id")));
}

#[test]
fn what_says_that_there_are_pages_leaves_a_list_open() {
    let mut operation = read(&json!({}), &records());
    operation["responses"]["200"]["headers"] = json!({"X-Pagination-Page": {"schema": number()}});
    assert_eq!(line("get", "/shows", &operation)["paging"]["kind"], "unknown");
    let positions =
        object(&json!({"shows": records(), "startPosition": number(), "resultSetSize": number()}));
    assert_eq!(line("get", "/shows", &read(&json!({}), &positions))["paging"]["kind"], "unknown");
    // An object that is sent as JSON has no parameters for its members.
    let payload = json!([{"name": "payload", "in": "query", "content": {"application/json": {"schema":
        object(&json!({"offset": number(), "limit": number()}))}}}]);
    let operation = json!({"parameters": payload, "responses": answer(&records())});
    assert_ne!(line("get", "/shows", &operation)["paging"]["kind"], "offset");
    let persistence = json!({"first": number(), "max": number()});
    let found = line("get", "/roles", &read(&persistence, &records()))["paging"].clone();
    assert_eq!(
        (&found["kind"], &found["parameter"], &found["size"]),
        (&json!("offset"), &json!("first"), &json!("max"))
    );
}

#[test]
fn declared_single_pages_are_whole_and_their_specs_follow_an_address_all_the_same() {
    let mut operation = read(&json!({}), &object(&json!({"value": records(), "nextLink": text()})));
    operation["x-ms-pageable"] = json!({});
    assert_eq!(line("get", "/accounts", &operation)["paging"]["kind"], "none");
    let spec = spec("/accounts", &operation);
    assert_eq!(spec["x-agent-pagination"], json!({"link": {"from": "$.nextLink"}}));
    operation["x-ms-pageable"] = json!({"nextLinkName": "nextLink"});
    assert_eq!(line("get", "/accounts", &operation)["paging"]["kind"], "link");
}

#[test]
fn reads_that_act_are_told_by_path_and_text_together() {
    let act = |method: &str, path: &str, summary: &str, id: &str| {
        let mut operation = json!({"parameters": query(&json!({})), "responses": answer(&object(&json!({"ok": text()})))});
        operation["summary"] = json!(summary);
        operation["operationId"] = json!(id);
        serde_json::to_value(one(method, path, &operation).action.value).unwrap()
    };
    for (path, summary, expected) in [
        ("/activate/{token}", "Activate an account", "action"),
        ("/rooms/{id}/send-message", "Sends a message to a room", "action"),
        ("/entries/delete/{id}", "Delete an entry", "delete"),
        ("/remove/lock/{lock}", "Remove a lock from a thing", "delete"),
        ("/report/{id}", "Report of a match", "get"),
        ("/activate/{token}", "Get the state of an activation", "get"),
        ("/rooms/{id}/send-settings", "Get how messages are sent", "get"),
    ] {
        assert_eq!(act("get", path, summary, ""), expected, "{path} {summary}");
    }
    // A list that comes back does not make it a read.
    let mut sends = read(&json!({}), &records());
    sends["summary"] = json!("Send a message by GET");
    assert_eq!(line("get", "/messages/send", &sends)["action"], "action");
    // A filter with an id of its own is made.
    let record = object(&json!({"id": text(), "owner": text(), "editors": records()}));
    let mut makes = read(&json!({}), &record);
    makes["summary"] = json!("Create a filter");
    let found = lines(
        &json!({"/filter": {"post": makes}, "/filter/{id}": {"get": read(&json!({}), &record)}}),
    );
    assert_eq!(found["/filter"]["action"], "create");
    // The name ends with the path and the method, which say nothing.
    let id = "replay_missing_hooks_api_v1_app__app_id__replay_missing_post";
    assert_eq!(
        act("post", "/api/v1/app/{app_id}/replay-missing", "Replay missing hooks", id),
        "action"
    );
    assert_eq!(
        act("post", "/groups/{id}/members/denyList", "Deny all users", "denyPendingForList"),
        "action"
    );
}

#[test]
fn examples_and_patterns_that_nothing_could_keep_are_left_out() {
    let day = json!({"type": "string", "format": "date", "example": "2025-10-15T13:51:01Z", "description": "A day."});
    let ahead = json!({"type": "string", "pattern": "^(?=a)b$", "description": "A code."});
    let fits =
        json!({"type": "string", "pattern": "^a+$", "example": "aa", "description": "A text."});
    let mut operation = read(&json!({"day": day, "ahead": ahead, "fits": fits}), &records());
    for parameter in operation["parameters"].as_array_mut().unwrap() {
        parameter["example"] = parameter["schema"]["example"].clone();
    }
    let spec = spec("/beds", &operation);
    let found = |name: &str| {
        let all = spec["parameters"].as_array().unwrap();
        all.iter().find(|parameter| parameter["name"] == name).unwrap().clone()
    };
    assert_eq!(found("day").get("example"), None);
    assert_eq!(found("day")["schema"]["format"], "date");
    assert_eq!(found("ahead")["schema"].get("pattern"), None);
    assert_eq!(
        (&found("fits")["example"], &found("fits")["schema"]["pattern"]),
        (&json!("aa"), &json!("^a+$"))
    );
}
