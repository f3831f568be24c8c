//! `doctor`: tells what is there and what is missing, and never a secret.

use serde_json::{Value, json};

use crate::home::Home;
use crate::run::{CANARY, Ran, spec};
use crate::sandbox::Served;

type Variables<'a> = &'a [(&'a str, &'a str)];

/// Runs `doctor` with these variables; checks that nothing secret is told.
fn doctor(home: &Home, args: &[&str], variables: Variables<'_>) -> Ran {
    let mut command = home.command(&[&["doctor"], args].concat());
    // A folder without a `.env`.
    command.current_dir(home.0.file(""));
    let ran = Ran::from(command.envs(variables.iter().copied()).output().unwrap());
    assert!(!format!("{ran:?}").contains("canary"), "{ran:?}");
    ran
}

/// The messages of this level.
fn told(ran: &Ran, level: &str) -> String {
    let findings = ran.json()["findings"].as_array().unwrap().clone();
    let of = |finding: &&Value| finding["level"] == level;
    let text = |finding: &Value| finding["message"].as_str().unwrap().to_owned();
    findings.iter().filter(of).map(text).collect::<Vec<_>>().join("\n")
}

fn next(ran: &Ran) -> String {
    ran.json()["next"].to_string()
}

#[test]
fn an_empty_home_is_told_what_to_do() {
    let home = Home::new("doctor-empty");
    let ran = doctor(&home, &[], &[]);
    assert_eq!((ran.code, ran.json()["healthy"].as_bool()), (1, Some(false)), "{ran:?}");
    assert!(next(&ran).contains("airbyte-agent login CONNECTOR"), "{ran:?}");
    assert!(next(&ran).contains("--sandbox"), "{ran:?}");
    let ran = doctor(&home, &["github"], &[]);
    assert_eq!(ran.code, 1);
    assert!(told(&ran, "problem").contains("AIRBYTE_AGENT_GITHUB_TOKEN"), "{ran:?}");
    assert!(next(&ran).contains("airbyte-agent login github"), "{ran:?}");
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
            let ran = doctor(&home, args, variables);
            assert_eq!(ran.code, code, "{connector}: {ran:?}");
            assert!(told(&ran, level).contains(part), "{connector}: {ran:?}");
        }
    }
}

#[test]
fn stored_accounts_are_judged() {
    let (home, spec) = (Home::new("doctor-stored"), spec());
    let login = ["login", "--spec", &spec, "--no-check", "--credentials", "-"];
    home.feed(&login, &json!({ "token": CANARY }).to_string()).succeeded();
    let ran = doctor(&home, &["--spec", &spec], &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(told(&ran, "ok").contains("calls use the account 'default'"), "{ran:?}");
    let wrong = [("AIRBYTE_AGENT_PASSPHRASE", "canary-wrong")];
    let ran = doctor(&home, &["--spec", &spec], &wrong);
    assert!(ran.code == 1 && told(&ran, "problem").contains("passphrase"), "{ran:?}");
    let ran = doctor(&home, &["--spec", &spec], &[("AIRBYTE_AGENT_PASSPHRASE", "")]);
    assert!(ran.code == 1 && next(&ran).contains("AIRBYTE_AGENT_PASSPHRASE"), "{ran:?}");
    // A token that ended and cannot be renewed.
    let index = home.0.file("accounts/index.json");
    let text = std::fs::read_to_string(&index).unwrap();
    std::fs::write(&index, text.replace("\"expires_at\": null", "\"expires_at\": 1700000000"))
        .unwrap();
    let ran = doctor(&home, &["--spec", &spec], &[]);
    assert!(ran.code == 1 && told(&ran, "problem").contains("2023-11-14"), "{ran:?}");
    std::fs::write(&index, "{").unwrap();
    let ran = doctor(&home, &[], &[]);
    assert!(ran.code == 1 && told(&ran, "problem").contains("index"), "{ran:?}");
}

#[test]
fn the_platform_is_tried() {
    let (home, served) = (Home::new("doctor-platform"), Served::start(&[]));
    let host = ("SDK_DEV_ADP_API_HOST", served.url.as_str());
    let id = ("AIRBYTE_CLIENT_ID", "sandbox-client");
    let good = [host, id, ("AIRBYTE_CLIENT_SECRET", "sandbox-secret")];
    let ran = doctor(&home, &[], &good);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(told(&ran, "ok").contains("takes the credentials"), "{ran:?}");
    assert!(!ran.stdout.contains("sandbox-secret"), "{ran:?}");
    let ran = doctor(&home, &[], &[host, id, ("AIRBYTE_CLIENT_SECRET", CANARY)]);
    assert!(ran.code == 1 && !told(&ran, "problem").is_empty(), "{ran:?}");
    let ran = doctor(&home, &[], &[host, id]);
    assert!(ran.code == 1 && next(&ran).contains("AIRBYTE_CLIENT_SECRET"), "{ran:?}");
    let nobody = ("SDK_DEV_ADP_API_HOST", "http://127.0.0.1:9");
    let ran = doctor(&home, &["--timeout", "2"], &[nobody, good[1], good[2]]);
    assert!(ran.code == 1 && told(&ran, "problem").contains("127.0.0.1:9"), "{ran:?}");
    let ran = doctor(&home, &["--offline"], &[nobody, good[1], good[2]]);
    assert!(ran.code == 0 && told(&ran, "note").contains("--offline"), "{ran:?}");
    std::fs::write(home.0.file("settings.json"), format!("{{\"client_secret\": \"{CANARY}"))
        .unwrap();
    let ran = doctor(&home, &["--offline"], &[]);
    assert!(ran.code == 1 && told(&ran, "problem").contains("settings.json"), "{ran:?}");
}
