//! A mock answers as told, refuses the rest, and remembers.

use std::time::Duration;

use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::testing::{Failure, Mock};
use airbyte_agent_engine::{Call, Client, ErrorKind, Result};
use serde_json::{Map, Value, json};

use crate::acme::description;

fn call(client: &Client, entity: &str, action: &str, arguments: Value) -> Call {
    client.execute(entity, action, arguments).into_call().unwrap()
}

async fn data(client: &Client, entity: &str, action: &str, arguments: Value) -> Result<Value> {
    client.execute(entity, action, arguments).await.map(|outcome| outcome.data)
}

#[tokio::test]
async fn the_rule_that_says_most_answers_and_of_equals_the_newest() {
    let mock = Mock::new();
    mock.on("things", "list").with(json!({"color": "red"})).reply(json!([{"id": "red"}]));
    mock.on("things", "list").reply(json!([{"id": "old"}]));
    mock.on("things", "list").reply(json!([{"id": "new"}]));
    mock.on("things", "api_search").reply(json!([]));
    let client = mock.client(description());
    for (arguments, id) in [
        (json!({}), "new"),
        (json!({"color": "red"}), "red"),
        (json!({"color": "red", "limit": 5}), "red"),
        (json!({"color": "blue"}), "new"),
    ] {
        let found = data(&client, "things", "list", arguments.clone()).await.unwrap();
        assert_eq!(found, json!([{"id": id}]), "{arguments}");
    }
    assert_eq!(data(&client, "things", "search", json!({"query": "x"})).await.unwrap(), json!([]));
    assert_eq!(mock.calls().len(), 5);
    assert_eq!(mock.calls_of("things", "list").len(), 4);
    assert_eq!(mock.calls()[2].arguments["limit"], 5);
    // One rule was never used.
    let error = mock.verify().unwrap_err().to_string();
    assert!(error.contains("expected: things.list, never called"), "{error}");
}

#[tokio::test]
async fn answers_come_in_order_and_the_last_one_stays() {
    let mock = Mock::new();
    mock.on("things", "get")
        .fail(ErrorKind::RateLimited)
        .fail(
            Failure::new(ErrorKind::Vendor)
                .message("Acme is on fire")
                .status(503)
                .retry_after(Duration::from_secs(7))
                .retryable(true),
        )
        .reply(json!({"id": "1", "size": 2}));
    let client = mock.client(description());
    let get = || data(&client, "things", "get", json!({"id": "1"}));

    let error = get().await.unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(error.to_string(), "things.get: the mock fails with rate_limited");
    let error = get().await.unwrap_err();
    assert_eq!((error.status(), error.is_retryable()), (Some(503), true));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.to_string(), "things.get: Acme is on fire");
    for _ in 0..2 {
        assert_eq!(get().await.unwrap(), json!({"id": "1", "size": 2}));
    }
    mock.verify().unwrap();
}

#[tokio::test]
async fn lists_continue_from_page_to_page_by_every_door() {
    let mock = Mock::new();
    mock.on("things", "list")
        .page(json!([{"id": "1"}, {"id": "2"}]))
        .meta(json!({"total": 3}))
        .page(json!([{"id": "3"}]));
    let client = mock.client(description());

    let all: Vec<Value> =
        call(&client, "things", "list", json!({})).items().collect().await.unwrap();
    assert_eq!(all.len(), 3);
    let pages: Vec<usize> = mock.calls().iter().map(|call| call.page).collect();
    assert_eq!(pages, [0, 1]);

    let first = client.execute("things", "list", json!({})).await.unwrap();
    assert_eq!((first.data.as_array().unwrap().len(), &first.meta["total"]), (2, &json!(3)));
    let cursor = first.next.unwrap().to_string().parse().unwrap();
    let second = client.execute("things", "list", json!({})).resume(cursor).await.unwrap();
    assert_eq!((second.data, second.next), (json!([{"id": "3"}]), None));

    let page = call(&client, "things", "list", json!({})).page::<Value, Value>().await.unwrap();
    assert!(page.next.is_some() && page.meta["total"] == 3);

    // A cursor leads nowhere on another mock.
    let other = Mock::new().client(description());
    let error = other.execute("things", "list", json!({})).resume(page.next.unwrap()).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Validation);
}

#[tokio::test]
async fn what_is_not_expected_fails_and_says_what_is() {
    let mock = Mock::new();
    let client = mock.client(description());
    let error = data(&client, "things", "list", json!({})).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("unexpected call: things.list {}"), "{message}");
    assert!(message.contains("mock.on(\"things\", \"list\")"), "{message}");

    mock.on("things", "list").with(json!({"color": "red"})).reply(json!([])).times(1);
    mock.on("things", "get").reply(json!({}));
    data(&client, "things", "list", json!({"color": "red"})).await.unwrap();
    for arguments in [json!({"color": "blue"}), json!({"color": "red"})] {
        let error = data(&client, "things", "list", arguments).await.unwrap_err();
        let message = error.to_string();
        for part in [
            "\n  things.list with {\"color\":\"red\"}, called once and no more allowed",
            "\n  things.get, never called",
        ] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!error.is_retryable());
    }
    let error = mock.verify().unwrap_err().to_string();
    assert_eq!(error.matches("unexpected: things.list").count(), 3, "{error}");
}

