//! No secret on either stream, whatever the vendor echoes and however much is told.

use serde_json::json;

use crate::run::{CANARY, Folder, Ran, acme, command, run, spec};
use crate::vendor::{Answer, Vendor};

#[track_caller]
fn is_silent(ran: &Ran) {
    assert!(!ran.stdout.contains(CANARY) && !ran.stderr.contains(CANARY), "{ran:?}");
}

#[test]
fn a_vendor_that_echoes_the_request_reveals_nothing() {
    for status in [200, 400, 401, 404, 429, 500] {
        let vendor = Vendor::new(move |seen, _| {
            let echo = seen.echo();
            Answer::json(status, &json!({"message": echo, "error": {"message": echo}}))
                .header("x-request-id", "r")
        });
        let ran = acme(&vendor.url, &["things", "get", "-p", "id=1", "-vv"]);
        assert!(vendor.seen()[0].echo().contains(CANARY));
        is_silent(&ran);
    }
}

#[test]
fn an_echo_that_is_no_json_reveals_nothing() {
    let vendor = Vendor::new(|seen, _| Answer::text(200, &seen.echo()));
    is_silent(&acme(&vendor.url, &["things", "get", "-p", "id=1", "-vv"]));
}

#[test]
fn a_key_in_the_query_is_hidden_too() {
    let credentials = format!(r#"{{"api_key": "{CANARY}"}}"#);
    let spec = spec();
    let vendor = Vendor::new(|seen, _| Answer::json(500, &json!({"message": seen.echo()})));
    let base = ["exec", "--spec", &spec, "things", "list", "--credentials", &credentials, "-vv"];
    let sent = run(&[&base[..], &["--via", &vendor.url]].concat());
    assert!(vendor.seen()[0].target.contains(CANARY));
    is_silent(&sent);
    let dry = run(&[&base[..], &["--dry-run"]].concat()).succeeded();
    is_silent(&dry);
    assert!(dry.json()["url"].as_str().unwrap().contains("api_key="), "{dry:?}");
    // Nobody listens: the address is part of what a network library complains about.
    is_silent(&run(&[&base[..], &["--via", "http://127.0.0.1:9"]].concat()));
}

#[test]
fn a_dry_run_masks_headers() {
    let ran = acme("http://127.0.0.1:9", &["things", "list", "--dry-run", "-vv"]).succeeded();
    is_silent(&ran);
    assert_eq!(ran.json()["headers"]["authorization"], "[redacted]");
}

#[test]
fn malformed_credentials_are_not_repeated() {
    let spec = spec();
    for credentials in [
        format!(r#"{{"token": {CANARY}}}"#),
        format!(r#"{{"token": "{CANARY}"#),
        format!(r#"["{CANARY}"]"#),
        CANARY.to_owned(),
        format!(r#"{{"token": ["{CANARY}"]}}"#),
    ] {
        let ran = run(&["exec", "--spec", &spec, "things", "list", "--credentials", &credentials]);
        assert!(matches!(ran.code, 2 | 3), "{ran:?}");
        is_silent(&ran);
    }
}

#[test]
fn credentials_without_quotes_are_not_repeated() {
    let spec = spec();
    let broken = format!("\"{CANARY}\"}}");
    for args in [
        vec!["exec", "--spec", &spec, "things", "list", "--credentials", "{\"token\":", &broken],
        vec!["exec", "--spec", &spec, "things", "list", "--credential", &broken],
        vec!["check", "github", "--credentials", "{\"token\":", &broken],
        vec!["describe", "github", "issues", "list", &broken],
    ] {
        let ran = run(&args);
        assert_eq!(ran.code, 2, "{ran:?}");
        is_silent(&ran);
    }
    let glued = format!("--credential={broken}");
    is_silent(&run(&["exec", "--spec", &spec, "things", "list", &glued]));
}

#[test]
fn credentials_from_environment_and_files_are_hidden() {
    let vendor = Vendor::new(|seen, _| Answer::json(200, &json!({"echo": seen.echo()})));
    let spec = spec();
    let base =
        ["exec", "--spec", &spec, "things", "get", "-p", "id=1", "--via", &vendor.url, "-vv"];
    let ran = Ran::from(command(&base).env("AIRBYTE_AGENT_ACME_TOKEN", CANARY).output().unwrap());
    is_silent(&ran.succeeded());
    let folder = Folder::new("credentials");
    let path = folder.file("credentials.json");
    std::fs::write(&path, format!(r#"{{"token": "{CANARY}"}}"#)).unwrap();
    is_silent(&run(&[&base[..], &["--credentials", &format!("@{path}")]].concat()).succeeded());
    for seen in vendor.seen() {
        assert_eq!(seen.header("authorization"), Some(format!("Bearer {CANARY}").as_str()));
    }
}

#[test]
fn the_platforms_secret_is_hidden() {
    let platform = Vendor::new(|seen, _| Answer::json(401, &json!({"message": seen.echo()})));
    let args =
        ["exec", "github", "issues", "list", "-p", "owner=a", "-p", "repo=b", "--hosted", "-vv"];
    let ran = command(&args)
        .env("AIRBYTE_CLIENT_ID", "id")
        .env("AIRBYTE_CLIENT_SECRET", CANARY)
        .env("SDK_DEV_ADP_API_HOST", &platform.url)
        .output()
        .unwrap();
    let ran = Ran::from(ran);
    assert!(platform.seen()[0].body.contains(CANARY));
    assert_eq!(ran.code, 4, "{ran:?}");
    is_silent(&ran);
}
