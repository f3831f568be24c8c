//! How lists are narrowed and continued, and what nested records look like.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use airbyte_agent_sandbox::Sandbox;
use serde_json::{Value, json};
use support::send;

async fn shop() -> Sandbox {
    let spec = airbyte_agent_spec::Spec::parse(include_str!("fixtures/shop.yaml")).unwrap();
    let shop = spec.lower().unwrap_or_else(|problems| panic!("{problems:?}"));
    Sandbox::builder().connector(shop).start().await.unwrap()
}

async fn get(sandbox: &Sandbox, target: &str) -> Value {
    let headers = "X-Forwarded-Host: api.shop.test\r\nAuthorization: Bearer t\r\n";
    let answer = send(sandbox, "GET", target, headers, b"").await.unwrap();
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    answer.json()
}

#[tokio::test]
async fn ranges_and_words_narrow_a_list() {
    let sandbox = shop().await;
    let all = get(&sandbox, "/orders?limit=1000").await["data"].clone();
    let all = all.as_array().unwrap();
    let (first, last) = (&all[0], all.last().unwrap());
    let (made, name) = (last["created_at"].as_str().unwrap(), all[100]["name"].as_str().unwrap());
    let richest = all.iter().filter_map(|order| order["total"].as_i64()).max().unwrap();
    for (query, ids) in [
        (format!("created_after={made}"), vec![]),
        ("created%5Blt%5D=2025-01-07".to_owned(), vec![&first["id"]]),
        ("created%5Blt%5D=2025-01-06".to_owned(), vec![]),
        (format!("min_total={}", richest + 1), vec![]),
        (format!("q={name}"), vec![&all[100]["id"]]),
        (format!("q=name:{name}"), vec![&all[100]["id"]]),
        ("q=nobody+has+this".to_owned(), vec![]),
    ] {
        let found = get(&sandbox, &format!("/orders?limit=1000&{query}")).await;
        let found: Vec<&Value> =
            found["data"].as_array().unwrap().iter().map(|order| &order["id"]).collect();
        assert_eq!(found, ids, "{query}");
    }
    let half = get(&sandbox, "/orders?limit=1000&created_after=2025-05-01").await;
    let half = half["data"].as_array().unwrap().len();
    assert!(half > 100 && half < all.len() - 100, "{half}");
}

#[tokio::test]
async fn a_flag_that_is_an_address_is_there_while_the_list_goes_on() {
    let sandbox = shop().await;
    let (mut target, mut seen, mut pages) = ("/orders".to_owned(), 0, 0);
    loop {
        let page = get(&sandbox, &target).await;
        seen += page["data"].as_array().unwrap().len();
        pages += 1;
        let after = page["page"]["after"].as_str().unwrap().to_owned();
        match &page["page"]["next"] {
            Value::String(next) => assert!(next.starts_with("https://api.shop.test/orders?")),
            Value::Null => break,
            other => panic!("{other}"),
        }
        target = format!("/orders?after={after}");
    }
    assert!(seen >= 250 && pages == seen.div_ceil(50), "{seen} records in {pages} pages");
}

#[tokio::test]
async fn an_instant_in_the_parameter_of_a_link_begins_the_list() {
    let sandbox = shop().await;
    let count = |page: &Value| page["exports"].as_array().unwrap().len();
    let page = get(&sandbox, "/exports?limit=100&start_time=1740787200").await;
    assert_eq!(count(&page), 100);
    let next = page["next_page"].as_str().unwrap().strip_prefix("https://api.shop.test").unwrap();
    assert_eq!(next, "/exports?limit=100&start_time=100");
    assert_eq!(count(&get(&sandbox, next).await), 100);
}

#[tokio::test]
async fn a_record_that_is_the_whole_answer_holds_the_list() {
    let sandbox = shop().await;
    let first = get(&sandbox, "/search?query=*&limit=200").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 200);
    assert_eq!(first["has_more"], true);
    let target = format!("/search?query=*&limit=200&page={}", first["next_page"].as_str().unwrap());
    let second = get(&sandbox, &target).await;
    assert_eq!(second["has_more"], false);
    assert_ne!(first["data"][0]["id"], second["data"][0]["id"]);
    let none = get(&sandbox, "/search?query=nobody+has+this").await;
    assert_eq!((&none["data"], &none["has_more"]), (&json!([]), &json!(false)));
}

#[tokio::test]
async fn nested_graphql_fields_have_the_types_of_the_schema() {
    let sandbox = shop().await;
    let query = "mutation Create($name: String!) { customerCreate(name: $name) { customer { id \
                 tags quantity notes { text } } userErrors { message } } }";
    let body = json!({"query": query, "variables": {"name": "Ada"}}).to_string();
    let headers = "X-Forwarded-Host: api.shop.test\r\nAuthorization: Bearer t\r\n\
                   Content-Type: application/json\r\n";
    let answer = send(&sandbox, "POST", "/graphql", headers, body.as_bytes()).await.unwrap().json();
    let customer = &answer["data"]["customerCreate"]["customer"];
    assert!(customer["tags"].is_array(), "{answer}");
    assert!(customer["quantity"].is_boolean(), "{answer}");
    assert!(customer["notes"]["text"].is_number(), "{answer}");
    assert_eq!(answer["data"]["customerCreate"]["userErrors"], json!([]));
}
