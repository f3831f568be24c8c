use serde_json::json;

use super::*;

#[test]
fn queries_select_records() {
    let record = json!({
        "id": "10001", "key": "APOLLO-7",
        "fields": {
            "summary": "Engine fails at start", "status": {"id": "3", "name": "In Progress"},
            "project": {"id": "10", "key": "APOLLO", "name": "Apollo"}, "assignee": null,
            "reporter": {"accountId": "5b1", "displayName": "Ada Keller"},
            "labels": ["red", "blue"], "created": "2025-06-01T12:00:00.000+0000",
            "issuetype": {"name": "Bug"}, "customfield_10020": "x",
            "description": {"content": [{"text": "Smoke"}]},
        },
    });
    let record = record.as_object().unwrap();
    for (query, expected) in [
        ("", true),
        ("ORDER BY created DESC", true),
        ("project = APOLLO", true),
        ("project = apollo AND status = \"In Progress\" ORDER BY created DESC, key", true),
        ("project = OTHER", false),
        ("project in (OTHER, APOLLO)", true),
        ("project not in (OTHER, APOLLO)", false),
        ("status != Done", true),
        ("status = Done OR labels = red", true),
        ("(status = Done OR labels = green) AND project = APOLLO", false),
        ("status = Done OR labels = red AND project = OTHER", false),
        ("assignee is EMPTY", true),
        ("assignee is not EMPTY", false),
        ("assignee = null", true),
        ("reporter != EMPTY", true),
        ("NOT assignee is empty", false),
        ("not (project = OTHER)", true),
        ("reporter = currentUser()", true),
        ("reporter = 5b1 and reporter = 'Ada Keller'", true),
        ("text ~ \"engine smoke\"", true),
        ("text ~ \"rocket*\"", false),
        ("summary ~ fails AND summary !~ 'water'", true),
        ("created >= \"2025-01-01\"", true),
        ("created < 2025-01-01", false),
        ("updated >= -7d", true),
        ("created >= startOfDay(-1) and sprint in openSprints()", true),
        ("issuetype = Bug and type in (Bug, Task)", true),
        ("key = APOLLO-7 && issuekey in (APOLLO-7)", true),
        ("cf[10020] = x", true),
        ("\"Story Points\" > 3", true),
        ("not \"Story Points\" > 3", true),
        ("status was not in (Done) before \"2025-01-01\" and status changed to Done", true),
    ] {
        let parsed = parse(query).unwrap_or_else(|problem| panic!("{query}: {problem}"));
        assert_eq!(parsed.is_met(record), expected, "{query}: {parsed:?}");
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    for (query, part) in [
        ("project", "an operator"),
        ("project =", "a value is expected, found the end"),
        ("project = APOLLO status = Done", "AND, OR or ORDER BY"),
        ("project == APOLLO", "no operator"),
        ("= APOLLO", "a condition"),
        ("project in (A, B", "'(' is not closed"),
        ("(project = A", "'(' is not closed"),
        ("assignee is 5b1", "compare with EMPTY only"),
        ("text ~ \"engine", "at its end"),
        ("project = A AND", "a condition"),
        ("project = A ORDER created", "BY"),
        ("project = A ORDER BY", "a field to order by"),
        ("assignee > EMPTY", "EMPTY takes"),
        (&"(".repeat(100_000), "too deeply"),
    ] {
        let problem = parse(query).unwrap_err();
        assert!(problem.contains(part), "{query:.40}: {problem}");
    }
}
