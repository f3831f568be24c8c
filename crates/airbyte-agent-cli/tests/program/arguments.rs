//! Tests of the requests that `--params` and `-p` lead to.

use serde_json::{Value, json};

use crate::run::{Folder, acme};
use crate::vendor::{Answer, Vendor};

/// The request that a dry run prints.
fn request(args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.push("--dry-run");
    acme("http://127.0.0.1:9", &all).succeeded().json()
}

#[test]
fn query_values_follow_the_schema() {
    for (args, query) in [
        (vec!["-p", "limit=5"], "limit=5"),
        (vec!["-p", "deep=true"], "deep=true"),
        (vec!["-p", "tags=a,b"], "tags=a&tags=b"),
        (vec!["-p", "tags=a", "-p", "tags=b"], "tags=a&tags=b"),
        (vec!["-p", r#"tags:=["a,b"]"#], "tags=a%2Cb"),
        (vec!["--params", r#"{"limit": 5}"#, "-p", "limit=7"], "limit=7"),
    ] {
        let request = request(&[&["things", "list"], args.as_slice()].concat());
        assert_eq!(request["url"], format!("https://eu.acme.test/things?{query}"), "{args:?}");
        assert_eq!(request["method"], "GET");
        assert_eq!(request["body"], Value::Null);
    }
}

#[test]
fn body_values_follow_the_schema() {
    for (args, body) in [
        (vec!["-p", "name=5", "-p", "size=5"], json!({"name": "5", "size": 5})),
        (vec!["-p", "name=x", "-p", "labels=a,b"], json!({"name": "x", "labels": ["a", "b"]})),
        (
            vec!["-p", "name=x", "-p", "filter.fromDate=2024-01-01", "-p", "filter.ids=1,2"],
            json!({"name": "x", "filter": {"fromDate": "2024-01-01", "ids": [1, 2]}}),
        ),
        (
            vec!["-p", "name=x", "-p", r#"filter={"ids": [1]}"#],
            json!({"name": "x", "filter": {"ids": [1]}}),
        ),
    ] {
        let request = request(&[&["things", "create"], args.as_slice()].concat());
        assert_eq!(request["body"], body, "{args:?}");
    }
}

#[test]
fn params_may_come_from_a_file() {
    let folder = Folder::new("params");
    let path = folder.file("params.json");
    std::fs::write(&path, r#"{"id": "a b"}"#).unwrap();
    let request = request(&["things", "get", "--params", &format!("@{path}")]);
    assert_eq!(request["url"], "https://eu.acme.test/things/a%20b");
}

#[test]
fn settings_change_the_address() {
    let request = request(&["things", "list", "--config", r#"{"region": "us"}"#]);
    assert_eq!(request["url"], "https://us.acme.test/things");
}

#[test]
fn a_dry_run_sends_nothing_and_via_keeps_path_and_host() {
    let vendor = Vendor::always(Answer::json(200, &json!({"id": 1})));
    acme(&vendor.url, &["things", "get", "-p", "id=1", "--dry-run"]).succeeded();
    assert!(vendor.seen().is_empty());
    acme(&vendor.url, &["things", "get", "-p", "id=1"]).succeeded();
    let seen = vendor.seen();
    assert_eq!(seen[0].target, "/things/1");
    assert_eq!(seen[0].header("x-forwarded-host"), Some("eu.acme.test"));
}
