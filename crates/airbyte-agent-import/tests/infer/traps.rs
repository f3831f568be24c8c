//! What looks like one thing and is another.

use airbyte_agent_import::report::json_line;
use serde_json::{Value, json};

use super::{answer, line, number, object, one, query, read, records, text, truth};

fn paging(parameters: &Value, members: &Value) -> Value {
    let mut members = members.clone();
    members["data"] = records();
    line("get", "/issues", &read(parameters, &object(&members)))["paging"].clone()
}

#[test]
fn an_offset_that_is_a_token_is_not_counted() {
    let offset = json!({"type": "string", "description": "The offset token that the previous page returned."});
    let found = paging(
        &json!({"offset": offset, "limit": number()}),
        &json!({"next_page": object(&json!({"offset": text()}))}),
    );
    assert_eq!(found["kind"], "token");
    // Without its place in the response, nothing is claimed.
    let found = paging(&json!({"offset": offset, "limit": number()}), &json!({}));
    assert_eq!(found["kind"], "unknown");
}

#[test]
fn a_page_that_is_a_token_is_not_counted() {
    let page =
        json!({"type": "string", "description": "An opaque cursor from the previous response."});
    assert_eq!(paging(&json!({"page": page}), &json!({"next_page": text()}))["kind"], "token");
    assert_eq!(paging(&json!({"page": page}), &json!({}))["kind"], "unknown");
}

#[test]
fn a_limit_alone_continues_nothing() {
    assert_eq!(paging(&json!({"limit": number()}), &json!({}))["kind"], "unknown");
}

#[test]
fn a_next_that_is_a_truth_value_is_no_address() {
    let found = paging(&json!({"page": number()}), &json!({"next": truth()}));
    assert_eq!((&found["kind"], &found["from"]), (&json!("page"), &Value::Null));
}

#[test]
fn credentials_and_ranges_are_no_places_in_a_list() {
    let token = json!({"type": "string", "description": "Your access token."});
    let found = paging(&json!({"token": token}), &json!({"next_page_token": text()}));
    assert_eq!(found["kind"], "unknown");
    let range = json!({"start": number(), "end": number(), "limit": number()});
    assert_eq!(paging(&range, &json!({}))["kind"], "unknown");
    let fields = json!({"fields[page]": number(), "filter[offset]": number()});
    assert_eq!(paging(&fields, &json!({}))["kind"], "none");
}

#[test]
fn what_may_be_a_list_or_not_is_left_open() {
    let thing = |members: Value, path: &str, summary: &str| {
        let mut operation = read(&json!({}), &object(&members));
        operation["summary"] = json!(summary);
        one("get", path, &operation)
    };
    // The array has the name of the record above, and the path gives one thing of it.
    let open = thing(json!({"groups": records()}), "/groups/{id}/invite", "Get the invite");
    assert!(!open.list.is_made() && !open.action.is_made());
    assert!(open.open_questions[0].contains("list or one record"), "{:?}", open.open_questions);
    let line: Value = serde_json::from_str(&json_line(&open)).unwrap();
    assert_eq!(
        (&line["action"], &line["list"], &line["records"], &line["paging"]["kind"]),
        (&json!("unknown"), &Value::Null, &Value::Null, &json!("unknown"))
    );
    let decided = thing(json!({"groups": records()}), "/groups", "Get the groups");
    assert!(decided.list.is_made() && decided.open_questions.is_empty());
    // What a write at a record does that cannot be read is said by nothing.
    let write = one("post", "/licensing/{assetId}", &read(&json!({}), &object(&json!({}))));
    let line: Value = serde_json::from_str(&json_line(&write)).unwrap();
    assert_eq!((&line["action"], &line["list"]), (&json!("unknown"), &json!(false)));
}

#[test]
fn dates_are_neither_tokens_nor_ids() {
    let date = json!({"type": "string", "format": "date-time"});
    let described =
        json!({"type": "string", "description": "Only records after this ISO 8601 timestamp."});
    for parameters in [
        json!({"after": date}),
        json!({"after": described}),
        json!({"from": date, "since": described}),
    ] {
        assert_eq!(paging(&parameters, &json!({}))["kind"], "none", "{parameters}");
    }
}

