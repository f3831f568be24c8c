//! Where records stand, and what is known about them.

use serde_json::{Value, json};

use super::{line, number, object, one, read, records, text};

/// Records under names of their own.
fn map() -> Value {
    json!({"type": "object", "additionalProperties": object(&json!({"id": text(), "name": text()}))})
}

#[test]
fn records_stand_where_their_name_or_their_frame_says() {
    for (path, response, expected) in [
        ("/issues", records(), "$"),
        ("/issues", object(&json!({"data": records(), "included": records()})), "$.data"),
        (
            "/issues",
            object(&json!({"issues": records(), "users": records(), "errors": records()})),
            "$.issues",
        ),
        (
            "/issues",
            object(&json!({"data": object(&json!({"issues": records(), "total": number()}))})),
            "$.data.issues",
        ),
        (
            "/issues",
            object(&json!({"_embedded": object(&json!({"issues": records()}))})),
            "$._embedded.issues",
        ),
        (
            "/issues",
            object(&json!({"hits": object(&json!({"hits": records(), "total": number()}))})),
            "$.hits.hits",
        ),
        ("/issues", object(&json!({"odata.records": records()})), "$['odata.records']"),
        (
            "/issues",
            object(
                &json!({"response": object(&json!({"result": object(&json!({"items": records()}))}))}),
            ),
            "$.response.result.items",
        ),
        ("/issues", map(), "$[*]"),
        ("/issues", object(&json!({"data": map(), "total": number()})), "$.data[*]"),
    ] {
        assert_eq!(
            line("get", path, &read(&json!({}), &response))["records"],
            expected,
            "{response}"
        );
    }
}

#[test]
fn a_record_stands_in_its_frame() {
    let issue = object(&json!({"id": text(), "title": text()}));
    for (response, expected) in [
        (issue.clone(), "$"),
        (object(&json!({"data": issue})), "$.data"),
        (object(&json!({"ok": text(), "issue": issue})), "$.issue"),
        (object(&json!({"data": issue, "included": records()})), "$.data"),
        (object(&json!({"id": text(), "author": issue})), "$"),
    ] {
        assert_eq!(
            line("get", "/issues/{id}", &read(&json!({}), &response))["records"],
            expected,
            "{response}"
        );
    }
}

#[test]
fn keys_and_times_of_change_are_members_of_records() {
    let list = |members| read(&json!({}), &json!({"type": "array", "items": object(&members)}));
    for (members, key, changed) in [
        (json!({"id": text(), "updated_at": text()}), Some("id"), Some("updated_at")),
        (
            json!({"gid": text(), "name": text(), "lastModified": text()}),
            Some("gid"),
            Some("lastModified"),
        ),
        (json!({"issueId": text(), "title": text()}), Some("issueId"), None),
        (json!({"title": text()}), None, None),
    ] {
        let found = one("get", "/issues", &list(members.clone()));
        assert_eq!(found.primary_key.map(|key| key.value).as_deref(), key, "{members}");
        assert_eq!(found.changed_at.map(|changed| changed.value).as_deref(), changed, "{members}");
    }
}

#[test]
fn filters_by_time_of_change_are_found_by_name_or_text() {
    let since = json!({"type": "string", "format": "date-time", "description": "Only what was updated after this time."});
    for (parameters, expected) in [
        (json!({"updated_since": text()}), Some("updated_since")),
        (json!({"updated_at[gte]": text()}), Some("updated_at[gte]")),
        (json!({"since": since}), Some("since")),
        (json!({"created_since": text()}), None),
    ] {
        let found = one("get", "/issues", &read(&parameters, &records()));
        assert_eq!(
            found.changed_since.map(|since| since.value).as_deref(),
            expected,
            "{parameters}"
        );
    }
}
