//! Tests of a server for accounts that `login` has stored.

use serde_json::json;

use super::Server;
use crate::home::{Home, PASSPHRASE};
use crate::run::CANARY;
use crate::vendor::{Answer, Vendor};

#[test]
fn stored_accounts_are_served_by_name_or_where_nothing_else_is_known() {
    let home = Home::new("mcp");
    let vendor = Vendor::always(Answer::json(200, &json!({"object": "list", "data": []})));
    for (account, key) in [("default", "usual"), ("work", "other")] {
        let args = ["login", "stripe", "--account", account, "--no-check", "--credentials", "-"];
        let key = json!({ "api_key": format!("{CANARY}-{key}") });
        home.feed(&args, &key.to_string()).succeeded();
    }
    let folder = home.0.file("");
    let variables = [
        ("AIRBYTE_CONFIG_DIR", folder.as_str()),
        ("AIRBYTE_AGENT_STORE", "file"),
        ("AIRBYTE_AGENT_PASSPHRASE", PASSPHRASE),
    ];
    let file = home.0.file("mcp.toml");
    let text = format!(
        "[accounts.books]\nconnector = 'stripe'\nstored = 'work'\nvia = '{}'\n",
        vendor.url
    );
    std::fs::write(&file, &text).unwrap();
    for (args, expected) in [
        (vec!["--connector", "stripe", "--via", &vendor.url], "usual"),
        (vec!["--connector", "stripe:work", "--via", &vendor.url], "other"),
        (vec!["--config", &file], "other"),
        (vec!["--config", &file, "-vv", "--audit", "-"], "other"),
    ] {
        let mut server = Server::start(&args, &variables);
        let answer = server.call("stripe", json!({"entity": "customers", "action": "list"}));
        assert_eq!(answer["isError"], false, "{answer}");
        assert!(!answer.to_string().contains(CANARY));
        let told = server.end().succeeded().stderr;
        assert!(!told.contains("canary") && args.contains(&"-vv") != told.is_empty(), "{told}");
        let seen = vendor.seen().pop().unwrap();
        let key = format!("Bearer {CANARY}-{expected}");
        assert_eq!(seen.header("authorization"), Some(key.as_str()), "{args:?}");
    }
    std::fs::write(&file, text.replace("'work'", "'wrok'")).unwrap();
    let outcome = home.run(&["mcp", "--config", &file]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    let command = "airbyte-agent login stripe --account wrok";
    assert!(outcome.message().contains(command), "{outcome:?}");
}

#[test]
fn an_account_is_served_only_to_a_spec_that_leads_where_it_was_made_for() {
    let home = Home::new("mcp-bound");
    let vendor = Vendor::always(Answer::json(200, &json!({"things": []})));
    let own = crate::run::spec();
    let login = ["login", "--spec", &own, "--no-check", "--credentials", "-"];
    home.feed(&login, &json!({ "token": CANARY }).to_string()).succeeded();
    let text = std::fs::read_to_string(&own).unwrap();
    let evil = home.0.file("evil.yaml");
    std::fs::write(&evil, text.replace("acme.test", "evil.test")).unwrap();
    let folder = home.0.file("");
    let variables = [
        ("AIRBYTE_CONFIG_DIR", folder.as_str()),
        ("AIRBYTE_AGENT_STORE", "file"),
        ("AIRBYTE_AGENT_PASSPHRASE", PASSPHRASE),
        // A setting of the environment is the user's own.
        ("AIRBYTE_AGENT_ACME_REGION", "us"),
    ];
    for (spec, is_served) in [(&own, true), (&evil, false)] {
        let mut server = Server::start(&["--spec", spec, "--via", &vendor.url], &variables);
        let answer = server.call("acme", json!({"entity": "things", "action": "list"}));
        assert_eq!(answer["isError"], !is_served, "{answer}");
        assert_eq!(answer.to_string().contains("belongs to https://us.acme.test"), !is_served);
        assert!(!answer.to_string().contains(CANARY));
        let seen = vendor.take();
        assert_eq!(seen.len(), usize::from(is_served));
        assert!(seen.iter().all(|seen| seen.header("x-forwarded-host") == Some("us.acme.test")));
        server.end();
    }
}
