//! Tests of stored accounts: they are used if nothing else is given, listed, and removed.

use serde_json::json;

use crate::home::Home;
use crate::run::{CANARY, Outcome, spec};
use crate::vendor::{Answer, Vendor};

/// A vendor that returns the request as a record.
fn vendor() -> Vendor {
    Vendor::new(|seen, _| Answer::json(200, &json!({"things": [{"id": "1", "echo": seen.echo()}]})))
}

/// The value of the authorization header of the last request.
fn last(vendor: &Vendor) -> String {
    let seen = vendor.seen().pop().unwrap();
    seen.header("authorization").unwrap_or_default().to_owned()
}

fn keep(home: &Home, via: &str, account: &str, token: &str) -> Outcome {
    let spec = spec();
    let args = ["login", "--spec", &spec, "--account", account, "--via", via, "--credentials", "-"];
    home.feed(&args, &json!({ "token": token }).to_string()).succeeded()
}

#[test]
fn a_call_without_credentials_uses_what_is_stored() {
    let (home, vendor, spec) = (Home::new("order"), vendor(), spec());
    let list = ["exec", "--spec", &spec, "things", "list", "--via", &vendor.url];
    // Nothing is stored yet, and the message says what to do.
    let outcome = home.run(&list);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().contains("airbyte-agent login --spec FILE"), "{outcome:?}");

    keep(&home, &vendor.url, "default", CANARY);
    keep(&home, &vendor.url, "work", "token-of-work");
    let silent = |outcome: Outcome| {
        assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        outcome.succeeded();
    };
    let work = [&list[..], &["--account", "work"]].concat();
    let given = [&list[..], &["--credentials", r#"{"token": "token-given"}"#]].concat();
    let canary = format!("Bearer {CANARY}");
    // The environment is stronger than what is stored, the command line than both.
    let cases: [(&[&str], &str, &str); 6] = [
        (&list, "", &canary),
        (&work, "", "Bearer token-of-work"),
        (&list, "token-of-environment", "Bearer token-of-environment"),
        (&work, "token-of-environment", "Bearer token-of-work"),
        (&given, "token-of-environment", "Bearer token-given"),
        (&given, "", "Bearer token-given"),
    ];
    for (args, variable, expected) in cases {
        let mut command = home.command(args);
        silent(command.env("AIRBYTE_AGENT_ACME_TOKEN", variable).output().unwrap().into());
        assert_eq!(last(&vendor), expected, "{args:?} {variable}");
    }
    // `check` and a dry run take them too.
    home.run(&["check", "--spec", &spec, "--via", &vendor.url, "--account", "work"]).succeeded();
    let dry = home.run(&[&list[..], &["--dry-run"]].concat()).succeeded();
    assert!(!dry.stdout.contains(CANARY), "{dry:?}");
    // The sandbox needs no account.
    home.run(&["exec", "--spec", &spec, "things", "list", "--sandbox"]).succeeded();

    for (account, part) in [("wrok", "work"), ("Work", "work")] {
        let outcome = home.run(&[&list[..], &["--account", account]].concat());
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
    let both = [&work[..], &["--credentials", "{}"]].concat();
    assert_eq!(home.run(&both).code, 2);
}

#[test]
fn accounts_are_listed_without_a_passphrase_and_forgotten() {
    let (home, vendor, spec) = (Home::new("list"), vendor(), spec());
    assert_eq!(home.run(&["accounts", "list"]).succeeded().json()["data"], json!([]));
    keep(&home, &vendor.url, "default", CANARY);
    keep(&home, &vendor.url, "work", CANARY);
    let mut list = home.command(&["accounts", "list", "acme"]);
    let outcome = Outcome::from(list.env_remove("AIRBYTE_AGENT_PASSPHRASE").output().unwrap());
    assert!(!format!("{outcome:?}").contains(CANARY));
    let listed = outcome.succeeded().json()["data"].clone();
    let first = json!({
        "connector": "acme", "account": "default", "scheme": "token", "stored_in": "file",
        "expires_at": null, "renews": false,
    });
    assert_eq!((listed[0].clone(), listed.as_array().unwrap().len()), (first, 2));
    let table = home.run(&["accounts", "list", "--output", "table"]).succeeded();
    assert!(table.stdout.contains("work"), "{table:?}");

    let removed = home.run(&["accounts", "remove", "acme", "work"]).succeeded();
    assert_eq!(removed.json()["removed"], true);
    let outcome = home.run(&["accounts", "remove", "acme", "work"]);
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert!(outcome.message().contains("there are: default"), "{outcome:?}");
    home.run(&["accounts", "remove", "acme"]).succeeded();
    let list = ["exec", "--spec", &spec, "things", "list", "--via", &vendor.url];
    assert_eq!(home.run(&list).code, 4);
}

#[test]
fn a_wrong_or_missing_passphrase_is_told() {
    let (home, vendor, spec) = (Home::new("passphrase"), vendor(), spec());
    keep(&home, &vendor.url, "default", CANARY);
    let list = ["exec", "--spec", &spec, "things", "list", "--via", &vendor.url];
    let mut wrong = home.command(&list);
    let outcome =
        Outcome::from(wrong.env("AIRBYTE_AGENT_PASSPHRASE", "canary-wrong").output().unwrap());
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(
        outcome.message().contains("passphrase") && !outcome.message().contains("canary"),
        "{outcome:?}"
    );
    let mut missing = home.command(&list);
    let outcome = Outcome::from(missing.env_remove("AIRBYTE_AGENT_PASSPHRASE").output().unwrap());
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("AIRBYTE_AGENT_PASSPHRASE_FILE"), "{outcome:?}");
    let file = home.0.file("passphrase");
    std::fs::write(&file, format!("{}\n", crate::home::PASSPHRASE)).unwrap();
    let mut by_file = home.command(&list);
    by_file.env_remove("AIRBYTE_AGENT_PASSPHRASE").env("AIRBYTE_AGENT_PASSPHRASE_FILE", &file);
    Outcome::from(by_file.output().unwrap()).succeeded();
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_open_to_others_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let (home, vendor, spec) = (Home::new("open"), vendor(), spec());
    keep(&home, &vendor.url, "default", CANARY);
    let folder = home.0.file("accounts");
    let set = |mode| {
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let list = ["exec", "--spec", &spec, "things", "list", "--via", &vendor.url];
    let commands = [&list[..], &["accounts", "list"], &["accounts", "remove", "acme"]];
    let before = vendor.seen().len();
    for mode in [0o755, 0o770] {
        set(mode);
        for command in commands {
            let outcome = home.run(command);
            assert_eq!(outcome.code, 2, "{outcome:?}");
            assert!(outcome.message().contains("chmod 700"), "{outcome:?}");
        }
        let outcome = home.run(&["doctor", "--offline"]);
        assert!(
            outcome.code == 1 && outcome.json()["next"][0].to_string().contains("chmod 700"),
            "{outcome:?}"
        );
    }
    assert_eq!(vendor.seen().len(), before);
    set(0o700);
    home.run(&list).succeeded();
}

#[test]
fn a_short_passphrase_keeps_nothing() {
    let (home, spec) = (Home::new("short"), spec());
    let args = ["login", "--spec", &spec, "--no-check", "--credentials"];
    let credentials = json!({ "token": CANARY }).to_string();
    let mut command = home.command(&[&args[..], &[&credentials]].concat());
    let outcome = Outcome::from(command.env("AIRBYTE_AGENT_PASSPHRASE", "x").output().unwrap());
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("at least 8 characters"), "{outcome:?}");
    assert_eq!(home.run(&["accounts", "list"]).json()["data"], json!([]));
}

#[test]
fn accounts_whose_names_run_together_stay_apart() {
    let (home, vendor) = (Home::new("alike"), vendor());
    let text = std::fs::read_to_string(spec()).unwrap();
    let accounts = [("a.b", "c"), ("a", "b.c")];
    let spec = |name: &str| {
        let path = home.0.file(&format!("{name}.yaml"));
        let text = text.replace("connector-name: acme", &format!("connector-name: {name}"));
        std::fs::write(&path, text).unwrap();
        path
    };
    for (name, account) in accounts {
        let args = ["login", "--spec", &spec(name), "--account", account, "--no-check"];
        let token = json!({ "token": format!("token-of-{name}") });
        home.feed(&[&args[..], &["--credentials", "-"]].concat(), &token.to_string()).succeeded();
    }
    for (name, account) in accounts {
        let list = ["exec", "--spec", &spec(name), "things", "list", "--via", &vendor.url];
        home.run(&[&list[..], &["--account", account]].concat()).succeeded();
        assert_eq!(last(&vendor), format!("Bearer token-of-{name}"));
    }
}
