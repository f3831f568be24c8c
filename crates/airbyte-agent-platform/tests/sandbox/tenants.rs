//! What belongs to one tenant stays with it.

use airbyte_agent_core::{ErrorKind, TypedConnector as _};
use airbyte_agent_platform::CreateOptions;
use airbyte_agent_sandbox::Tenant;
use airbyte_agent_stripe::{StripeConnector, auth::ApiKey};
use serde_json::json;

use crate::stage::{client, stage};

fn account() -> CreateOptions {
    CreateOptions::new().setting("account_id", "acct_1")
}

#[tokio::test]
async fn workspaces_of_one_organization_do_not_see_each_other() {
    let stage = stage().await;
    let kind = StripeConnector::description();
    let ours = stage.platform.workspace("ours");
    let theirs = stage.platform.workspace("theirs");
    let id = theirs.create_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    ours.ensure().await.unwrap();
    assert_eq!(ours.connectors().await.unwrap(), []);
    // Tried on purpose, by a token that could do it.
    let refused = [
        ours.connector(&id).await.map(drop).unwrap_err(),
        ours.check_connector(&id).await.map(drop).unwrap_err(),
        ours.rename_connector(&id, "mine").await.unwrap_err(),
        ours.delete_connector(&id).await.unwrap_err(),
        ours.connect(kind).await.map(drop).unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
    assert_eq!(theirs.connectors().await.unwrap().len(), 1);
}

#[tokio::test]
async fn organizations_do_not_see_each_other() {
    let stage = stage().await;
    let kind = StripeConnector::description();
    let ours = stage.platform.workspace("tenant");
    let id = ours.create_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    stage.sandbox.admit(Tenant::new("other-client", "other-secret"));
    let other = client(&stage.sandbox, "other-client", "other-secret");
    let theirs = other.workspace("tenant");
    assert_eq!(theirs.connectors().await.unwrap(), []);
    let error =
        theirs.connect_to(kind, &id).execute("customers", "list", json!({})).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Permission), "{error}");
    let request = other.api().delete_connector().connector_id(&id);
    let error = request.send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Permission), "{error}");
    assert_eq!(ours.connectors().await.unwrap().len(), 1);
    assert_eq!(other.templates().await.unwrap(), []);
    assert_eq!(other.workspaces().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_scoped_token_reaches_its_workspace_only() {
    let stage = stage().await;
    let kind = StripeConnector::description();
    let theirs = stage.platform.workspace("theirs");
    let id = theirs.create_connector(kind, ApiKey::new("sk"), account()).await.unwrap();
    let token = stage.platform.scoped_token("ours").await.unwrap();
    let scoped = stage.platform.with_token(token);
    let info = scoped.api().get_scoped_token_info().send().await.unwrap();
    assert_eq!(info.workspace_name.as_deref(), Some("ours"));
    let got = scoped.api().get_connector().connector_id(&id).send().await;
    assert!(got.is_err());
    let listed = scoped.workspace("theirs").connectors().await;
    assert!(listed.is_err() || listed.unwrap().is_empty());
}

#[tokio::test]
async fn a_wrong_secret_is_told_as_such() {
    let stage = stage().await;
    let wrong = client(&stage.sandbox, airbyte_agent_sandbox::CLIENT_ID, "wrong-secret");
    let error = wrong.workspaces().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert!(error.needs_reauth() && !error.message().contains("wrong-secret"), "{error}");
}
