//! Tokens: kinds, ends, organizations.

use std::time::Duration;

use airbyte_agent_sandbox::Tenant;
use serde_json::{Value, json};

use crate::platform::Platform;

const LIST: &str = "integrations/connectors?workspace_name=default";

#[tokio::test]
async fn tokens_end_by_the_clock() {
    let platform = Platform::start().await;
    let scoped = platform.scoped("tenant").await;
    let status = |token: String| {
        let platform = &platform;
        async move {
            platform
                .ask_as(
                    &token,
                    "GET",
                    "integrations/connectors?workspace_name=tenant",
                    &Value::Null,
                )
                .await
                .status
        }
    };
    for (wait, application, workspace) in
        [(0, 200, 200), (899, 200, 200), (1, 401, 200), (300, 401, 401)]
    {
        platform.sandbox.advance(Duration::from_secs(wait));
        let found = (status(platform.token.clone()).await, status(scoped.clone()).await);
        assert_eq!(found, (application, workspace), "after {wait} more seconds");
    }
    let clock = platform.send("POST", "/_sandbox/clock", "", &json!({"advance_seconds": 60})).await;
    assert_eq!(clock.json()["ahead_seconds"], 1_260);
}

#[tokio::test]
async fn each_endpoint_takes_its_kinds_of_token() {
    let platform = Platform::start().await;
    let scoped = platform.scoped("default").await;
    let widget = json!({"workspace_name": "default", "allowed_origin": "http://localhost:1"});
    let widget = platform.ask("POST", "account/applications/widget-token", &widget).await.json();
    let widget = widget["token"].as_str().unwrap();
    for (method, path, application, of_workspace) in [
        ("GET", LIST, 200, 200),
        ("GET", "account/applications/scoped-token/info", 403, 200),
        ("GET", "workspaces", 200, 403),
        ("GET", "integrations/templates/sources", 200, 200),
        ("GET", "integrations/templates/sources/global", 200, 403),
        ("GET", "skills", 200, 403),
        ("GET", "nothing/here", 404, 404),
        ("PATCH", "workspaces", 405, 405),
    ] {
        for (token, expected) in [
            (platform.token.as_str(), application),
            (&scoped, of_workspace),
            (widget, if application < 404 { 403 } else { application }),
            ("nonsense", if application < 404 { 401 } else { application }),
        ] {
            let answer = platform.ask_as(token, method, path, &Value::Null).await;
            assert_eq!(answer.status, expected, "{method} {path} {token}");
        }
    }
    let open = platform.send("GET", "/api/v1/integrations/definitions/sources", "", &Value::Null);
    assert_eq!(open.await.status, 200);
}

#[tokio::test]
async fn a_scoped_token_opens_its_workspace_only() {
    let platform = Platform::start().await;
    let foreign = platform.first().await;
    let token = platform.scoped("tenant").await;
    let info = platform
        .ask_as(&token, "GET", "account/applications/scoped-token/info", &Value::Null)
        .await
        .json();
    assert_eq!(info["workspace_name"], "tenant");
    let body = json!({
        "connector_type": "Big Ledger",
        "auth_config": {"token": "t"},
        "replication_config": {"accounts": "a, b"},
    });
    let made = platform.ask_as(&token, "POST", "integrations/connectors", &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(made.json()["replication_config"]["scope"]["accounts"], json!(["a", "b"]));
    for (path, status) in [
        ("integrations/connectors".to_owned(), 200),
        (format!("integrations/connectors/{}", made.json()["id"].as_str().unwrap()), 200),
        (format!("integrations/connectors/{foreign}"), 404),
    ] {
        let answer = platform.ask_as(&token, "GET", &path, &Value::Null).await;
        assert_eq!(answer.status, status, "{path}");
    }
    let own = platform.ask_as(&token, "GET", "integrations/connectors", &Value::Null).await.json();
    assert_eq!(own["data"].as_array().unwrap().len(), 1);
    let other = platform.ask_as(&token, "GET", LIST, &Value::Null).await.json();
    assert_eq!(other["data"], json!([]));
}

#[tokio::test]
async fn organizations_are_apart() {
    let shared = "aaaaaaaa-0000-4000-8000-000000000001";
    let tenant = Tenant::new("other", "secret");
    let both = Tenant::new("both", "secret")
        .organization(shared)
        .organization("aaaaaaaa-0000-4000-8000-000000000002");
    let platform = Platform::of(Platform::builder().tenant(both)).await;
    let organizations = platform.sandbox.admit(tenant);
    let other = platform.application("other", "secret").await;
    let mine = platform.create("default").await;
    let workspaces = platform.get("workspaces").await;
    let workspace = workspaces["data"][0]["id"].as_str().unwrap();
    for path in [
        format!("integrations/connectors/{mine}"),
        format!("integrations/connectors/{mine}/inspect"),
        format!("workspaces/{workspace}"),
        format!("skills/docs?id=connector-source:{mine}"),
        format!("internal/workflows?workspace_id={workspace}"),
    ] {
        assert_eq!(platform.ask("GET", &path, &Value::Null).await.status, 200, "{path}");
        let answer = platform.ask_as(&other, "GET", &path, &Value::Null).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    let listed = platform.ask_as(&other, "GET", LIST, &Value::Null).await.json();
    assert_eq!(listed["data"], json!([]));

    let both = platform.application("both", "secret").await;
    for (header, status) in [
        (shared, 200),
        ("aaaaaaaa-0000-4000-8000-000000000002", 200),
        (organizations[0].as_str(), 403),
        ("nonsense", 422),
    ] {
        let headers = format!("Authorization: Bearer {both}\r\nX-Organization-Id: {header}\r\n");
        let answer = platform.send("GET", "/api/v1/workspaces", &headers, &Value::Null).await;
        assert_eq!(answer.status, status, "{header}");
        if status == 200 {
            assert_eq!(answer.json()["data"][0]["organization_id"], header);
        }
        let body = json!({"client_id": "both", "client_secret": "secret"});
        let path = "/api/v1/account/applications/token";
        let answer =
            platform.send("POST", path, &format!("X-Organization-Id: {header}\r\n"), &body).await;
        assert_eq!(answer.status, status, "{header}");
    }
}
