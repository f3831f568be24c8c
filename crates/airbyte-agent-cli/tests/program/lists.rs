//! Lists of built-in and invented connectors: what the program says when they are cut, fail in part, or go
//! on behind the records that were wanted.

use serde_json::{Value, json};

use crate::run::{Folder, Outcome, run};
use crate::vendor::{Answer, Vendor};

/// Runs an operation of a built-in connector, whose requests are sent to this address.
fn exec(via: &str, credentials: &Value, args: &[&str]) -> Outcome {
    let credentials = credentials.to_string();
    run(&[&["exec", "--via", via, "--credentials", &credentials], args].concat())
}

/// A vendor that gives these pages one after the other, and the last one again and again.
fn pages(pages: Vec<Value>) -> Vendor {
    Vendor::new(move |_, index| Answer::json(200, &pages[index.min(pages.len() - 1)]))
}

fn token() -> Value {
    json!({"token": "t"})
}

const ISSUES: [&str; 6] = ["github", "issues", "list", "-p", "owner=a", "-p"];

fn github(args: &[&'static str]) -> Vec<&'static str> {
    [&ISSUES[..], &["repo=b"], args].concat()
}

#[allow(clippy::needless_pass_by_value, reason = "cases write the value as it is")]
fn issues(nodes: Value, next: Option<&str>) -> Value {
    let page = json!({"hasNextPage": next.is_some(), "endCursor": next});
    json!({"data": {"repository": {"issues": {"nodes": nodes, "pageInfo": page}}}})
}

#[test]
fn errors_beside_the_records_of_any_page_are_told() {
    let refused = |message: &str| json!([{"type": "FORBIDDEN", "message": message}]);
    let with = |mut page: Value, errors: Value| {
        page["errors"] = errors;
        page
    };
    let first = with(issues(json!([{"id": "1"}, null]), Some("a")), refused("first"));
    let second = with(issues(json!([{"id": "2"}]), Some("b")), refused("second"));
    let last = issues(json!([{"id": "3"}]), None);
    for format in ["json", "jsonl", "csv", "tsv", "yaml", "table"] {
        for (all, errors) in [(true, &["first", "second"][..]), (false, &["first"])] {
            let vendor = pages(vec![first.clone(), second.clone(), last.clone()]);
            let more: &[&str] = if all { &["--all"] } else { &[] };
            let args = [&github(&["--output"])[..], &[format], more].concat();
            let outcome = exec(&vendor.url, &token(), &args).succeeded();
            for message in errors {
                assert!(outcome.stderr.contains(&format!("FORBIDDEN: {message}")), "{outcome:?}");
            }
            if format == "json" {
                let told = outcome.json()["meta"]["errors"].clone();
                assert_eq!(told.as_array().unwrap().len(), errors.len(), "{outcome:?}");
                let count = outcome.json()["data"].as_array().unwrap().len();
                assert_eq!(count, if all { 3 } else { 1 });
            }
        }
    }
    // Without any record, a refusal that passes is no empty list.
    let limited = json!([{"type": "RATE_LIMITED", "message": "slow down"}]);
    let vendor = pages(vec![with(issues(json!([]), None), limited)]);
    let outcome = exec(&vendor.url, &token(), &github(&["--timeout", "1"]));
    assert_eq!(outcome.error()["kind"], "rate_limited", "{outcome:?}");
}

#[test]
fn remarks_of_single_pages_are_told_in_every_format() {
    let drive = json!({"access_token": "t", "refresh_token": "r"});
    let files = |id: &str, next: Option<&str>, cut: bool| json!({"files": [{"id": id}], "nextPageToken": next, "incompleteSearch": cut});
    let hubspot = json!({"access_token": "t"});
    let read =
        json!({"results": [{"id": "1"}], "numErrors": 1, "errors": [{"message": "2 is gone"}]});
    let cases: [(&[&str], &Value, Vec<Value>, &str, usize); 2] = [
        (
            &["google-drive", "files", "list"],
            &drive,
            vec![
                files("1", Some("a"), false),
                files("2", Some("b"), true),
                files("3", None, false),
            ],
            "Google did not search all places",
            3,
        ),
        (
            &[
                "hubspot",
                "object_batch_reads",
                "list",
                "-p",
                "objectType=contacts",
                "-p",
                r#"inputs=[{"id":"1"},{"id":"2"}]"#,
            ],
            &hubspot,
            vec![read],
            "2 is gone",
            1,
        ),
    ];
    for (args, credentials, answers, part, count) in cases {
        for format in ["json", "jsonl", "csv", "tsv", "yaml", "table"] {
            let vendor = pages(answers.clone());
            let args = [args, &["--all", "--output", format]].concat();
            let outcome = exec(&vendor.url, credentials, &args).succeeded();
            assert_eq!(outcome.stderr.matches(part).count(), 1, "{format} {outcome:?}");
            if format == "json" {
                assert_eq!(outcome.json()["data"].as_array().unwrap().len(), count);
                assert!(outcome.json()["meta"]["errors"].to_string().contains(part), "{outcome:?}");
            }
        }
    }
}

#[test]
fn lists_that_are_cut_end_with_an_error_behind_their_records() {
    let jira = json!({"username": "a@b.c", "password": "x"});
    let jira_list =
        ["jira", "issues", "search", "-p", "jql=project = A", "--config", "{\"subdomain\": \"a\"}"];
    let contacts = ["hubspot", "contacts", "list"];
    let hubspot = json!({"access_token": "t"});
    let cases: [(&[&str], &Value, Vec<Value>, &str, &str); 4] = [
        (
            &jira_list,
            &jira,
            vec![json!({"issues": [{"id": "1"}], "nextPageToken": null, "isLast": false})],
            "vendor",
            "not how to get it",
        ),
        (
            &contacts,
            &hubspot,
            vec![
                json!({"results": [{"id": "1"}], "paging": {"next": {"after": "x"}}}),
                json!({"status": "error", "message": "internal error"}),
            ],
            "vendor",
            "internal error",
        ),
        (
            &contacts,
            &hubspot,
            vec![json!({"results": [{"id": "1"}], "paging": {"next": {"after": "x"}}}), json!({})],
            "decode",
            "no 'results'",
        ),
        (
            &contacts,
            &hubspot,
            vec![json!({"results": [{"id": "1"}], "paging": {"next": {"after": "x"}}})],
            "vendor",
            "same cursor twice",
        ),
    ];
    for (args, credentials, answers, kind, part) in cases {
        let vendor = pages(answers);
        let outcome = exec(&vendor.url, credentials, &[args, &["--all"]].concat());
        assert_ne!(outcome.code, 0, "{outcome:?}");
        assert_eq!(outcome.error()["kind"], kind, "{outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
        assert_eq!(outcome.json()["data"][0]["id"], "1", "{outcome:?}");
    }
}

#[test]
fn a_limit_inside_a_page_leaves_a_way_on() {
    let vendor = Vendor::new(|seen, _| {
        let after = seen.target.split("starting_after=c").nth(1);
        let start = after.map_or(0, |text| {
            text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
        });
        let data: Vec<Value> = (start + 1..=(start + 2).min(5))
            .map(|id: u64| json!({"id": format!("c{id}"), "object": "customer"}))
            .collect();
        Answer::json(200, &json!({"object": "list", "data": data, "has_more": start + 2 < 5}))
    });
    let list = ["stripe", "customers", "list", "--all"];
    let key = json!({"api_key": "sk_test_x"});
    let outcome = exec(&vendor.url, &key, &[&list[..], &["--max", "3", "--cursor"]].concat());
    let found = outcome.succeeded().json();
    let ids = |found: &Value| {
        let records = found["data"].as_array().unwrap();
        records.iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&found), ["c1", "c2", "c3"]);
    let next = found["next"].as_str().unwrap();
    let outcome = exec(&vendor.url, &key, &[&list[..], &["--resume", next]].concat());
    assert_eq!(ids(&outcome.succeeded().json()), ["c4", "c5"]);
}

/// A spec with a list that says its total.
const SPEC: &str = r"
openapi: 3.1.0
info: {title: Shelf, version: 1.0.0, x-airbyte-connector-name: shelf, x-airbyte-connector-definition-id: 00000000-0000-4000-8000-000000000002}
servers: [{url: 'https://shelf.test'}]
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
paths:
  /books:
    get:
      x-airbyte-entity: books
      x-airbyte-action: list
      x-airbyte-record-extractor: $.books
      x-agent-total: $.count
      x-agent-empty: [{status: 404, message: 'No * found*'}]
      x-agent-pagination: {last_record: {field: id, into: after}, more: $.more, single_page: [around]}
      parameters:
        - {name: after, in: query, schema: {type: string}}
        - {name: around, in: query, schema: {type: string}}
      responses: {'200': {description: Books.}}
";

#[test]
fn totals_and_empty_lists_are_told_in_every_format() {
    let folder = Folder::new("lists");
    let spec = folder.file("spec.yaml");
    std::fs::write(&spec, SPEC).unwrap();
    let list = |vendor: &Vendor, args: &[&str]| {
        let all = ["--spec", spec.as_str(), "books", "list"];
        exec(&vendor.url, &token(), &[&all[..], args].concat())
    };
    let counted = pages(vec![json!({"books": [], "count": 42})]);
    for all in [&[][..], &["--all"]] {
        let outcome = list(&counted, all).succeeded();
        assert_eq!(outcome.json()["total"], 42, "{outcome:?}");
        for format in ["jsonl", "csv", "tsv", "table"] {
            let outcome = list(&counted, &[&["--output", format], all].concat()).succeeded();
            assert!(outcome.stderr.contains("42 records"), "{outcome:?}");
        }
    }
    let complete = pages(vec![json!({"books": [{"id": "1"}], "count": 1})]);
    let outcome = list(&complete, &["--all", "--output", "jsonl"]).succeeded();
    assert_eq!((outcome.stdout.lines().count(), outcome.stderr.as_str()), (1, ""));

    let empty =
        Vendor::always(Answer::json(404, &json!({"errors": ["No books found for the filters"]})));
    assert_eq!(list(&empty, &["--all"]).succeeded().json()["data"], json!([]));
    let missing = Vendor::always(Answer::json(404, &json!({"message": "no such shelf"})));
    assert_eq!(list(&missing, &[]).error()["kind"], "not_found");

    let outcome = list(&counted, &["--all", "-p", "around=7"]);
    assert_eq!(outcome.error()["kind"], "usage", "{outcome:?}");
    assert!(outcome.message().contains("`around`"), "{outcome:?}");
}

#[test]
fn what_is_not_there_is_not_found() {
    let nothing = json!({"data": {"repository": {"object": null}}});
    let file = ["github", "file_content", "get", "-p", "owner=a", "-p", "repo=b", "-p", "path=x"];
    let outcome = exec(&pages(vec![nothing]).url, &token(), &file);
    assert_eq!(outcome.error()["kind"], "not_found", "{outcome:?}");
    for body in [json!({"data": null}), json!({})] {
        let vendor = pages(vec![body.clone()]);
        assert_eq!(exec(&vendor.url, &token(), &file).error()["kind"], "vendor", "{body}");
        let outcome = exec(&vendor.url, &token(), &github(&[]));
        assert_eq!(outcome.error()["kind"], "vendor", "{body}");
    }
}
