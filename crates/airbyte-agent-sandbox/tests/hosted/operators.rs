//! What operators and agents look at: inspection, documents, workflows, credentials of an
//! organization.

use serde_json::{Value, json};

use crate::platform::Platform;

#[tokio::test]
async fn a_connector_is_inspected_and_documented() {
    let platform = Platform::start().await;
    let id = platform.first().await;
    let shown = platform.get(&format!("integrations/connectors/{id}/inspect")).await;
    let skill = shown["docs_skill_id"].as_str().unwrap();
    let readiness = &shown["context_store_readiness"]["configured_cache_entities"][0];
    assert_eq!(
        (&readiness["entity"], &readiness["status"]),
        (&json!("customers"), &json!("Ready"))
    );
    let docs = platform.get(&format!("skills/docs?id={skill}")).await;
    assert_eq!(
        (&docs["metadata"]["kind"], &docs["section_id"]),
        (&json!("connector_source"), &Value::Null)
    );
    let sections: Vec<&str> =
        docs["outline"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let expected = [
        "overview",
        "entities.customers",
        "actions.customers.list",
        "actions.customers.create",
        "actions.customers.get",
        "context_store",
    ];
    assert_eq!(sections, expected);
    for section in sections {
        let docs = platform.get(&format!("skills/docs?id={skill}&section={section}")).await;
        assert_eq!(docs["section_id"], section);
        for block in docs["content"].as_array().unwrap() {
            let kind = block["type"].as_str().unwrap();
            assert!(["heading", "paragraph", "list", "code", "table"].contains(&kind), "{block}");
        }
    }
    for (query, status) in [("", 422), ("id=none", 404), (&format!("id={skill}&section=none"), 404)]
    {
        let answer = platform.ask("GET", &format!("skills/docs?{query}"), &Value::Null).await;
        assert_eq!(answer.status, status, "{query}");
    }
}

#[tokio::test]
async fn skills_are_listed_and_searched() {
    let platform = Platform::start().await;
    let first = platform.get("skills?limit=2").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = platform.get(&format!("skills?limit=100&cursor={cursor}")).await;
    let count = |page: &Value| page["data"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&rest), &rest["next_cursor"]), (2, 3, &Value::Null));
    for (query, least) in [("ledger", 3), ("context store", 1), ("no such words", 0)] {
        let found = platform.get(&format!("skills/search?query={}", query.replace(' ', "+"))).await;
        assert!(count(&found) >= least && (least > 0 || count(&found) == 0), "{query}: {found}");
    }
    let bad = platform.ask("GET", "skills?limit=2&cursor=forged", &Value::Null).await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn workflows_and_automations_are_kept() {
    let platform = Platform::start().await;
    let found = platform.get("workspaces?name_contains=default").await;
    let workspace = found["data"][0]["id"].as_str().unwrap();
    let of = |path: &str| format!("internal/workflows{path}?workspace_id={workspace}");
    let body = json!({"workspace_id": workspace, "name": "nightly", "tasks": [{"x": 1}]});
    let flow = platform.ask("POST", "internal/workflows", &body).await.json();
    let one = format!("/{}", flow["id"].as_str().unwrap());
    assert_eq!(platform.get(&of("")).await["data"], json!([flow]));
    let same = platform.ask("PATCH", &of(&one), &json!({})).await.json();
    assert_eq!(same["name"], "nightly");
    let body = json!({"workspace_id": workspace, "trigger_type": "webhook", "enabled": true});
    let timer = platform.ask("POST", &of(&format!("{one}/automations")), &body).await;
    assert_eq!(timer.status, 200, "{}", timer.text());
    let timer = timer.json();
    for key in
        ["id", "workflow_id", "workspace_id", "enabled", "trigger_type", "trigger_webhook_url"]
    {
        assert!(!timer[key].is_null(), "{key}");
    }
    let path = format!("{one}/automations/{}", timer["id"].as_str().unwrap());
    let change = json!({"trigger_type": "schedule", "cron_expression": "0 0 6 * * ?"});
    let changed = platform.ask("PATCH", &of(&path), &change).await.json();
    assert_eq!(
        (&changed["trigger_webhook_url"], &changed["timezone"]),
        (&Value::Null, &json!("UTC"))
    );
    assert_eq!(platform.get(&of(&path)).await, changed);
    assert_eq!(platform.get(&of(&format!("{one}/automations"))).await["data"], json!([changed]));
    assert_eq!(platform.ask("GET", "internal/workflows", &Value::Null).await.status, 422);
    for path in [&path, &one] {
        assert_eq!(platform.ask("DELETE", &of(path), &Value::Null).await.status, 204);
        assert_eq!(platform.ask("GET", &of(path), &Value::Null).await.status, 404);
    }
}

#[tokio::test]
async fn the_credentials_of_an_organization_are_counted() {
    let platform = Platform::start().await;
    let info = platform.get("workspaces").await;
    let organization = info["data"][0]["organization_id"].as_str().unwrap();
    let path = format!("organizations/{organization}/credentials?limit=2&offset=1");
    let listed = platform.get(&path).await;
    assert_eq!((&listed["total"], listed["data"].as_array().unwrap().len()), (&json!(3), 2));
    assert_eq!(listed["data"][0]["context_store_status"], "Ready");
    let other = "organizations/aaaaaaaa-0000-4000-8000-000000000001/credentials";
    assert_eq!(platform.ask("GET", other, &Value::Null).await.status, 403);
}

#[tokio::test]
async fn an_execution_is_steered_by_the_platforms_names() {
    let platform = Platform::start().await;
    let id = platform.first().await;
    let body = |params: Value| json!({"entity": "customers", "action": "list", "params": params});
    let path = format!("integrations/connectors/{id}/execute");
    let first = platform.ask("POST", &path, &body(json!({"limit": 2}))).await.json();
    let next = first["connector_metadata"]["next"].clone();
    assert!(next.is_string(), "{first}");
    // `cursor` stands for whatever the operation calls it.
    let more = platform.ask("POST", &path, &body(json!({"limit": 2, "cursor": next}))).await.json();
    assert_ne!(first["result"], more["result"]);
    assert_eq!(more["execution_metadata"]["connector_instance_id"], id.as_str());
    let described = platform.execute(&id, &json!({"entity": "", "action": "describe"})).await;
    let described = described.unwrap_or_else(|answer| panic!("{}", answer.text()));
    assert_eq!(described["entities"][0]["actions"], json!(["list", "create", "get"]));
}

#[tokio::test]
async fn questions_are_answered_by_the_entities_they_name() {
    let platform = Platform::start().await;
    for (question, outcome, calls) in
        [("Which customers owe us money?", "success", 1), ("What time is it?", "error", 0)]
    {
        let path = "workspaces/query/structured?workspace_name=default";
        let answer = platform.ask("POST", path, &json!({"prompt": question})).await.json();
        assert_eq!(answer["outcome"], outcome, "{answer}");
        assert_eq!(answer["results"].as_array().unwrap().len(), calls, "{answer}");
    }
}
