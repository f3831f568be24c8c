//! A choice of fields is names and nothing else, by whichever transport it goes out.

use airbyte_agent_engine::{Client, ErrorKind};
use serde_json::{Value, json};

use crate::server::{Answer, Server};
use crate::{acme, platform};

#[tokio::test]
async fn names_become_a_selection() {
    let server = Server::start(|_, _| Answer::json(200, json!({"data": {"people": []}}))).await;
    let client = acme::client(&server.url);
    for (arguments, expected) in [
        (json!({}), "login team { name }"),
        (json!({"fields": []}), "login team { name }"),
        (json!({"fields": ["id", "owner.login"]}), "id owner { login }"),
        (json!({"fields": ["a.b", "a.c"]}), "a { b } a { c }"),
    ] {
        let before = server.seen().len();
        client.execute("people", "list", arguments.clone()).await.unwrap();
        let sent: Value = server.seen()[before].json();
        assert_eq!(sent["query"], format!("query {{ people {{ {expected} }} }}"), "{arguments}");
    }
}

#[tokio::test]
async fn graphql_text_is_refused_before_anything_is_sent() {
    let vendor = Server::start(|_, _| Answer::json(200, json!({}))).await;
    let hosted = platform::platform(1, platform::success).await;
    let clients: [Client; 2] = [acme::client(&vendor.url), platform::client(&hosted.url)];
    for client in clients {
        for fields in [
            json!(["id } } mutation { burn"]),
            json!(["id a: labels(query: \"\"\" \" \"\"\") { nodes { name } }"]),
            json!(["labels(first: 5) { nodes { name } }"]),
            json!(["... on Bot { login }"]),
            json!(["id", "x: title"]),
            json!(["id #"]),
            json!(["id\nname"]),
            json!([""]),
            json!("id"),
            json!([1]),
        ] {
            let execute = || client.execute("people", "list", json!({"fields": fields}));
            let dry = execute().into_call().unwrap().dry_run().unwrap_err();
            let error = execute().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Validation, "{fields}");
            assert!(error.message().contains("people.list: 'fields"), "{error}");
            assert_eq!(error.message(), dry.message());
        }
    }
    assert!(vendor.seen().is_empty() && hosted.seen().is_empty());
}
