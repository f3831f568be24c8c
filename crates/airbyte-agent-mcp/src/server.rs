//! The server: accounts, policy and limits put together.

use std::sync::Arc;

use airbyte_agent_core::tools::{Exposure, Toolset};

use crate::session::SessionState;
use crate::shared::Shared;

/// An MCP server. A clone is cheap and shares everything, so limits count over all sessions.
///
/// [`Server::builder`] or [`Config::server`](crate::Config::server) makes it.
#[derive(Clone)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
    /// What is counted for the client that this value serves.
    pub(crate) session: Arc<SessionState>,
}

impl Server {
    /// The same server for another client.
    pub(crate) fn for_client(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), session: Arc::new(SessionState::new()) }
    }

    /// The tools that the server offers.
    pub fn tools(&self) -> &Toolset {
        &self.shared.tools
    }

    /// How operations are shown to clients.
    pub fn exposure(&self) -> Exposure {
        self.shared.exposure
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("tools", &self.shared.tools).finish_non_exhaustive()
    }
}