#[test]
fn a_count_that_asks_for_the_number_of_records_is_no_size() {
    let found = paging(&json!({"$count": truth(), "$skip": number()}), &json!({}));
    assert_eq!(found, json!({"kind": "offset", "parameter": "$skip", "from": null, "size": null}));
}

#[test]
fn what_repeats_the_request_is_no_token() {
    let offset = json!({"offset": number(), "limit": number()});
    assert_eq!(paging(&offset, &offset)["kind"], "offset");
    let page = json!({"page": number(), "per_page": number()});
    assert_eq!(paging(&page, &page)["kind"], "page");
}

#[test]
fn previous_pages_are_not_next_ones() {
    assert_eq!(
        paging(&json!({"cursor": text()}), &json!({"previous_cursor": text()}))["kind"],
        "unknown"
    );
}

#[test]
fn a_record_with_arrays_is_no_list() {
    let order = object(&json!({
        "id": text(), "state": text(), "buyer": text(), "items": records(), "total": number(), "notes": records(),
    }));
    for path in ["/orders/{id}", "/order", "/users/{id}/basket"] {
        let line = line("get", path, &read(&json!({}), &order));
        assert_eq!(
            (&line["action"], &line["list"], &line["records"]),
            (&json!("get"), &json!(false), &json!("$")),
            "{path}"
        );
        assert_eq!(line["paging"], Value::Null, "{path}");
    }
}

#[test]
fn a_list_inside_a_record_is_not_the_list() {
    let response = object(
        &json!({"environment": object(&json!({"id": text(), "name": text(), "values": records()}))}),
    );
    let line = line("get", "/environments/{id}", &read(&json!({}), &response));
    assert_eq!((&line["action"], &line["records"]), (&json!("get"), &json!("$.environment")));
}

#[test]
fn a_write_that_returns_a_list_stays_a_write() {
    let mut operation = read(&json!({}), &records());
    operation["requestBody"] = json!({"content": {"application/json": {"schema": records()}}});
    let line = line("post", "/issues", &operation);
    assert_eq!(
        (&line["action"], &line["list"], &line["paging"]),
        (&json!("create"), &json!(false), &Value::Null)
    );
}

#[test]
fn a_write_whose_response_has_a_next_page_is_a_list_too() {
    let response = object(&json!({"value": records(), "@odata.nextLink": text()}));
    let line = line("post", "/groups/{id}/checkMembers", &read(&json!({}), &response));
    assert_eq!((&line["list"], &line["paging"]["kind"]), (&json!(true), &json!("link")));
}

#[test]
fn responses_without_a_body_have_no_records() {
    let empty = json!({"responses": {"204": {"description": ""}}});
    for method in ["delete", "put"] {
        assert_eq!(line(method, "/issues/{id}", &empty)["records"], Value::Null, "{method}");
    }
    let file =
        json!({"responses": {"200": {"description": "", "content": {"application/pdf": {}}}}});
    let line = line("get", "/issues/{id}/report", &file);
    assert_eq!((&line["action"], &line["records"]), (&json!("download"), &Value::Null));
}

#[test]
fn a_map_is_no_list() {
    let languages = json!({"type": "object", "additionalProperties": {"type": "integer"}});
    let line = line("get", "/repos/{id}/languages", &read(&json!({}), &languages));
    assert_eq!(line["list"], false);
}

#[test]
fn schemas_that_contain_themselves_are_read_once() {
    let node =
        json!({"$ref": "#/paths/~1nodes/get/responses/200/content/application~1json/schema"});
    let operation = json!({"parameters": query(&json!({})), "responses": answer(&object(&json!({
        "children": {"type": "array", "items": node}, "parent": node, "left": node, "right": node, "id": text(),
    })))});
    assert_eq!(line("get", "/nodes", &operation)["method"], "GET");
}
