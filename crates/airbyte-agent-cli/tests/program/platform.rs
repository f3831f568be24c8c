//! Tests of `platform`: workspaces, connectors, templates, definitions, sign-in, and the setup.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::run::{CANARY, Folder, Outcome, command, run};
use crate::sandbox::Served;

/// Runs `platform …` as a client of the served sandbox.
fn platform(served: &Served, args: &[&str]) -> Outcome {
    as_client(served, "sandbox-secret", args)
}

fn as_client(served: &Served, secret: &str, args: &[&str]) -> Outcome {
    let mut command = command(&[&["platform"], args].concat());
    command
        .env("AIRBYTE_CLIENT_ID", "sandbox-client")
        .env("AIRBYTE_CLIENT_SECRET", secret)
        .env("SDK_DEV_ADP_API_HOST", &served.url);
    command.output().unwrap().into()
}

/// The data that a command prints.
fn data(served: &Served, args: &[&str]) -> Value {
    platform(served, args).succeeded().json()["data"].clone()
}

fn states(outcome: &Outcome) -> Vec<String> {
    let steps = outcome.json()["data"].as_array().unwrap().clone();
    let names: Vec<&str> = steps.iter().map(|step| step["name"].as_str().unwrap()).collect();
    let expected = [
        "token",
        "workspace",
        "template",
        "registration",
        "connector",
        "verification",
        "environment",
    ];
    assert_eq!(names, expected);
    steps.iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}

