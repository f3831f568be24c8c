//! Workspaces: made, found, changed, deleted.

use serde_json::{Value, json};

use crate::platform::{Platform, new};

#[tokio::test]
async fn workspaces_live_and_are_found_by_name() {
    let platform = Platform::start().await;
    let stats = platform.get("workspaces/stats").await;
    assert_eq!(stats, json!({"active_count": 2, "inactive_count": 0, "total_count": 2}));
    let made = platform.ask("POST", "workspaces", &json!({"name": "Acme"})).await.json();
    assert_eq!(made["workspaceId"], made["id"]);
    let again = platform.ask("POST", "workspaces", &json!({"name": "Acme"})).await;
    assert_eq!(again.status, 409, "{}", again.text());
    for name in ["Acme two", "my acme", "tenant"] {
        platform.scoped(name).await;
        platform.scoped(name).await;
    }
    let names = |listed: &Value| -> Vec<String> {
        let data = listed["data"].as_array().unwrap().iter();
        data.map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    // The exact name comes first.
    let found = platform.get("workspaces?name_contains=my%20acme").await;
    assert_eq!(names(&found), ["my acme"]);
    let found = platform.get("workspaces?name_contains=Acme").await;
    assert_eq!((names(&found).len(), names(&found)[0].as_str()), (3, "Acme"));

    let page = platform.get("workspaces?limit=4").await;
    let next = page["next"].as_str().unwrap();
    let rest = platform.get(next.split("/api/v1/").nth(1).unwrap()).await;
    assert_eq!((names(&page).len(), names(&rest).len(), &rest["next"]), (4, 2, &Value::Null));
    for bad in ["limit=0", "limit=101", "cursor=x", "status=gone"] {
        let answer = platform.ask("GET", &format!("workspaces?{bad}"), &Value::Null).await;
        assert!((400..=422).contains(&answer.status), "{bad}");
    }
    let keys: Vec<&String> = page["data"][0].as_object().unwrap().keys().collect();
    let expected = [
        "id",
        "name",
        "organization_id",
        "status",
        "cache_enabled",
        "tombstone",
        "visibility",
        "color",
        "created_at",
        "updated_at",
    ];
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn an_inactive_workspace_executes_nothing_and_a_deleted_one_is_gone() {
    let platform = Platform::start().await;
    let connector = platform.create("tenant").await;
    let found = platform.get("workspaces?name_contains=tenant").await;
    let path = format!("workspaces/{}", found["data"][0]["id"].as_str().unwrap());
    let list = json!({"entity": "customers", "action": "list", "params": {"limit": 1}});
    for (change, status, name) in [
        (json!({"status": "inactive"}), 409, "tenant"),
        (json!({"status": "active", "name": "renamed", "cache_enabled": false}), 200, "renamed"),
        (json!({"cache_enabled": null}), 200, "renamed"),
    ] {
        let changed = platform.ask("PUT", &path, &change).await.json();
        assert_eq!(changed["name"], name);
        let result = platform.execute(&connector, &list).await;
        assert_eq!(result.map_or_else(|answer| answer.status, |_| 200), status, "{change}");
        let question = format!("workspaces/query/structured?workspace_name={name}");
        let answer = platform.ask("POST", &question, &json!({"prompt": "all customers"})).await;
        assert_eq!(answer.status, status, "{change}: {}", answer.text());
    }
    let clash = platform.ask("PUT", &path, &json!({"name": "default"})).await;
    assert_eq!(clash.status, 409);
    let gone = platform.ask("DELETE", &path, &Value::Null).await;
    assert_eq!((gone.status, gone.json()["deleted_at"].is_string()), (200, true));
    for path in [path.clone(), format!("integrations/connectors/{connector}")] {
        assert_eq!(platform.ask("GET", &path, &Value::Null).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_strict_platform_knows_its_workspaces() {
    let platform = Platform::start().await;
    let change = json!({"creates_workspaces": false, "unique_connectors": true});
    let changed = platform.send("PATCH", "/_sandbox/behaviour", "", &change).await;
    assert_eq!((changed.status, &changed.json()["oauth_secret_ids"]), (200, &json!(false)));
    let unknown = platform.ask("POST", "integrations/connectors", &new("tenant")).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text());
    platform.scoped("tenant").await;
    platform.create("tenant").await;
    let second = platform.ask("POST", "integrations/connectors", &new("tenant")).await;
    assert_eq!(second.status, 409, "{}", second.text());
    let wrong = platform.send("PATCH", "/_sandbox/behaviour", "", &json!({"nonsense": 1})).await;
    assert_eq!(wrong.status, 400);
}
