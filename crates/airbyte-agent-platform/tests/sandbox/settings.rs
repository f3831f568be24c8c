//! Settings and variables are checked before anything is sent.

use airbyte_agent_core::{Credentials, ErrorKind, TypedConnector as _};
use airbyte_agent_github::{GithubConnector, auth::PersonalAccessToken};
use airbyte_agent_platform::CreateOptions;
use airbyte_agent_stripe::{StripeConnector, auth::ApiKey};
use airbyte_agent_zendesk_support::{ZendeskSupportConnector, auth::ApiToken};
use serde_json::json;

use crate::stage::stage;

#[tokio::test]
async fn what_is_missing_unknown_or_ill_typed_is_told_at_once() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let stripe = StripeConnector::description();
    for (options, expected) in [
        (CreateOptions::new(), "setting 'account_id' is missing"),
        (CreateOptions::new().setting("acount_id", "acct_1"), "did you mean 'account_id'?"),
        (
            CreateOptions::new().setting("account_id", json!({})),
            "'account_id' must be of the type string",
        ),
        (
            CreateOptions::new().setting("account_id", "acct_1").variable("shop", "x"),
            "there is no variable 'shop'",
        ),
    ] {
        let made = workspace.create_connector(stripe, ApiKey::new("sk"), options).await;
        let error = made.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.message().contains(expected), "{error}");
    }
    let nobody = Credentials::new();
    let options = CreateOptions::new().setting("account_id", "acct_1");
    let error = workspace.create_connector(stripe, nobody, options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(stage.count(), 0);
}

#[tokio::test]
async fn a_setting_that_the_platform_fills_may_be_left_out() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    // `start_date` is required, and computed when nobody gives it.
    let options = CreateOptions::new().setting("repositories", ["acme/web"]);
    let token = PersonalAccessToken::new("ghp_1");
    workspace.create_connector(GithubConnector::description(), token, options).await.unwrap();
}

#[tokio::test]
async fn variables_of_the_address_are_sent_as_environment() {
    let stage = stage().await;
    let workspace = stage.platform.workspace("tenant-42");
    let zendesk = ZendeskSupportConnector::description();
    let token = || ApiToken::new("a@b.c", "t");
    let error =
        workspace.create_connector(zendesk, token(), CreateOptions::new()).await.unwrap_err();
    assert!(error.message().contains("variable 'subdomain' is missing"), "{error}");
    let options = CreateOptions::new().variable("subdomain", "acme");
    workspace.create_connector(zendesk, token(), options).await.unwrap();
    let sent = stage.last_body("/integrations/connectors");
    assert_eq!(sent["environment"], json!({"subdomain": "acme"}));
    assert_eq!(sent["credentials"], json!({"email": "a@b.c", "api_token": "t"}));
    assert!(sent.get("replication_config").is_none());
}
