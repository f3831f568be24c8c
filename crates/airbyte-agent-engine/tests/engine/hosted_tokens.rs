//! Tokens of the platform: asked for once, kept, replaced once, never for nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::acme::description;
use crate::platform::{
    SECRET, client, count, create, hosted, is_silent, list, path, platform, success, token,
};
use crate::server::{Answer, Seen, Server};
use airbyte_agent_engine::hosted::{Method, PlatformRequest, Session};
use airbyte_agent_engine::{Client, ErrorKind, Hosted};
use serde_json::{Value, json};

/// Runs so many lists at once and gives back how many went well.
async fn at_once(client: &Client, calls: usize) -> usize {
    let run = |_| {
        let client = client.clone();
        tokio::spawn(async move { list(&client).await.inspect_err(is_silent).is_ok() })
    };
    let mut good = 0;
    for call in (0..calls).map(run).collect::<Vec<_>>() {
        good += usize::from(call.await.unwrap());
    }
    good
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_at_once_are_one_token_and_one_lookup() {
    let server = platform(1, success).await;
    assert_eq!(at_once(&client(&server.url), 200).await, 200);
    let counts = ["/token", "/connectors", "/execute"].map(|end| count(&server, end));
    assert_eq!(counts, [1, 1, 200]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_at_once_share_a_refusal_of_the_secret() {
    let refuse = || Answer::json(401, json!({"message": SECRET})).pause(Duration::from_millis(10));
    let server = Server::start(move |_, _| refuse()).await;
    assert_eq!(at_once(&client(&server.url), 200).await, 0);
    assert!(server.seen().len() < 10, "{}", server.seen().len());
    let error = list(&client(&server.url)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
    assert!(error.message().contains("client id and client secret"), "{error}");
    assert!(error.needs_reauth());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_token_endpoint_is_asked_by_one_for_all() {
    let fail = || Answer::json(503, json!({})).pause(Duration::from_millis(10));
    let server = Server::start(move |_, _| fail()).await;
    assert_eq!(at_once(&client(&server.url), 100).await, 0);
    assert!(server.seen().len() < 20, "{}", server.seen().len());
}

#[tokio::test]
async fn a_call_that_is_given_up_does_not_waste_the_token() {
    let server = Server::start(|request, index| match path(request) {
        "/api/v1/account/applications/token" => {
            token(request, index, 900).pause(Duration::from_millis(20))
        }
        _ => success(request, index),
    })
    .await;
    let hosted = hosted(&server.url).connector_id("c0");
    let client = Client::hosted(description(), hosted).unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(10), list(&client)).await;
    assert!(given_up.is_err());
    list(&client).await.unwrap();
    assert_eq!(count(&server, "/token"), 1);
}

/// A platform whose tokens die after so many uses in `execute`.
async fn forgetful(limit: usize) -> Server {
    let used = Arc::new(std::sync::Mutex::new(std::collections::HashMap::<String, usize>::new()));
    platform(1, move |request, _| {
        let token = request.header("authorization").unwrap_or_default().to_owned();
        let mut used = used.lock().unwrap();
        let times = used.entry(token).or_default();
        *times += 1;
        if *times > limit {
            return Answer::json(401, json!({"message": "expired"}));
        }
        let cursor = &request.json()["params"]["cursor"];
        let page: u64 = cursor.as_str().unwrap_or("0").parse().unwrap();
        let next = (page < 9).then(|| (page + 1).to_string());
        Answer::json(
            200,
            json!({
                "status": "success", "result": [{"id": page.to_string()}],
                "connector_metadata": {"next": next, "total": 10},
            }),
        )
    })
    .await
}

#[tokio::test]
async fn a_token_that_ends_in_mid_stream_is_replaced_and_no_record_is_lost() {
    let server = forgetful(3).await;
    let call = client(&server.url).execute("things", "list", json!({})).into_call().unwrap();
    let mut items = call.items::<Value>();
    let mut ids = Vec::new();
    while let Some(record) = items.try_next().await.unwrap() {
        ids.push(record["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids, (0..10).map(|n: u32| n.to_string()).collect::<Vec<_>>());
    assert_eq!((count(&server, "/token"), count(&server, "/execute")), (4, 13));
}

#[tokio::test]
async fn a_token_is_replaced_a_minute_before_its_end() {
    let server = Server::start(|request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 61),
        _ => success(request, index),
    })
    .await;
    let hosted = hosted(&server.url).connector_id("c0");
    let client = Client::hosted(description(), hosted).unwrap();
    for _ in 0..3 {
        list(&client).await.unwrap();
    }
    assert_eq!(count(&server, "/token"), 1);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(at_once(&client, 20).await, 20);
    assert_eq!(count(&server, "/token"), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all() {
    let server = platform(1, |request, _| match request.header("authorization") {
        Some("Bearer canary-platform-token-0") => Answer::json(401, json!({"message": "expired"})),
        _ => success(request, 0),
    })
    .await;
    assert_eq!(at_once(&client(&server.url), 50).await, 50);
    assert_eq!(count(&server, "/token"), 2);
}

#[tokio::test]
async fn tokens_that_are_always_refused_are_not_asked_for_again_and_again() {
    let server = platform(1, |request, _| {
        let echo = json!({"message": format!("never {:?}", request.header("authorization"))});
        Answer::json(401, echo)
    })
    .await;
    let client = client(&server.url);
    for _ in 0..5 {
        let error = list(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
        is_silent(&error);
    }
    assert_eq!((count(&server, "/token"), count(&server, "/execute")), (2, 6));
}

#[tokio::test]
async fn a_create_is_not_repeated_after_a_401_and_the_next_call_has_a_new_token() {
    let creates = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&creates);
    let server = platform(1, move |request: &Seen, _| {
        if request.json()["action"] == "create" {
            counted.fetch_add(1, Ordering::SeqCst);
        }
        match request.header("authorization") {
            Some("Bearer canary-platform-token-0") => Answer::json(401, json!({})),
            _ => Answer::json(200, json!({"status": "success", "result": {"id": "new"}})),
        }
    })
    .await;
    let client = client(&server.url);
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Authentication, false));
    assert!(error.message().contains("may have taken effect"), "{error}");
    assert_eq!((creates.load(Ordering::SeqCst), count(&server, "/token")), (1, 1));
    assert_eq!(create(&client).await.unwrap().data, json!({"id": "new"}));
    assert_eq!((creates.load(Ordering::SeqCst), count(&server, "/token")), (2, 2));
}

#[tokio::test]
async fn the_platforms_own_writes_are_repeated_after_a_401_and_given_tokens_stay() {
    let server = Server::start(|request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 900),
        _ => match request.header("authorization") {
            Some("Bearer canary-platform-token-0") => Answer::json(401, json!({})),
            Some("Bearer canary-platform-scoped") => {
                Answer::json(401, json!({"detail": request.header("authorization")}))
            }
            None => Answer::json(401, json!({"detail": "who?"})),
            _ => Answer::json(200, json!({"id": "w1"})),
        },
    })
    .await;
    let session = Session::new(hosted(&server.url)).unwrap();
    let post = PlatformRequest::new(Method::POST, "/api/v1/workspaces").body(json!({"name": "n"}));
    assert_eq!(session.json(&post).await.unwrap(), json!({"id": "w1"}));
    assert_eq!(server.seen().len(), 4);
    let error = session.json(&post.clone().bearer("canary-platform-scoped".into())).await;
    is_silent(&error.unwrap_err());
    let error = session.json(&post.without_token()).await.unwrap_err();
    assert!(error.message().contains("who?"), "{error}");
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn a_token_answer_without_a_token_is_told() {
    for (answer, kind) in [
        (Answer::json(200, json!({"token": "x"})), ErrorKind::Decode),
        (Answer::json(200, json!({"access_token": ""})), ErrorKind::Decode),
        (Answer::json(200, "<html>"), ErrorKind::Decode),
        (Answer::json(403, json!({"message": "suspended"})), ErrorKind::Permission),
        (Answer::json(422, json!({"detail": "client_id missing"})), ErrorKind::Validation),
        (Answer::json(429, json!({})).header("retry-after", 3600), ErrorKind::RateLimited),
    ] {
        let shown = format!("{answer:?}");
        let server = Server::script([answer]).await;
        let error = list(&client(&server.url)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{shown}");
        assert!(error.message().starts_with("platform token: "), "{error}");
    }
    let unreachable = Hosted::new("id", SECRET).base_url("http://127.0.0.1:9");
    let client = Client::hosted(description(), unreachable.retry(crate::acme::impatient()));
    let error = list(&client.unwrap()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, true));
}
