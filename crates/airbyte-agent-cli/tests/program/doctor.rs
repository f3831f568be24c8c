//! Tests of `doctor`: it reports what is set up and what is missing, and never a secret.

use serde_json::{Value, json};

use crate::home::Home;
use crate::run::{CANARY, Outcome, spec};
use crate::sandbox::Served;

type Variables<'a> = &'a [(&'a str, &'a str)];

/// Runs `doctor` with these variables, and checks that it prints no secret.
fn doctor(home: &Home, args: &[&str], variables: Variables<'_>) -> Outcome {
    let mut command = home.command(&[&["doctor"], args].concat());
    // A folder without a `.env`.
    command.current_dir(home.0.file(""));
    let outcome = Outcome::from(command.envs(variables.iter().copied()).output().unwrap());
    assert!(!format!("{outcome:?}").contains("canary"), "{outcome:?}");
    outcome
}

/// The messages of one level, one per line.
fn told(outcome: &Outcome, level: &str) -> String {
    let findings = outcome.json()["findings"].as_array().unwrap().clone();
    let of = |finding: &&Value| finding["level"] == level;
    let text = |finding: &Value| finding["message"].as_str().unwrap().to_owned();
    findings.iter().filter(of).map(text).collect::<Vec<_>>().join("\n")
}

fn next(outcome: &Outcome) -> String {
    outcome.json()["next"].to_string()
}

#[test]
fn an_empty_home_is_told_what_to_do() {
    let home = Home::new("doctor-empty");
    let outcome = doctor(&home, &[], &[]);
    assert_eq!(
        (outcome.code, outcome.json()["healthy"].as_bool()),
        (1, Some(false)),
        "{outcome:?}"
    );
    assert!(next(&outcome).contains("airbyte-agent login CONNECTOR"), "{outcome:?}");
    assert!(next(&outcome).contains("--sandbox"), "{outcome:?}");
    let outcome = doctor(&home, &["github"], &[]);
    assert_eq!(outcome.code, 1);
    assert!(told(&outcome, "problem").contains("AIRBYTE_AGENT_GITHUB_TOKEN"), "{outcome:?}");
    assert!(next(&outcome).contains("airbyte-agent login github"), "{outcome:?}");
    let text = doctor(&home, &["github", "--output", "text"], &[]);
    assert!(text.stdout.contains("\nNext\n  airbyte-agent login github\n"), "{text:?}");
    assert_eq!(doctor(&home, &["githb"], &[]).code, 2);
}

