//! How often requests are sent, and what makes repeating them harmless.

use std::time::Duration;

use airbyte_agent_engine::description::RetryPolicy;
use airbyte_agent_engine::{CallOptions, Client, Error, ErrorKind, Local};
use serde_json::{Value, json};

use crate::acme::{client, description, impatient, local, token};
use crate::platform;
use crate::server::{Answer, Server};

async fn broken() -> Server {
    Server::script([Answer::json(500, json!({"message": "no"}))]).await
}

async fn list(
    client: &Client,
    change: impl FnOnce(CallOptions) -> CallOptions,
) -> Result<Value, Error> {
    let call = client.execute("things", "list", json!({})).options(change);
    call.await.map(|outcome| outcome.data)
}

#[tokio::test]
async fn the_number_of_attempts_is_set_for_a_client_or_a_call() {
    type Change = fn(Local) -> Local;
    for (client, call, expected) in [
        ((|local| local) as Change, None, 3),
        (|local| local.max_attempts(2), None, 2),
        (|local| local.max_attempts(0), None, 1),
        (|local| local.max_attempts(2), Some(4), 4),
        (|local| local, Some(1), 1),
        (|local| local, Some(0), 1),
        (|local| local.retry(RetryPolicy::none()), None, 1),
        (|local| local.retry(RetryPolicy::none()).max_attempts(2), None, 2),
    ] {
        let server = broken().await;
        let local = client(local(&server.url, token()).retry(impatient()));
        let client = Client::local(description(), local).unwrap();
        let change = |options: CallOptions| match call {
            Some(attempts) => options.max_attempts(attempts),
            None => options,
        };
        list(&client, change).await.unwrap_err();
        assert_eq!(server.seen().len(), expected, "{call:?}");
    }
}

#[tokio::test]
async fn a_number_changes_neither_statuses_nor_waits_of_the_vendors_policy() {
    let mut connector = description();
    connector.retry = RetryPolicy { statuses: vec![418].into(), ..impatient() };
    for (status, expected) in [(500, 1), (418, 5)] {
        let server = Server::script([Answer::json(status, json!({}))]).await;
        let options = Local::new(token()).config("origin", server.url.clone()).max_attempts(5);
        let client = Client::local(connector.clone(), options).unwrap();
        list(&client, |options| options).await.unwrap_err();
        assert_eq!(server.seen().len(), expected, "{status}");
    }
}

#[tokio::test]
async fn a_failure_inside_a_success_counts_by_the_calls_own_number() {
    let busy = Answer::json(200, json!({"ok": false, "error": {"code": "busy"}}));
    for (attempts, expected) in [(1, 1), (4, 4)] {
        let server = Server::script([busy.clone()]).await;
        let error = list(&client(&server.url), |options| options.max_attempts(attempts)).await;
        assert!(error.unwrap_err().is_retryable());
        assert_eq!(server.seen().len(), expected);
    }
}

#[tokio::test]
async fn the_platform_is_asked_as_often_as_said() {
    for (hosted, call, expected) in [(None, None, 3), (Some(2), None, 2), (Some(2), Some(1), 1)] {
        let server = platform::platform(1, |_, _| Answer::json(500, json!({}))).await;
        let mut options = platform::hosted(&server.url);
        if let Some(attempts) = hosted {
            options = options.max_attempts(attempts);
        }
        let client = Client::hosted(description(), options).unwrap();
        let change = |options: CallOptions| match call {
            Some(attempts) => options.max_attempts(attempts),
            None => options,
        };
        list(&client, change).await.unwrap_err();
        let sent = server.seen();
        let sent = sent.iter().filter(|request| request.target.ends_with("/execute"));
        assert_eq!(sent.count(), expected);
    }
}

