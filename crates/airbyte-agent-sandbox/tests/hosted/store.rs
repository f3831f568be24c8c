//! The context store, searched and asked in SQL.

use serde_json::{Value, json};

use crate::platform::Platform;

async fn search(platform: &Platform, id: &str, params: Value) -> Value {
    let body = json!({"entity": "customers", "action": "context_store_search", "params": params});
    let found = platform.execute(id, &body).await;
    found.unwrap_or_else(|answer| panic!("{params}: {}", answer.text()))
}

#[tokio::test]
async fn copies_are_searched_page_by_page() {
    let platform = Platform::start().await;
    let id = platform.first().await;
    let whole = search(&platform, &id, json!({"limit": 1000})).await;
    let total = whole["data"].as_array().unwrap().len();
    assert!((250..=300).contains(&total) && whole["meta"]["has_more"] == false);
    assert_eq!(search(&platform, &id, json!({})).await["data"].as_array().unwrap().len(), 10);

    let sort = json!({"sort": [{"amount": "desc"}, {"id": "asc"}]});
    let (mut seen, mut cursor): (Vec<Value>, Value) = (Vec::new(), Value::Null);
    loop {
        let params = json!({"query": sort, "limit": 40, "cursor": cursor, "fields": ["id", ["address", "city"]]});
        let page = search(&platform, &id, params).await;
        seen.extend(page["data"].as_array().unwrap().iter().cloned());
        cursor = page["meta"]["cursor"].clone();
        assert_eq!(page["meta"]["has_more"], !cursor.is_null());
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), total);
    assert!(
        seen.iter().all(|row| row.as_object().unwrap().keys().all(|k| k == "id" || k == "address"))
    );
    let record = json!({"entity": "customers", "action": "get", "params": {"id": seen[0]["id"]}});
    let record = platform.execute(&id, &record).await.unwrap_or_else(|a| panic!("{}", a.text()));
    let most =
        whole["data"].as_array().unwrap().iter().filter_map(|row| row["amount"].as_i64()).max();
    assert_eq!(record["amount"].as_i64(), most, "the store and the vendor agree");
}

#[tokio::test]
async fn what_is_written_is_found() {
    let platform = Platform::start().await;
    let id = platform.first().await;
    let create = json!({"entity": "customers", "action": "create", "params": {"name": "Zoe Zebra", "amount": 7}});
    platform.execute(&id, &create).await.unwrap_or_else(|a| panic!("{}", a.text()));
    for (filter, count) in [
        (json!({"eq": {"name": "Zoe Zebra"}}), 1),
        (json!({"fuzzy": {"name": "zebra zo"}, "lt": {"amount": 8}}), 1),
        (json!({"keyword": {"name": "zebra"}, "gt": {"amount": 8}}), 0),
        (json!({"not": {"neq": {"name": "Zoe Zebra"}}}), 1),
    ] {
        let found = search(&platform, &id, json!({"query": {"filter": filter}})).await;
        assert_eq!(found["data"].as_array().unwrap().len(), count, "{filter}");
    }
    let sql = "SELECT name, count(*) AS n FROM customers WHERE amount < 8 GROUP BY name";
    let body =
        json!({"entity": "customers", "action": "context_store_sql_query", "params": {"sql": sql}});
    let found = platform.execute(&id, &body).await.unwrap_or_else(|a| panic!("{}", a.text()));
    assert!(
        found["data"].as_array().unwrap().contains(&json!({"name": "Zoe Zebra", "n": 1})),
        "{found}"
    );
    assert_eq!(
        (&found["meta"]["cursor"], &found["meta"]["has_more"]),
        (&Value::Null, &json!(false))
    );
    // The action's older name, told by the form of its query.
    let older = json!({
        "entity": "customers", "action": "search",
        "params": {"query": {"filter": {"eq": {"name": "Zoe Zebra"}}}},
    });
    let found = platform.execute(&id, &older).await.unwrap_or_else(|a| panic!("{}", a.text()));
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn texts_are_searched_by_likeness() {
    let platform = Platform::start().await;
    let id = platform.first().await;
    let whole = search(&platform, &id, json!({"limit": 1})).await;
    let text = whole["data"][0]["notes"].as_str().unwrap().to_owned();
    let semantic = json!({"prompt": text, "field": "notes", "min_similarity": 0.5});
    let found =
        search(&platform, &id, json!({"semantic": semantic, "limit": 3, "fields": ["id"]})).await;
    let first = &found["data"][0];
    assert_eq!(first["entity"].as_object().unwrap().len(), 1);
    assert!(first["metadata"]["score"].as_f64().unwrap() > 0.9, "{first}");
    assert_eq!(found["meta"]["cursor"], Value::Null);
}

#[tokio::test]
async fn what_cannot_be_searched_is_refused() {
    let platform = Platform::start().await;
    let id = platform.first().await;
    for (entity, params, status, reason) in [
        ("nobody", json!({}), 400, "it has customers"),
        ("customers", json!({"query": {"filter": {}}}), 422, "operator"),
        ("customers", json!({"query": {"filter": {"eq": {"nam": 1}}}}), 422, "no field `nam`"),
        ("customers", json!({"query": {"order": []}}), 422, "order"),
        ("customers", json!({"query": {"sort": {"name": "asc"}}}), 422, "array"),
        ("customers", json!({"query": {"sort": [{"name": "up"}]}}), 422, "asc"),
        ("customers", json!({"limit": 0}), 422, "limit"),
        ("customers", json!({"fields": ["nam"]}), 422, "no field"),
        ("customers", json!({"cursor": "x"}), 400, "cursor"),
        ("customers", json!({"semantic": {"prompt": "x"}}), 422, "semantic.field"),
        ("customers", json!({"semantic": {"field": "name"}}), 422, "semantic.prompt"),
    ] {
        let body = json!({"entity": entity, "action": "context_store_search", "params": params});
        let answer = platform.execute(&id, &body).await.unwrap_err();
        assert_eq!(answer.status, status, "{params}: {}", answer.text());
        assert!(answer.text().contains(reason), "{params}: {}", answer.text());
    }
    for (status, expected) in [("Loading", 409), ("Building Preview", 409), ("Preview", 200)] {
        let change = json!({"connector_id": id, "status": status});
        let set = platform.send("POST", "/_sandbox/context-store", "", &change).await.json();
        assert_eq!(set["connectors"], 1);
        let body = json!({"entity": "customers", "action": "context_store_search"});
        let answer = platform.execute(&id, &body).await;
        assert_eq!(answer.map_or_else(|answer| answer.status, |_| 200), expected, "{status}");
        let shown = platform.get(&format!("integrations/connectors/{id}/inspect")).await;
        let readiness = &shown["context_store_readiness"]["configured_cache_entities"][0];
        assert_eq!(
            (&readiness["status"], &readiness["ready_for_search"]),
            (&json!(status), &json!(expected == 200))
        );
    }
}
