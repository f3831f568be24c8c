//! The TOML file: what it may hold, and how its mistakes are told.

use std::time::Duration;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::tools::Exposure;
use airbyte_agent_core::{Credentials, Description, Local, Result};
use airbyte_agent_mcp::Config;
use airbyte_agent_mcp::config::{Account, Origin, Sources};
use serde_json::{Map, Value, json};

use crate::connectors;
use crate::harness::{Vendor, acme, connect, tool};

fn environment(name: &str) -> Option<String> {
    (name == "ACME_TOKEN").then(|| "canary-token".to_owned())
}

fn parse(text: &str) -> Result<Config> {
    Config::parse(text, "mcp.toml", None, &environment)
}

#[allow(clippy::unnecessary_wraps, reason = "the signature that is wanted")]
fn find(_: &Origin) -> Result<Description> {
    Ok(acme())
}

const FULL: &str = r#"
expose = "search"
batch = true
read_only = true
deny = ["*.delete"]
ask = ["writes", "things.get"]
max_destructive = 4
approval_timeout = 30
prefix = "acme"
timeout = 2.5
concurrency = 3
max_result_tokens = 5000
max_result_bytes = 20000

[rate_limits]
"things.*" = "60/min"

[http]
listen = "127.0.0.1:0"
token = "0123456789${ACME_TOKEN}"
origins = ["http://localhost:*"]

[accounts.zeta]
connector = "acme"
credentials = { token = "${ACME_TOKEN}" }
allow = ["things.list"]

[accounts.alpha]
connector = "acme"
credentials = { token = "a$$b" }

[accounts.far]
connector = "acme"
hosted = { client_id = "id", client_secret = "${ACME_TOKEN}", workspace = "w" }
"#;

#[test]
fn programs_need_whatever_runs_them() {
    let text = "programs = true\n[accounts.acme]\ncredentials = { token = \"t\" }\n";
    let mut config = parse(text).unwrap();
    assert!(config.programs);
    let error = config.server(find).unwrap_err();
    assert!(error.to_string().contains("nothing here can run programs"), "{error}");
    config.runner = Some(std::sync::Arc::new(crate::script::Script));
    assert!(config.server(find).unwrap().tools().has_programs());
    assert!(!parse("").unwrap().server(find).unwrap().tools().has_programs());
}

#[test]
fn everything_is_read_in_the_order_of_the_file() {
    let config = parse(FULL).unwrap();
    let names: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["zeta", "alpha", "far"]);
    assert!(config.policy.read_only);
    assert_eq!(config.policy.ask, ["writes", "things.get"]);
    assert_eq!(config.limits.destructive, Some(4));
    assert_eq!(config.limits.approval, Duration::from_secs(30));
    let server = config.server(find).unwrap();
    assert_eq!(server.exposure(), Exposure::SearchExecute);
    assert!(server.tools().asks());
    assert!(server.tools().definition("acme_execute").is_some());
    assert!(server.tools().definition("acme_batch").is_some());
    assert!(!parse("").unwrap().server(find).unwrap().tools().has_batch());
    assert!(!format!("{config:?} {server:?}").contains("canary"));
}

