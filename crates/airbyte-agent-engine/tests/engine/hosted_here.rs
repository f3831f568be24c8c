//! Operations that the platform prepares and this machine runs with secrets of its own.

use std::sync::{Arc, Mutex};

use crate::acme::description;
use crate::platform::{DEFINITION, hosted, is_silent, path, token};
use crate::server::{Answer, Seen, Server};
use crate::wire::Wire;
use airbyte_agent_engine::hosted::SecretProvider;
use airbyte_agent_engine::{BoxFuture, Client, Error, ErrorKind, Page};
use secrecy::SecretString;
use serde_json::{Value, json};

const KEY: &str = "canary-platform-vendor-key";

/// Knows one secret and what it was asked for.
#[derive(Clone, Default)]
struct Vault(Arc<Mutex<Vec<String>>>);

impl SecretProvider for Vault {
    fn secret<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<SecretString, Error>> {
        Box::pin(async move {
            self.0.lock().unwrap().push(id.to_owned());
            match id {
                "acme/key" => Ok(KEY.into()),
                "acme/object" => Ok(format!(r#"{{"key": "{KEY}"}}"#).into()),
                _ => Err(Error::new(ErrorKind::Authentication, format!("no secret '{id}'"))),
            }
        })
    }
}

/// Platform and vendor at one address. `bundle` is what the platform prepares.
async fn both(
    bundle: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    vendor: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
) -> Server {
    Server::start(move |request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 900),
        "/api/v1/integrations/connectors/c0/execute/prepare" => bundle(request),
        path if path.starts_with("/api/") => Answer::json(404, json!({"message": path})),
        _ => vendor(request),
    })
    .await
}

/// The bundle for a request, with the vendor at the same address.
fn prepared(request: &Seen, changes: &Value) -> Answer {
    let call = request.json();
    let host = request.header("host").unwrap_or_default();
    let mut bundle = json!({
        "connector_definition_id": DEFINITION,
        "definition_yaml": "openapi: 3.1.0",
        "entity": call["entity"], "action": call["action"], "params": call["params"],
        "skip_truncation": true,
        "source_config": {
            "credentials": {
                "option_title": "Token", "api_token": "secret_coordinate::acme/key",
                "spare": ["secret_coordinate::acme/key"],
            },
            "start_date": "2026-01-01",
        },
        "replication_auth_key_mapping": {"credentials.api_token": "token"},
        "config_values": {"origin": format!("http://{host}"), "other": 1},
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        bundle[name] = value.clone();
    }
    Answer::json(200, json!({"status": "success", "result": null, "bundle": bundle}))
}

fn things(request: &Seen) -> Answer {
    if request.header("authorization") != Some(&format!("Bearer {KEY}")) {
        return Answer::json(401, json!({"message": format!("{:?}", request.headers)}));
    }
    let long = "x".repeat(300);
    let thing = json!({"id": "a", "size": 1, "text": long});
    match request.method.as_str() {
        "POST" => Answer::json(200, json!({"ok": true, "id": "new", "sent": request.json()})),
        _ => Answer::json(200, json!({"things": [thing], "next": "n", "total": 7})),
    }
}

fn client(server: &Server, vault: &Vault) -> Client {
    let hosted = hosted(&server.url).connector_id("c0").secrets(vault.clone());
    Client::hosted(description(), hosted).unwrap()
}

#[tokio::test]
async fn the_platform_prepares_and_this_machine_asks_the_vendor() {
    let server = both(|request| prepared(request, &json!({})), things).await;
    let vault = Vault::default();
    let client = client(&server, &vault);
    let call = client.execute("things", "list", json!({"limit": 5}));
    let outcome = call.options(|o| o.select(["id", "text"]).truncate().intent("why")).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.meta, json!({"next": "n", "total": 7}));
    assert!(outcome.next.is_some());
    let record = outcome.data[0].as_object().unwrap();
    assert_eq!((record.len(), &record["id"]), (2, &json!("a")));
    let text = record["text"].as_str().unwrap();
    assert!(text.starts_with(&"x".repeat(200)) && text.contains("truncated"), "{text}");
    let seen = server.seen();
    let targets: Vec<&str> = seen.iter().map(|request| request.target.as_str()).collect();
    let prepare = "/api/v1/integrations/connectors/c0/execute/prepare";
    assert_eq!(targets, ["/api/v1/account/applications/token", prepare, "/things?limit=5"]);
    let expected = json!({
        "entity": "things", "action": "list", "params": {"limit": 5}, "skip_truncation": false,
        "select_fields": ["id", "text"], "intent": "why",
    });
    assert_eq!(seen[1].json(), expected);
    assert_eq!(*vault.0.lock().unwrap(), ["acme/key"], "each secret is asked for once per call");
    assert!(!seen[1].body.contains(KEY) && seen[2].header("x-organization-id").is_none());

    let page = client.execute("things", "list", json!({})).into_call().unwrap();
    let page: Page<Value, Value> = page.page().await.unwrap();
    assert_eq!((page.data.len(), &page.meta["total"]), (1, &json!(7)));
    let made = client.execute("things", "create", json!({"name": "x"})).await.unwrap();
    assert_eq!(made.data["sent"], json!({"name": "x"}));
}