#[tokio::test]
async fn arguments_are_checked_as_in_real_calls() {
    let mock = Mock::new();
    mock.on("things", "list").reply(json!([]));
    mock.on("things", "get").reply(json!({}));
    let client = mock.client(description());
    for (action, arguments, part) in [
        ("list", json!({"color": "green"}), "must be one of red, blue"),
        ("list", json!({"limit": 500}), "at most 100"),
        ("list", json!({"colour": "red"}), "did you mean 'color'?"),
        ("get", json!({}), "missing required argument 'id'"),
    ] {
        let error = data(&client, "things", action, arguments).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(mock.calls().is_empty());
    let plan = call(&client, "things", "create", json!({"name": "x"})).dry_run().unwrap();
    assert_eq!(
        (plan.url.as_str(), &plan.body),
        ("https://mock.invalid/things", &json!({"name": "x"}))
    );
}

#[tokio::test]
async fn files_come_whole_in_parts_and_broken() {
    let mock = Mock::new();
    mock.on("contents", "download").file("hello world").content_type("text/plain");
    mock.on("contents", "download").with(json!({"id": "cut"})).file("hello world").cut_after(5);
    let client = mock.client(description());
    let download = |arguments| call(&client, "contents", "download", arguments).download();

    let file = download(json!({"id": "1"})).await.unwrap();
    assert_eq!((file.content_type(), file.content_length()), (Some("text/plain"), Some(11)));
    assert_eq!(file.text().await.unwrap(), "hello world");

    let part = download(json!({"id": "1", "range_header": "bytes=6-8"})).await.unwrap();
    assert_eq!((part.is_partial(), part.total_size()), (true, Some(11)));
    assert_eq!(part.text().await.unwrap(), "wor");

    let error = download(json!({"id": "cut"})).await.unwrap().bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);

    let arguments = json!({
        "id": "1", "range_header": "bytes=0-4", "_airbyte_response_type": "json",
        "_airbyte_response_format": "text",
    });
    let part = data(&client, "contents", "download", arguments).await.unwrap();
    assert_eq!((&part["content"], &part["has_more"]), (&json!("hello"), &json!(true)));
}

#[tokio::test(start_paused = true)]
async fn answers_take_as_long_as_told() {
    let mock = Mock::new();
    mock.on("things", "list").reply(json!([])).delay(Duration::from_secs(5)).reply(json!([]));
    let client = mock.client(description());
    let quick = || {
        client.execute("things", "list", json!({})).options(|o| o.timeout(Duration::from_secs(1)))
    };
    let error = quick().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    quick().await.unwrap();
}

#[tokio::test]
async fn answers_follow_calls_and_options_are_kept() {
    let mock = Mock::new();
    mock.on("things", "create")
        .reply_with(|call| json!({"id": "9", "name": call.arguments["name"], "secret": true}));
    let client = mock.client(description());
    let made = client
        .execute("things", "create", json!({"name": "x"}))
        .options(|options| options.idempotency_key("k").exclude(["secret"]));
    assert_eq!(made.await.unwrap().data, json!({"id": "9", "name": "x"}));
    let seen = &mock.calls()[0];
    assert_eq!((seen.connector.as_str(), seen.action), ("acme", Action::Create));
    assert!(format!("{:?}", seen.options).contains("idempotency_key: Some(\"k\")"));
}

#[tokio::test]
async fn answers_that_cannot_be_are_refused() {
    for (set_up, action, part) in [
        (
            (|mock| drop(mock.on("things", "list").reply(json!({})))) as fn(&Mock),
            "list",
            "an array",
        ),
        (|mock| drop(mock.on("things", "list").file("x")), "list", "no download"),
        (|mock| drop(mock.on("things", "list")), "list", "but no response"),
        (|mock| drop(mock.on("things", "list").meta(json!({}))), "list", "'meta' belongs behind"),
        (|mock| drop(mock.on("things", "list").with(json!([]))), "list", "takes a JSON object"),
    ] {
        let mock = Mock::new();
        set_up(&mock);
        let error =
            data(&mock.client(description()), "things", action, json!({})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.to_string().contains(part), "{error}");
    }
    let mock = Mock::new();
    mock.on("things", "get").reply(Value::Null);
    let client = mock.client(description());
    let mut get = client.call("things", Action::Get);
    get.set_all(Map::from_iter([("id".to_owned(), json!("1"))]));
    assert!(get.record::<Value>().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_misspelt_rule_is_refused_by_the_first_call_and_by_verify() {
    for (entity, action, with, part) in [
        ("thing", "list", json!({}), "did you mean 'things'?"),
        ("things", "lst", json!({}), "did you mean 'list'?"),
        ("things", "list", json!({"colour": "red"}), "did you mean 'color'?"),
    ] {
        let mock = Mock::new();
        mock.on("things", "list").reply(json!([]));
        mock.on(entity, action).with(with).reply(json!([]));
        let client = mock.client(description());
        let error = mock.verify().unwrap_err();
        assert!(error.message().contains(part), "{error}");
        let error = data(&client, "things", "list", json!({})).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(error.message().contains(part), "{error}");
        assert!(error.message().contains(&format!("the rule '{entity}.{action}")), "{error}");
    }
}

#[tokio::test]
async fn a_rule_of_another_connector_of_the_mock_is_none_of_the_misspelt() {
    let mock = Mock::new();
    mock.on("things", "list").reply(json!([]));
    mock.on("gadgets", "list").with(json!({"color": "red"})).reply(json!([]));
    let client = mock.client(description());
    let mut other = description();
    other.name = "other".into();
    other.entities = vec![{
        let mut entity =
            other.entities.iter().find(|entity| entity.name == "things").unwrap().clone();
        entity.name = "gadgets".into();
        for operation in entity.operations.to_mut() {
            operation.entity = "gadgets".into();
        }
        entity
    }]
    .into();
    let other = mock.client(other);
    data(&client, "things", "list", json!({})).await.unwrap();
    data(&other, "gadgets", "list", json!({"color": "red"})).await.unwrap();
    mock.verify().unwrap();
}