#[test]
fn credentials_of_the_environment_are_judged() {
    let home = Home::new("doctor-environment");
    let cases: [(&str, Variables<'_>, i32, &str); 5] = [
        ("github", &[("AIRBYTE_AGENT_GITHUB_TOKEN", CANARY)], 0, "ok:calls use the environment"),
        (
            "zendesk-support",
            &[("AIRBYTE_AGENT_ZENDESK_SUPPORT_EMAIL", "canary@a.b")],
            1,
            "problem:AIRBYTE_AGENT_ZENDESK_SUPPORT_API_TOKEN",
        ),
        (
            "zendesk-support",
            &[
                ("AIRBYTE_AGENT_ZENDESK_SUPPORT_EMAIL", "canary@a.b"),
                ("AIRBYTE_AGENT_ZENDESK_SUPPORT_API_TOKEN", CANARY),
            ],
            0,
            "note:subdomain",
        ),
        (
            "stripe",
            &[("AIRBYTE_AGENT_STRIPE_API_KEY", CANARY)],
            0,
            "ok:AIRBYTE_AGENT_STRIPE_API_KEY",
        ),
        (
            "gong",
            &[("AIRBYTE_AGENT_GONG_ACCESS_KEY", CANARY)],
            1,
            "problem:AIRBYTE_AGENT_GONG_ACCESS_KEY_SECRET",
        ),
    ];
    for (connector, variables, code, expected) in cases {
        let (level, part) = expected.split_once(':').unwrap();
        for args in [&[connector][..], &[]] {
            let outcome = doctor(&home, args, variables);
            assert_eq!(outcome.code, code, "{connector}: {outcome:?}");
            assert!(told(&outcome, level).contains(part), "{connector}: {outcome:?}");
        }
    }
}

#[test]
fn stored_accounts_are_judged() {
    let (home, spec) = (Home::new("doctor-stored"), spec());
    let login = ["login", "--spec", &spec, "--no-check", "--credentials", "-"];
    home.feed(&login, &json!({ "token": CANARY }).to_string()).succeeded();
    let outcome = doctor(&home, &["--spec", &spec], &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(told(&outcome, "ok").contains("calls use the account 'default'"), "{outcome:?}");
    let wrong = [("AIRBYTE_AGENT_PASSPHRASE", "canary-wrong")];
    let outcome = doctor(&home, &["--spec", &spec], &wrong);
    assert!(outcome.code == 1 && told(&outcome, "problem").contains("passphrase"), "{outcome:?}");
    let outcome = doctor(&home, &["--spec", &spec], &[("AIRBYTE_AGENT_PASSPHRASE", "")]);
    assert!(
        outcome.code == 1 && next(&outcome).contains("AIRBYTE_AGENT_PASSPHRASE"),
        "{outcome:?}"
    );
    // A token that ended and cannot be renewed.
    let index = home.0.file("accounts/index.json");
    let text = std::fs::read_to_string(&index).unwrap();
    std::fs::write(&index, text.replace("\"expires_at\": null", "\"expires_at\": 1700000000"))
        .unwrap();
    let outcome = doctor(&home, &["--spec", &spec], &[]);
    assert!(outcome.code == 1 && told(&outcome, "problem").contains("2023-11-14"), "{outcome:?}");
    std::fs::write(&index, "{").unwrap();
    let outcome = doctor(&home, &[], &[]);
    assert!(outcome.code == 1 && told(&outcome, "problem").contains("index"), "{outcome:?}");
}

#[test]
fn the_platform_is_tried() {
    let (home, served) = (Home::new("doctor-platform"), Served::start(&[]));
    let host = ("SDK_DEV_ADP_API_HOST", served.url.as_str());
    let id = ("AIRBYTE_CLIENT_ID", "sandbox-client");
    let good = [host, id, ("AIRBYTE_CLIENT_SECRET", "sandbox-secret")];
    let outcome = doctor(&home, &[], &good);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(told(&outcome, "ok").contains("accepts the credentials"), "{outcome:?}");
    assert!(!outcome.stdout.contains("sandbox-secret"), "{outcome:?}");
    let outcome = doctor(&home, &[], &[host, id, ("AIRBYTE_CLIENT_SECRET", CANARY)]);
    assert!(outcome.code == 1 && !told(&outcome, "problem").is_empty(), "{outcome:?}");
    let outcome = doctor(&home, &[], &[host, id]);
    assert!(outcome.code == 1 && next(&outcome).contains("AIRBYTE_CLIENT_SECRET"), "{outcome:?}");
    let nobody = ("SDK_DEV_ADP_API_HOST", "http://127.0.0.1:9");
    let outcome = doctor(&home, &["--timeout", "2"], &[nobody, good[1], good[2]]);
    assert!(outcome.code == 1 && told(&outcome, "problem").contains("127.0.0.1:9"), "{outcome:?}");
    let outcome = doctor(&home, &["--offline"], &[nobody, good[1], good[2]]);
    assert!(outcome.code == 0 && told(&outcome, "note").contains("--offline"), "{outcome:?}");
    std::fs::write(home.0.file("settings.json"), format!("{{\"client_secret\": \"{CANARY}"))
        .unwrap();
    let outcome = doctor(&home, &["--offline"], &[]);
    assert!(
        outcome.code == 1 && told(&outcome, "problem").contains("settings.json"),
        "{outcome:?}"
    );
}
