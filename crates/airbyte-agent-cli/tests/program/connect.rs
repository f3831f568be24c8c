//! Tests of hosted connectors in a program of one's own, against a sandbox that runs operations.

use std::time::Duration;

use airbyte_agent::stripe::StripeConnector;
use airbyte_agent::{Hosted, connect};
use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_core::{Client, ErrorKind};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Fault, FaultKind, Sandbox};
use serde_json::json;

async fn sandbox() -> Sandbox {
    let all = ["stripe", "github"].map(|name| airbyte_agent::connector(name).unwrap());
    let mut builder = Sandbox::builder().crowded("stripe");
    for connector in &all {
        let connector: &airbyte_agent_core::description::Connector = connector;
        builder = builder.connector(connector.clone());
    }
    builder.executor(LocalEngine::new(all)).start().await.unwrap()
}

fn hosted(sandbox: &Sandbox) -> Hosted {
    Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(sandbox.url())
}

async fn stripe(sandbox: &Sandbox) -> Client {
    connect("stripe").hosted(hosted(sandbox)).await.unwrap()
}

/// The number of requests whose path has this ending.
fn count(sandbox: &Sandbox, end: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.path.ends_with(end)).count()
}

#[tokio::test]
async fn a_name_is_enough() {
    let sandbox = sandbox().await;
    let client = stripe(&sandbox).await;
    let listed = client.execute("customers", "list", json!({"limit": 10})).await.unwrap();
    assert_eq!(listed.data.as_array().unwrap().len(), 10);
    assert_eq!(client.description().name, "stripe");

    // Another kind, by the same names and options.
    let github = connect("github").hosted(hosted(&sandbox)).workspace("default").await.unwrap();
    let arguments = json!({"owner": "airbytehq", "repo": "airbyte"});
    assert!(!github.execute("issues", "list", arguments).await.unwrap().data.is_null());
}

#[tokio::test]
async fn a_typed_connector_takes_the_client() {
    let sandbox = sandbox().await;
    let stripe = StripeConnector::from_client(stripe(&sandbox).await);
    let page = stripe.customers().list().limit(5).await.unwrap();
    assert_eq!(page.data.len(), 5);
    let id = page.data[0].id.clone().unwrap();
    let one = stripe.customers().get(&id).await.unwrap();
    assert_eq!(one.id.as_deref(), Some(id.as_str()));
    let made = stripe.customers().create().name("Ada").await.unwrap();
    let again = stripe.customers().get(made.id.as_deref().unwrap()).await.unwrap();
    assert_eq!(again.name.as_deref(), Some("Ada"));
}

#[tokio::test]
async fn what_cannot_be_found_is_told_at_once() {
    let sandbox = sandbox().await;
    for (name, workspace, kind, part) in [
        ("strip", "default", ErrorKind::Usage, "stripe"),
        ("stripe", "nobody", ErrorKind::NotFound, "nobody"),
        ("github", "crowded", ErrorKind::NotFound, "github"),
        ("stripe", "crowded", ErrorKind::Usage, "connector"),
    ] {
        let error = connect(name).hosted(hosted(&sandbox)).workspace(workspace).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name} in {workspace}: {error}");
        assert!(error.message().contains(part), "{error}");
    }
    let wrong = Hosted::new(CLIENT_ID, "wrong").base_url(sandbox.url());
    let error = connect("stripe").hosted(wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
}

#[tokio::test]
async fn an_id_settles_what_a_name_cannot() {
    let sandbox = sandbox().await;
    let platform = airbyte_agent::platform::Platform::new(hosted(&sandbox)).unwrap();
    let crowded = platform.workspace("crowded").connectors().await.unwrap();
    assert_eq!(crowded.len(), 2);
    for connector in crowded {
        let builder = connect("stripe").hosted(hosted(&sandbox)).workspace("crowded");
        let client = builder.connector_id(connector.id).await.unwrap();
        assert!(client.execute("customers", "list", json!({})).await.is_ok());
    }
    let nothing = connect("stripe").hosted(hosted(&sandbox)).connector_id("nothing").await;
    let error = nothing.unwrap().execute("customers", "list", json!({})).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_token_that_ends_in_mid_stream_costs_no_record() {
    let sandbox = sandbox().await;
    let stripe = stripe(&sandbox).await;
    let ids = |pages: Vec<serde_json::Value>| -> Vec<String> {
        let records = pages.iter().flat_map(|page| page.as_array().unwrap());
        records.map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut whole = Vec::new();
    let list = || stripe.execute("customers", "list", json!({"limit": 50})).into_call().unwrap();
    let mut pages = list().outcomes();
    while let Some(page) = pages.try_next().await.unwrap() {
        whole.push(page.data);
    }
    assert!(whole.len() > 4, "{}", whole.len());
    let before = count(&sandbox, "/applications/token");
    let mut interrupted = Vec::new();
    let mut pages = list().outcomes();
    while let Some(page) = pages.try_next().await.unwrap() {
        interrupted.push(page.data);
        if interrupted.len() == 2 {
            sandbox.advance(Duration::from_secs(901));
        }
        if interrupted.len() == 4 {
            sandbox.inject(Fault::new(FaultKind::ExpireTokens).connector("platform"));
        }
    }
    assert_eq!(ids(interrupted), ids(whole));
    assert_eq!(count(&sandbox, "/applications/token") - before, 2);
}
