//! The context store: operations like any other, which the hosted transport alone executes.

use serde_json::{Value, json};

use crate::acme::{self, description};
use crate::platform::{hosted, path, platform};
use crate::server::{Answer, Seen, Server};
use airbyte_agent_engine::context_store::{Path, SEARCH, SQL_QUERY, Search, StoreField as _};
use airbyte_agent_engine::description::{Connector, build::stored};
use airbyte_agent_engine::{Client, ErrorKind, Transport};

/// The connector with `things` in the store.
fn connector() -> Connector {
    let mut connector = description();
    for entity in connector.entities.to_mut().iter_mut().filter(|entity| entity.name == "things") {
        entity.store = vec![stored("id", "string", ""), stored("size", "integer", "")].into();
    }
    connector
}

/// A platform whose store answers every search with what `page` says of its cursor.
async fn store(page: fn(Option<&str>) -> Value) -> (Server, Client) {
    let server = platform(1, move |request, _| {
        let cursor = request.json()["params"]["cursor"].clone();
        Answer::json(200, json!({"status": "success", "result": page(cursor.as_str())}))
    })
    .await;
    let client = Client::hosted(connector(), hosted(&server.url)).unwrap();
    (server, client)
}

fn two_pages(cursor: Option<&str>) -> Value {
    match cursor {
        None => json!({
            "data": [{"id": "a"}, {"id": "b"}, 7],
            "meta": {"has_more": true, "cursor": "n", "took_ms": 3, "index": "v2"},
        }),
        Some(_) => json!({"data": [{"id": "c"}], "meta": {"has_more": false}}),
    }
}

/// Gives the same cursor for ever.
fn circle(_: Option<&str>) -> Value {
    json!({"data": [{"id": "a"}], "meta": {"has_more": true, "cursor": "same"}})
}

fn executed(server: &Server) -> Vec<Value> {
    let seen = server.seen();
    let executed = seen.iter().filter(|request| path(request).ends_with("/execute"));
    executed.map(Seen::json).collect()
}

#[tokio::test]
async fn a_search_pages_by_names_and_by_types_alike() {
    let (server, client) = store(two_pages).await;
    let arguments = json!({"query": {"filter": {"eq": {"size": 1}}}, "limit": 2});
    let call = client.execute("things", SEARCH, arguments.clone()).into_call().unwrap();
    let mut pages = call.outcomes();
    let first = pages.try_next().await.unwrap().unwrap();
    assert_eq!(
        first.data,
        json!([{"id": "a"}, {"id": "b"}, {"value": 7}]),
        "a row that is null is none"
    );
    let meta = json!({"has_more": true, "cursor": "n", "took_ms": 3.0, "index": "v2"});
    assert_eq!(first.meta, meta);
    assert_eq!(pages.try_next().await.unwrap().unwrap().data, json!([{"id": "c"}]));
    assert!(pages.try_next().await.unwrap().is_none());
    let expected = |cursor: Option<&str>| {
        let mut params = arguments.clone();
        params
            .as_object_mut()
            .unwrap()
            .extend(cursor.map(|cursor| ("cursor".into(), cursor.into())));
        json!({"entity": "things", "action": SEARCH, "params": params, "skip_truncation": true})
    };
    assert_eq!(executed(&server), [expected(None), expected(Some("n"))]);

    let search = Search::new(client, "things").filter(Path("size").eq(1)).limit(2);
    let page = search.clone().send().await.unwrap();
    assert_eq!((page.data.len(), page.meta.cursor.as_deref()), (3, Some("n")));
    assert_eq!(page.meta.extra["index"], "v2");
    assert!(page.next.is_some());
    let all = search.items().collect().await.unwrap();
    assert_eq!(all.iter().filter_map(|record| record.text(Path("id"))).collect::<String>(), "abc");
}

#[tokio::test]
async fn a_cursor_that_repeats_ends_every_kind_of_search() {
    let (_server, client) = store(circle).await;
    let call = client.execute("things", SEARCH, json!({"query": {}})).into_call().unwrap();
    let mut pages = call.clone().outcomes();
    let by_names = loop {
        match pages.try_next().await {
            Ok(page) => assert!(page.is_some(), "the list ended"),
            Err(error) => break error,
        }
    };
    let by_items = call.items::<Value>().collect().await.unwrap_err();
    let by_types = Search::<Path>::new(client, "things").items().collect().await.unwrap_err();
    for error in [by_names, by_items, by_types] {
        assert_eq!(error.kind(), ErrorKind::Vendor);
        assert!(error.message().starts_with("things.context_store_search: "), "{error}");
        assert!(error.message().contains("the same cursor twice"), "{error}");
    }
}

#[tokio::test]
async fn a_cursor_of_the_store_is_bound_to_its_search() {
    let (_server, client) = store(two_pages).await;
    let search = |action: &str, arguments: Value| client.execute("things", action, arguments);
    let cursor = search(SEARCH, json!({"query": {}})).await.unwrap().next.unwrap();
    search(SEARCH, json!({"query": {}, "limit": 7})).resume(cursor.clone()).await.unwrap();
    for (call, part) in [
        (search(SEARCH, json!({"semantic": {"prompt": "x"}})), "other arguments"),
        (search(SQL_QUERY, json!({"sql": "SELECT 1"})), "belongs to things.context_store_search"),
        (search("list", json!({})), "belongs to things.context_store_search"),
    ] {
        let error = call.resume(cursor.clone()).await.unwrap_err();
        assert!(error.message().contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_failure_of_the_store_is_told_without_secrets() {
    let server = platform(1, |request, _| {
        let token = request.header("authorization").unwrap_or_default();
        let message = format!("no table for {token}");
        Answer::json(200, json!({"status": "failed", "result": {"error": message}}))
    })
    .await;
    let client = Client::hosted(connector(), hosted(&server.url)).unwrap();
    let error = client.execute("things", SEARCH, json!({"query": {}})).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Vendor, Some(200)));
    assert!(error.message().contains("the platform reports a failure: no table"), "{error}");
    crate::platform::is_silent(&error);
}

/// Answers nothing.
struct Nowhere;

impl Transport for Nowhere {
    fn send<'a>(
        &'a self,
        call: airbyte_agent_engine::CheckedCall<'a>,
    ) -> airbyte_agent_engine::BoxFuture<
        'a,
        airbyte_agent_engine::Result<airbyte_agent_engine::Reply>,
    > {
        Box::pin(async move { panic!("{} was sent", call.name) })
    }
}

#[tokio::test]
async fn other_transports_refuse_the_store() {
    let local = acme::local("http://127.0.0.1:9", acme::token());
    let clients = [Client::local(connector(), local).unwrap(), Client::new(connector(), Nowhere)];
    for client in clients {
        for (entity, action, part) in [
            (
                "things",
                SEARCH,
                "'context_store_search' queries a copy of the records, and this client has none: copy them with 'airbyte-agent sync acme things'",
            ),
            ("things", SQL_QUERY, "'context_store_sql_query' queries a copy of the records"),
            ("nothings", SEARCH, "has no entity 'nothings'"),
        ] {
            let error = client.execute(entity, action, json!({"query": {}})).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage);
            assert!(error.message().contains(part), "{error}");
        }
        let error = Search::<Path>::new(client, "things").await.unwrap_err();
        assert!(error.message().contains("Local::local_store"), "{error}");
    }
}
