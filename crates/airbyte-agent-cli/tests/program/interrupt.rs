//! Ctrl-C: what was printed is a complete document, and a cursor continues after it.

#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::run::{Folder, Outcome, command, spec};
use crate::vendor::{Answer, Vendor};

/// Starts an operation of the invented vendor.
fn start(vendor: &Vendor, args: &[&str]) -> Child {
    let spec = spec();
    let all = ["exec", "--spec", &spec, "--via", &vendor.url, "--credentials", r#"{"token": "x"}"#];
    let mut command = command(&[&all[..], args].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Sends Ctrl-C once `ready` returns true, and waits for the end.
fn interrupt(child: Child, ready: impl Fn() -> bool) -> Outcome {
    let started = Instant::now();
    while !ready() {
        assert!(started.elapsed() < Duration::from_secs(20), "nothing happens");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    child.wait_with_output().unwrap().into()
}

/// A vendor that sends one page, and does not send the second one.
fn slow() -> Vendor {
    Vendor::new(|_, before| {
        if before == 0 {
            let things = json!([{"id": 1}, {"id": 2}]);
            return Answer::json(200, &json!({"things": things, "next": "c1"}));
        }
        std::thread::sleep(Duration::from_secs(60));
        Answer::json(200, &json!({}))
    })
}

#[test]
fn pages_that_came_are_printed_and_the_cursor_is_told() {
    for (format, expected) in
        [("json", None), ("jsonl", Some("{\"id\":1}\n{\"id\":2}\n")), ("csv", Some("id\n1\n2\n"))]
    {
        let vendor = slow();
        let child = start(&vendor, &["things", "list", "--all", "--output", format]);
        let outcome = interrupt(child, || vendor.seen().len() == 2);
        assert_eq!(
            (outcome.code, &outcome.error()["kind"]),
            (130, &json!("interrupted")),
            "{outcome:?}"
        );
        let cursor = outcome.error()["resume"].clone();
        if let Some(expected) = expected {
            assert_eq!(outcome.stdout, expected);
        } else {
            let printed = outcome.json();
            assert_eq!(printed["data"], json!([{"id": 1}, {"id": 2}]));
            assert_eq!(printed["next"], cursor);
        }
        let vendor = Vendor::new(|seen, _| {
            assert!(seen.target.contains("cursor=c1"), "{seen:?}");
            Answer::json(200, &json!({"things": [{"id": 3}]}))
        });
        let resume = ["things", "list", "--all", "--resume", cursor.as_str().unwrap()];
        let outcome =
            Outcome::from(start(&vendor, &resume).wait_with_output().unwrap()).succeeded();
        assert_eq!(outcome.json()["data"], json!([{"id": 3}]));
    }
}

#[test]
fn before_the_first_page_nothing_is_printed() {
    let vendor = Vendor::new(|_, _| {
        std::thread::sleep(Duration::from_secs(60));
        Answer::json(200, &json!({}))
    });
    let child = start(&vendor, &["things", "list", "--all"]);
    let outcome = interrupt(child, || !vendor.seen().is_empty());
    assert_eq!((outcome.code, outcome.stdout.as_str()), (130, ""), "{outcome:?}");
    assert_eq!(outcome.error().get("resume"), None::<&Value>, "{outcome:?}");
}

#[test]
fn half_a_file_is_kept_and_gone_on_with() {
    let folder = Folder::new("interrupted");
    let path = folder.file("b.bin");
    let part = format!("{path}.part");
    let vendor = Vendor::slow("0123456789", 4, "\"v1\"", |seen, _| {
        assert_eq!(seen.header("range"), Some("bytes=4-"));
        Answer::text(206, "456789").header("content-range", "bytes 4-9/10").header("etag", "\"v1\"")
    });
    let child = start(&vendor, &["files", "download", "-p", "id=1", "--out", &path]);
    let has_come = || std::fs::metadata(&part).is_ok_and(|about| about.len() == 4);
    let outcome = interrupt(child, has_come);
    assert_eq!(
        (outcome.code, &outcome.error()["kind"]),
        (130, &json!("interrupted")),
        "{outcome:?}"
    );
    assert!(outcome.message().contains("4 bytes are kept"), "{outcome:?}");
    assert!(!Path::new(&path).exists());
    let again = start(&vendor, &["files", "download", "-p", "id=1", "--out", &path]);
    Outcome::from(again.wait_with_output().unwrap()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "0123456789");
}