#[test]
fn mistakes_are_told_with_their_place_and_without_values() {
    for (text, place, part) in [
        ("read_onyl = true", "1:1", "did you mean 'read_only'"),
        ("\n[accounts.a]\ncredential = {}", "3:1", "did you mean 'credentials'"),
        (
            "[accounts.a]\n  hosted = { workspce = 'w', client_id = 'i', client_secret = 's' }",
            "2:14",
            "did you mean 'workspace'",
        ),
        ("[http]\nport = 1", "2:1", "no key 'port' in 'http'"),
        ("expose = 'serch'", "1:1", "did you mean 'search'"),
        ("read_only = 'yes'", "1:1", "must be true or false"),
        ("timeout = -1", "1:1", "above zero"),
        ("concurrency = 0", "1:1", "above zero"),
        ("allow = ['issues']", "1:1", "entity.action"),
        ("ask = ['delete']", "1:1", "or destructive"),
        ("prefix = 'a-b'", "1:1", "no prefix"),
        ("[rate_limits]\n'a.b' = '5'", "1:1", "60/min"),
        ("[accounts.a]\ncredentials = { token = '${MISSING}' }", "2:", "variable 'MISSING'"),
        ("[accounts.a]\ncredentials = { token = '${ACME_TOKEN' }", "2:", "not closed"),
        ("[accounts.a]\ncredentials = { token = ['canary'] }", "", "must be a text"),
        ("[accounts.a]\nconnector = 'a'\nspec = 'b'", "1:", "both"),
        ("[accounts.a]\nhosted = { client_id = 'x' }", "", "belong together"),
        ("[accounts.a]\nhosted = { base_url = 'https://evil.test' }", "2:", "beside it"),
        ("[http]\ntoken = 'canary'", "2:1", "at least 16"),
        ("token = canary", "1:", ""),
        ("accounts = 3", "1:1", "must be a table"),
    ] {
        let error = parse(text).err().unwrap_or_else(|| panic!("{text} is accepted"));
        let message = error.message();
        assert!(message.starts_with(&format!("mcp.toml:{place}")), "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
        assert!(!message.contains("canary"), "{message}");
    }
}

#[test]
fn variables_and_keys_that_are_missing_are_told_all_at_once() {
    let text = "read_onyl = true\naudit = '${LOG}'\n[accounts.a]\ncredential = {}\n\
                [accounts.b]\ncredentials = { token = '${MISSING}' }\nalow = ['a.b']\n[http]\nport = 1\n\
                token = '${OTHER}'\n";
    let error = parse(text).err().unwrap();
    for part in [
        "mcp.toml:1:1: there is no key 'read_onyl', did you mean 'read_only'",
        "variable 'LOG'",
        "did you mean 'credentials'",
        "variable 'MISSING'",
        "did you mean 'allow'",
        "no key 'port'",
        "variable 'OTHER'",
    ] {
        assert!(error.message().contains(part), "{part}: {error}");
    }
    // What keeps the rest from being read is told with what came before it.
    let error = parse("audit = '${LOG}'\ntimeout = -1").err().unwrap();
    assert!(error.message().contains("variable 'LOG'"), "{error}");
    assert!(error.message().contains("above zero"), "{error}");
}

#[test]
fn credentials_that_were_configured_have_to_fit() {
    let config = parse("[accounts.acme]\ncredentials = { tokn = 'canary' }").unwrap();
    let error = config.server(find).unwrap_err();
    assert!(error.message().contains("did you mean 'token'"), "{error}");
    assert!(!error.message().contains("canary"), "{error}");
}

#[test]
fn secrets_of_the_file_do_not_go_out_in_the_open_or_beside_a_password() {
    let hosted = |url: &str| {
        format!("hosted = {{ client_id = 'i', client_secret = 'canary', base_url = '{url}' }}")
    };
    let direct = |via: &str| format!("credentials = {{ token = 'canary' }}\nvia = '{via}'");
    for (account, why) in [
        (hosted("http://evil.test"), "plain http"),
        (hosted("https://u:canary@host"), "user name"),
        (direct("http://u:canary@host"), "user name"),
        (direct("http://u:canary@host/x"), "user name"),
    ] {
        let config = parse(&format!("[accounts.acme]\n{account}")).unwrap();
        assert!(!format!("{config:?}").contains("canary"), "{config:?}");
        let error = config.server(find).unwrap_err();
        assert!(error.message().contains(why), "{account}: {error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn what_a_variable_holds_is_not_expanded_once_more() {
    let environment = |name: &str| match name {
        "OUTER" => Some("${ACME_TOKEN}".to_owned()),
        name => environment(name),
    };
    let config = Config::parse("audit = '${OUTER}'", "mcp.toml", None, &environment).unwrap();
    assert_eq!(config.audit, Some("${ACME_TOKEN}".into()));
}

#[test]
fn rules_that_match_nothing_are_refused() {
    let config = parse("deny = ['thngs.delete']\n[accounts.acme]").unwrap();
    let error = config.server(find).unwrap_err();
    assert!(error.message().contains("thngs.delete"), "{error}");
}

#[tokio::test]
async fn an_account_without_credentials_says_what_is_missing() {
    let config = parse("[accounts.other]\nconnector = 'acme'").unwrap();
    let session = connect(config.server(find).unwrap()).await;
    let answer = tool(&session, "acme", json!({"entity": "things", "action": "list"})).await;
    assert_eq!(answer.error(), "authentication");
    assert!(answer.text().contains("AIRBYTE_AGENT_ACME_OTHER_TOKEN"), "{}", answer.text());
}

#[tokio::test]
async fn neither_an_account_nor_its_way_widens_the_rules_of_the_whole() {
    for (account, call) in [
        ("read_only = false", json!({"id": "t1"})),
        ("allow = ['*.*']", json!({"id": "t1"})),
        ("allow = ['things.delete']\nread_only = false", json!({"id": "t1"})),
        ("hosted = { client_id = 'i', client_secret = 's' }", json!({"id": "t1"})),
        (
            "hosted = { client_id = 'i', client_secret = 's' }\nread_only = false",
            json!({"id": "t1", "read_only": false}),
        ),
    ] {
        for common in ["read_only = true", "allow = ['*.list', '*.get']", "deny = ['*.delete']"] {
            let text = format!("{common}\n[accounts.a]\nconnector = 'acme'\n{account}");
            let vendor = Vendor::default();
            let connect_to = |_: &_, _| Ok(vendor.client());
            let server = parse(&text).unwrap().server_with(find, connect_to).unwrap();
            let session = connect(server).await;
            let call = json!({"entity": "things", "action": "delete", "params": call});
            let answer = tool(&session, "acme", call).await;
            assert_eq!(answer.error(), "not_permitted", "{text}");
            assert!(vendor.called().is_empty(), "{text}");
        }
    }
}

/// A store that has every account but `lost`.
struct StoredAccounts;

impl Sources for StoredAccounts {
    fn variable(&self, _: &Connector, _: &str) -> Result<Option<String>> {
        Ok(None)
    }

    fn stored(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
        _: &Map<String, Value>,
    ) -> Result<Option<Local>> {
        let fields = connector.auth[0].fields.iter().filter(|field| field.required);
        let credentials = fields.fold(Credentials::new(), |all, field| {
            all.field(field.name.as_ref(), "canary-of-a-store")
        });
        Ok((name != Some("lost")).then(|| local.credentials(credentials)))
    }

    fn command(&self, connector: &Connector, _: Option<&str>) -> Option<String> {
        Some(format!("login {}", connector.name))
    }
}

#[test]
fn stored_accounts_are_used_where_nothing_else_is_known_and_have_to_be_there_when_named() {
    for (text, error) in [
        ("[accounts.acme]", None),
        ("[accounts.acme]\nstored = 'work'", None),
        ("[accounts.acme]\nstored = 'lost'", Some("no stored account 'lost' of acme; to make it")),
        ("[accounts.lost]\nconnector = 'acme'", None),
    ] {
        let config = parse(text).unwrap();
        let connect = |account: &Account, connector| account.client(connector, &StoredAccounts);
        let server = config.server_with(find, connect);
        match error {
            None => assert!(!format!("{:?}", server.unwrap()).contains("canary"), "{text}"),
            Some(part) => assert!(server.unwrap_err().message().contains(part), "{text}"),
        }
    }
    let both = "[accounts.acme]\nstored = 'work'\ncredentials = { token = 'canary' }";
    assert!(parse(both).unwrap_err().message().contains("either"));
}

/// The examples in TOML of a text, without the marks of a doc comment.
fn examples(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.strip_prefix("//!").map_or(line, str::trim_start));
    let text = lines.collect::<Vec<_>>().join("\n");
    let blocks = text.split("```toml\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn examples_of_the_documents_are_read_and_served() {
    let all = connectors::all();
    let find = |origin: &Origin| match origin {
        Origin::Name(name) => {
            let found = all.iter().find(|connector| connector.name == name.as_str());
            Ok(found.unwrap_or_else(|| panic!("there is no {name}")).clone())
        }
        _ => Ok(acme()),
    };
    let folder = tempfile::tempdir().unwrap();
    // Of the platform's variables only those that are needed.
    let environment = |name: &str| match name.rsplit('_').next() {
        Some("ID") => Some("id".to_owned()),
        Some("TOKEN" | "KEY" | "SECRET") => Some("canary-of-some-length".to_owned()),
        _ => None,
    };
    let readme = include_str!("../../README.md");
    let examples = [examples(readme), examples(include_str!("../../src/config/mod.rs"))].concat();
    assert!(examples.len() >= 2, "{}", examples.len());
    for text in examples {
        let text = text.replace("/var/log", &folder.path().display().to_string());
        let mut config = Config::parse(&text, "mcp.toml", Some(folder.path()), &environment)
            .unwrap_or_else(|error| panic!("{error}\n{text}"));
        config.runner = Some(std::sync::Arc::new(crate::script::Script));
        let connect = |account: &Account, connector| account.client(connector, &StoredAccounts);
        let server = config.server_with(find, connect);
        let server = server.unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(!server.tools().definitions().is_empty(), "{text}");
        assert!(!format!("{config:?} {server:?}").contains("canary"));
    }
}
