//! Tests of `login` with credentials that the user already has.

use serde_json::json;

use crate::home::Home;
use crate::run::{CANARY, spec};
use crate::vendor::{Answer, Vendor};

#[test]
fn credentials_are_tried_and_then_kept() {
    let (home, spec) = (Home::new("tried"), spec());
    let vendor = Vendor::always(Answer::json(200, &json!({"things": []})));
    let args = ["login", "--spec", &spec, "--via", &vendor.url, "--credentials"];
    let file = home.0.file("credentials.json");
    std::fs::write(&file, json!({ "token": CANARY }).to_string()).unwrap();
    let config = ["--config", r#"{"region": "us"}"#];
    let outcome = home.run(&[&args[..], &[&format!("@{file}")], &config[..]].concat()).succeeded();
    let expected = json!({
        "connector": "acme", "account": "default", "scheme": "token", "stored_in": "file",
        "checked": "healthy", "expires_at": null,
    });
    assert_eq!(outcome.json(), expected);
    assert!(!format!("{outcome:?}").contains(CANARY));
    let seen = vendor.seen();
    assert_eq!(seen[0].header("authorization"), Some(format!("Bearer {CANARY}").as_str()));
    // The settings are kept with the account, and one call may have its own.
    let list = ["exec", "--spec", &spec, "things", "list", "--via", &vendor.url];
    home.run(&list).succeeded();
    home.run(&[&list[..], &["--config", r#"{"region": "eu"}"#]].concat()).succeeded();
    let hosts: Vec<String> = vendor
        .seen()
        .iter()
        .map(|seen| seen.header("x-forwarded-host").unwrap_or_default().to_owned())
        .collect();
    assert_eq!(hosts, ["us.acme.test", "us.acme.test", "eu.acme.test"]);
}

#[test]
fn credentials_that_do_not_work_are_not_kept() {
    let (home, spec) = (Home::new("refused"), spec());
    for (status, code) in [(401, 4), (500, 7)] {
        let vendor =
            Vendor::new(move |seen, _| Answer::json(status, &json!({"error": seen.echo()})));
        let args = ["login", "--spec", &spec, "--via", &vendor.url, "--credentials", "-"];
        let outcome = home.feed(&args, &json!({ "token": CANARY }).to_string());
        assert_eq!(outcome.code, code, "{outcome:?}");
        assert!(outcome.message().contains("not kept"), "{outcome:?}");
        assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        assert_eq!(home.run(&["accounts", "list"]).json()["data"], json!([]));
        let unchecked = [&args[..], &["--no-check", "--account", "kept"]].concat();
        let outcome = home.feed(&unchecked, &json!({ "token": CANARY }).to_string()).succeeded();
        assert_eq!(outcome.json()["checked"], "skipped");
        home.run(&["accounts", "remove", "acme", "kept"]).succeeded();
    }
}

#[test]
fn what_is_missing_or_unknown_is_told() {
    let home = Home::new("unknown");
    let spec = spec();
    let acme = ["login", "--spec", &spec];
    let cases: [(&[&str], &str, i32, &str); 9] = [
        (&[], "", 2, "token, key"),
        (&["--scheme", "tokn"], "", 2, "token"),
        (&["--scheme", "token"], "", 4, "--credentials"),
        (&["--credentials", "-"], "{}", 2, "token, key"),
        (&["--credentials", "-"], r#"{"tokn": "canary"}"#, 4, "tokn"),
        (&["--credentials", "-"], r#"{"token": ["canary"]}"#, 3, "'token' must be a text"),
        (&["--credentials", "-"], r#"{"token": canary}"#, 2, "not JSON"),
        (&["--credentials", "-"], r#"{"contact": "me"}"#, 4, "token"),
        (
            &["--account", "Work", "--no-check", "--credentials", "-"],
            r#"{"token": "canary"}"#,
            2,
            "lower-case",
        ),
    ];
    for (args, input, code, part) in cases {
        let outcome = home.feed(&[&acme[..], args].concat(), input);
        assert_eq!(outcome.code, code, "{args:?} {input}: {outcome:?}");
        assert!(outcome.message().contains(part), "{args:?} {input}: {outcome:?}");
        assert!(!format!("{outcome:?}").contains("canary"), "{outcome:?}");
    }
    // A setting without which there is no address, and nobody to ask for it.
    let credentials = r#"{"email": "a@b.c", "api_token": "canary"}"#;
    let outcome = home.feed(&["login", "zendesk-support", "--credentials", "-"], credentials);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("subdomain"), "{outcome:?}");
}
