//! Tests of the addresses that secrets are sent to: they must be encrypted, and must not contain a
//! password, which a message could repeat.

use serde_json::json;

use crate::home::Home;
use crate::run::{CANARY, Outcome, command, spec};

const ACCOUNT: [(&str, &str); 2] =
    [("AIRBYTE_CLIENT_ID", "id"), ("AIRBYTE_CLIENT_SECRET", "canary-secret")];

fn run(home: &Home, args: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let outcome: Outcome =
        home.command(args).envs(environment.iter().copied()).output().unwrap().into();
    let shown = format!("{outcome:?}");
    assert!(!shown.contains(CANARY) && !shown.contains("canary-secret"), "{args:?}: {shown}");
    outcome
}

#[test]
fn a_password_in_via_is_refused_and_not_repeated() {
    let (home, spec) = (Home::new("via"), spec());
    home.feed(&["login", "--spec", &spec, "--no-check", "--credentials", "-"], r#"{"token": "t"}"#)
        .succeeded();
    let hosted = ["exec", "github", "issues", "list", "-p", "owner=a", "-p", "repo=b", "--hosted"];
    let credentials = json!({"api_key": "k"}).to_string();
    let credentials = ["login", "stripe", "--credentials", credentials.as_str()];
    let app = json!({"client_id": "a", "client_secret": "b"}).to_string();
    let sign_in = ["login", "hubspot", "--scheme", "oauth2", "--credentials", app.as_str()];
    let commands: [&[&str]; 11] = [
        &["exec", "--spec", &spec, "things", "list"],
        &["exec", "--spec", &spec, "things", "list", "--dry-run", "-vv"],
        &["check", "--spec", &spec],
        &hosted,
        &["platform", "workspaces", "list"],
        &credentials,
        &sign_in,
        &["mcp", "--spec", &spec],
        &["mcp", "--hosted", "--connector", "github"],
        &["mcp", "install", "cursor"],
        &["mcp", "install", "cursor", "--write"],
    ];
    let user = format!("http://u:{CANARY}@127.0.0.1:9");
    for address in [
        user.clone(),
        format!("{user}/"),
        format!("{user}/x?y#z"),
        format!("http://{CANARY}@127.0.0.1:9"),
        format!("http://:{CANARY}@127.0.0.1:9"),
    ] {
        for args in commands {
            let outcome = run(&home, &[args, &["--via", &address]].concat(), &ACCOUNT);
            assert_eq!(outcome.code, 2, "{args:?}: {outcome:?}");
            assert!(outcome.message().contains("user name or a password"), "{args:?}: {outcome:?}");
        }
    }
    // What is no address at all may hold one, too.
    for address in [format!("u:{CANARY}@host"), format!("http://u:{CANARY}@host:port")] {
        for args in commands {
            let outcome = run(&home, &[args, &["--via", &address]].concat(), &ACCOUNT);
            assert_eq!(outcome.code, 2, "{args:?}: {outcome:?}");
        }
    }
    let url = run(&home, &["mcp", "install", "cursor", "--url", &user], &[]);
    assert!(url.code == 2 && url.message().contains("--url"), "{url:?}");
}

#[test]
fn the_platform_is_not_reached_in_the_open_or_beside_a_password() {
    let home = Home::new("platform-address");
    let commands: [&[&str]; 4] = [
        &["exec", "github", "issues", "list", "-p", "owner=a", "-p", "repo=b", "--hosted"],
        &["platform", "workspaces", "list"],
        &["platform", "setup", "github"],
        &["mcp", "--hosted", "--connector", "github"],
    ];
    let user = format!("https://u:{CANARY}@127.0.0.1:9");
    for (address, why) in [
        ("http://platform.test", "plain http"),
        ("http://10.0.0.1:9", "plain http"),
        (user.as_str(), "user name or a password"),
    ] {
        for args in commands {
            let host = ("SDK_DEV_ADP_API_HOST", address);
            let outcome = run(&home, args, &[&ACCOUNT[..], &[host]].concat());
            assert_eq!(outcome.code, 3, "{args:?}: {outcome:?}");
            assert!(outcome.message().contains(why), "{args:?}: {outcome:?}");
        }
    }
    // This machine is another matter: only nobody is there.
    let host = ("SDK_DEV_ADP_API_HOST", "http://localhost:9");
    let outcome = run(&home, commands[1], &[&ACCOUNT[..], &[host]].concat());
    assert_eq!(outcome.code, 8, "{outcome:?}");
}

#[test]
fn a_password_in_the_address_of_a_vendor_is_refused_and_not_repeated() {
    for address in [format!("https://u:{CANARY}@host"), format!("https://u:{CANARY}@host:port")] {
        let config = json!({ "instance_url": address, "subdomain": address }).to_string();
        for connector in ["zendesk-support", "salesforce"] {
            let outcome: Outcome = command(&["check", connector, "--config", &config])
                .env("AIRBYTE_AGENT_ZENDESK_SUPPORT_EMAIL", "a@b.c")
                .env("AIRBYTE_AGENT_ZENDESK_SUPPORT_API_TOKEN", "canary-secret")
                .env("AIRBYTE_AGENT_SALESFORCE_ACCESS_TOKEN", "canary-secret")
                .output()
                .unwrap()
                .into();
            assert_ne!(outcome.code, 0, "{outcome:?}");
            assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        }
    }
}
