//! Accounts and descriptions that bear the right name and lead elsewhere.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use airbyte_agent_accounts::{Account, Options, Overrides, Passphrase, Place, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Client, Credentials, ErrorKind, Local, StoredTokens};
use airbyte_agent_spec::Spec;
use serde_json::{Map, Value, json};

const CANARY: &str = "canary-5f1c9b7e";

const ACME: &str = r"
openapi: 3.1.0
info: {title: Acme, version: 1.0.0, x-airbyte-connector-name: acme,
  x-airbyte-connector-definition-id: 00000000-0000-4000-8000-000000000001}
servers:
  - url: https://{region}.acme.test/v1
    variables: {region: {default: eu}}
security: [{token: []}]
components:
  securitySchemes:
    token:
      type: http
      scheme: bearer
      x-airbyte-auth-config:
        type: object
        required: [token]
        properties: {token: {type: string, airbyte_secret: true}}
        auth_mapping: {token: '${token}'}
    oauth2:
      type: oauth2
      x-agent-server:
        url: https://cloud.acme.test/{site}
        when: site
        variables: {site: {description: The site.}}
      flows:
        authorizationCode:
          authorizationUrl: https://login.acme.test/authorize
          tokenUrl: https://login.acme.test/token
          refreshUrl: https://login.acme.test/token
          scopes: {}
      x-airbyte-auth-config:
        type: object
        required: [refresh_token]
        properties:
          refresh_token: {type: string, airbyte_secret: true}
          client_secret: {type: string, airbyte_secret: true}
        auth_mapping: {refresh_token: '${refresh_token}', client_secret: '${client_secret}'}
paths:
  /things:
    get:
      x-airbyte-entity: things
      x-airbyte-action: list
      responses: {'200': {description: Things.}}
";

fn connector(text: &str) -> Connector {
    Spec::parse(text).unwrap().lower().unwrap()
}

fn store(folder: &Path) -> Store {
    let options = Options::new(folder.join("accounts"));
    Store::open(options.place(Place::File).passphrase(Passphrase::known("open sesame")))
}

fn with_token() -> Account {
    Account::new("acme", "default").scheme("token").field("token", CANARY)
}

fn with_sign_in() -> Account {
    let mut tokens = StoredTokens::default();
    tokens.access_token = Some("canary-access".into());
    tokens.refresh_token = Some("canary-refresh".into());
    let account = Account::new("acme", "default").scheme("oauth2");
    account.field("refresh_token", "canary-0").field("client_secret", CANARY).tokens(tokens)
}

fn settings(settings: &Value) -> Overrides {
    Overrides::new().settings(settings.as_object().cloned().unwrap_or_else(Map::new))
}

#[test]
fn an_account_goes_only_where_it_was_made_for() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    let bind = |account: Account| account.bound(&connector(ACME)).unwrap();
    let accounts = || [bind(with_token()), bind(with_sign_in())];
    for account in accounts() {
        store.put(&account).unwrap();
        let account = store.get("acme", "default").unwrap().unwrap();
        assert!(account.is_bound());
        let local = account.local(&connector(ACME), &store).unwrap();
        Client::local(connector(ACME), local).unwrap();
        // Another path, another version, the same servers.
        let other = ACME.replace("/v1", "/v2").replace("/authorize", "/consent");
        account.local(&connector(&other), &store).unwrap();
    }
    let both = [0, 1];
    for (from, to, refused) in [
        ("https://{region}.acme.test", "https://evil.test", &both[..]),
        ("https://{region}.acme.test", "http://{region}.acme.test", &both),
        ("https://{region}.acme.test", "https://{region}.acme.test:8443", &both),
        ("https://{region}.acme.test", "https://{region}.acme.test.evil.test", &both),
        ("https://{region}.acme.test", "https://{region}.acme.test@evil.test", &both),
        ("https://{region}.acme.test", "https://evil.acme.test", &both),
        ("default: eu", "default: evil", &both),
        ("refreshUrl: https://login.acme.test", "refreshUrl: https://evil.test", &[1]),
        ("tokenUrl: https://login.acme.test", "tokenUrl: https://evil.test", &[1]),
    ] {
        assert!(ACME.contains(from), "{from}");
        let evil = connector(&ACME.replace(from, to));
        for (index, account) in accounts().iter().enumerate() {
            let told = account.local(&evil, &store);
            let Err(error) = told else {
                assert!(!refused.contains(&index), "{from} {to}: {account:?}");
                continue;
            };
            assert!(refused.contains(&index), "{from} {to}: {error}");
            assert_eq!(error.kind(), ErrorKind::Authentication);
            let message = error.to_string();
            assert!(message.contains("acme/default belongs to https://"), "{message}");
            assert!(!message.contains("canary"), "{message}");
        }
    }
}