#[tokio::test]
async fn fields_are_chosen_in_typed_records_as_in_others() {
    let server = both(|request| prepared(request, &json!({})), things).await;
    let client = client(&server, &Vault::default());
    let mut list = client.execute("things", "list", json!({})).into_call().unwrap();
    *list.options() = list.options().clone().select(["text"]).truncate();
    let page: Page<Value, Value> = list.page().await.unwrap();
    let text = page.data[0]["text"].as_str().unwrap();
    assert!(text.starts_with(&"x".repeat(200)) && text.contains("truncated"), "{text}");
    assert_eq!(page.data[0].as_object().unwrap().len(), 1);
    assert!(page.next.is_some(), "what leads to the next page is read before fields are chosen");
    let mut create = client.execute("things", "create", json!({"name": "x"})).into_call().unwrap();
    *create.options() = create.options().clone().exclude(["sent"]);
    let made: Value = create.record().await.unwrap();
    assert_eq!(made, json!({"ok": true, "id": "new"}));
}

#[tokio::test]
async fn a_failure_inside_a_success_is_the_vendors_and_passes() {
    let tries = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&tries);
    let busy = move |_: &Seen| {
        let mut tries = counted.lock().unwrap();
        *tries += 1;
        match *tries {
            1 => Answer::json(200, json!({"ok": false, "error": {"code": "busy"}})),
            2 => Answer::json(200, json!({"things": [{"id": "a"}]})),
            _ => Answer::json(200, json!({"ok": false, "error": format!("no {KEY}")})),
        }
    };
    let server = both(|request| prepared(request, &json!({})), busy).await;
    let client = client(&server, &Vault::default());
    let outcome = client.execute("things", "list", json!({})).await.unwrap();
    assert_eq!((outcome.data, *tries.lock().unwrap()), (json!([{"id": "a"}]), 2));
    let error = client.execute("things", "list", json!({})).await.unwrap_err();
    assert_eq!(error.message(), "things.list: Acme reports a failure: no [redacted]");
    is_silent(&error);
}

#[tokio::test]
async fn without_a_mapping_the_whole_configuration_holds_the_credentials() {
    let changes = json!({
        "source_config": {"token": "secret_coordinate::acme/key", "start_date": "2026-01-01"},
        "replication_auth_key_mapping": {},
    });
    let server = both(move |request| prepared(request, &changes), things).await;
    let client = client(&server, &Vault::default());
    client.execute("things", "list", json!({})).await.unwrap();
}

#[tokio::test]
async fn files_come_from_the_vendor() {
    let content = |_: &Seen| Answer { body: b"\x00file".to_vec(), ..Answer::json(200, "") };
    let server = both(|request| prepared(request, &json!({})), content).await;
    let client = client(&server, &Vault::default());
    let call = client.execute("contents", "download", json!({"id": "f"})).into_call().unwrap();
    assert_eq!(call.download().await.unwrap().bytes().await.unwrap(), b"\x00file");
    assert_eq!(server.seen().last().unwrap().target, "/files/f/content");
}

