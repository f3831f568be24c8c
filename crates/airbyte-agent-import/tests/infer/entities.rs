//! What operations are about.

use serde_json::json;

use super::{decide, line, read, records};

#[test]
fn entities_are_plural_and_without_versions() {
    for (path, id, expected) in [
        ("/v1/issues", "", "issues"),
        ("/api/v2/user/{id}", "", "users"),
        ("/rest/api/3/issue/{key}/close", "", "issues"),
        ("/conversations.list", "", "conversations"),
        ("/v1/{name}", "cloud.projects.keys.get", "keys"),
        ("/getLocations", "", "locations"),
        ("/articles/by-slug/{slug}", "", "articles"),
        ("/users/{id}/apiKeys.json", "", "api_keys"),
        ("/2010-04-01/Accounts/{Sid}/Calls.json", "", "calls"),
    ] {
        let mut operation = read(&json!({}), &records());
        operation["operationId"] = json!(id);
        assert_eq!(line("get", path, &operation)["entity"], expected, "{path}");
    }
}

#[test]
fn one_noun_in_several_places_gets_the_noun_above_it() {
    let list = json!({"get": read(&json!({}), &records())});
    let decision = decide(&json!({
        "/projects/{id}/issues": list, "/issues": list, "/issues/{id}/comments": list, "/posts/{id}/comments": list,
    }));
    let names: Vec<_> =
        decision.operations.iter().map(|operation| operation.entity.value.as_str()).collect();
    assert_eq!(names, ["project_issues", "issues", "issue_comments", "post_comments"]);
}