const ACCOUNT: [&str; 2] = ["--config", r#"{"account_id": "acct_1"}"#];

#[test]
fn setup_makes_what_is_missing_and_nothing_twice() {
    let served = Served::start(&[]);
    let folder = Folder::new("setup");
    let file = folder.file("of-mine.env");
    let key = format!(r#"{{"api_key": "{CANARY}"}}"#);
    let setup = ["setup", "stripe", "--workspace", "tenant-42", "--credentials", &key];
    let setup = [&setup[..], &ACCOUNT, &["--env-file", &file, "-vv"]].concat();
    let first = platform(&served, &setup).succeeded();
    assert_eq!(
        states(&first),
        ["done", "created", "done", "created", "created", "done", "created"]
    );
    let made = first.json()["meta"].clone();
    assert_eq!(made["workspace"], "tenant-42");
    assert_eq!(made["template"], "Stripe");
    let verified = first.json()["data"][5]["detail"].as_str().unwrap().to_owned();
    assert!(verified.ends_with("returned 1 record"), "{verified}");
    let stored = std::fs::read_to_string(&file).unwrap();
    assert_eq!(
        stored,
        "AIRBYTE_CLIENT_ID=sandbox-client\nAIRBYTE_CLIENT_SECRET=sandbox-secret\n\
         AIRBYTE_WORKSPACE_NAME=tenant-42\n"
    );

    let second = platform(&served, &setup).succeeded();
    let expected = ["done", "existed", "existed", "skipped", "existed", "done", "existed"];
    assert_eq!(states(&second), expected);
    assert_eq!(second.json()["meta"], made);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), stored);
    let listed = data(&served, &["connectors", "list", "--workspace", "tenant-42"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(data(&served, &["templates", "list"]).as_array().unwrap().len(), 1);
    for outcome in [first, second] {
        assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("sandbox-secret"), "{outcome:?}");
    }
}

#[test]
fn setup_needs_no_account_with_a_sandbox() {
    let all = run(&["connectors"]).succeeded().json();
    for connector in all["data"].as_array().unwrap() {
        let connector = connector["name"].as_str().unwrap();
        let setup = ["platform", "setup", connector, "--sandbox", "--workspace", "mine"];
        let outcome = run(&setup).succeeded();
        let expected = ["done", "created", "done", "created", "created", "done", "skipped"];
        assert_eq!(states(&outcome), expected, "{connector}");
    }
    // The workspace that is there has one of every kind.
    let outcome = run(&["platform", "setup", "stripe", "--sandbox"]).succeeded();
    assert_eq!(states(&outcome)[1..5], ["existed", "done", "created", "existed"]);
}

#[test]
fn setup_says_at_which_step_it_stopped() {
    let served = Served::start(&[]);
    let outcome = as_client(&served, "wrong-secret", &["setup", "stripe"]);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().starts_with("step 1 of 7 (token)"), "{outcome:?}");

    // Two workspaces, and nobody to ask.
    let outcome = platform(&served, &["setup", "stripe"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    let message = outcome.message();
    assert!(message.contains("step 2") && message.contains("default, crowded"), "{message}");
    assert!(message.contains("--workspace"), "{message}");

    let crowded = ["setup", "stripe", "--workspace", "crowded"];
    let outcome = platform(&served, &crowded);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("step 5") && outcome.message().contains("--connector-id"));
    let listed = data(&served, &["connectors", "list", "--workspace", "crowded"]);
    let id = listed[1]["id"].as_str().unwrap();
    let outcome = platform(&served, &[&crowded[..], &["--connector-id", id]].concat()).succeeded();
    assert_eq!(outcome.json()["meta"]["connector_id"], id);
    let other = ["setup", "github", "--workspace", "crowded", "--connector-id", id];
    assert_eq!(platform(&served, &other).code, 3);

    let new = ["setup", "stripe", "--workspace", "new"];
    let outcome = platform(&served, &[&new[..], &ACCOUNT].concat());
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().contains("step 2"), "{outcome:?}");
    let with_key = [&new[..], &["--credentials", r#"{"api_key": "k"}"#]].concat();
    let outcome = platform(&served, &with_key);
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.message().contains("account_id"), "{outcome:?}");
    // Nothing was created for a connector that could not be.
    let workspaces = data(&served, &["workspaces", "list"]);
    assert!(!workspaces.to_string().contains("\"new\""), "{workspaces}");

    // The platform takes any credentials; the first call tells.
    let bad = [&new[..], &ACCOUNT, &["--credentials", r#"{"api_key": "invalid"}"#]].concat();
    let outcome = platform(&served, &bad);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    let message = outcome.message();
    assert!(message.contains("step 6") && message.contains("connectors delete"), "{message}");
}

#[test]
fn workspaces_are_listed_resolved_made_and_removed() {
    let served = Served::start(&[]);
    let names = |args: &[&str]| -> Vec<String> {
        let all = data(&served, args);
        let names =
            all.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        names.collect()
    };
    assert_eq!(names(&["workspaces", "list"]), ["default", "crowded"]);
    assert_eq!(names(&["workspaces", "list", "--contains", "DEF"]), ["default"]);
    assert_eq!(data(&served, &["workspaces", "get", "default"])["name"], "default");
    assert_eq!(data(&served, &["workspaces", "get", "--workspace", "default"])["name"], "default");
    for (args, code) in [
        (&["workspaces", "get"][..], 2),
        (&["workspaces", "get", "nobody"], 5),
        (&["workspaces", "delete", "default"], 2),
        (&["workspaces", "delete", "nobody", "--yes"], 5),
        (&["workspaces", "list", "--output", "xml"], 2),
        (&["workspaces"], 2),
    ] {
        let outcome = platform(&served, args);
        assert_eq!(outcome.code, code, "{args:?}: {outcome:?}");
    }
    let made = data(&served, &["workspaces", "create", "mine"]);
    assert_eq!(data(&served, &["workspaces", "create", "mine"]), made);
    platform(&served, &["workspaces", "delete", "mine", "--yes"]).succeeded();
    assert_eq!(names(&["workspaces", "list"]), ["default", "crowded"]);
}

#[test]
fn connectors_live_and_go() {
    let served = Served::start(&[]);
    let all = data(&served, &["connectors", "list"]);
    assert_eq!(all.as_array().unwrap().len(), 21);
    let one = data(&served, &["connectors", "list", "--connector", "zendesk-support"]);
    assert_eq!(one.as_array().unwrap().len(), 1);

    let mine = ["--workspace", "mine"];
    let key = format!(r#"{{"api_key": "{CANARY}"}}"#);
    let create = ["connectors", "create", "stripe", "--name", "billing", "--credentials", &key];
    let create = [&create[..], &ACCOUNT, &mine].concat();
    let made = data(&served, &create);
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["existed"], false);
    let existing = data(&served, &[&create[..], &["--if-missing"]].concat());
    assert_eq!((&existing["id"], &existing["existed"]), (&made["id"], &json!(true)));
    let outcome = platform(&served, &[&["connectors", "get", id], &mine[..]].concat()).succeeded();
    assert_eq!(outcome.json()["data"]["name"], "billing");
    assert_eq!(outcome.json()["data"]["settings"]["account_id"], "acct_1");
    assert!(!outcome.stdout.contains(CANARY), "{outcome:?}");
    let checked = data(&served, &[&["connectors", "check", id], &mine[..]].concat());
    assert_eq!(checked["status"], "succeeded");

    // An id counts inside its workspace only.
    for what in ["get", "check", "delete"] {
        assert_eq!(platform(&served, &["connectors", what, id]).code, 5, "{what}");
    }
    platform(&served, &[&["connectors", "delete", id], &mine[..]].concat()).succeeded();
    let outcome = platform(&served, &[&["connectors", "get", id], &mine[..]].concat());
    assert_eq!(outcome.code, 5, "{outcome:?}");

    let invalid = ["connectors", "create", "stripe", "--credentials", r#"{"api_key": "invalid"}"#];
    let made = data(&served, &[&invalid[..], &ACCOUNT, &mine].concat());
    let id = made["id"].as_str().unwrap();
    let outcome = platform(&served, &[&["connectors", "check", id], &mine[..]].concat());
    assert_eq!(outcome.code, 4, "{outcome:?}");

    let odd = ["--credentials", r#"{"api_key": "k"}"#, "--config", r#"{"acount_id": "a"}"#];
    for (args, code, part) in [
        (&["strip"][..], 2, "stripe"),
        (&["stripe"], 3, "account_id"),
        (&[&["stripe"], &ACCOUNT[..]].concat(), 4, "api_key"),
        (&[&["stripe"], &odd[..]].concat(), 3, "did you mean 'account_id'?"),
    ] {
        let outcome = platform(&served, &[&["connectors", "create"], args, &mine].concat());
        assert_eq!(outcome.code, code, "{args:?}: {outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
}

#[test]
fn credentials_may_come_from_the_environment() {
    let served = Served::start(&[]);
    let create = ["platform", "connectors", "create", "github", "--workspace", "mine"];
    let config = ["--config", r#"{"repositories": "acme/web,acme/api"}"#, "-vv"];
    let outcome = command(&[&create[..], &config].concat())
        .env("AIRBYTE_CLIENT_ID", "sandbox-client")
        .env("AIRBYTE_CLIENT_SECRET", "sandbox-secret")
        .env("SDK_DEV_ADP_API_HOST", &served.url)
        .env("AIRBYTE_AGENT_GITHUB_TOKEN", CANARY)
        .output()
        .unwrap();
    let outcome = Outcome::from(outcome).succeeded();
    assert!(!format!("{outcome:?}").contains(CANARY), "{outcome:?}");
    let id = outcome.json()["data"]["id"].as_str().unwrap().to_owned();
    let got = data(&served, &["connectors", "get", &id, "--workspace", "mine"]);
    assert_eq!(got["settings"]["repositories"], json!(["acme/web", "acme/api"]));
}

#[test]
fn templates_and_definitions_are_found() {
    let served = Served::start(&[]);
    assert_eq!(data(&served, &["templates", "list"]), json!([]));
    let first = data(&served, &["templates", "register", "hubspot"]);
    let second = data(&served, &["templates", "register", "hubspot", "--name", "Another"]);
    assert_eq!((&first["existed"], &second["existed"]), (&json!(false), &json!(true)));
    assert_eq!(first["id"], second["id"]);
    assert_eq!(first["mode"], "DIRECT");
    let listed = data(&served, &["templates", "list", "--global"]);
    assert_eq!(listed.as_array().unwrap().len(), 21);

    let listed = data(&served, &["definitions", "list", "--contains", "zendesk"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    for name in ["zendesk-support", "Zendesk Support"] {
        let found = data(&served, &["definitions", "find", name]);
        assert_eq!(found["id"], "79c1aa37-dae3-42ae-b333-d1c105477715");
    }
    let outcome = platform(&served, &["definitions", "find", "zendesk-suport"]);
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert!(outcome.message().contains("Zendesk Support"), "{outcome:?}");
}

#[test]
fn a_person_signs_in() {
    let served = Served::start(&[]);
    let mine = ["--workspace", "mine"];
    let begin = ["oauth", "consent-url", "hubspot", "--redirect-url", "https://acme.test/done"];
    let begin = [&begin[..], &mine].concat();
    let outcome = platform(&served, &begin);
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(outcome.stderr.contains("templates register hubspot"), "{outcome:?}");
    data(&served, &["templates", "register", "hubspot"]);
    let address = data(&served, &begin)["consent_url"].as_str().unwrap().to_owned();
    let table = platform(&served, &[&begin[..], &["--output", "table"]].concat()).succeeded();
    assert!(table.stdout.starts_with("http") && table.stdout.lines().count() == 1, "{table:?}");
    let finish = |back: &str| {
        platform(&served, &[&["oauth", "finish", "hubspot", back], &mine[..]].concat())
    };
    let made = finish(&redirect(&address)).succeeded().json();
    let id = made["data"]["id"].as_str().unwrap();
    platform(&served, &[&["connectors", "get", id], &mine[..]].concat()).succeeded();
    let again = data(&served, &begin)["consent_url"].as_str().unwrap().to_owned();
    let denied = redirect(&format!("{again}&decision=deny"));
    assert_eq!(finish(&denied).code, 4);
    // Set up by what is there.
    let setup = platform(&served, &[&["setup", "hubspot"], &mine[..]].concat()).succeeded();
    assert_eq!(setup.json()["meta"]["connector_id"], id);
}

/// The address to which a browser is redirected that opens this address.
fn redirect(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    location.unwrap_or_else(|| panic!("{answer}")).to_owned()
}