#[tokio::test]
async fn a_key_that_would_have_no_effect_is_refused_before_anything_is_sent() {
    let server = Server::script([Answer::json(200, json!({"id": "1"}))]).await;
    let keyed = |client: &Client, action: &str, arguments: Value| {
        client.execute("things", action, arguments).options(|options| options.idempotency_key("k"))
    };
    let mut connector = description();
    for entity in connector.entities.to_mut() {
        for operation in entity.operations.to_mut() {
            operation.idempotency_header = None;
        }
    }
    let without = Client::local(connector, local(&server.url, token())).unwrap();
    let error = keyed(&without, "create", json!({"name": "x"})).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Validation, None));
    assert!(error.message().contains("takes no idempotency key"), "{error}");
    let planned = keyed(&without, "create", json!({"name": "x"})).into_call().unwrap().dry_run();
    assert_eq!(planned.unwrap_err().kind(), ErrorKind::Validation);
    for blank in ["", " \t"] {
        let call = client(&server.url).execute("things", "create", json!({"name": "x"}));
        let error = call.options(|options| options.idempotency_key(blank)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Validation, None));
        assert!(error.message().contains("key is empty"), "{error}");
    }
    assert!(server.seen().is_empty());

    // Where there is one it is sent, and a read is harmless without.
    let with = client(&server.url);
    keyed(&with, "create", json!({"name": "x"})).await.unwrap();
    assert_eq!(server.seen()[0].header("idempotency-key"), Some("k"));
    keyed(&without, "get", json!({"id": "1"})).await.unwrap();
    assert_eq!(server.seen()[1].header("idempotency-key"), None);
}

#[tokio::test]
async fn a_write_that_may_have_had_an_effect_is_sent_once() {
    let busy = || json!({"error": {"code": "busy"}});
    for (status, body, repeats) in [
        (503, json!({}), false),
        (503, busy(), false),
        (500, busy(), false),
        (409, busy(), false),
        (400, json!({"error": {"code": 17}}), true),
        (429, json!({}), true),
    ] {
        for (action, arguments) in [("create", json!({"name": "x"})), ("list", json!({}))] {
            let refusal = Answer::json(status, body.clone()).header("retry-after", "0");
            let done = Answer::json(200, json!({"id": "1", "things": []}));
            let server = Server::script([refusal, done]).await;
            let result = client(&server.url).execute("things", action, arguments).await;
            let expected = if repeats || action == "list" { 2 } else { 1 };
            assert_eq!(server.seen().len(), expected, "{action} {status} {body}");
            assert_eq!(result.is_ok(), expected == 2, "{action} {status} {body}");
        }
    }
}

#[tokio::test]
async fn a_change_that_is_not_found_when_it_is_repeated_may_have_been_done() {
    let bad = || Answer::json(502, json!({}));
    let gone = || Answer::json(404, json!({}));
    for (answers, is_in_doubt) in [
        (vec![bad(), gone()], true),
        (vec![Answer::hang_up(), gone()], true),
        (vec![Answer::json(429, json!({})).header("retry-after", "0"), gone()], false),
        (vec![gone()], false),
    ] {
        for (action, is_change) in [("delete", true), ("get", false)] {
            let server = Server::script(answers.clone()).await;
            let call = client(&server.url).execute("things", action, json!({"id": "1"}));
            let error = call.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{action}: {error}");
            let is_told = error.message().contains("may have done it");
            assert_eq!(is_told, is_in_doubt && is_change, "{action}: {error}");
        }
    }
}

#[tokio::test]
async fn the_platform_hands_no_key_on_so_it_is_refused() {
    let server = platform::platform(1, platform::success).await;
    let call = platform::client(&server.url).execute("things", "create", json!({"name": "x"}));
    let error = call.options(|options| options.idempotency_key("k")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
    assert!(error.message().contains("does not hand an idempotency key"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_timeout_is_told_apart_from_other_failures_of_the_network() {
    let slow = Answer::json(200, json!({"things": []})).pause(Duration::from_secs(5));
    let server = Server::script([slow]).await;
    let quick = |options: CallOptions| options.timeout(Duration::from_millis(200));
    let whole = list(&client(&server.url), quick).await.unwrap_err();
    let silent = local(&server.url, token()).read_timeout(Duration::from_millis(100));
    let silent = Client::local(description(), silent.retry(RetryPolicy::none())).unwrap();
    let silent = list(&silent, |options| options).await.unwrap_err();
    for error in [whole, silent] {
        assert!(error.is_timeout() && error.kind() == ErrorKind::Network, "{error:?}");
    }
    let nobody = list(&client("http://127.0.0.1:9"), |o| o.max_attempts(1)).await.unwrap_err();
    assert!(!nobody.is_timeout() && nobody.kind() == ErrorKind::Network, "{nobody:?}");
}
