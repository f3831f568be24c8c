//! Connectors: made in every form, shown without secrets, changed, checked, deleted.

use serde_json::{Value, json};

use crate::platform::{DEFINITION, Platform, new, with};

const PATH: &str = "integrations/connectors";

#[tokio::test]
async fn credentials_are_taken_in_every_form_and_never_shown() {
    let platform = Platform::start().await;
    for (credentials, shown) in [
        (json!({"token": "s3cret"}), json!({"auth_type": "Token", "personal_token": "**********"})),
        (
            json!({"auth_type": "Token", "personal_token": "s3cret"}),
            json!({"auth_type": "Token", "personal_token": "**********"}),
        ),
        (
            json!({"credentials": {"auth_type": "Token", "personal_token": "s3cret"}}),
            json!({"auth_type": "Token", "personal_token": "**********"}),
        ),
        (
            json!({"refresh_token": "s3cret", "client_id": "s3cret", "client_secret": "s3cret"}),
            json!({
                "auth_type": "Client", "refresh_token": "**********",
                "client_id": "**********", "client_secret": "**********",
            }),
        ),
    ] {
        let body = with(new("tenant"), json!({"credentials": credentials}));
        let made = platform.ask("POST", PATH, &body).await;
        assert_eq!(made.status, 200, "{}", made.text());
        let config = &made.json()["replication_config"];
        assert_eq!(config["credentials"], shown);
        assert_eq!(config["scope"], json!({"accounts": ["acct_1"]}));
        assert_eq!(
            (&config["mode"], &config["domain"]),
            (&json!("copy"), &json!("east.ledger.test"))
        );
        assert!(config["start_date"].is_string());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let one = platform.get(&format!("{PATH}/{id}")).await;
        assert_eq!(one, made.json());
        assert!(!one.to_string().contains("s3cret"));
    }
    let listed = platform.ask("GET", &format!("{PATH}?workspace_name=tenant"), &Value::Null).await;
    assert!(!listed.text().contains("s3cret"));
    let log = platform.send("GET", "/_sandbox/requests", "", &Value::Null).await;
    assert!(!log.text().contains("s3cret"));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_connector_is_said() {
    let platform = Platform::start().await;
    for (change, status, reason) in [
        (json!({"definition_id": null}), 422, "One of connector_type, definition_id"),
        (json!({"definition_id": "00000000-0000-4000-8000-000000000000"}), 404, "Definition"),
        (json!({"definition_id": null, "connector_type": "Big_Ledger"}), 404, "Connector type"),
        (json!({"source_template_id": "none"}), 404, "Source template"),
        (json!({"credentials": null, "replication_config": null}), 422, "At least one of"),
        (json!({"credentials": {"password": "x"}}), 400, "[password]"),
        (json!({"credentials": "x"}), 422, "must be an object"),
        (json!({"replication_config": {}}), 422, "required property 'accounts' not found"),
        (
            json!({"replication_config": {"accounts": ["a"], "depth": "deep"}}),
            422,
            "property 'depth'",
        ),
        (json!({"workspace_name": null}), 422, "workspace_name"),
        (json!({"entities": [{"modes": ["read"]}]}), 422, "entities"),
        (json!({"selected_connection_template_tags_mode": "some"}), 422, "any, all"),
        (json!({"server_side_oauth_secret_id": "none", "credentials": null}), 404, "OAuth secret"),
    ] {
        let answer = platform.ask("POST", PATH, &with(new("tenant"), change.clone())).await;
        let message = answer.json()["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.status, status, "{change}: {message}");
        assert!(message.contains(reason), "{change}: {message}");
        assert_eq!(answer.json()["errors"][0]["message"], message);
    }
    // Nothing was made, not even the workspace.
    let found = platform.get("workspaces?name_contains=tenant").await;
    assert_eq!(found["data"], json!([]));
    for word in ["Big Ledger", "big ledger", "big-ledger", "Big-Ledger"] {
        let change = json!({"definition_id": null, "connector_type": word});
        let answer = platform.ask("POST", PATH, &with(new("tenant"), change)).await;
        assert_eq!(answer.status, 200, "{word}: {}", answer.text());
    }
}

#[tokio::test]
async fn connectors_are_changed_and_deleted() {
    let platform = Platform::start().await;
    let id = platform.create("tenant").await;
    let path = format!("{PATH}/{id}");
    let changed = platform
        .ask(
            "PUT",
            &path,
            &json!({
                "name": "billing",
                "replication_config": {
                    "scope": {"accounts": ["b"]},
                    "credentials": {"personal_token": "**********"},
                },
                "entities": [{"entity": "customers", "modes": ["read"]}],
            }),
        )
        .await
        .json();
    assert_eq!(changed["name"], "billing");
    assert_eq!(changed["replication_config"]["scope"]["accounts"], json!(["b"]));
    assert_eq!(changed["entities"][0]["entity"], "customers");
    let list = json!({"entity": "customers", "action": "list", "params": {"limit": 1}});
    assert!(platform.execute(&id, &list).await.is_ok());
    let bad = json!({"replication_config": {"credentials": {"personal_token": "invalid"}}});
    assert_eq!(platform.ask("PUT", &path, &bad).await.status, 200);
    assert_eq!(platform.execute(&id, &list).await.unwrap_err().status, 401);
    let stored = platform.ask("PUT", &path, &json!({"name": "again"})).await.json();
    assert_eq!(stored["entities"][0]["entity"], "customers");
    let cleared = platform.ask("PUT", &path, &json!({"entities": []})).await.json();
    assert_eq!(cleared["entities"], Value::Null);

    let gone = platform.ask("DELETE", &path, &Value::Null).await;
    assert_eq!((gone.status, gone.json()["job_id"].is_string()), (202, true));
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(platform.ask(method, &path, &json!({})).await.status, 404, "{method}");
    }
}

#[tokio::test]
async fn checks_tell_whether_credentials_work() {
    let platform = Platform::start().await;
    for (token, status, kind) in
        [("good", "succeeded", None), ("invalid", "failed", Some("config_error"))]
    {
        let entities = json!([{"entity": "customers"}, {"entity": "nobody"}]);
        let change = json!({"credentials": {"token": token}, "entities": entities});
        let body = with(new("nowhere"), change);
        let checked = platform.ask("POST", &format!("{PATH}/check"), &body).await.json();
        assert_eq!(checked["status"], status, "{checked}");
        assert_eq!(checked["failure_reason"]["failure_type"].as_str(), kind);
        let results = checked["entity_check_results"].as_array().unwrap();
        assert_eq!(
            (&results[0]["status"], &results[1]["status"]),
            (&json!(status), &json!("failed"))
        );
        let made = platform.ask("POST", PATH, &with(body, json!({"workspace_name": token}))).await;
        let path = format!("{PATH}/{}/check", made.json()["id"].as_str().unwrap());
        let checked = platform.ask("POST", &path, &Value::Null).await.json();
        assert_eq!(checked["status"], status, "{checked}");
    }
    let found = platform.get("workspaces?name_contains=nowhere").await;
    assert_eq!(found["data"], json!([]), "a check makes nothing");
}

#[tokio::test]
async fn oauth_leads_from_an_address_to_a_connector() {
    let platform = Platform::start().await;
    let order = json!({
        "workspace_name": "tenant",
        "connector_type": "Big Ledger",
        "redirect_url": "https://app.example/done?step=2#top",
        "name": "by consent",
        "replication_config": {"accounts": ["a"]},
    });
    let initiate = format!("{PATH}/oauth/initiate");
    let refused = platform.ask("POST", &initiate, &order).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("No organization-specific source template configured"));
    let template = json!({"actor_definition_id": DEFINITION, "partial_default_config": {}});
    platform.ask("POST", "integrations/templates/sources", &template).await;

    let consent = async |decision: &str| {
        let url = platform.ask("POST", &initiate, &order).await.json();
        let url = url["consent_url"].as_str().unwrap().to_owned();
        let path = url.strip_prefix(&platform.sandbox.url()).unwrap().to_owned() + decision;
        let first = platform.send("GET", &path, "", &Value::Null).await;
        let again = platform.send("GET", &path, "", &Value::Null).await;
        assert_eq!((first.status, again.status), (302, 400), "{}", first.text());
        first.header("location").unwrap().to_owned()
    };
    let back = consent("").await;
    let id = back.strip_prefix("https://app.example/done?step=2&connector_id=").unwrap();
    let id = id.strip_suffix("#top").unwrap();
    let made = platform.get(&format!("{PATH}/{id}")).await;
    assert_eq!(made["name"], "by consent");
    let list = json!({"entity": "customers", "action": "list", "params": {"limit": 1}});
    assert!(platform.execute(id, &list).await.is_ok());
    for (decision, error) in
        [("&decision=deny", "error=access_denied"), ("&decision=fail", "error=creation_failed")]
    {
        assert!(consent(decision).await.contains(error));
    }
    platform.sandbox.set_behaviour(|behaviour| behaviour.oauth_secret_ids = true);
    let back = consent("").await;
    let secret = back.split("server_side_oauth_secret_id=").nth(1).unwrap();
    let secret = secret.split(['&', '#']).next().unwrap();
    let change = json!({"credentials": null, "server_side_oauth_secret_id": secret});
    let body = with(new("tenant"), change);
    for status in [200, 404] {
        let made = platform.ask("POST", PATH, &body).await;
        assert_eq!(made.status, status, "a secret is used once: {}", made.text());
    }
    platform.sandbox.set_behaviour(|behaviour| behaviour.oauth_secret_ids = false);
    for (change, status) in [
        (json!({"redirect_url": null}), 422),
        (json!({"connector_type": "Big_Ledger"}), 404),
        (json!({"replication_config": {}}), 422),
    ] {
        let answer = platform.ask("POST", &initiate, &with(order.clone(), change)).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

#[tokio::test]
async fn an_order_can_be_prepared_for_the_client() {
    let platform = Platform::start().await;
    let id = platform.create("tenant").await;
    let path = format!("{PATH}/{id}/execute/prepare");
    let body = json!({
        "entity": "customers", "action": "list",
        "params": {"limit": 1, "nonsense": 1}, "select_fields": ["id"],
    });
    let prepared = platform.ask("POST", &path, &body).await.json();
    assert_eq!(prepared["result"], Value::Null);
    let bundle = &prepared["bundle"];
    assert!(bundle["definition_yaml"].as_str().unwrap().contains("x-airbyte-connector-name"));
    assert_eq!(bundle["params"], json!({"limit": 1}));
    assert_eq!(bundle["select_fields"], json!(["id"]));
    let secret = bundle["source_config"]["credentials"]["personal_token"].as_str().unwrap();
    assert!(secret.starts_with("secret_coordinate::"), "{secret}");
    assert_eq!(bundle["replication_auth_key_mapping"]["credentials.personal_token"], "token");
    assert_eq!(bundle["config_values"]["site"], "east");
    for (action, status) in [("context_store_search", 400), ("fly", 400)] {
        let body = json!({"entity": "customers", "action": action});
        assert_eq!(platform.ask("POST", &path, &body).await.status, status, "{action}");
    }
    let bare = Platform::of(Platform::builder()).await;
    let path = format!("{PATH}/{}/execute/prepare", bare.first().await);
    let body = json!({"entity": "customers", "action": "list"});
    assert_eq!(bare.ask("POST", &path, &body).await.status, 501);
}
