//! Waits: published ones, those that do not fit a deadline, and bodies that break off.

use std::time::{Duration, Instant};

use airbyte_agent_engine::description::{Action, RateLimit};
use airbyte_agent_engine::{Client, Error, ErrorKind};
use serde_json::{Value, json};

use crate::acme::{client, description, local, token};
use crate::platform;
use crate::server::{Answer, Server};

fn page() -> Answer {
    Answer::json(200, json!({"things": [{"id": "a"}]}))
}

/// A client whose vendor publishes waits.
fn with_waits(url: &str, waits: &[u64]) -> Client {
    let mut connector = description();
    let limits = waits.iter().map(|wait| RateLimit::new(Some(5), 1, "base").wait_seconds(*wait));
    connector.rate_limits = limits.collect();
    Client::local(connector, local(url, token())).unwrap()
}

async fn list(client: &Client, limit: u64) -> Result<Value, Error> {
    let call = client.execute("things", "list", json!({}));
    let call = call.options(|options| options.timeout(Duration::from_secs(limit)));
    call.await.map(|outcome| outcome.data)
}

#[tokio::test]
async fn a_published_wait_is_waited_for_and_what_the_vendor_sends_goes_first() {
    let limited = || Answer::json(429, json!({}));
    for (waits, refusal, least, most) in [
        (&[1][..], limited(), 1_000, 3_000),
        (&[0, 1], limited(), 1_000, 3_000),
        (&[30], limited().header("retry-after", "0"), 0, 900),
        (&[1], Answer::json(400, json!({"error": {"code": 17}})), 1_000, 3_000),
        (&[1], Answer::json(200, json!({"ok": false, "error": "slow_down"})), 1_000, 3_000),
        (&[1], Answer::json(403, json!({"message": "secondary rate limit"})), 1_000, 3_000),
        (&[], limited(), 0, 900),
        (&[30], Answer::json(503, json!({})), 0, 900),
    ] {
        let shown = format!("{waits:?} {}", refusal.status);
        let server = Server::script([refusal, page()]).await;
        let start = Instant::now();
        list(&with_waits(&server.url, waits), 10).await.unwrap();
        let waited = start.elapsed().as_millis();
        assert!((least..most).contains(&waited), "{shown}: {waited}");
        assert_eq!(server.seen().len(), 2, "{shown}");
    }
}

#[tokio::test]
async fn a_wait_that_does_not_fit_is_told_at_once() {
    let limited = Answer::json(429, json!({"message": "no"}));
    for (answer, waits, expected) in [
        (limited.clone(), &[30][..], 30),
        (limited.clone().header("retry-after", "60"), &[], 60),
        (limited.clone().header("retry-after", "9"), &[30], 9),
        (Answer::json(200, json!({"ok": false, "error": "slow_down"})), &[20], 20),
    ] {
        let server = Server::script([answer]).await;
        let start = Instant::now();
        let error = list(&with_waits(&server.url, waits), 5).await.unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(2), "{error}");
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(expected)), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn the_platform_does_not_wait_beyond_the_deadline_either() {
    let limited = Answer::json(429, json!({})).header("retry-after", "50");
    let server = platform::platform(1, move |_, _| limited.clone()).await;
    let start = Instant::now();
    let error = list(&platform::client(&server.url), 5).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(2), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(50)), "{error}");
}

#[tokio::test]
async fn a_body_that_breaks_off_is_requested_again_if_that_is_harmless() {
    let server = Server::script([page().cut_after(9), page()]).await;
    list(&client(&server.url), 10).await.unwrap();
    assert_eq!(server.seen().len(), 2);

    let broken = Answer::json(200, json!({"id": "1", "name": "x"})).cut_after(9);
    let server = Server::script([broken.clone()]).await;
    let create = |client: &Client| client.execute("things", "create", json!({"name": "x"}));
    let error = create(&client(&server.url)).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false), "{error}");
    assert!(error.message().contains("things.create"), "{error}");
    assert_eq!(server.seen().len(), 1);

    // An idempotency key makes it harmless.
    let server = Server::script([broken, Answer::json(200, json!({"id": "1"}))]).await;
    let call = create(&client(&server.url)).options(|options| options.idempotency_key("k"));
    call.await.unwrap();
    assert_eq!(server.seen().len(), 2);

    // Where a file is.
    let place = Answer::json(200, json!({"file": {"url": "/f"}}));
    let server =
        Server::script([place.clone().cut_after(5), place, Answer::json(200, "bytes")]).await;
    let mut call = client(&server.url).call("files", Action::Download);
    call.set("id", "7");
    assert_eq!(call.download().await.unwrap().bytes().await.unwrap(), b"bytes");
}

#[tokio::test]
async fn the_platforms_body_is_requested_again() {
    let whole = || Answer::json(200, json!({"result": [{"id": "a"}], "connector_metadata": {}}));
    let sent = std::sync::atomic::AtomicUsize::new(0);
    let server = platform::platform(1, move |_, _| {
        let is_first = sent.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        if is_first { whole().cut_after(9) } else { whole() }
    })
    .await;
    list(&platform::client(&server.url), 10).await.unwrap();
    let executed = server.seen().iter().filter(|seen| seen.target.ends_with("/execute")).count();
    assert_eq!(executed, 2);
}

#[tokio::test]
async fn a_time_limit_covers_the_whole_of_a_file() {
    let slow = || {
        let mut answer = Answer::json(200, "").pause(Duration::from_millis(400));
        answer.body = vec![b'x'; 4_096];
        answer
    };
    let server = Server::start(move |_, _| slow()).await;
    let start = Instant::now();
    let mut call = client(&server.url).call("contents", Action::Download);
    call.set("id", "7");
    let options = call.options();
    *options = std::mem::take(options).timeout(Duration::from_secs(1));
    let error = call.clone().download().await.unwrap().bytes().await.unwrap_err();
    assert!(error.is_timeout() && error.message().contains("within 1 s"), "{error}");
    call.set("_airbyte_response_type", "json");
    let error = call.outcome().await.unwrap_err();
    assert!(error.is_timeout() && start.elapsed() < Duration::from_millis(2_900), "{error}");
}
