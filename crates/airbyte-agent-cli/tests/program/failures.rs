//! Tests of every kind of failure: its exit code and its error line.

use serde_json::{Value, json};

use crate::run::{Outcome, acme, command, run, spec};
use crate::vendor::{Answer, Vendor};

fn get(answer: Answer) -> Outcome {
    acme(&Vendor::always(answer).url, &["things", "get", "-p", "id=7"])
}

#[test]
fn answers_of_the_vendor_have_their_exit_codes() {
    let body = json!({"error": "because"});
    for (status, code, kind, retryable) in [
        (400, 3, "validation", false),
        (422, 3, "validation", false),
        (401, 4, "authentication", false),
        (403, 4, "permission", false),
        (404, 5, "not_found", false),
        (429, 6, "rate_limited", true),
        (409, 7, "vendor", false),
        (500, 7, "vendor", true),
        (503, 7, "vendor", true),
    ] {
        let outcome = get(Answer::json(status, &body).header("x-request-id", "req-1"));
        let error = outcome.error();
        assert_eq!(
            (outcome.code, error["kind"].as_str()),
            (code, Some(kind)),
            "{status}: {outcome:?}"
        );
        assert_eq!(error["status"], status);
        assert_eq!(error["retryable"], retryable, "{status}");
        assert_eq!(error["request_id"], "req-1", "{status}");
        assert_eq!(outcome.stdout, "", "{status}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
    }
}

#[test]
fn an_error_inside_a_success_is_the_vendors() {
    let outcome = get(Answer::json(200, &json!({"ok": false, "error": "no_such_plan"})));
    assert_eq!(
        (outcome.code, outcome.error()["kind"].as_str()),
        (7, Some("vendor")),
        "{outcome:?}"
    );
    assert!(outcome.message().contains("no_such_plan"), "{outcome:?}");
}

#[test]
fn the_vendors_answer_is_told_on_request() {
    let body = json!({"code": 17, "detail": ["a", "b"]});
    let vendor = Vendor::always(Answer::json(400, &body));
    let outcome = acme(&vendor.url, &["things", "get", "-p", "id=7", "-v"]);
    let body = body.to_string();
    assert!(outcome.stderr.lines().any(|line| line == body), "{outcome:?}");
    assert_eq!(outcome.error()["kind"], "validation", "{outcome:?}");
}

#[test]
fn a_rate_limit_says_how_long_to_wait() {
    let outcome = get(Answer::json(429, &json!({})).header("retry-after", "17"));
    assert_eq!((outcome.code, &outcome.error()["retry_after"]), (6, &json!(17)), "{outcome:?}");
}

#[test]
fn nobody_there_a_broken_body_and_a_timeout_are_the_network() {
    let nobody = acme("http://127.0.0.1:9", &["things", "get", "-p", "id=7"]);
    let broken = get(Answer::json(200, &json!({"id": 7})).cut());
    let slow = Vendor::new(|_, _| {
        std::thread::sleep(std::time::Duration::from_secs(5));
        Answer::json(200, &json!({}))
    });
    let late = acme(&slow.url, &["things", "get", "-p", "id=7", "--timeout", "0.2"]);
    for outcome in [nobody, broken, late] {
        assert_eq!(
            (outcome.code, outcome.error()["kind"].as_str()),
            (8, Some("network")),
            "{outcome:?}"
        );
        assert_eq!(outcome.error().get("status"), None, "{outcome:?}");
    }
}

#[test]
fn an_answer_that_is_no_json_is_told_as_such() {
    let outcome = get(Answer::text(200, "<html>Welcome</html>"));
    assert_eq!(
        (outcome.code, outcome.error()["kind"].as_str()),
        (9, Some("decode")),
        "{outcome:?}"
    );
}

#[test]
fn unknown_names_come_with_close_ones() {
    let spec = spec();
    for (args, part) in [
        (vec!["exec", "gitub", "issues", "list"], "'github'"),
        (vec!["exec", "github", "isues", "list"], "'issues'"),
        (vec!["exec", "github", "issues", "lst"], "list"),
        (vec!["exec", "--spec", &spec, "thing", "list"], "'things'"),
        (vec!["exec", "--spec", &spec, "things", "fetch"], "list, create, get"),
        (vec!["exec", "--spec", &spec, "things", "list", "--parms", "{}"], "'--params'"),
        (vec!["describe", "github", "isues"], "'issues'"),
        (vec!["check", "strpe"], "'stripe'"),
        (vec!["sarch", "x"], "there is no command 'sarch', did you mean 'search'?"),
        (vec!["search", "x", "--output", "yml"], "got 'yml', did you mean 'yaml'?"),
        (vec!["search", "x", "--output"], "--output <FORMAT> takes one of json, "),
        (vec!["exec"], "missing: <CONNECTOR ENTITY ACTION>"),
    ] {
        let outcome = run(&args);
        assert_eq!(
            (outcome.code, outcome.error()["kind"].as_str()),
            (2, Some("usage")),
            "{args:?}"
        );
        assert!(outcome.message().contains(part), "{args:?}: {outcome:?}");
    }
}

#[test]
fn failures_come_with_a_line_that_works() {
    for (args, hint) in [
        ("exec gitub isues lst", "airbyte-agent exec github issues list -p owner=example"),
        (
            "exec github issues list --sandbox",
            "airbyte-agent exec github issues list --sandbox -p owner=",
        ),
        (
            "exec github isues list --sandbox -p owner=acme -p unknown=1",
            "airbyte-agent exec github issues list --sandbox -p owner=acme -p repo=",
        ),
        ("exec stripe customers get", "'airbyte-agent describe stripe'"),
        (
            "exec github issues list -p ownr=a -p owner=a -p repo=b --sandbox",
            "issues list' explains",
        ),
        ("describe github isues lst", "'airbyte-agent describe github issues list'"),
    ] {
        let outcome = run(&args.split(' ').collect::<Vec<_>>());
        let told = outcome.error()["hint"].as_str().unwrap_or_default().to_owned();
        assert!(outcome.code != 0 && told.contains(hint), "{args}: {outcome:?}");
    }
    let outcome = run(&[
        "exec",
        "github",
        "issues",
        "list",
        "-p",
        "owner=example",
        "-p",
        "repo=example",
        "-p",
        "states=OPN",
        "--sandbox",
    ]);
    assert!(outcome.message().contains("did you mean 'OPEN'?; write states: ["), "{outcome:?}");
}

#[test]
fn command_lines_that_make_no_sense_are_usage_errors() {
    let spec = spec();
    for args in [
        vec![],
        vec!["fly"],
        vec!["exec"],
        vec!["exec", "github", "issues"],
        vec!["exec", "github", "issues", "list", "more"],
        vec!["exec", "--spec", "/no/such/file.yaml", "things", "list"],
        vec!["exec", "--spec", &spec, "things", "list", "--max", "5"],
        vec!["exec", "--spec", &spec, "things", "list", "--all", "--max", "0"],
        vec!["exec", "--spec", &spec, "things", "list", "--output", "xml"],
        vec!["exec", "--spec", &spec, "things", "list", "--timeout", "0"],
        vec!["exec", "--spec", &spec, "things", "list", "--workspace", "x"],
        vec!["exec", "--spec", &spec, "things", "list", "--hosted", "--credentials", "{}"],
        vec!["exec", "--spec", &spec, "things", "list", "--out", "file"],
        vec!["exec", "--spec", &spec, "things", "get", "-p", "id=1", "--all"],
        vec!["exec", "--spec", &spec, "things", "list", "-p", "limit"],
        vec!["exec", "--spec", &spec, "things", "list", "--params", "{"],
        vec!["exec", "--spec", &spec, "things", "list", "--credentials", "{"],
        vec!["exec", "--spec", &spec, "things", "list", "--credentials", "{}", "--config", "{"],
    ] {
        let outcome = run(&args);
        assert_eq!(
            (outcome.code, outcome.error()["kind"].as_str()),
            (2, Some("usage")),
            "{args:?}"
        );
        assert_eq!(outcome.error()["retryable"], false);
    }
}

#[test]
fn arguments_are_checked_before_anything_is_sent() {
    let vendor = Vendor::always(Answer::json(200, &json!({})));
    for (args, part) in [
        (vec!["things", "get"], "missing required argument 'id'"),
        (vec!["things", "list", "-p", "limt=3"], "did you mean 'limit'"),
        (vec!["things", "list", "-p", "limit=many"], "'limit' must be an integer"),
        (vec!["things", "list", "-p", "limit=1000"], "at most 100"),
        (vec!["things", "list", "-p", "deep=yes"], "true or false"),
        (vec!["things", "list", "--params", "[1]"], "--params must be a JSON object"),
        (vec!["things", "list", "--resume", "nonsense"], "cursor"),
        (vec!["things", "list", "--config", r#"{"region": "moon"}"#], "one of eu, us"),
        (vec!["things", "list", "--config", r#"{"regin": "eu"}"#], "'region'"),
        (vec!["things", "list", "--config", "7"], "--config must be a JSON object"),
    ] {
        let outcome = acme(&vendor.url, &args);
        assert_eq!(
            (outcome.code, outcome.error()["kind"].as_str()),
            (3, Some("validation")),
            "{outcome:?}"
        );
        assert!(outcome.message().contains(part), "{args:?}: {outcome:?}");
    }
    assert!(vendor.seen().is_empty());
}

#[test]
fn malformed_json_says_which_option_and_where() {
    for option in ["--params", "--config"] {
        let outcome = acme("http://127.0.0.1:9", &["things", "list", option, r#"{"a": 1,}"#]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.message().contains(option), "{outcome:?}");
        assert!(outcome.message().contains("line 1 column 9"), "{outcome:?}");
    }
}

#[test]
fn credentials_that_are_missing_or_do_not_fit_are_told() {
    let spec = spec();
    let base = ["exec", "--spec", &spec, "things", "list", "--via", "http://127.0.0.1:9"];
    for (more, part) in [
        (vec![], "token (token, [contact]); key (api_key)"),
        (vec!["--credentials", "{}"], "credentials for acme are missing"),
        (vec!["--credentials", r#"{"contact": "x"}"#], "not complete"),
        (vec!["--credentials", r#"{"token": "x", "api_key": "y"}"#], "several auth schemes"),
        (vec!["--credentials", r#"{"token": ""}"#], "needs the credential token"),
    ] {
        let args: Vec<&str> = base.iter().copied().chain(more).collect();
        let outcome = run(&args);
        assert_eq!(
            (outcome.code, outcome.error()["kind"].as_str()),
            (4, Some("authentication")),
            "{outcome:?}"
        );
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
}

#[test]
fn the_platform_needs_its_own_credentials() {
    let outcome = run(&["exec", "github", "issues", "list", "--hosted"]);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().contains("AIRBYTE_CLIENT_ID"), "{outcome:?}");
}

#[test]
fn a_broken_spec_is_told_with_its_place() {
    let folder = crate::run::Folder::new("broken");
    let path = folder.file("broken.yaml");
    std::fs::write(&path, "openapi: 3.1.0\ninfo: {title: X\n").unwrap();
    let outcome = run(&["exec", "--spec", &path, "things", "list"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("broken.yaml:"), "{outcome:?}");
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    use std::process::Stdio;

    let things: Vec<Value> = (0..5_000).map(|id| json!({"id": id})).collect();
    let vendor = Vendor::always(Answer::json(200, &json!({"things": things})));
    let spec = spec();
    let mut args = vec!["exec", "--spec", &spec, "things", "list", "--output", "jsonl"];
    args.extend(["--via", &vendor.url, "--credentials", r#"{"token": "x"}"#]);
    let mut child = command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let outcome = Outcome::from(child.wait_with_output().unwrap());
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
}

#[test]
fn an_option_that_needs_another_one_is_named() {
    for (args, told) in [
        (
            vec!["exec", "stripe", "customers", "list", "--sandbox", "--max", "5"],
            "--max needs --all",
        ),
        (
            vec!["exec", "stripe", "customers", "list", "--workspace", "w"],
            "--workspace needs --hosted",
        ),
    ] {
        let outcome = run(&args);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.message().contains(told), "{outcome:?}");
    }
}

#[test]
fn a_host_that_is_not_reached_is_named_with_the_one_in_between() {
    let outcome = run(&[
        "exec",
        "stripe",
        "customers",
        "list",
        "--via",
        "http://127.0.0.1:9",
        "--credentials",
        r#"{"api_key": "sk-1234567"}"#,
        "--timeout",
        "1",
    ]);
    assert!(outcome.message().contains("api.stripe.com, through 127.0.0.1:9"), "{outcome:?}");
}
