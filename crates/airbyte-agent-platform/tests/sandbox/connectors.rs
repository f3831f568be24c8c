//! Lives of connectors.

use std::time::Duration;

use airbyte_agent_core::{Credentials, ErrorKind, StoredShape, TypedConnector as _};
use airbyte_agent_github::{GithubConnector, auth::PersonalAccessToken};
use airbyte_agent_platform::{CreateOptions, HostedConnector};
use airbyte_agent_sandbox::Fault;
use airbyte_agent_stripe::{StripeConnector, auth::ApiKey};
use serde_json::json;

use crate::stage::stage;

fn account() -> CreateOptions {
    CreateOptions::new().setting("account_id", "acct_1")
}

#[tokio::test]
async fn a_connector_is_created_used_changed_and_removed() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let options = account().name("billing").read_only_entity("customers");
    let stripe = StripeConnector::create_hosted(&workspace, ApiKey::new("sk_test_1"), options)
        .await
        .unwrap();
    let sent = stage.last_body("/integrations/connectors");
    assert_eq!(
        sent,
        json!({
            "workspace_name": "tenant-42",
            "name": "billing",
            "definition_id": StripeConnector::DEFINITION_ID,
            "credentials": {"api_key": "sk_test_1"},
            "replication_config": {"account_id": "acct_1"},
            "entities": [{"entity": "customers", "modes": ["read"]}],
        })
    );

    // The typed connector calls the one just made.
    let page = stripe.customers().list().await.unwrap();
    assert_eq!(page.data[0].id.as_deref(), Some("sk_test_1"));

    let listed = workspace.connectors().await.unwrap();
    assert_eq!(listed.len(), 1);
    let id = listed[0].id.clone();
    assert_eq!(listed[0].name, "billing");
    assert_eq!(listed[0].connector.as_deref(), Some("stripe"));
    assert_eq!(listed[0].definition_id.as_deref(), Some(StripeConnector::DEFINITION_ID));
    assert_eq!(workspace.connectors_of(GithubConnector::DEFINITION_ID).await.unwrap(), []);
    let details = workspace.connector(&id).await.unwrap();
    assert_eq!(details.settings["account_id"], "acct_1");
    assert!(!format!("{details:?}").contains("sk_test_1"));

    // Another door to the same connector.
    let again: StripeConnector = workspace.connect_typed().await.unwrap();
    let record = again.client().execute("customers", "get", json!({"id": "x"})).await.unwrap();
    assert_eq!(record.data["object"], "customers.get");

    workspace.rename_connector(&id, "invoices").await.unwrap();
    assert_eq!(workspace.connector(&id).await.unwrap().info.name, "invoices");
    workspace.check_connector(&id).await.unwrap();

    workspace.delete_connector(&id).await.unwrap();
    workspace.removal(&id, Duration::from_secs(5)).await.unwrap();
    let error = workspace.connect(StripeConnector::description()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let error = workspace.delete_connector(&id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn the_second_of_a_kind_makes_lookups_ambiguous_and_an_id_settles_it() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let kind = StripeConnector::description();
    let us = workspace.create_connector(kind, ApiKey::new("us"), account()).await.unwrap();
    let eu = workspace.create_connector(kind, ApiKey::new("eu"), account()).await.unwrap();
    let error = workspace.connect(kind).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains(&us) && error.message().contains(&eu), "{error}");
    for (id, key) in [(us, "us"), (eu, "eu")] {
        let stripe: StripeConnector = workspace.connect_typed_to(&id);
        let page = stripe.customers().list().await.unwrap();
        assert_eq!(page.data[0].id.as_deref(), Some(key));
    }
    let error = workspace.ensure_connector(kind, ApiKey::new("us"), account()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}

#[tokio::test]
async fn ensuring_twice_makes_one() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let kind = StripeConnector::description();
    let first = workspace.ensure_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    let second = workspace.ensure_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    assert_eq!((first.existed, second.existed), (false, true));
    assert_eq!(first.value, second.value);
    assert_eq!(workspace.connectors().await.unwrap().len(), 1);
}

