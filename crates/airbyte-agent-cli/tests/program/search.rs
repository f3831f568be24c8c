//! Tests of `search`: words lead to operations.

use crate::run::{run, shell_words, spec};

#[test]
fn operations_are_found_with_a_command_that_works() {
    let outcome =
        run(&["search", "open invoices of a customer", "--limit", "3"]).succeeded().json();
    let found = outcome["data"].as_array().unwrap();
    assert_eq!(found.len(), 3);
    assert_eq!((&found[0]["entity"], &found[0]["action"]), (&"invoices".into(), &"list".into()));
    for one in found {
        let command = one["command"].as_str().unwrap();
        let words = shell_words(command);
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        run(&[&words[..], &["--sandbox", "--dry-run"]].concat()).succeeded();
    }
    let text = run(&["search", "list", "issues", "--connector", "github", "--output", "table"]);
    let text = text.succeeded().stdout;
    assert!(text.starts_with("github issues list\n"), "{text}");
    assert!(text.contains("$ airbyte-agent exec github issues list -p owner=example"), "{text}");
    assert!(
        text.lines()
            .filter(|line| !line.starts_with(' '))
            .all(|line| { line.is_empty() || line.starts_with("github ") })
    );
}

#[test]
fn specs_are_searched_and_nothing_is_no_failure() {
    let spec = spec();
    let outcome = run(&["search", "all things", "--spec", &spec]).succeeded().json();
    assert_eq!(outcome["data"][0]["connector"], "acme");
    assert!(outcome["data"][0]["command"].as_str().unwrap().contains("--spec"), "{outcome}");
    let outcome = run(&["search", "qqxyz"]).succeeded();
    assert_eq!(outcome.json()["data"].as_array().unwrap().len(), 0);
    assert!(run(&["search", "qqxyz", "--output", "table"]).stdout.contains("Nothing found"));
    let outcome = run(&["search", "x", "--connector", "gitub"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.message().contains("'github'"), "{outcome:?}");
}
