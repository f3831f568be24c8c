//! Failures on demand, and the log of what arrived.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::time::{Duration, Instant};

use airbyte_agent_sandbox::{Fault, FaultKind};
use serde_json::{Value, json};
use support::{KEY, builder, get, send};

const USERS: &str = "/api/v1/users";

#[tokio::test]
async fn requests_fail_as_told_and_then_work_again() {
    let sandbox = builder().start().await.unwrap();
    sandbox
        .inject(Fault::status(503, json!({"error": "down"})).header("Retry-After", "7").times(2));
    for _ in 0..2 {
        let answer = get(&sandbox, USERS).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("7")));
        assert_eq!(answer.json()["error"], "down");
    }
    assert_eq!(get(&sandbox, USERS).await.status, 200);

    sandbox.inject(Fault::new(FaultKind::Truncate));
    let answer = get(&sandbox, USERS).await;
    assert!(!answer.complete && !answer.body.is_empty());

    sandbox.inject(Fault::new(FaultKind::Malformed));
    let answer = get(&sandbox, USERS).await;
    assert!(answer.complete && answer.json() == Value::Null && answer.status == 200);

    sandbox.inject(Fault::new(FaultKind::Close));
    let headers = format!("X-Forwarded-Host: east.acme.test\r\n{KEY}");
    assert!(send(&sandbox, "GET", USERS, &headers, b"").await.is_none());

    sandbox.inject(Fault::new(FaultKind::Slow { ms: 20 }));
    let started = Instant::now();
    assert_eq!(get(&sandbox, USERS).await.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
    let statuses: Vec<u16> = sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [503, 503, 200, 200, 200, 0, 200]);
}

#[tokio::test]
async fn faults_hit_only_what_they_name() {
    let sandbox = builder().start().await.unwrap();
    let down = || Fault::status(500, Value::Null);
    for (fault, hits_users, hits_teams) in [
        (down().operation("users", "list"), true, false),
        (down().path("/teams"), false, true),
        (down().connector("other"), false, false),
        (down().connector("acme"), true, true),
    ] {
        let wide = format!("{fault:?}");
        sandbox.inject(fault.times(2));
        let users = get(&sandbox, USERS).await.status == 500;
        let teams = get(&sandbox, "/api/v1/teams").await.status == 500;
        assert_eq!((users, teams), (hits_users, hits_teams), "{wide}");
        send(&sandbox, "DELETE", "/_sandbox/faults", "", b"").await.unwrap();
    }
}

#[tokio::test]
async fn faults_and_log_are_reached_over_http() {
    let sandbox = builder().start().await.unwrap();
    let post = |body: Value| {
        let sandbox = &sandbox;
        async move { send(sandbox, "POST", "/_sandbox/faults", "", body.to_string().as_bytes()).await }
    };
    let wanted =
        json!({"match": {"entity": "users"}, "times": 1, "fault": {"status": 418, "body": "tea"}});
    assert_eq!(post(wanted).await.unwrap().status, 204);
    assert_eq!(post(json!({"fault": "nonsense"})).await.unwrap().status, 400);
    let answer = get(&sandbox, USERS).await;
    assert_eq!((answer.status, answer.text().as_str()), (418, "tea"));

    assert_eq!(sandbox.requests().len(), 1);
    assert_eq!(sandbox.requests()[0].header("x-acme-key"), Some("Acme secret"));
    let log = send(&sandbox, "GET", "/_sandbox/requests", "", b"").await.unwrap();
    let request = log.json()["requests"][0].clone();
    assert_eq!((&request["entity"], &request["status"]), (&json!("users"), &json!(418)));
    assert!(!log.text().contains("Acme secret"), "{}", log.text());
}

#[tokio::test]
async fn a_sandbox_stops_and_frees_its_port() {
    let sandbox = builder().start().await.unwrap();
    let address: std::net::SocketAddr =
        sandbox.url().trim_start_matches("http://").parse().unwrap();
    sandbox.shutdown().await;
    let again = builder().listen(address).start().await.unwrap();
    assert_eq!(again.url(), format!("http://{address}"));
    drop(again);
    // Dropping only asks the server to stop.
    let mut tries = 0;
    while builder().listen(address).start().await.is_err() {
        tries += 1;
        assert!(tries < 100);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
