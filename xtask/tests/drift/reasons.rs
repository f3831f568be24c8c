//! Differences that a spec accepts.

use super::{SPEC, VENDOR, compare, ids, with};

/// The spec with reasons in `info` and in the first operation.
fn spec(info: &str, operation: &str) -> String {
    let spec =
        with(SPEC, "  version: 1.0.0\n", &format!("  version: 1.0.0\n  x-agent-drift: {info}\n"));
    let key = "      x-airbyte-record-extractor: $.users\n";
    with(&spec, key, &format!("{key}      x-agent-drift: {operation}\n"))
}

#[test]
fn reasons_explain_differences() {
    let changed = with(VENDOR, "{name: after, in: query", "{name: from, in: query");
    let changed =
        with(&changed, "        hidden: {type: boolean}\n", "        visible: {type: boolean}\n");
    let all = [
        "users.list/argument-unknown:after",
        "users.list/filter-absent:$.hidden",
        "users.list/field-unknown:hidden",
        "users.create/field-unknown:hidden",
        "users.get/field-unknown:hidden",
        "users.list/field-missing:visible",
        "users.create/field-missing:visible",
        "users.get/field-missing:visible",
    ];
    let rest = |patterns: &str| -> Vec<&str> {
        all.into_iter()
            .filter(|id| !patterns.split(' ').any(|pattern| id.contains(pattern)))
            .collect()
    };
    for (info, operation, explained, unused) in [
        ("{}", "{}", "none", vec![]),
        ("{'*/field-*': Old.}", "{}", "field", vec![]),
        ("{'users.get/field-unknown:hidden': Old.}", "{}", "get/field-unknown", vec![]),
        ("{}", "{'*hidden': Old.}", "list/filter list/field-unknown", vec![]),
        (
            "{'*/field-unknown:*': Old.}",
            "{'argument-unknown:after': It works.}",
            "field-unknown argument",
            vec![],
        ),
        // A reason that explains nothing is reported.
        (
            "{'*/enum-own:*': Old., '*/field-missing:*': New.}",
            "{'enum-own:role': Old.}",
            "field-missing",
            vec!["enum-own:role", "*/enum-own:*"],
        ),
        ("{'users.delete/*': Gone.}", "{}", "none", vec!["users.delete/*"]),
    ] {
        let report = compare(&spec(info, operation), &[("acme.yaml", &changed)]);
        assert_eq!(ids(&report), rest(explained), "{info} {operation}");
        let found: Vec<&str> = report.unused.iter().map(|reason| reason.pattern.as_str()).collect();
        assert_eq!(found, unused, "{info} {operation}");
    }
    let report = compare(&spec("{'*/*': All of it.}", "{}"), &[("acme.yaml", &changed)]);
    assert!(report.is_clean());
    // Nothing differs any more, so the reason has to be removed.
    let report = compare(&spec("{'*/*': All of it.}", "{}"), &[("acme.yaml", VENDOR)]);
    assert!(!report.is_clean());
    assert!(
        report.table().contains("Reasons that explain nothing any more:\n  info: */*\n"),
        "{}",
        report.table()
    );
    // Other documents may describe what was not compared.
    let report =
        compare(&spec("{'*/*': All of it.}", "{}"), &[("a.graphql", "type Query { a: Int }")]);
    assert!(report.is_clean());
}

#[test]
fn reports_are_for_people_and_programs() {
    let changed = with(VENDOR, "        hidden: {type: boolean}\n", "");
    let spec = spec("{'*/field-unknown:hidden': Old.}", "{}");
    let report = compare(&spec, &[("acme.yaml", &changed)]);
    let table = report.table();
    for line in [
        "acme: 3 operations compared with acme.yaml\n",
        "Class 2: a result is wrong or incomplete, and nobody is told\n",
        "  filter-absent        $.hidden ",
        "users.list: The vendor's records have no $.hidden, and records without it are an error.\n",
        "acme: unexplained differences: 0 of class 1, 1 of class 2, 0 of class 3; 3 explained, 0 reasons without use\n",
    ] {
        assert!(table.contains(line), "{line}\n{table}");
    }
    let lines = report.json_lines();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["id"], "filter-absent:$.hidden");
    assert_eq!((&lines[0]["class"], &lines[0]["reason"]), (&2.into(), &serde_json::Value::Null));
    assert_eq!(lines[1]["reason"], "Old.");
    assert_eq!(lines[4]["unexplained"], serde_json::json!([0, 1, 0]));
}
