//! A connector with credentials, under the name by which calls refer to it.

use super::error::ToolError;
use super::policy::Policy;
use airbyte_agent_description::Connector;
use airbyte_agent_engine::Client;

/// A connector with credentials, under the name by which calls refer to it.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) client: Client,
    /// What the account permits; the policy of the toolset has to permit it as well.
    pub(super) policy: Policy,
}

impl Account {
    pub(super) fn connector(&self) -> &Connector {
        self.client.description()
    }

    /// The error of every call where no call can be made, because credentials are missing.
    pub(super) fn obstacle(&self) -> Option<ToolError> {
        let error = ToolError::from(self.client.obstacle()?);
        Some(error.for_operator(&self.name, &self.connector().title))
    }
}
