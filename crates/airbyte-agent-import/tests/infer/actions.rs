//! What operations do.

use serde_json::json;

use super::{decide, line, number, object, one, read, records, text, truth};

#[test]
fn actions_follow_from_method_path_and_name() {
    let record = object(&json!({"id": text(), "name": text()}));
    for (method, path, id, expected) in [
        ("get", "/issues/{id}", "", "get"),
        ("post", "/issues", "", "create"),
        ("put", "/issues/{id}", "", "update"),
        ("patch", "/issues/{id}", "", "update"),
        ("delete", "/issues/{id}", "", "delete"),
        ("post", "/issues/{id}", "", "update"),
        ("post", "/issues/{id}", "PostIssuesIssue", "update"),
        ("post", "/issues/{id}/close", "", "action"),
        ("post", "/v1/{name}:cancel", "projects.operations.cancel", "action"),
        ("post", "/chat.postMessage", "", "create"),
        ("post", "/users.remove", "", "delete"),
        ("get", "/auth.revoke", "", "action"),
        ("post", "/#Action=DeleteQueue", "DeleteQueue", "delete"),
        ("post", "/items/update", "", "update"),
        ("get", "/users.info", "", "get"),
        ("head", "/issues/{id}", "", "action"),
        ("get", "/files/{id}/download", "", "get"),
    ] {
        let mut operation = read(&json!({}), &record);
        operation["operationId"] = json!(id);
        assert_eq!(line(method, path, &operation)["action"], expected, "{method} {path}");
    }
}

#[test]
fn lists_and_searches_are_told_from_reads() {
    let page = object(&json!({"results": records(), "total": number()}));
    for (path, parameters, response, expected) in [
        ("/issues", json!({}), records(), "list"),
        ("/issues", json!({}), page.clone(), "list"),
        ("/apps/{appId}", json!({}), object(&json!({"results": records()})), "list"),
        ("/users.list", json!({}), object(&json!({"ok": truth(), "members": records()})), "list"),
        ("/search/issues", json!({"q": text()}), page.clone(), "search"),
        ("/issues/search", json!({"q": text()}), records(), "search"),
        (
            "/issues/{id}",
            json!({}),
            object(&json!({"issue": object(&json!({"id": text()}))})),
            "get",
        ),
        (
            "/settings",
            json!({}),
            object(
                &json!({"theme": text(), "colours": records(), "size": number(), "mode": text()}),
            ),
            "get",
        ),
    ] {
        assert_eq!(line("get", path, &read(&parameters, &response))["action"], expected, "{path}");
    }
}

#[test]
fn effects_follow_from_method_and_action() {
    for (method, path, expected) in [
        ("get", "/issues", [true, false, true]),
        ("post", "/issues/search", [true, false, true]),
        ("post", "/issues", [false, false, false]),
        ("put", "/issues/{id}", [false, false, true]),
        ("delete", "/issues/{id}", [false, true, true]),
        ("post", "/issues/{id}/purge", [false, true, false]),
    ] {
        let found = one(method, path, &read(&json!({}), &records()));
        let found = [found.read_only.value, found.destructive.value, found.idempotent.value];
        assert_eq!(found, expected, "{method} {path}");
    }
}

#[test]
fn responses_that_are_only_shown_are_understood() {
    let shown = json!({"ok": true, "approved_apps": [{"id": "A1"}], "response_metadata": {"next_cursor": "x"}});
    let content = json!({"application/json": {"schema": {"type": "object"}, "examples": {"one": {"value": shown}}}});
    let operation = json!({
        "parameters": [{"name": "cursor", "in": "query", "schema": text()}],
        "responses": {"200": {"description": "", "content": content}},
    });
    let line = line("get", "/apps.list", &operation);
    assert_eq!((&line["action"], &line["records"]), (&json!("list"), &json!("$.approved_apps")));
    assert_eq!(line["paging"]["from"], "$.response_metadata.next_cursor");
}

#[test]
fn documents_that_leave_out_arrays_still_have_lists() {
    let record = object(&json!({"id": text(), "name": text()}));
    let mut paths = serde_json::Map::new();
    for noun in
        ["users", "teams", "rooms", "desks", "lamps", "doors", "roofs", "walls", "trees", "rocks"]
    {
        paths.insert(
            format!("/{noun}"),
            json!({"get": read(&json!({"page": number(), "per_page": number()}), &record)}),
        );
    }
    let decision = decide(&json!(paths));
    for operation in &decision.operations {
        assert_eq!(operation.records.as_ref().unwrap().value, "$", "{}", operation.path);
        assert!(operation.paging.is_some(), "{}", operation.path);
    }
}