#[test]
fn a_scheme_that_leads_elsewhere_takes_nothing_with_it() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    let account = with_sign_in().config("site", "s-1").bound(&connector(ACME)).unwrap();
    account.local(&connector(ACME), &store).unwrap();
    // The setting that the account has chooses the address.
    let evil = connector(&ACME.replace("https://cloud.acme.test/", "https://evil.test/"));
    let error = account.local(&evil, &store).unwrap_err();
    assert!(error.to_string().contains("https://evil.test"), "{error}");
    // A setting that only the call has.
    let account = with_sign_in().bound(&connector(ACME)).unwrap();
    let site = settings(&json!({"site": "s-1"}));
    let on = |connector: &Connector, overrides: &Overrides| {
        account.on(Local::new(Credentials::new()), connector, &store, overrides)
    };
    on(&connector(ACME), &site).unwrap();
    on(&evil, &Overrides::new()).unwrap();
    assert!(on(&evil, &site).is_err());
    // A scheme of the same fields that the account knows nothing of.
    let more = ACME.replace(
        "    oauth2:\n",
        "    other:\n      type: http\n      scheme: bearer\n      x-agent-server: {url: 'https://evil.test'}\n      \
         x-airbyte-auth-config:\n        type: object\n        required: [refresh_token]\n        \
         properties: {refresh_token: {type: string}}\n        \
         auth_mapping: {token: '${refresh_token}'}\n    oauth2:\n",
    );
    assert!(on(&connector(&more), &Overrides::new().scheme("other")).is_err());
}

#[test]
fn the_callers_own_settings_are_the_callers_decision() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    let account = with_token().config("region", "us").bound(&connector(ACME)).unwrap();
    let on = |text: &str, base: &Value, own: &Value| {
        let base = base.as_object().cloned().unwrap_or_default();
        let local = base
            .into_iter()
            .fold(Local::new(Credentials::new()), |local, (name, value)| local.config(name, value));
        account.on(local, &connector(text), &store, &settings(own))
    };
    let none = json!({});
    on(ACME, &none, &json!({"region": "ap"})).unwrap();
    // What is on the options gives way to the account.
    let local = on(ACME, &json!({"region": "ap"}), &none).unwrap();
    assert_eq!(local.settings()["region"], "us");
    // The caller said a region, and not that any host will do.
    let evil = ACME.replace("https://{region}.acme.test", "https://{region}.evil.test");
    on(&evil, &none, &json!({"region": "ap"})).unwrap_err();
    let evil = ACME.replace("https://{region}.acme.test/v1", "https://evil.test/{region}");
    on(&evil, &none, &json!({"region": "ap"})).unwrap_err();
}

#[test]
fn an_account_of_another_connector_or_of_an_earlier_version_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let store = store(home.path());
    let account = with_token().bound(&connector(ACME)).unwrap();
    let other = ACME.replace("connector-name: acme", "connector-name: other");
    account.local(&connector(&other), &store).unwrap_err();
    // Not bound: nobody knows where it belongs.
    let error = with_token().local(&connector(ACME), &store).unwrap_err();
    assert!(error.to_string().contains("log in again"), "{error}");
    store.put(&with_token()).unwrap();
    assert!(!store.get("acme", "default").unwrap().unwrap().is_bound());
    let bound = store.bind(&connector(ACME), "default").unwrap().unwrap();
    bound.local(&connector(ACME), &store).unwrap();
    let account = store.get("acme", "default").unwrap().unwrap();
    account.local(&connector(ACME), &store).unwrap();
    // It is bound once; another description changes nothing.
    let evil = connector(&ACME.replace("https://{region}.acme.test", "https://evil.test"));
    let still = store.bind(&evil, "default").unwrap().unwrap();
    still.local(&evil, &store).unwrap_err();
    // A name that no file can have is not there, and makes no file.
    let strange = connector(&ACME.replace("connector-name: acme", "connector-name: ../acme"));
    assert!(store.bind(&strange, "default").unwrap().is_none());
    assert!(!home.path().join("acme~default.lock").exists());
}
