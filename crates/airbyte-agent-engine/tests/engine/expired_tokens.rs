//! What happens to calls whose token has expired.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::acme::{CANARY, description, local, oauth};
use crate::faults::{check, list, page};
use crate::server::{Answer, Server};
use airbyte_agent_engine::{Client, ErrorKind};
use serde_json::json;

/// A vendor with rotating tokens: each refresh token works once.
async fn rotating(refuse: bool) -> (Server, Arc<AtomicUsize>) {
    let issued = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&issued);
    let server = Server::start(move |request, _| {
        let current = count.load(Ordering::SeqCst);
        if request.target == "/token" {
            let expected = format!("{CANARY}-refresh-{current}");
            if refuse || !request.body.contains(&expected) {
                let body = json!({"error": "invalid_grant", "echo": request.body});
                return Answer::json(400, body);
            }
            let next = count.fetch_add(1, Ordering::SeqCst) + 1;
            return Answer::json(
                200,
                json!({
                    "access_token": format!("{CANARY}-access-{next}"),
                    "refresh_token": format!("{CANARY}-refresh-{next}"),
                    "expires_in": 3600,
                }),
            );
        }
        let good = format!("Bearer {CANARY}-access-{current}");
        if current > 0 && request.header("authorization") == Some(&good) {
            Answer::json(200, page(&["a"], None))
        } else {
            Answer::json(
                401,
                json!({"message": format!("bad {:?}", request.header("authorization"))}),
            )
        }
    })
    .await;
    (server, issued)
}

#[tokio::test]
async fn fifty_calls_with_an_expired_token_renew_it_once() {
    let (server, issued) = rotating(false).await;
    let stored = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&stored);
    let options = local(&server.url, oauth()).on_token_refresh(move |update| {
        assert!(update.refresh_token.is_some());
        assert!(!format!("{update:?}").contains(CANARY));
        count.fetch_add(1, Ordering::SeqCst);
        async { Ok(()) }
    });
    let client = Client::local(description(), options).unwrap();
    let calls = (0..50).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { list(&client).await.map(|records| records.len()) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
    assert_eq!(issued.load(Ordering::SeqCst), 1);
    assert_eq!(stored.load(Ordering::SeqCst), 1);
    // A second expiry uses the rotated token.
    issued.store(1, Ordering::SeqCst);
    assert_eq!(list(&client).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_without_users_gets_its_token_by_itself() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/token" => {
            let basic = request.header("authorization").unwrap_or_default();
            assert!(basic.starts_with("Basic "), "{basic}");
            assert_eq!(request.body, "grant_type=client_credentials&sub=42");
            Answer::json(200, json!({"access_token": "fresh", "expires_in": 3600}))
        }
        _ if request.header("authorization") == Some("Bearer fresh") => {
            Answer::json(200, page(&["a"], None))
        }
        _ => Answer::json(401, json!({"message": "who are you"})),
    })
    .await;
    let machine = airbyte_agent_engine::Credentials::new()
        .field("client_id", "app")
        .field("client_secret", format!("{CANARY}-secret"))
        .field("user_id", "42");
    let client = Client::local(description(), local(&server.url, machine)).unwrap();
    for _ in 0..2 {
        assert_eq!(list(&client).await.unwrap().len(), 1);
    }
    assert_eq!(server.seen().iter().filter(|request| request.target == "/token").count(), 1);
}

#[tokio::test]
async fn a_refused_renewal_is_told_and_not_repeated() {
    let (server, _) = rotating(true).await;
    let client = Client::local(description(), local(&server.url, oauth())).unwrap();
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { list(&client).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let error = call.await.unwrap().unwrap_err();
        check(&error, ErrorKind::Authentication, Some(400));
        assert!(error.needs_reauth());
    }
    let renewals = server.seen().iter().filter(|request| request.target == "/token").count();
    assert_eq!(renewals, 1);
}

#[tokio::test]
async fn a_token_refused_again_after_renewal_ends_the_call() {
    let server = Server::start(|request, _| match request.target.as_str() {
        "/token" => Answer::json(200, json!({"access_token": "still-useless-token"})),
        _ => Answer::json(401, json!({"message": "no"})),
    })
    .await;
    let client = Client::local(description(), local(&server.url, oauth())).unwrap();
    let error = tokio::time::timeout(Duration::from_secs(5), list(&client)).await.unwrap();
    check(&error.unwrap_err(), ErrorKind::Authentication, Some(401));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_cancelled_call_does_not_burn_the_refresh_token() {
    let issued = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&issued);
    let server = Server::start(move |request, _| {
        if request.target == "/token" {
            let next = count.fetch_add(1, Ordering::SeqCst) + 1;
            let body = json!({"access_token": format!("new-access-{next}")});
            return Answer::json(200, body).pause(Duration::from_millis(200));
        }
        match request.header("authorization") {
            Some("Bearer new-access-1") => Answer::json(200, page(&["a"], None)),
            _ => Answer::json(401, json!({})),
        }
    })
    .await;
    let client = Client::local(description(), local(&server.url, oauth())).unwrap();
    let cancelled = tokio::time::timeout(Duration::from_millis(30), list(&client)).await;
    assert!(cancelled.is_err());
    assert_eq!(list(&client).await.unwrap().len(), 1);
    assert_eq!(issued.load(Ordering::SeqCst), 1);
}
