//! Hosted connectors by name.

use std::future::IntoFuture;

use airbyte_agent_core::{BoxFuture, Client, Hosted, Result};
use airbyte_agent_platform::Platform;

use crate::registry::connector;

/// Connects to a hosted connector by its name, such as `stripe`.
///
/// Client id, secret and organization come from the environment (`AIRBYTE_CLIENT_ID`,
/// `AIRBYTE_CLIENT_SECRET`, `AIRBYTE_ORGANIZATION_ID`) and the workspace is `default`, unless told
/// otherwise. Without a connector id the only connector of this kind in the workspace is meant; it
/// is looked up right away, so that a missing or ambiguous one shows here and not at the first
/// call. A typed connector takes the client with `from_client`.
///
/// ```no_run
/// # async fn example() -> airbyte_agent::Result<()> {
/// let stripe = airbyte_agent::connect("stripe").workspace("tenant-42").await?;
/// let customers = stripe.execute("customers", "list", Default::default()).await?;
/// println!("{}", customers.data);
/// # Ok(())
/// # }
/// ```
pub fn connect(connector: impl Into<String>) -> Connect {
    Connect { connector: connector.into(), hosted: None, workspace: None, connector_id: None }
}

/// A connection to a hosted connector; awaiting it makes it.
///
/// # Errors
///
/// `Usage` when there is no such connector in this program, or when the workspace has several;
/// `NotFound` when it has none; `Authentication` when client id or secret is missing or wrong.
#[derive(Debug, Clone)]
#[must_use = "a connection is made when it is awaited"]
pub struct Connect {
    connector: String,
    hosted: Option<Hosted>,
    workspace: Option<String>,
    connector_id: Option<String>,
}

impl Connect {
    /// The workspace that holds the connector.
    pub fn workspace(mut self, name: impl Into<String>) -> Self {
        self.workspace = Some(name.into());
        self
    }

    /// The connector itself, where the workspace has several of the kind.
    pub fn connector_id(mut self, id: impl Into<String>) -> Self {
        self.connector_id = Some(id.into());
        self
    }

    /// Options of the platform, in the place of those from the environment.
    pub fn hosted(mut self, options: Hosted) -> Self {
        self.hosted = Some(options);
        self
    }
}

impl IntoFuture for Connect {
    type Output = Result<Client>;
    type IntoFuture = BoxFuture<'static, Result<Client>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let description = connector(&self.connector)?;
            let hosted = self.hosted.map_or_else(Hosted::from_env, Ok)?;
            let platform = Platform::new(hosted)?;
            let workspace = match self.workspace {
                Some(name) => platform.workspace(name),
                None => platform.default_workspace(),
            };
            match self.connector_id {
                Some(id) => Ok(workspace.connect_to(description, &id)),
                None => workspace.connect(description).await,
            }
        })
    }
}
