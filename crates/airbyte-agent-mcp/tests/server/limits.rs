//! Time, turns, rates, cancellation, progress, and stopping.

use std::time::{Duration, Instant};

use airbyte_agent_mcp::{Limits, Quota};
use rmcp::model::{CallToolRequest, CallToolRequestParams, ClientRequest};
use rmcp::service::PeerRequestOptions;
use serde_json::{Value, json};

use crate::harness::{Session, Vendor, call, connect, connect_until, eventually, server};

fn get(id: &str) -> ClientRequest {
    let arguments = json!({"entity": "things", "action": "get", "params": {"id": id}});
    let Value::Object(arguments) = arguments else { unreachable!() };
    let params = CallToolRequestParams::new("acme").with_arguments(arguments);
    ClientRequest::CallToolRequest(CallToolRequest::new(params))
}

async fn begin(session: &Session, id: &str) -> rmcp::service::RequestHandle<rmcp::RoleClient> {
    let options = PeerRequestOptions::no_options();
    session.send_cancellable_request(get(id), options).await.unwrap()
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_ended() {
    let vendor = Vendor::default();
    let limits = Limits::STANDARD.timeout(Duration::from_millis(80));
    let session = connect(server(&vendor).limits(limits).build()).await;
    let answer = call(&session, "things", "get", json!({"id": "slow"})).await;
    assert_eq!(answer.error(), "timeout");
    assert!(answer.text().contains("0.08 s"), "{}", answer.text());
    assert_eq!(vendor.running(), 0);
    let answer = call(&session, "things", "delete", json!({"id": "slow"})).await;
    assert!(answer.text().contains("may have taken effect"), "{}", answer.text());
}

#[tokio::test]
async fn calls_wait_for_their_turn() {
    let vendor = Vendor::default();
    let limits = Limits::STANDARD.concurrency(3);
    let session = connect(server(&vendor).limits(limits).build()).await;
    let calls = (0..12).map(|_| call(&session, "things", "get", json!({"id": "short"})));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| !answer.is_error()));
    assert_eq!(vendor.most_at_once(), 3);
}

#[tokio::test]
async fn fifty_calls_at_once_are_all_answered() {
    let vendor = Vendor::default();
    let session = connect(server(&vendor).build()).await;
    let calls = (0..50).map(|n| {
        let session = &session;
        async move {
            let id = format!("t{n}");
            let answer = call(session, "things", "get", json!({"id": id})).await;
            assert!(answer.text().contains(&id), "{}", answer.text());
        }
    });
    futures_util::future::join_all(calls).await;
    assert_eq!(vendor.called().len(), 50);
}

#[tokio::test]
async fn the_operators_rates_hold() {
    let vendor = Vendor::default();
    let quotas = vec![
        Quota::parse("things.get", "2/min").unwrap(),
        Quota::parse("acme:*.*", "100/s").unwrap(),
    ];
    let session = connect(server(&vendor).quotas(quotas).build()).await;
    for _ in 0..2 {
        assert!(!call(&session, "things", "get", json!({"id": "t1"})).await.is_error());
    }
    let answer = call(&session, "things", "get", json!({"id": "t1"})).await;
    assert_eq!(answer.error(), "rate_limited");
    assert!(answer.text().contains("2 calls of things.get per min"), "{}", answer.text());
    assert!(answer.json()["retry"]["after_seconds"].as_u64().unwrap() <= 31);
    assert!(!call(&session, "things", "list", json!({})).await.is_error());
    assert_eq!(vendor.called().len(), 3);
}

#[tokio::test]
async fn a_cancelled_call_is_dropped() {
    let vendor = Vendor::default();
    let session = connect(server(&vendor).build()).await;
    let handle = begin(&session, "slow").await;
    eventually(|| vendor.running() == 1).await;
    handle.cancel(Some("enough".to_owned())).await.unwrap();
    eventually(|| vendor.running() == 0).await;
    assert!(!call(&session, "things", "get", json!({"id": "t1"})).await.is_error());
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_calls() {
    let vendor = Vendor::default();
    let session = connect(server(&vendor).build()).await;
    let _handle = begin(&session, "slow").await;
    eventually(|| vendor.running() == 1).await;
    session.cancel().await.unwrap();
    // rmcp lets calls end for a few seconds.
    tokio::time::sleep(Duration::from_secs(4)).await;
    eventually(|| vendor.running() == 0).await;
}

#[tokio::test]
async fn progress_is_told_before_the_result() {
    let session = connect(server(&Vendor::default()).build()).await;
    assert!(!call(&session, "things", "list", json!({})).await.is_error());
    let listener = session.service();
    eventually(|| !listener.told().is_empty()).await;
    let told = listener.told();
    assert!(told[0].progress > 0.0, "{told:?}");
    assert!(told[0].message.as_deref().unwrap().contains("2 records"), "{told:?}");
}

#[tokio::test]
async fn a_server_that_stops_lets_short_calls_end_and_takes_no_more() {
    let vendor = Vendor::default();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopped = async move {
        let _ = stopped.await;
    };
    let session = connect_until(server(&vendor).build(), stopped).await;
    let handle = begin(&session, "short").await;
    eventually(|| vendor.running() == 1).await;
    let begun = Instant::now();
    stop.send(()).unwrap();
    let answer = handle.await_response().await.unwrap();
    assert!(serde_json::to_string(&answer).unwrap().contains("One"));
    eventually(|| session.is_transport_closed()).await;
    assert!(begun.elapsed() < Duration::from_secs(4));
}
