//! The organization's own OAuth applications at third parties.

use airbyte_agent_core::Result;
use serde_json::{Map, Value};

use crate::api::types;
use crate::platform::Platform;

impl Platform {
    /// Makes the platform use the organization's own OAuth application when people sign in for a kind of
    /// connector, instead of the one that was used before. `configuration` is what the third party issued for
    /// the application, usually `client_id` and `client_secret`.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn set_oauth_app(
        &self,
        definition_id: &str,
        configuration: Map<String, Value>,
    ) -> Result<()> {
        let body = types::OAuthApp {
            connector_definition_id: Some(definition_id.to_owned()),
            connector_type: None,
            configuration,
        };
        self.api().set_oauth_app().body(body).send().await.map(drop)
    }

    /// Makes the platform use its own OAuth application again for the kind of this display name. Nothing
    /// changes when the organization has set none.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn reset_oauth_app(&self, kind: &str) -> Result<()> {
        self.api().reset_oauth_app().connector_type(kind).send().await
    }
}
