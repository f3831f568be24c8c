//! Templates, definitions, OAuth apps, connection templates.

use serde_json::{Value, json};

use crate::platform::{DEFINITION, Platform, new, with};

const PATH: &str = "integrations/templates/sources";

#[tokio::test]
async fn templates_are_registered_copied_changed_and_deleted() {
    let platform = Platform::start().await;
    let own = platform.get(PATH).await;
    let global = platform.get(&format!("{PATH}?use_global=true")).await;
    assert_eq!((&own["data"], global["data"].as_array().unwrap().len()), (&json!([]), 1));
    assert_eq!(platform.get(&format!("{PATH}/global")).await, global);

    let body = json!({
        "actor_definition_id": DEFINITION,
        "name": "ledger",
        "original_source_template_id": "",
        "partial_default_config": {},
        "mode": "DIRECT",
    });
    let made = platform.ask("POST", PATH, &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["mode"], &made["source_definition_id"]),
        (&json!("DIRECT"), &json!(DEFINITION))
    );
    for (change, status, reason) in [
        (json!({}), 409, "already exists"),
        (json!({"name": "two", "actor_definition_id": "x"}), 400, "invalid actor_definition_id"),
        (json!({"name": "two", "mode": "OAuth"}), 422, "DIRECT, REPLICATION, MULTI"),
        (json!({"name": "two", "partial_default_config": null}), 422, "partial_default_config"),
        (
            json!({"name": "two", "customization": {"stream_selection_mode": "x"}}),
            422,
            "customization",
        ),
    ] {
        let answer = platform.ask("POST", PATH, &with(body.clone(), change.clone())).await;
        assert_eq!(answer.status, status, "{change}: {}", answer.text());
        assert!(answer.text().contains(reason), "{change}: {}", answer.text());
    }
    let id = global["data"][0]["id"].as_str().unwrap();
    let copy = json!({"original_source_template_id": id, "name": "copy"});
    let copy = platform.ask("POST", PATH, &copy).await.json();
    assert_ne!(copy["id"], id);

    // With two of one kind, a connector has to say which.
    let ambiguous = platform.ask("POST", "integrations/connectors", &new("tenant")).await;
    assert_eq!(ambiguous.status, 400, "{}", ambiguous.text());
    let change = json!({"source_template_id": copy["id"], "definition_id": null});
    let by_id = platform.ask("POST", "integrations/connectors", &with(new("tenant"), change)).await;
    assert_eq!(by_id.json()["source_template"]["name"], "copy", "{}", by_id.text());

    let path = format!("{PATH}/{}", copy["id"].as_str().unwrap());
    let shown = platform.get(&path).await;
    assert_eq!(shown["connector_name"], "big-ledger");
    assert_eq!(shown["auth_tooltip"], json!({"Client": "OAuth", "Token": "Token"}));
    let spec = &shown["user_config_spec"]["connectionSpecification"];
    assert_eq!(spec["required"], json!(["credentials", "scope"]));
    assert_eq!(
        spec["properties"]["credentials"]["oneOf"][1]["properties"]["personal_token"]["airbyte_secret"],
        true
    );
    let changed =
        platform.ask("PATCH", &path, &json!({"name": "renamed", "propagate": true})).await;
    assert_eq!(changed.json()["name"], "renamed");
    let gone = platform.ask("DELETE", &path, &Value::Null).await.json();
    assert!(gone["deleted_at"].is_string());
    assert_eq!(platform.ask("GET", &path, &Value::Null).await.status, 404);
    let global = format!("{PATH}/{id}");
    assert_eq!(platform.ask("DELETE", &global, &Value::Null).await.status, 404);
}

#[tokio::test]
async fn definitions_are_found_by_name() {
    let platform = Platform::start().await;
    for (query, count) in [("", 1), ("?name=LEDGER", 1), ("?name=stripe", 0)] {
        let path = format!("/api/v1/integrations/definitions/sources{query}");
        let found = platform.send("GET", &path, "", &Value::Null).await.json();
        assert_eq!(found["definitions"].as_array().unwrap().len(), count, "{query}");
    }
    let path = format!("integrations/definitions/sources/{DEFINITION}");
    let one = platform.get(&path).await;
    assert_eq!(one["definition"]["sourceDefinitionId"], DEFINITION);
    assert_eq!(one["example_questions"]["direct"], json!(["Who owes us money?"]));
    assert_eq!(one["definition"]["spec"]["advanced_auth"]["auth_flow_type"], "oauth2.0");
    let destinations = platform.get("integrations/definitions/destinations").await;
    let id = destinations["destinations"][0]["id"].as_str().unwrap();
    let one = platform.get(&format!("integrations/definitions/destinations/{id}")).await;
    assert_eq!(one["id"], id);
}

#[tokio::test]
async fn oauth_apps_are_set_and_never_shown() {
    let platform = Platform::start().await;
    let app = json!({"connector_type": "Big Ledger", "configuration": {"client_id": "mine", "client_secret": "s3cret"}});
    let first = platform.ask("PUT", "oauth/credentials", &app).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert!(!first.text().contains("s3cret"));
    let by_id =
        with(app.clone(), json!({"connector_type": null, "connector_definition_id": DEFINITION}));
    let second = platform.ask("PUT", "oauth/credentials", &by_id).await.json();
    assert_eq!(
        (&second["id"], &second["scope_type"]),
        (&first.json()["id"], &json!("organization"))
    );
    for change in [
        json!({"connector_definition_id": DEFINITION}),
        json!({"connector_type": null}),
        json!({"configuration": null}),
        json!({"nonsense": 1}),
    ] {
        let answer = platform.ask("PUT", "oauth/credentials", &with(app.clone(), change)).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
    }
    for _ in 0..2 {
        let path = "oauth/credentials/connector_type/big%20ledger";
        assert_eq!(platform.ask("DELETE", path, &Value::Null).await.status, 204);
    }
}

#[tokio::test]
async fn connection_templates_are_kept() {
    let platform = Platform::start().await;
    let path = "integrations/templates/connections";
    let destinations = platform.get("integrations/definitions/destinations").await;
    let body = json!({
        "destination_name": "lake",
        "destination_definition_id": destinations["destinations"][0]["id"],
        "destination_config": {"url": "x"},
        "cron_expression": "0 0 6 * * ?",
    });
    let made = platform.ask("POST", path, &body).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(made.json()["non_breaking_changes_preference"], "ignore");
    let one = format!("{path}/{}", made.json()["id"].as_str().unwrap());
    let changed = platform.ask("PATCH", &one, &json!({"sync_on_create": false})).await.json();
    assert_eq!(changed["sync_on_create"], false);
    assert_eq!(platform.get(path).await["data"][0], changed);
    let hosted = json!({"data_hosting_type": "airbyte_hosted"});
    assert_eq!(platform.ask("POST", path, &hosted).await.status, 200);
    let wrong = with(body, json!({"cron_expression": "every day"}));
    assert_eq!(platform.ask("POST", path, &wrong).await.status, 422);
    assert_eq!(platform.ask("DELETE", &one, &Value::Null).await.status, 200);
    for (text, valid) in [("0 0 6 * * ?", true), ("never", false)] {
        let body = json!({"cron_expression": text});
        let said = platform.ask("POST", &format!("{path}/cron/describe"), &body).await.json();
        assert_eq!(said["is_valid"], valid, "{said}");
    }
}
