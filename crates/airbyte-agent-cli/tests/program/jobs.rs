//! `exec --wait` and `exec --job`: jobs that run at the vendor.

use std::process::{Command, Stdio};

use serde_json::json;

use crate::run::{Outcome, command, run};
use crate::vendor::{Answer, Vendor};

fn spec() -> String {
    let folder = env!("CARGO_MANIFEST_DIR");
    format!("{folder}/../airbyte-agent-spec/tests/fixtures/feature.yaml")
}

/// A vendor whose export is in this state after it was running once.
fn vendor(end: &'static str) -> Vendor {
    Vendor::new(move |seen, _| {
        let state = |state: &str| json!({"id": "e7", "state": state, "percent": 40, "message": "the disk is full", "file_id": "f1"});
        match seen.target.split('?').next().unwrap_or_default() {
            path if path.ends_with("/exports") => Answer::json(202, &state("running")),
            path if path.ends_with("/exports/e7") => Answer::json(200, &state(end)),
            path if path.ends_with("/files/f1") => Answer::text(200, "the file"),
            _ => Answer::json(404, &json!({"message": "unknown"})),
        }
    })
}

fn export(vendor: &Vendor, more: &[&str]) -> Outcome {
    let spec = spec();
    run(&[&arguments(&spec, &vendor.url)[..], more].concat())
}

fn arguments<'a>(spec: &'a str, url: &'a str) -> Vec<&'a str> {
    let mut all = vec!["exec", "--spec", spec, "exports", "create", "--via", url];
    all.extend(["--auth-scheme", "acmeToken", "--credentials", r#"{"token": "x-1"}"#]);
    all.extend(["--config", r#"{"subdomain": "elm", "shard": "s1", "edition": "v1"}"#]);
    all
}

#[test]
fn a_job_is_waited_for_and_its_result_printed() {
    let vendor = vendor("finished");
    let outcome = export(&vendor, &["--wait", "--poll", "0.01", "--out", "-"]).succeeded();
    assert_eq!(outcome.stdout, "the file");
    assert_eq!(outcome.stderr, "note: the job e7 was started\n");
}

#[test]
fn a_job_is_found_again() {
    let vendor = vendor("running");
    let state = export(&vendor, &["--job", "e7"]).succeeded().json();
    let expected =
        json!({"job": "e7", "state": "running", "vendor_state": "running", "progress": 40.0});
    assert_eq!(state["data"], expected);
    let targets = vendor.seen().iter().filter(|seen| seen.target.ends_with("/exports")).count();
    assert_eq!(targets, 0, "a job that is found is not started again");
}

#[test]
fn a_job_that_fails_or_takes_too_long_is_a_failure() {
    let outcome = export(&vendor("failed"), &["--wait", "--poll", "0.01", "--out", "-"]);
    assert_ne!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.message().contains("ended as `failed`: the disk is full"), "{outcome:?}");
    let late = ["--wait", "--poll", "0.01", "--wait-at-most", "0.05", "--out", "-"];
    let outcome = export(&vendor("running"), &late);
    assert!(outcome.message().contains("the job e7 of exports.create is not done"), "{outcome:?}");
    assert_eq!(outcome.error()["kind"], "network", "{outcome:?}");
}

#[test]
fn a_cursor_that_cannot_belong_to_the_result_is_refused_before_the_start() {
    let vendor = vendor("finished");
    for (more, part) in [
        (&["--wait", "--resume", "x"][..], "cursor"),
        (&["--job", "e7", "--wait", "--resume", "x"], "cursor"),
    ] {
        let outcome = export(&vendor, more);
        assert!(matches!(outcome.code, 2 | 3), "{outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
    assert!(vendor.seen().is_empty());
}

#[test]
fn without_wait_the_start_is_printed() {
    let vendor = vendor("finished");
    let outcome = export(&vendor, &[]).succeeded();
    assert_eq!(outcome.json()["data"]["state"], "running");
    assert_eq!(vendor.seen().len(), 1);
}

#[test]
fn operations_that_start_no_job_are_told() {
    let outcome = run(&["exec", "github", "issues", "list", "--wait", "--sandbox"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.message().contains("issues.list is its result"), "{outcome:?}");
}

#[cfg(unix)]
#[test]
fn an_interruption_says_how_to_go_on() {
    use std::io::{BufRead as _, BufReader, Read as _};

    let (spec, vendor) = (spec(), vendor("running"));
    let args = [&arguments(&spec, &vendor.url)[..], &["--wait", "--out", "-"]].concat();
    let mut child = command(&args).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "note: the job e7 was started\n");
    std::thread::sleep(std::time::Duration::from_millis(300));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("--job e7 waits for it again"), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
