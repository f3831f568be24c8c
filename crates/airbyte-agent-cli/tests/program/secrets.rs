//! Tests that no stream contains a secret, whatever the vendor echoes and however verbose the program
//! is.

use serde_json::json;

use crate::run::{CANARY, Folder, Outcome, acme, command, run, spec};
use crate::vendor::{Answer, Vendor};

#[track_caller]
fn is_silent(outcome: &Outcome) {
    assert!(!outcome.stdout.contains(CANARY) && !outcome.stderr.contains(CANARY), "{outcome:?}");
}

#[test]
fn a_vendor_that_echoes_the_request_reveals_nothing() {
    for status in [200, 400, 401, 404, 429, 500] {
        let vendor = Vendor::new(move |seen, _| {
            let echo = seen.echo();
            Answer::json(status, &json!({"message": echo, "error": {"message": echo}}))
                .header("x-request-id", "r")
        });
        let outcome = acme(&vendor.url, &["things", "get", "-p", "id=1", "-vv"]);
        assert!(vendor.seen()[0].echo().contains(CANARY));
        is_silent(&outcome);
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
    let outcome = acme("http://127.0.0.1:9", &["things", "list", "--dry-run", "-vv"]).succeeded();
    is_silent(&outcome);
    assert_eq!(outcome.json()["headers"]["authorization"], "[redacted]");
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
        let outcome =
            run(&["exec", "--spec", &spec, "things", "list", "--credentials", &credentials]);
        assert!(matches!(outcome.code, 2 | 3), "{outcome:?}");
        is_silent(&outcome);
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
        let outcome = run(&args);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        is_silent(&outcome);
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
    let outcome =
        Outcome::from(command(&base).env("AIRBYTE_AGENT_ACME_TOKEN", CANARY).output().unwrap());
    is_silent(&outcome.succeeded());
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
    let outcome = command(&args)
        .env("AIRBYTE_CLIENT_ID", "id")
        .env("AIRBYTE_CLIENT_SECRET", CANARY)
        .env("SDK_DEV_ADP_API_HOST", &platform.url)
        .output()
        .unwrap();
    let outcome = Outcome::from(outcome);
    assert!(platform.seen()[0].body.contains(CANARY));
    assert_eq!(outcome.code, 4, "{outcome:?}");
    is_silent(&outcome);
}

/// A vendor that repeats a credential in other spellings, across the place where messages are shortened,
/// and in records.
#[test]
fn no_spelling_of_a_credential_is_shown() {
    let spellings: [fn() -> String; 6] = [
        || CANARY.to_owned(),
        // As HTTP's basic authentication writes it, after `id:`.
        || "aWQ6Y2FuYXJ5LTVmMWM5Yjdl".to_owned(),
        || CANARY.replace('-', "%2d"),
        || CANARY.replace('-', "\\u002d"),
        || format!("{}{CANARY}", "x".repeat(486)),
        || CANARY.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
    ];
    let spec = spec();
    for (index, spelling) in spellings.into_iter().enumerate() {
        let said = spelling();
        for status in [200, 400, 500] {
            let body = said.clone();
            let vendor = Vendor::new(move |_, _| {
                let body = json!({"things": [{"id": body, "a": {"b": [body]}}], "message": body});
                Answer::json(status, &body)
            });
            let credentials = format!(r#"{{"token": "{CANARY}"}}"#);
            for format in ["json", "jsonl", "csv", "tsv", "yaml", "table"] {
                let outcome = run(&[
                    "exec",
                    "--spec",
                    &spec,
                    "things",
                    "list",
                    "--via",
                    &vendor.url,
                    "--credentials",
                    &credentials,
                    "--output",
                    format,
                    "-v",
                ]);
                let shown = format!("{}{}", outcome.stdout, outcome.stderr);
                for part in ["canary", "5f1c9b7e", "Y2FuYXJ5", "&#99;&#97;"] {
                    assert!(!shown.contains(part), "{index} {status} {format} {part}: {outcome:?}");
                }
            }
        }
    }
}

/// A token that a renewal has brought is as secret as one that the user gave.
#[test]
fn a_renewed_token_in_a_record_is_hidden() {
    let vendor = Vendor::new(|seen, _| {
        if seen.target.starts_with("/token") {
            return Answer::json(200, &json!({"access_token": "obtained-at-run-time"}));
        }
        match seen.header("authorization") {
            Some(header) if header.contains("obtained-at-run-time") => {
                Answer::json(200, &json!({"things": [{"id": 1, "echo": seen.echo()}]}))
            }
            _ => Answer::json(401, &json!({})),
        }
    });
    let folder = Folder::new("renewed");
    let path = folder.file("rotating.yaml");
    std::fs::write(&path, crate::renewal::SPEC).unwrap();
    let outcome = run(&[
        "exec",
        "--spec",
        &path,
        "things",
        "list",
        "--via",
        &vendor.url,
        "--credentials",
        crate::renewal::CREDENTIALS,
    ]);
    let outcome = outcome.succeeded();
    assert!(outcome.stdout.contains("[redacted]"), "{outcome:?}");
    assert!(!outcome.stdout.contains("obtained-at-run-time"), "{outcome:?}");
}