#[tokio::test]
async fn somebody_faster_is_no_failure() {
    let stage = stage().await;
    stage.sandbox.set_behaviour(|behaviour| behaviour.unique_connectors = true);
    let workspace = stage.platform.workspace("tenant-42");
    let kind = StripeConnector::description();
    let id = workspace.create_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    let error = workspace.create_connector(kind, ApiKey::new("sk"), account()).await.unwrap_err();
    assert_eq!(error.status(), Some(409), "{error}");
    // The lookup sees nothing yet.
    let nothing = Fault::status(200, json!({"data": []})).connector("platform");
    stage.sandbox.inject(nothing);
    let ensured = workspace.ensure_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    assert!(ensured.existed);
    assert_eq!(ensured.value, id);
}

#[tokio::test]
async fn credentials_go_in_either_shape() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let options = CreateOptions::new()
        .setting("repositories", "acme/web, acme/api")
        .shape(StoredShape::Replication);
    let token = PersonalAccessToken::new("ghp_1");
    let github = GithubConnector::create_hosted(&workspace, token, options).await.unwrap();
    let sent = stage.last_body("/integrations/connectors");
    let stored = json!({"option_title": "PAT Credentials", "personal_access_token": "ghp_1"});
    assert_eq!(sent["credentials"], stored);
    assert_eq!(sent["replication_config"]["repositories"], json!(["acme/web", "acme/api"]));
    assert_eq!(sent["name"], "github - tenant-42");
    github.client().execute("repositories", "list", json!({"username": "acme"})).await.unwrap();

    // By hand, under another name of the field.
    let token = Credentials::new().field("personal_access_token", "ghp_2");
    let options = CreateOptions::new().setting("repositories", ["acme/web"]);
    workspace.create_connector(GithubConnector::description(), token, options).await.unwrap();
    let sent = stage.last_body("/integrations/connectors");
    assert_eq!(sent["credentials"], json!({"token": "ghp_2"}));
}

#[tokio::test]
async fn credentials_can_be_tried_before_they_are_stored() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let kind = StripeConnector::description();
    let found = workspace.check_new(kind, ApiKey::new("sk"), account()).await.unwrap();
    assert!(!found.status.is_empty());
    assert_eq!(workspace.connectors().await.unwrap(), []);
    assert_eq!(stage.last_body("/connectors/check")["credentials"], json!({"api_key": "sk"}));
}

#[tokio::test]
async fn credentials_of_another_connector_are_refused() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let kind = StripeConnector::description();
    let foreign = || PersonalAccessToken::new("ghp_secret");
    let untyped = || Credentials::from(foreign());
    for exists in [false, true] {
        if exists {
            workspace.create_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
        }
        let count = stage.count();
        for error in [
            workspace.create_connector(kind, foreign(), account()).await.err(),
            workspace.ensure_connector(kind, foreign(), account()).await.err(),
            workspace.check_new(kind, foreign(), account()).await.err(),
            StripeConnector::create_hosted(&workspace, untyped(), account()).await.err(),
            StripeConnector::ensure_hosted(&workspace, untyped(), account()).await.err(),
        ] {
            let error = error.unwrap();
            assert_eq!(error.kind(), ErrorKind::Authentication, "{error}");
            assert!(error.message().contains("github") && error.message().contains("stripe"));
            assert!(!format!("{error} {error:?}").contains("ghp_secret"), "{error}");
        }
        assert_eq!(stage.count(), count, "nothing is sent");
    }
}

#[tokio::test]
async fn messages_do_not_repeat_credentials() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    workspace.ensure().await.unwrap();
    let echo = json!({"message": "the key sk_live_secret is not welcome"});
    stage.sandbox.inject(Fault::status(400, echo.clone()).connector("platform"));
    let kind = StripeConnector::description();
    let key = || ApiKey::new("sk_live_secret");
    let error = workspace.create_connector(kind, key(), account()).await.unwrap_err();
    assert!(!format!("{error} {:?}", error.body()).contains("sk_live_secret"), "{error}");
    stage.sandbox.inject(Fault::status(400, echo).connector("platform"));
    let error = workspace.check_new(kind, key(), account()).await.unwrap_err();
    assert!(!format!("{error} {:?}", error.body()).contains("sk_live_secret"), "{error}");
}
