//! The hosted transport against a platform that misbehaves.

use crate::server::{Answer, Seen, Server};
use airbyte_agent_core::{Client, Error, ErrorKind, Hosted};
use serde_json::{Value, json};

const SECRET: &str = "canary-platform-secret";

fn client(url: &str) -> Client {
    let hosted = Hosted::new("id", SECRET).workspace("w").organization("org-1").base_url(url);
    Client::hosted(crate::acme::description(), hosted).unwrap()
}

/// A platform with one connector, whose answer to execute is `execute`.
async fn platform(
    connectors: usize,
    execute: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static,
) -> Server {
    Server::start(move |request, index| match request.target.split('?').next().unwrap() {
        "/api/v1/account/applications/token" => {
            let body = json!({"access_token": format!("t{index}"), "token_type": "bearer", "expires_in": 900});
            if request.body.contains(SECRET) { Answer::json(200, body) } else { Answer::json(401, json!({"message": "no"})) }
        }
        "/api/v1/integrations/connectors" => {
            let data: Vec<Value> = (0..connectors).map(|n| json!({"id": format!("c{n}")})).collect();
            Answer::json(200, json!({"data": data}))
        }
        "/api/v1/integrations/connectors/c0/execute" => execute(request, index),
        other => Answer::json(404, json!({"message": other})),
    })
    .await
}

fn success(_: &Seen, _: usize) -> Answer {
    Answer::json(
        200,
        json!({
            "status": "success",
            "result": [{"id": "a"}],
            "connector_metadata": {"next": "n", "total": 1},
            "execution_metadata": {"connector_instance_id": "c0", "execution_time_ms": 1},
        }),
    )
}

async fn list(client: &Client) -> Result<airbyte_agent_core::Outcome, Error> {
    client.execute("things", "list", json!({"limit": 5})).await
}

#[tokio::test]
async fn via_moves_every_request_and_names_the_platform() {
    let server = platform(1, success).await;
    let hosted = Hosted::new("id", SECRET).base_url("https://platform.test").via(&server.url);
    let client = Client::hosted(crate::acme::description(), hosted).unwrap();
    list(&client).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|r| r.header("x-forwarded-host") == Some("platform.test")));
}

#[tokio::test]
async fn a_call_is_one_token_one_lookup_one_execute() {
    let server = platform(1, success).await;
    let client = client(&server.url);
    let calls = (0..30).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { list(&client).await.unwrap() })
    });
    for call in calls.collect::<Vec<_>>() {
        let outcome = call.await.unwrap();
        assert_eq!(outcome.data, json!([{"id": "a"}]));
        assert_eq!(outcome.meta, json!({"next": "n", "total": 1}));
        assert!(outcome.next.is_some());
    }
    let seen = server.seen();
    let count = |end: &str| seen.iter().filter(|r| r.target.contains(end)).count();
    assert_eq!((count("/token"), count("connectors?"), count("/execute")), (1, 1, 30));
    let lookup = seen.iter().find(|r| r.target.contains('?')).unwrap();
    let definition = "00000000-0000-4000-8000-000000000001";
    assert!(lookup.target.ends_with(&format!("?workspace_name=w&definition_id={definition}")));
    let execute = seen.iter().find(|r| r.target.ends_with("/execute")).unwrap();
    let body: Value = serde_json::from_str(&execute.body).unwrap();
    let expected = json!({
        "entity": "things", "action": "list", "params": {"limit": 5}, "skip_truncation": true,
    });
    assert_eq!(body, expected);
    assert!(seen.iter().all(|request| request.header("x-organization-id") == Some("org-1")));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let server = platform(1, |request, _| match request.header("authorization") {
        Some("Bearer t0") => Answer::json(401, json!({"message": "expired"})),
        _ => success(request, 0),
    })
    .await;
    let client = client(&server.url);
    assert!(list(&client).await.is_ok());
    let tokens = server.seen().iter().filter(|r| r.target.contains("/token")).count();
    assert_eq!(tokens, 2);

    let server = platform(1, |_, _| Answer::json(401, json!({"message": "never"}))).await;
    let error = list(&self::client(&server.url)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
}

#[tokio::test]
async fn missing_and_ambiguous_connectors_are_told_apart() {
    let server = platform(0, success).await;
    let error = list(&client(&server.url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.message().contains("workspace 'w' has no acme connector"), "{error}");
    let server = platform(2, success).await;
    let error = list(&client(&server.url)).await.unwrap_err();
    assert!(error.message().contains("c0, c1"), "{error}");
}

#[tokio::test]
async fn platform_failures_have_kinds_and_tell_no_secret() {
    for (answer, kind) in [
        (Answer::json(422, json!({"errors": [{"message": "bad"}]})), ErrorKind::Validation),
        (Answer::json(404, json!({"detail": "gone"})), ErrorKind::NotFound),
        (Answer::json(500, json!({"message": SECRET})), ErrorKind::Vendor),
        (
            Answer::json(200, json!({"status": "error", "result": {"error": SECRET}})),
            ErrorKind::Vendor,
        ),
        (Answer::json(200, json!({"status": "success"})), ErrorKind::Decode),
        (Answer::json(200, "<html>"), ErrorKind::Decode),
    ] {
        let shown = format!("{answer:?}");
        let server = platform(1, move |_, _| answer.clone()).await;
        let client = client(&server.url);
        let call = client.execute("things", "create", json!({"name": "x"}));
        let error = call.await.unwrap_err();
        assert_eq!(error.kind(), kind, "{shown}");
        assert!(!format!("{error} {error:?} {:?}", error.body()).contains(SECRET), "{error:?}");
    }
    let server = platform(1, success).await;
    let hosted = Hosted::new("id", "wrong-secret").base_url(&server.url);
    let client = Client::hosted(crate::acme::description(), hosted).unwrap();
    assert_eq!(list(&client).await.unwrap_err().kind(), ErrorKind::Authentication);
}
