//! The engine renews tokens at the sandbox.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::sync::Arc;

use airbyte_agent_core::{Client, Credentials, ErrorKind, Local};
use airbyte_agent_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::json;
use support::{acme, builder};

fn client(sandbox: &Sandbox, refresh_token: &str) -> Client {
    let credentials = Credentials::new()
        .scheme("oauth")
        .field("refresh_token", refresh_token)
        .field("client_id", "id")
        .field("client_secret", "secret");
    let local = Local::new(credentials).via(sandbox.url()).config("site", "east");
    Client::local(Arc::new(acme()), local).unwrap()
}

fn renewals(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|request| request.host == "login.acme.test").count()
}

#[tokio::test]
async fn expired_tokens_are_renewed_with_the_rotated_refresh_token() {
    let sandbox = builder().start().await.unwrap();
    let client = client(&sandbox, "first");
    for round in 1..=3 {
        client.execute("users", "list", json!({})).await.unwrap();
        client.execute("teams", "list", json!({})).await.unwrap();
        assert_eq!(renewals(&sandbox), round);
        sandbox.inject(Fault::new(FaultKind::ExpireTokens).connector("acme"));
    }
}

#[tokio::test]
async fn a_bad_refresh_token_is_an_authentication_error() {
    let sandbox = builder().start().await.unwrap();
    let failed = client(&sandbox, "invalid").execute("users", "list", json!({})).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Authentication, "{failed}");
}
