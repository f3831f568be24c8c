//! Tests of output formats, of the selection of fields, and of pages.

use serde_json::{Value, json};

use crate::home::Home;
use crate::run::{CANARY, Outcome, acme, command, run, spec};
use crate::vendor::{Answer, Vendor};

/// A vendor with three pages of two things each.
fn shop() -> Vendor {
    Vendor::new(|seen, _| {
        let page = match seen.target.rsplit_once("cursor=") {
            None => 0,
            Some((_, cursor)) => cursor.trim_start_matches('c').parse::<u64>().unwrap(),
        };
        let thing = |id: u64| json!({"id": id, "name": format!("thing, {id}"), "in": {"a": id}});
        let next = (page < 2).then(|| format!("c{}", page + 1));
        let things = [thing(page * 2 + 1), thing(page * 2 + 2)];
        Answer::json(200, &json!({"things": things, "next": next}))
    })
}

fn ids(records: &Value) -> Vec<u64> {
    records.as_array().unwrap().iter().map(|record| record["id"].as_u64().unwrap()).collect()
}

fn list(vendor: &Vendor, args: &[&str]) -> Outcome {
    acme(&vendor.url, &[&["things", "list"], args].concat())
}

#[test]
fn json_is_one_object_with_data_and_meta() {
    let outcome = list(&shop(), &[]).succeeded();
    let thing = |id| json!({"id": id, "name": format!("thing, {id}"), "in": {"a": id}});
    assert_eq!(outcome.json(), json!({"data": [thing(1), thing(2)], "meta": {"next": "c1"}}));
    assert_eq!(outcome.stderr, "");
    let one = Vendor::always(Answer::json(200, &json!({"id": 7})));
    let outcome = acme(&one.url, &["things", "get", "-p", "id=7", "--output", "json"]).succeeded();
    assert_eq!(outcome.stdout, "{\"data\":{\"id\":7},\"meta\":null}\n");
}

#[test]
fn json_lines_are_records() {
    let outcome = list(&shop(), &["--output", "jsonl"]).succeeded();
    let lines: Vec<Value> =
        outcome.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(ids(&Value::Array(lines)), [1, 2]);
}

#[test]
fn csv_quotes_and_nests() {
    let outcome = list(&shop(), &["--output", "csv"]).succeeded();
    let expected =
        "id,name,in\n1,\"thing, 1\",\"{\"\"a\"\":1}\"\n2,\"thing, 2\",\"{\"\"a\"\":2}\"\n";
    assert_eq!(outcome.stdout, expected);
}

#[test]
fn tabs_and_yaml() {
    let outcome = list(&shop(), &["--output", "tsv", "--select", "in.a,id"]).succeeded();
    assert_eq!(outcome.stdout, "in.a\tid\n1\t1\n2\t2\n");
    let outcome = list(&shop(), &["--output", "yaml", "--select", "id", "--cursor"]).succeeded();
    assert!(outcome.stdout.starts_with("data:\n  - id: 1\n  - id: 2\nmeta:\n  next: c1\nnext: "));
}

