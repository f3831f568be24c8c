//! GraphQL requests.

use serde_json::{Value, json};

use crate::support::{builder, post_json};

const LIST: &str = "query Issues($team: String!, $first: Int!, $after: String) {
  team(key: $team) { issues(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id number title author { login } } } } }";

#[tokio::test]
async fn graphql_answers_what_was_selected() {
    let sandbox = builder().start().await.unwrap();
    let ask = |query: &str, variables: Value| {
        let body = json!({"query": query, "variables": variables});
        async { post_json(&sandbox, "/api/v1/graphql", &{ body }).await }
    };
    let page = ask(LIST, json!({"team": "T", "first": 2})).await.json();
    let issues = &page["data"]["team"]["issues"];
    assert_eq!(issues["pageInfo"]["hasNextPage"], true);
    let keys: Vec<&String> = issues["nodes"][1].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "number", "title", "author"]);
    assert!(issues["nodes"][0]["author"]["login"].is_string());
    let after = issues["pageInfo"]["endCursor"].clone();
    let second = ask(LIST, json!({"team": "T", "first": 2, "after": after})).await.json();
    assert_eq!(second["data"]["team"]["issues"]["nodes"][0]["number"], 3);

    let get = "query Issue($team: String!, $number: Int!) {
        team(key: $team) { issue(number: $number) { id number title } } }";
    let one = ask(get, json!({"team": "T", "number": 3})).await.json();
    assert_eq!(one["data"]["team"]["issue"]["number"], 3);
    let none = ask(get, json!({"team": "T", "number": 99_999})).await;
    assert_eq!((none.status, &none.json()["data"]), (200, &Value::Null));
    assert!(none.text().contains("99999"), "{}", none.text());

    let create = "mutation Create($title: String!) {
        issueCreate(input: {title: $title}) { success issue { id number title } } }";
    let made = ask(create, json!({"title": "New"})).await.json();
    assert_eq!(made["data"]["issueCreate"]["success"], true);
    assert_eq!(made["data"]["issueCreate"]["issue"]["title"], "New");
    let first = ask(LIST, json!({"team": "T", "first": 1})).await.json();
    assert_eq!(first["data"]["team"]["issues"]["nodes"][0]["title"], "New");
}

#[tokio::test]
async fn graphql_problems_are_answered_with_200_and_errors() {
    let sandbox = builder().start().await.unwrap();
    let good = json!({"team": "T", "first": 2});
    for (query, variables, complaint) in [
        (LIST.replace("id number", "{{ fields }}"), good.clone(), "Syntax Error"),
        (LIST.replace(" } } } }", ""), good.clone(), "Syntax Error"),
        (LIST.replace("id number title author { login }", ""), good.clone(), "Syntax Error"),
        (LIST.to_owned(), json!({"team": "T"}), "\\\"$first\\\" of required type"),
        (LIST.to_owned(), json!({"team": "T", "first": "2"}), "invalid value"),
        (LIST.to_owned(), json!({"team": "T", "first": 2, "x": 1}), "not declared"),
        (LIST.replace(", after: $after", ""), good.clone(), "never used"),
        ("{ nothing { id } }".to_owned(), json!({}), "not one of"),
    ] {
        let body = json!({"query": query, "variables": variables});
        let answer = post_json(&sandbox, "/api/v1/graphql", &body).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert!(answer.text().contains(complaint), "{query}: {}", answer.text());
    }
    let body = json!({"query": LIST, "variables": good});
    let in_url = post_json(&sandbox, "/api/v1/graphql?team=T", &body);
    assert!(in_url.await.text().contains("unknown query parameter"));
}
