//! The paths and forms of older generations.

use serde_json::{Value, json};

use crate::platform::{DEFINITION, Platform};

#[tokio::test]
async fn the_first_generations_steps_work() {
    let platform = Platform::start().await;
    let body = json!({"client_id": "sandbox-client", "client_secret": "sandbox-secret"});
    let host = "X-Forwarded-Host: cloud.airbyte.com\r\n";
    let token = platform.send("POST", "/api/v1/applications/token", host, &body).await.json();
    let token = token["access_token"].as_str().unwrap();
    let body = json!({"workspace_name": "tenant"});
    let scoped = platform.ask_as(token, "POST", "embedded/scoped-token", &body).await.json();
    assert_eq!(scoped["token"], scoped["access_token"]);
    let scoped = scoped["token"].as_str().unwrap();
    let info =
        platform.ask_as(scoped, "GET", "embedded/scoped-token/info", &Value::Null).await.json();
    let templates = platform.get("integrations/templates/sources/global").await;
    let body = json!({
        "source_template_id": templates["data"][0]["id"],
        "workspace_id": info["workspace_id"],
        "name": "first",
        "auth_config": {"token": "t"},
        "replication_config": {"accounts": ["a"]},
    });
    let headers = format!("Authorization: Bearer {scoped}\r\n");
    let made = platform.send("POST", "/v1/integrations/sources", &headers, &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let wrong = platform.send("POST", "/v1/integrations/connectors", &headers, &body).await;
    assert_eq!(wrong.status, 404);

    for (path, member) in
        [("instances_for_user", "instances"), ("connectors_for_user", "connectors")]
    {
        let path = format!("connectors/{path}?external_user_id=tenant&definition_id={DEFINITION}");
        let listed = platform.get(&path).await;
        assert_eq!(listed[member][0]["id"], id.as_str(), "{listed}");
    }
    let body = json!({"entity": "customers", "action": "list", "params": null});
    for (token, part) in [(token, "instances"), (scoped, "sources")] {
        let path = format!("connectors/{part}/{id}/execute");
        let answer = platform.ask_as(token, "POST", &path, &body).await;
        assert!(answer.json()["result"].is_array(), "{}", answer.text());
    }
}

#[tokio::test]
async fn the_camel_case_form_of_oauth_works() {
    let platform = Platform::start().await;
    let workspace = platform.ask("POST", "workspaces", &json!({"name": "tenant"})).await.json();
    let body = json!({
        "workspaceId": workspace["workspaceId"],
        "sourceType": "big-ledger",
        "redirectUrl": "https://app.example/done",
    });
    let url = platform.ask("POST", "sources/initiateOAuth", &body).await;
    assert_eq!(url.status, 200, "{}", url.text());
    let url = url.json()["consentUrl"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&platform.sandbox.url()).unwrap();
    let back = platform.send("GET", path, "", &Value::Null).await;
    let secret = back.header("location").unwrap().split("&secret_id=").nth(1).unwrap();
    let body = json!({
        "workspaceId": workspace["workspaceId"],
        "name": "by consent",
        "secretId": secret,
        "configuration": {"sourceType": "big-ledger", "accounts": ["a"]},
    });
    let made = platform.ask("POST", "sources", &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let list = json!({"entity": "customers", "action": "list", "params": {"limit": 1}});
    let id = made.json()["sourceId"].as_str().unwrap().to_owned();
    assert!(platform.execute(&id, &list).await.is_ok());
}
