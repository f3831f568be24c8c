//! The organization's own OAuth applications at third parties.

use airbyte_agent_core::Result;
use serde_json::{Map, Value};

use crate::api::types;
use crate::platform::Platform;

impl Platform {
    /// Makes the platform sign people in with the organization's own OAuth application for a kind
    /// of connector; takes the place of the one set before. `configuration` is what the third party
    /// gave for the application, `client_id` and `client_secret` as a rule.
    ///
    /// # Errors
    ///
    /// What the platform answers.
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

    /// Goes back to the platform's own OAuth application for the kind of this display name.
    /// Nothing happens when none was set.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn reset_oauth_app(&self, kind: &str) -> Result<()> {
        self.api().reset_oauth_app().connector_type(kind).send().await
    }
}
