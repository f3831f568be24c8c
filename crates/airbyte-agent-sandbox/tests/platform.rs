//! The hosted platform: tokens, look-up, execution.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/executor.rs"]
mod executor;
mod support;

use airbyte_agent_core::Credentials;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Fault, FaultKind, Sandbox};
use executor::EngineExecutor;
use serde_json::{Value, json};
use support::{Answer, acme, builder, send};

async fn start() -> Sandbox {
    let credentials = Credentials::new().scheme("key").field("api_key", "k");
    let executor = EngineExecutor { description: acme(), credentials };
    builder().executor(executor).crowded("acme").start().await.unwrap()
}

async fn token(sandbox: &Sandbox) -> String {
    let body = json!({"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}).to_string();
    let path = "/api/v1/account/applications/token";
    let answer = send(sandbox, "POST", path, "", body.as_bytes()).await.unwrap().json();
    assert_eq!(answer["expires_in"], 900);
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn ask(sandbox: &Sandbox, method: &str, target: &str, body: &Value) -> Answer {
    let token = token(sandbox).await;
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let target = format!("/api/v1/integrations/connectors{target}");
    send(sandbox, method, &target, &headers, body.as_bytes()).await.unwrap()
}

async fn connector(sandbox: &Sandbox) -> String {
    let listed = ask(sandbox, "GET", "?workspace_name=default", &Value::Null).await.json();
    listed["data"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn tokens_are_given_for_the_right_secret_only() {
    let sandbox = start().await;
    for (body, status) in [
        (json!({"client_id": CLIENT_ID, "client_secret": "wrong"}), 401),
        (json!({"client_id": CLIENT_ID}), 422),
        (json!([]), 422),
    ] {
        let path = "/api/v1/account/applications/token";
        let answer = send(&sandbox, "POST", path, "", body.to_string().as_bytes()).await.unwrap();
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.json()["errors"][0]["message"].is_string());
    }
    let good = token(&sandbox).await;
    let list = "/api/v1/integrations/connectors?workspace_name=default";
    let mut answers = Vec::new();
    for token in ["", "nonsense", &good] {
        let headers = format!("Authorization: Bearer {token}\r\n");
        answers.push(send(&sandbox, "GET", list, &headers, b"").await.unwrap().status);
    }
    sandbox.inject(Fault::new(FaultKind::ExpireTokens).connector("platform"));
    let headers = format!("Authorization: Bearer {good}\r\n");
    answers.push(send(&sandbox, "GET", list, &headers, b"").await.unwrap().status);
    assert_eq!(answers, [401, 401, 200, 401]);
}

#[tokio::test]
async fn connectors_are_found_by_workspace_and_kind() {
    let sandbox = start().await;
    let kind = "11111111-2222-4333-8444-555555555555";
    for (query, count) in [
        ("?workspace_name=default".to_owned(), 1),
        (format!("?workspace_name=default&definition_id={kind}"), 1),
        (format!("?workspace_name=crowded&definition_id={kind}"), 2),
        ("?workspace_name=default&definition_id=other".to_owned(), 0),
        ("?workspace_name=nobody".to_owned(), 0),
        ("?customer_name=default".to_owned(), 1),
    ] {
        let data = ask(&sandbox, "GET", &query, &Value::Null).await.json()["data"].clone();
        assert_eq!(data.as_array().unwrap().len(), count, "{query}");
    }
    assert_eq!(ask(&sandbox, "GET", "", &Value::Null).await.status, 422);
    let id = connector(&sandbox).await;
    let one = ask(&sandbox, "GET", &format!("/{id}"), &Value::Null).await.json();
    assert_eq!(one["source_template"]["name"], "Acme");
    assert_eq!(ask(&sandbox, "GET", "/none", &Value::Null).await.status, 404);
}

#[tokio::test]
async fn operations_run_and_results_are_shaped() {
    let sandbox = start().await;
    let execute = format!("/{}/execute", connector(&sandbox).await);
    let run = |body: Value| {
        let (sandbox, execute) = (&sandbox, &execute);
        async move { ask(sandbox, "POST", execute, &body).await }
    };
    let list = json!({"entity": "users", "action": "list", "params": {"limit": 2}});
    let answer = run(list.clone()).await.json();
    assert_eq!(
        (&answer["status"], answer["result"].as_array().unwrap().len()),
        (&json!("success"), 2)
    );
    assert!(answer["connector_metadata"]["next"].is_string());
    assert!(answer["execution_metadata"]["connector_instance_id"].is_string());

    let mut selected = list.clone();
    selected["select_fields"] = json!(["address.city", "id"]);
    let first = run(selected).await.json()["result"][0].clone();
    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["address", "id"]);
    let mut excluded = list.clone();
    excluded["exclude_fields"] = json!(["address"]);
    assert!(run(excluded).await.json()["result"][0].get("address").is_none());

    let mut probe = list.clone();
    probe["params"]["nonsense"] = json!(1);
    assert_eq!(run(probe).await.status, 200);

    for (body, status, field) in [
        (json!({"action": "list"}), 422, "entity"),
        (json!({"entity": "users", "action": "list", "params": []}), 422, "params"),
        (json!({"entity": "users", "action": "list", "select_fields": "id"}), 422, "select_fields"),
        (json!({"entity": "users", "action": "list", "intent": "x".repeat(513)}), 422, "intent"),
        (json!({"entity": "users", "action": "fly"}), 400, "action"),
        (json!({"entity": "nobody", "action": "list"}), 400, "action"),
    ] {
        let answer = run(body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["field"], field, "{body}");
    }
    let gone =
        run(json!({"entity": "users", "action": "get", "params": {"user_id": "none"}})).await;
    assert_eq!(gone.status, 404, "{}", gone.text());
}

#[tokio::test]
async fn files_come_as_bytes_or_in_windows_of_json() {
    let sandbox = start().await;
    let execute = format!("/{}/execute", connector(&sandbox).await);
    let run = |params: Value| {
        let (sandbox, execute) = (&sandbox, &execute);
        let mut body = json!({"entity": "photos", "action": "download", "params": {"id": "p1"}});
        for (name, value) in params.as_object().unwrap() {
            body["params"][name] = value.clone();
        }
        async move { ask(sandbox, "POST", execute, &body).await }
    };
    let whole = run(json!({})).await;
    assert!(whole.body.len() >= 200_000);
    let part = run(json!({"range_header": "bytes=10-19"})).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &whole.body[10..20]));

    let (mut gathered, mut range) = (0, None);
    loop {
        let mut params = json!({"_airbyte_response_type": "json"});
        if let Some(range) = &range {
            params["range_header"] = Value::clone(range);
        }
        let result = run(params).await.json()["result"].clone();
        assert_eq!(result["encoding"], "base64");
        gathered += usize::try_from(result["bytes_returned"].as_u64().unwrap()).unwrap();
        if result["has_more"] == false {
            break;
        }
        range = Some(result["next_range_header"].clone());
    }
    assert_eq!(gathered, whole.body.len());
    for params in [
        json!({"_airbyte_response_type": "xml"}),
        json!({"_airbyte_response_type": "json", "range_header": "bytes=0-65536"}),
        json!({"_airbyte_response_type": "json", "range_header": "bytes=5-"}),
    ] {
        assert_eq!(run(params.clone()).await.status, 422, "{params}");
    }
}

#[tokio::test]
async fn without_an_executor_nothing_runs() {
    let sandbox = builder().start().await.unwrap();
    let execute = format!("/{}/execute", connector(&sandbox).await);
    let body = json!({"entity": "users", "action": "list"});
    assert_eq!(ask(&sandbox, "POST", &execute, &body).await.status, 501);
}
