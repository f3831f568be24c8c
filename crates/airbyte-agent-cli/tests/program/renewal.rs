//! A renewal that is under way when the program is to end: the new token is stored first, and a token that
//! cannot be stored is told.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::home::Home;
use crate::run::{Outcome, at_once};
use crate::vendor::{Answer, Vendor};

pub(crate) const SPEC: &str = r"
openapi: 3.1.0
info:
  title: Rotating
  version: 1.0.0
  x-airbyte-connector-name: rotating
  x-airbyte-retry-config: {max_attempts: 1}
servers: [{url: 'https://rotating.test'}]
components:
  securitySchemes:
    oauth:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://rotating.test/authorize
          tokenUrl: https://rotating.test/token
          refreshUrl: https://rotating.test/token
          scopes: {}
paths:
  /things:
    get:
      x-airbyte-entity: things
      x-airbyte-action: list
      x-airbyte-record-extractor: $.things
      responses: {'200': {description: Things.}}
";

/// A vendor that accepts each refresh token once, and renews slowly.
fn rotating(pause: Duration) -> Vendor {
    let issued = AtomicUsize::new(0);
    Vendor::new(move |seen, _| {
        let current = issued.load(Ordering::SeqCst);
        if seen.target.starts_with("/token") {
            if !seen.body.contains(&format!("refresh-{current}")) {
                return Answer::json(400, &json!({"error": "invalid_grant"}));
            }
            let next = issued.fetch_add(1, Ordering::SeqCst) + 1;
            std::thread::sleep(pause);
            let tokens = json!({
                "access_token": format!("access-token-{next}"),
                "refresh_token": format!("refresh-{next}"),
            });
            return Answer::json(200, &tokens);
        }
        let good = format!("Bearer access-token-{current}");
        if seen.header("authorization") == Some(&good) {
            Answer::json(200, &json!({"things": [{"id": 1}]}))
        } else {
            Answer::json(401, &json!({"message": "expired"}))
        }
    })
}

pub(crate) const CREDENTIALS: &str = r#"{"access_token": "access-of-before", "refresh_token": "refresh-0",
    "client_id": "app", "client_secret": "secret-of-the-app"}"#;

struct Stage {
    home: Home,
    vendor: Vendor,
    spec: String,
}

impl Stage {
    fn new(name: &str, pause: Duration) -> Self {
        let home = Home::new(&format!("renewal-{name}"));
        let spec = home.0.file("rotating.yaml");
        std::fs::write(&spec, SPEC).unwrap();
        Self { home, vendor: rotating(pause), spec }
    }

    fn login(&self) {
        let args = ["login", "--spec", &self.spec, "--no-check", "--credentials", "-"];
        self.home.feed(&args, CREDENTIALS).succeeded();
    }

    fn command(&self, more: &[&str]) -> Command {
        let args = ["exec", "--spec", &self.spec, "things", "list", "--via", &self.vendor.url];
        self.home.command(&[&args[..], more].concat())
    }

    fn exec(&self, more: &[&str]) -> Outcome {
        self.command(more).output().unwrap().into()
    }

    fn start(&self, more: &[&str]) -> Child {
        let mut command = self.command(more);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn wait_for_renewal(&self) {
        let started = Instant::now();
        while !self.vendor.seen().iter().any(|seen| seen.target.starts_with("/token")) {
            assert!(started.elapsed() < Duration::from_secs(30), "nothing happens");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn the_program_does_not_end_under_a_renewal() {
    let cases = [
        ("deadline", None, 8),
        ("int", Some("-INT"), 130),
        ("quit", Some("-QUIT"), 131),
        ("term", Some("-TERM"), 143),
    ];
    at_once(cases, |(name, signal, code)| {
        let stage = Stage::new(name, Duration::from_millis(2500));
        stage.login();
        let outcome = match signal {
            None => stage.exec(&["--timeout", "1"]),
            Some(signal) => {
                let child = stage.start(&[]);
                stage.wait_for_renewal();
                let id = child.id().to_string();
                assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
                child.wait_with_output().unwrap().into()
            }
        };
        assert_eq!(outcome.code, code, "{name}: {outcome:?}");
        assert!(!outcome.stdout.contains("\"id\""), "{name}: {outcome:?}");
        // The account still works, without another sign-in.
        let again = stage.exec(&[]).succeeded();
        assert_eq!(again.json()["data"], json!([{"id": 1}]), "{name}");
        let renewals = stage.vendor.seen().iter().filter(|seen| seen.target == "/token").count();
        assert_eq!(renewals, 1, "{name}");
    });
}

#[test]
fn ctrl_c_during_all_pages_waits_as_well() {
    let stage = Stage::new("pages", Duration::from_millis(1500));
    stage.login();
    let child = stage.start(&["--all"]);
    stage.wait_for_renewal();
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let outcome = Outcome::from(child.wait_with_output().unwrap());
    assert_eq!((outcome.code, &outcome.error()["kind"]), (130, &json!("interrupted")));
    stage.exec(&[]).succeeded();
}

#[test]
fn a_token_that_cannot_be_stored_is_told_with_what_to_do() {
    let stage = Stage::new("full", Duration::ZERO);
    stage.login();
    // Nothing can be created in the folder of the accounts, as on a full disk. For root it can.
    let folder = stage.home.0.file("accounts");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o500)).unwrap();
    let is_root = std::fs::write(format!("{folder}/probe"), "").is_ok();
    let outcome = stage.exec(&[]);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).unwrap();
    if is_root {
        return;
    }
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("airbyte-agent login"), "{outcome:?}");
}

#[test]
fn a_rotated_token_of_the_command_line_is_told() {
    let stage = Stage::new("given", Duration::ZERO);
    let outcome = stage.exec(&["--credentials", CREDENTIALS]).succeeded();
    for part in ["warning: Rotating has issued a new refresh token", "airbyte-agent login"] {
        assert!(outcome.stderr.contains(part), "{outcome:?}");
    }
    assert!(!outcome.stderr.contains("refresh-1"), "{outcome:?}");
}
