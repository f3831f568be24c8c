//! A token endpoint that is busy, down, or refuses.

use std::time::{Duration, Instant};

use airbyte_agent_engine::{Client, Error, ErrorKind};
use serde_json::{Value, json};

use crate::acme::{CANARY, description, local, oauth};
use crate::platform::{self, SECRET};
use crate::server::{Answer, Server};

/// A vendor whose token endpoint gives these responses in turn, and whose tokens have all expired before.
async fn vendor(tokens: Vec<Answer>) -> Server {
    let requests = std::sync::atomic::AtomicUsize::new(0);
    Server::start(move |request, _| {
        if request.target == "/token" {
            let index = requests.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            return tokens[index.min(tokens.len() - 1)].clone();
        }
        if request.header("authorization") == Some("Bearer fresh") {
            Answer::json(200, json!({"things": [{"id": "a"}]}))
        } else {
            Answer::json(401, json!({"message": "expired"}))
        }
    })
    .await
}

fn fresh() -> Answer {
    Answer::json(200, json!({"access_token": "fresh", "expires_in": 3600}))
}

async fn list(server: &Server, limit: u64) -> (Result<Value, Error>, usize) {
    let client = Client::local(description(), local(&server.url, oauth())).unwrap();
    let call = client.execute("things", "list", json!({}));
    let call = call.options(|options| options.timeout(Duration::from_secs(limit)));
    let outcome = call.await.map(|outcome| outcome.data);
    (outcome, server.seen().iter().filter(|seen| seen.target == "/token").count())
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    for (first, least) in [
        (Answer::json(429, json!({"error": "slow"})).header("retry-after", "1"), 1_000),
        (Answer::json(503, json!({})), 0),
        (Answer::json(500, "<html></html>"), 0),
    ] {
        let status = first.status;
        let server = vendor(vec![first, fresh()]).await;
        let start = Instant::now();
        let (outcome, requests) = list(&server, 10).await;
        assert!(outcome.is_ok() && requests == 2, "{status}: {outcome:?}");
        assert!(start.elapsed() >= Duration::from_millis(least), "{status}");
    }
}

#[tokio::test]
async fn what_stays_is_told_as_what_it_is() {
    use ErrorKind::{Authentication, RateLimited, Vendor};
    let limited =
        |wait: u64| Answer::json(429, json!({"error": "slow"})).header("retry-after", wait);
    let refused = json!({"error": "invalid_grant", "error_description": format!("{CANARY}-refresh-0 was revoked")});
    for (answer, kind, wait, requests, parts) in [
        (limited(3_600), RateLimited, Some(3_600), 1, vec!["slow down", "slow"]),
        // It would be waited for if there were time.
        (limited(30), RateLimited, Some(30), 1, vec!["slow down"]),
        (
            Answer::json(503, json!({"message": "maintenance"})),
            Vendor,
            None,
            3,
            vec!["failed", "maintenance"],
        ),
        (
            Answer::json(400, &refused),
            Authentication,
            None,
            1,
            vec!["was revoked", "sign in again"],
        ),
        // With the status of a success.
        (
            Answer::json(200, &refused),
            Authentication,
            None,
            1,
            vec!["was revoked", "sign in again"],
        ),
        (
            Answer::json(200, json!({"ok": false, "error": "invalid_refresh_token"})),
            Authentication,
            None,
            1,
            vec!["invalid_refresh_token", "sign in again"],
        ),
        (
            Answer::json(200, json!({"token": "other"})),
            Authentication,
            None,
            1,
            vec!["no access token"],
        ),
        (
            Answer::json(200, "\n<!doctype html><p>Sign in"),
            Authentication,
            None,
            1,
            vec!["sent a page (HTML)", "check its address"],
        ),
        (Answer::json(200, "token=x"), Authentication, None, 1, vec!["sent no JSON"]),
        (
            Answer::json(200, " ".repeat(1024 * 1024 + 1)),
            Authentication,
            None,
            1,
            vec!["token endpoint", "larger than 1 MiB"],
        ),
    ] {
        let status = answer.status;
        let server = vendor(vec![answer]).await;
        let start = Instant::now();
        let (outcome, count) = list(&server, 5).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), count), (kind, requests), "{status}: {error}");
        assert_eq!(error.retry_after(), wait.map(Duration::from_secs), "{error}");
        assert_eq!(error.is_retryable(), kind != Authentication, "{error}");
        assert!(start.elapsed() < Duration::from_secs(4), "{error}");
        let shown = format!("{error:?}");
        assert!(!shown.contains(CANARY), "{shown}");
        for part in parts {
            assert!(error.message().contains(part), "{error} lacks {part}");
        }
    }
}

#[tokio::test]
async fn a_request_that_may_have_used_the_token_up_is_not_sent_again() {
    let server = vendor(vec![Answer::hang_up(), fresh()]).await;
    let (outcome, requests) = list(&server, 5).await;
    assert_eq!((outcome.unwrap_err().kind(), requests), (ErrorKind::Network, 1));
}

#[tokio::test]
async fn the_platform_refuses_with_a_success_too() {
    let body = json!({"error": "invalid_client", "error_description": format!("no: {SECRET}")});
    let server = Server::start(move |_, _| Answer::json(200, &body)).await;
    let error =
        platform::client(&server.url).execute("things", "list", json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
    assert!(error.message().contains("invalid_client"), "{error}");
    assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
}