#[tokio::test]
async fn what_cannot_be_run_here_fails_and_never_falls_back() {
    use ErrorKind::{Authentication, Decode, Usage, Validation, Vendor};
    let other = "00000000-0000-4000-8000-000000000002";
    let with_secret = |id: &str| json!({"source_config": {"credentials": {"api_token": format!("secret_coordinate::{id}")}}});
    let oauth = json!({
        "source_config": {"credentials": {"refresh_token": "secret_coordinate::acme/key"}},
        "replication_auth_key_mapping": {"credentials.refresh_token": "refresh_token"},
    });
    for (changes, kind, part) in [
        (json!({"connector_definition_id": other}), Decode, "another connector"),
        (json!({"action": "delete"}), Decode, "another operation"),
        (json!({"entity": "agents"}), Decode, "another operation"),
        (json!({"params": [1]}), Decode, "no object"),
        (with_secret("acme/gone"), Authentication, "acme/gone"),
        (with_secret("acme/object"), Validation, "acme/object"),
        (oauth, Usage, "renews its tokens"),
        (json!({"params": {"colour": KEY}}), Validation, "colour"),
        (json!({"source_config": {}}), Authentication, "acme"),
    ] {
        let shown = changes.to_string();
        let server = both(move |request| prepared(request, &changes), things).await;
        let client = client(&server, &Vault::default());
        let error = client.execute("things", "list", json!({})).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{shown}: {error}");
        assert!(error.message().contains(part), "{error}");
        is_silent(&error);
        assert_eq!(server.seen().len(), 2, "{shown}");
    }
    for (answer, kind) in [
        (json!({"status": "success", "result": []}), Decode),
        (json!({"status": "success", "bundle": {}}), Decode),
        (json!({"status": "failed", "warning": "not today", "bundle": {"params": {}}}), Vendor),
    ] {
        let server = both(move |_| Answer::json(200, answer.clone()), things).await;
        let error = client(&server, &Vault::default()).execute("things", "list", json!({})).await;
        assert_eq!(error.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn what_the_vendor_echoes_is_cleaned() {
    let echo = |request: &Seen| {
        let all = format!("{:?}", request.headers);
        Answer::json(403, json!({"message": all, "id": "c"}))
    };
    let server = both(|request| prepared(request, &json!({})), echo).await;
    let client = client(&server, &Vault::default());
    let error = client.execute("things", "list", json!({})).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Permission, Some(403)));
    is_silent(&error);
}

/// The number of requests for a vendor's token among those that went out.
fn asked_for_token(wire: &Wire) -> usize {
    wire.hosts().iter().filter(|host| host.ends_with(".login.fabric.test")).count()
}

#[tokio::test]
async fn calls_of_one_account_share_its_token_and_others_do_not() {
    let wire = Wire::new(|request| {
        let path = request.url.path();
        let body = match request.url.host_str() {
            Some("platform.test") if path.ends_with("/prepare") => {
                let sent: Value = serde_json::from_slice(&request.body).unwrap();
                let tenant = sent["params"]["roll"].clone();
                let bundle = json!({
                    "params": sent["params"],
                    "source_config": {
                        "client_id": "app", "client_secret": "secret_coordinate::acme/key",
                        "tenant": tenant,
                    },
                });
                json!({"status": "success", "bundle": bundle})
            }
            Some("platform.test") => json!({"access_token": "canary-platform-token"}),
            Some(host) if host.ends_with(".login.fabric.test") => json!({
                "access_token": "canary-token", "instance_url": "https://eu.fabric.test",
                "expires_in": 3600,
            }),
            _ => json!({"id": "1"}),
        };
        (200, vec![], body)
    });
    let description = airbyte_agent_spec::Spec::parse(include_str!("fabric.yaml"))
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"));
    let hosted = hosted("https://platform.test").connector_id("c0").secrets(Vault::default());
    let client = Client::hosted(description, hosted.http_client(wire.clone())).unwrap();
    for (tenant, tokens) in [("a", 1), ("a", 1), ("b", 2), ("a", 2), ("b", 2)] {
        let arguments = json!({"roll": tenant, "length": 3});
        let outcome = client.execute("bolts", "get", arguments).await.unwrap();
        assert_eq!(outcome.data, json!({"id": "1"}));
        assert_eq!(asked_for_token(&wire), tokens, "{tenant}");
    }
}
