//! A connector with credentials, under the name by which calls refer to it.

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
}
