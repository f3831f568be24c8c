//! Faults between client and platform: tokens that expire, overload, broken connections, and failures with a
//! success status.

use std::time::Duration;

use airbyte_agent_core::description::RetryPolicy;
use airbyte_agent_core::{Client, ErrorKind, Hosted, TypedConnector as _};
use airbyte_agent_platform::{CreateOptions, Platform};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Fault, FaultKind};
use airbyte_agent_stripe::{StripeConnector, auth::ApiKey};
use serde_json::json;

use crate::stage::{Stage, stage};

/// The same platform for somebody in a hurry.
fn hasty(stage: &Stage) -> Platform {
    let policy = RetryPolicy { initial_delay_ms: 5, ..RetryPolicy::STANDARD };
    let hosted = Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(stage.sandbox.url());
    Platform::new(hosted.retry(policy)).unwrap()
}

fn account() -> CreateOptions {
    CreateOptions::new().setting("account_id", "acct_1")
}

fn count(stage: &Stage, end: &str) -> usize {
    stage.sandbox.requests().iter().filter(|request| request.path.ends_with(end)).count()
}

fn execute_fault(status: u16, body: serde_json::Value) -> Fault {
    Fault::status(status, body).connector("platform").path("/execute")
}

#[tokio::test]
async fn an_expired_token_is_replaced_once() {
    let stage = stage().await;
    let workspace = stage.platform.default_workspace();
    let stripe: StripeConnector = workspace.connect_typed().await.unwrap();
    for _ in 0..3 {
        stage.sandbox.advance(Duration::from_secs(901));
        stripe.customers().list().await.unwrap();
        workspace.connectors().await.unwrap();
    }
    assert_eq!(count(&stage, "/applications/token"), 4);
}

#[tokio::test]
async fn a_401_is_answered_with_another_token_and_a_second_one_with_an_error() {
    let stage = stage().await;
    let workspace = stage.platform.default_workspace();
    let stripe: StripeConnector = workspace.connect_typed().await.unwrap();
    let refusal = json!({"message": "who are you?"});
    stage.sandbox.inject(execute_fault(401, refusal.clone()));
    stripe.customers().list().await.unwrap();
    assert_eq!(count(&stage, "/applications/token"), 2);
    stage.sandbox.inject(execute_fault(401, refusal).times(100));
    let error = stripe.customers().list().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Authentication, Some(401)));
    assert!(count(&stage, "/applications/token") <= 4);
}

#[tokio::test]
async fn two_hundred_typed_calls_share_one_token_and_one_lookup() {
    let stage = stage().await;
    let hosted = Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(stage.sandbox.url());
    let client = Client::hosted(StripeConnector::description(), hosted).unwrap();
    let calls = (0..200).map(|_| {
        let stripe = StripeConnector::from_client(client.clone());
        tokio::spawn(async move { stripe.customers().list().await.map(|page| page.data.len()) })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap(), 1);
    }
    let counts = ["/applications/token", "/connectors", "/execute"].map(|end| count(&stage, end));
    assert_eq!(counts, [1, 1, 200]);
}

#[tokio::test]
async fn a_short_storm_is_waited_out_and_a_long_one_is_told() {
    let stage = stage().await;
    let platform = hasty(&stage);
    let workspace = platform.default_workspace();
    let stripe: StripeConnector = workspace.connect_typed().await.unwrap();
    for status in [500, 502, 503, 504] {
        let storm = || Fault::status(status, json!({"message": "down"})).connector("platform");
        stage.sandbox.inject(storm().times(2));
        workspace.connectors().await.unwrap();
        stage.sandbox.inject(storm().times(2));
        stripe.customers().list().await.unwrap();
    }
    let storm = Fault::status(503, json!({"message": "down"})).connector("platform");
    stage.sandbox.inject(storm.times(1_000));
    let before = stage.count();
    for _ in 0..20 {
        let error = workspace.connectors().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Vendor, Some(503)));
        assert!(error.is_retryable(), "{error}");
    }
    // Retries end long before the calls do.
    assert!(stage.count() - before < 50, "{}", stage.count() - before);
}

#[tokio::test]
async fn a_create_in_a_storm_is_tried_once() {
    let stage = stage().await;
    let platform = hasty(&stage);
    let workspace = platform.workspace("tenant-42");
    workspace.ensure().await.unwrap();
    let storm = Fault::status(503, json!({"message": "down"})).connector("platform");
    stage.sandbox.inject(storm);
    let before = count(&stage, "/integrations/connectors");
    let kind = StripeConnector::description();
    let made = workspace.create_connector(kind, ApiKey::new("sk"), account()).await;
    assert_eq!(made.unwrap_err().status(), Some(503));
    assert_eq!(count(&stage, "/integrations/connectors") - before, 1);
    assert_eq!(workspace.connectors().await.unwrap(), []);
}

#[tokio::test]
async fn a_proxy_that_cuts_connections_costs_reads_a_try_and_creates_the_answer() {
    let stage = stage().await;
    let platform = hasty(&stage);
    let workspace = platform.default_workspace();
    let stripe: StripeConnector = workspace.connect_typed().await.unwrap();
    let cut = |kind| stage.sandbox.inject(Fault::new(kind).connector("platform"));
    cut(FaultKind::Close);
    assert_eq!(workspace.connectors().await.unwrap().len(), 3);
    cut(FaultKind::Close);
    stripe.customers().list().await.unwrap();
    // A response that breaks off is requested again, as if the connection had closed before it.
    cut(FaultKind::Truncate);
    assert_eq!(workspace.connectors().await.unwrap().len(), 3);

    // Nobody knows what became of a create whose answer is lost; asking again finds it.
    let workspace = platform.workspace("tenant-42");
    workspace.ensure().await.unwrap();
    cut(FaultKind::Truncate);
    let kind = StripeConnector::description();
    let made = workspace.create_connector(kind, ApiKey::new("sk"), account()).await;
    let error = made.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false), "{error}");
    let ensured = workspace.ensure_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    assert!(ensured.existed);
    assert_eq!(workspace.connectors().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_failure_inside_a_success_is_a_failure() {
    let stage = stage().await;
    let workspace = stage.platform.default_workspace();
    let stripe: StripeConnector = workspace.connect_typed().await.unwrap();
    let failure = json!({"status": "error", "result": {"error": "the vendor is closed"}});
    for action in ["list", "get", "context_store_search"] {
        stage.sandbox.inject(execute_fault(200, failure.clone()));
        let arguments = match action {
            "get" => json!({"id": "cus_1"}),
            "list" => json!({}),
            _ => json!({"query": {}}),
        };
        let error = stripe.client().execute("customers", action, arguments).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Vendor, Some(200)), "{action}");
        assert!(error.message().contains("the vendor is closed"), "{error}");
    }
}
