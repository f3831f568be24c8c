//! What the linter says: one changed line of a clean spec, and the problems it must give.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod document;
mod operations;
mod schemas;

use airbyte_agent_spec::Spec;

const SMALL: &str = include_str!("../fixtures/small.yaml");
const FEATURE: &str = include_str!("../fixtures/feature.yaml");

/// The problems of the small spec after `from` became `to`, as `LINE severity: message`.
fn problems(from: &str, to: &str) -> Vec<String> {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must occur once");
    let text = SMALL.replace(from, to);
    let found = match Spec::parse(&text) {
        Ok(spec) => spec.lint(),
        Err(problems) => problems,
    };
    found.iter().map(|p| format!("{} {}: {}", p.line, p.severity, p.message)).collect()
}

/// Exactly the problems that start like `expected` (without the line) are found.
#[track_caller]
fn check(from: &str, to: &str, expected: &[&str]) {
    let found = problems(from, to);
    let fits = found.len() == expected.len()
        && expected.iter().all(|start| {
            found.iter().any(|f| f.split_once(' ').is_some_and(|(_, rest)| rest.starts_with(start)))
        });
    assert!(fits, "{to}\nexpected {expected:#?}\nfound {found:#?}");
}

#[test]
fn the_fixtures_are_clean() {
    for text in [SMALL, FEATURE] {
        let found: Vec<_> =
            Spec::parse(text).unwrap().lint().iter().map(ToString::to_string).collect();
        assert_eq!(found, [""; 0]);
    }
}

#[test]
fn problems_stand_where_the_mistake_is() {
    let text =
        SMALL.replace("x-airbyte-record-extractor: $.users", "x-airbyte-record-extractor: $.user");
    let found = Spec::parse(&text).unwrap().lint();
    let shown = found.first().map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        shown,
        "42:7: error: `$.user` leads nowhere in the schema of the response, which has users, cursor \
         at `$` (at /paths/~1users/get/x-airbyte-record-extractor)"
    );
}