#[test]
fn colours_come_where_they_are_wanted() {
    let vendor = shop();
    for (name, value, expected) in
        [("CLICOLOR_FORCE", "1", true), ("CLICOLOR_FORCE", "0", false), ("NO_COLOR", "1", false)]
    {
        let spec = spec();
        let args = ["exec", "--spec", &spec, "things", "list", "--output", "table"];
        let more = ["--via", &vendor.url, "--credentials", r#"{"token": "x"}"#];
        let mut command = command(&[&args[..], &more].concat());
        let outcome = Outcome::from(command.env(name, value).output().unwrap()).succeeded();
        assert_eq!(outcome.stdout.contains('\u{1b}'), expected, "{name}: {outcome:?}");
    }
}

#[test]
fn a_field_that_no_record_has_is_told() {
    let outcome = list(&shop(), &["--select", "id,nam"]).succeeded();
    assert_eq!(outcome.stderr, "warning: no record has the field 'nam'\n");
    let github = ["exec", "github", "issues", "list", "--sandbox", "-p", "owner=a", "-p", "repo=b"];
    let outcome = run(&[&github[..], &["--select", "titel,body.x"]].concat()).succeeded();
    assert_eq!(outcome.stderr, "warning: no record has the field 'titel', did you mean 'title'?\n");
    let all = ["--select", "id,name,in.a,in.b", "--all"];
    let outcome = list(&shop(), &all).succeeded();
    assert_eq!(outcome.stderr, "warning: no record has the field 'in.b'\n");
}

#[test]
fn tables_fit_the_terminal() {
    let vendor = Vendor::always(Answer::json(
        200,
        &json!({"things": [{"id": 1, "text": "long ".repeat(40), "more": "x".repeat(30)}]}),
    ));
    let spec = spec();
    let mut args = vec!["exec", "--spec", &spec, "things", "list", "--output", "table"];
    args.extend(["--via", &vendor.url, "--credentials", r#"{"token": "x"}"#]);
    for width in [40, 80, 200] {
        let outcome = command(&args).env("COLUMNS", width.to_string()).output().unwrap();
        let outcome = Outcome::from(outcome).succeeded();
        assert!(outcome.stdout.lines().all(|line| line.chars().count() <= width), "{outcome:?}");
        assert!(outcome.stdout.starts_with("id"), "{outcome:?}");
        assert!(!outcome.stdout.contains('\u{1b}'), "{outcome:?}");
    }
}

#[test]
fn records_are_shaped() {
    let vendor = shop();
    let outcome = list(&vendor, &["--select", "id,in.a"]).succeeded();
    assert_eq!(outcome.json()["data"][0], json!({"id": 1, "in": {"a": 1}}));
    let outcome = list(&vendor, &["--exclude", "name", "--exclude", "in"]).succeeded();
    assert_eq!(outcome.json()["data"][0], json!({"id": 1}));
}

#[test]
fn all_follows_the_pages_and_max_ends_them() {
    for (max, expected, requests) in [
        (None, vec![1, 2, 3, 4, 5, 6], 3),
        (Some("1"), vec![1], 1),
        (Some("2"), vec![1, 2], 1),
        (Some("3"), vec![1, 2, 3], 2),
        (Some("100"), vec![1, 2, 3, 4, 5, 6], 3),
    ] {
        let mut args = vec!["--all"];
        args.extend(max.iter().flat_map(|max| ["--max", *max]));
        let vendor = shop();
        let outcome = list(&vendor, &args).succeeded();
        assert_eq!(ids(&outcome.json()["data"]), expected, "{max:?}");
        assert_eq!(vendor.seen().len(), requests, "{max:?}");
        let lines = list(&shop(), &[&args[..], &["--output", "jsonl"]].concat()).succeeded();
        assert_eq!(lines.stdout.lines().count(), expected.len(), "{max:?}");
    }
}

#[test]
fn lines_that_arrived_before_a_failure_are_out() {
    let vendor = Vendor::new(|_, before| match before {
        0 => Answer::json(200, &json!({"things": [{"id": 1}], "next": "c1"})),
        _ => Answer::json(500, &json!({})),
    });
    let outcome = list(&vendor, &["--all", "--output", "jsonl"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (7, "{\"id\":1}\n"), "{outcome:?}");
    let cursor = outcome.error()["resume"].as_str().unwrap().to_owned();
    // The other formats are whole documents that say where to go on.
    let vendor = Vendor::new(|seen, before| match before {
        0 => Answer::json(200, &json!({"things": [{"id": 1}], "next": "c1"})),
        1 => Answer::json(200, &json!({"things": [{"id": 1}], "next": "c2"})).cut(),
        _ => {
            assert!(seen.target.contains("cursor=c1"), "{seen:?}");
            Answer::json(200, &json!({"things": [{"id": 2}]}))
        }
    });
    let outcome = list(&vendor, &["--all"]);
    assert_eq!(
        (outcome.code, outcome.error()["kind"].as_str()),
        (8, Some("network")),
        "{outcome:?}"
    );
    assert_eq!((ids(&outcome.json()["data"]), &outcome.json()["next"]), (vec![1], &json!(cursor)));
    assert_eq!(outcome.error()["resume"], json!(cursor));
    let rest = list(&vendor, &["--all", "--resume", &cursor]).succeeded();
    assert_eq!(ids(&rest.json()["data"]), [2]);
}

#[test]
fn a_cursor_resumes() {
    let vendor = shop();
    let first = list(&vendor, &["--cursor"]).succeeded().json();
    let cursor = first["next"].as_str().unwrap();
    let second = list(&vendor, &["--resume", cursor, "--cursor"]).succeeded().json();
    assert_eq!(ids(&second["data"]), [3, 4]);
    let rest = list(&vendor, &["--resume", cursor, "--all", "--cursor"]).succeeded().json();
    assert_eq!(ids(&rest["data"]), [3, 4, 5, 6]);
    assert_eq!(rest["next"], Value::Null);
    // Inside a page there is a place to go on from, too.
    let cut = list(&vendor, &["--all", "--max", "3", "--cursor"]).succeeded().json();
    let cursor = cut["next"].as_str().unwrap();
    let rest = list(&vendor, &["--resume", cursor, "--all"]).succeeded().json();
    assert_eq!((ids(&cut["data"]), ids(&rest["data"])), (vec![1, 2, 3], vec![4, 5, 6]));
}

#[test]
fn a_cursor_that_no_other_run_can_use_is_told() {
    let home = Home::new("cursors");
    let (spec, vendor) = (spec(), shop());
    let credentials = format!(r#"{{"token": "{CANARY}"}}"#);
    let base = ["exec", "--spec", &spec, "--via", &vendor.url, "--credentials", &credentials];
    let list = |args: &[&str]| home.run(&[&base[..], &["things", "list"], args].concat());
    assert_eq!(list(&["--cursor"]).succeeded().stderr, "");
    std::fs::write(home.0.file("accounts/cursor.key"), "short").unwrap();
    assert_eq!(list(&[]).succeeded().stderr, "");
    let outcome = list(&["--cursor"]).succeeded();
    let cursor = outcome.json()["next"].as_str().unwrap().to_owned();
    let resumed = list(&["--resume", &cursor]);
    assert!(resumed.message().contains("was not given out for this call"), "{resumed:?}");
    for outcome in [outcome, resumed] {
        let warning = outcome.stderr.lines().next().unwrap_or_default();
        assert!(
            warning.starts_with("warning: cursors are valid within one run of the program only")
                && warning.ends_with("cursor.key does not hold a key; remove it to get another"),
            "{outcome:?}"
        );
    }
}

#[test]
fn an_idempotency_key_and_intent_are_accepted() {
    let args = ["exec", "stripe", "customers", "create", "--credentials", r#"{"api_key": "x"}"#];
    let more = ["--idempotency-key", "k-1", "--intent", "test", "--dry-run"];
    let outcome = run(&[&args[..], &more].concat()).succeeded();
    assert_eq!(outcome.json()["headers"]["idempotency-key"], "k-1");
}
