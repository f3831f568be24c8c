//! The clients that a query needs, each made when something has to be read.

use airbyte_agent_core::{BoxFuture, Description, Error};
use airbyte_agent_sync::live::{Clients, Source};
use tokio::sync::Mutex;

use crate::args::connection::ConnectionArgs;
use crate::args::sql::SqlArgs;
use crate::connect::{Connection, Pacing, connect_paced};
use crate::failure::usage_error;

/// Name of the account under which records of the sandbox are stored.
const SANDBOX: &str = "sandbox";

/// Name of the account if none is named.
const DEFAULT: &str = "default";

/// The accounts of a user.
pub(super) struct Accounts {
    account: Option<String>,
    via: Option<String>,
    is_sandbox: bool,
    /// What must live as long as the clients.
    connections: Mutex<Vec<Connection>>,
}

impl Accounts {
    pub(super) fn new(args: &SqlArgs) -> Self {
        Self {
            account: args.account.clone(),
            via: args.via.clone(),
            is_sandbox: args.sandbox,
            connections: Mutex::new(Vec::new()),
        }
    }

    async fn source(&self, connector: &str, account: Option<&str>) -> Result<Source, Error> {
        let usual = if self.is_sandbox { SANDBOX } else { DEFAULT };
        let name = account.or(self.account.as_deref()).unwrap_or(usual).to_owned();
        if self.is_sandbox != (name == SANDBOX) {
            let advice = if self.is_sandbox { "leave --sandbox out" } else { "add --sandbox" };
            return Err(usage_error(format!(
                "the records of {connector} of the account {name} have to be read: {advice}, or query what is in \
                 the store with --offline"
            )));
        }
        let description = airbyte_agent::connector(connector)?;
        let args = ConnectionArgs {
            account: (name != DEFAULT && name != SANDBOX).then(|| name.clone()),
            via: self.via.clone(),
            sandbox: self.is_sandbox,
            ..ConnectionArgs::default()
        };
        let connection = connect_paced(&args, description, Pacing::Caller).await?;
        let (client, pace) = (connection.client.clone(), connection.pace.clone());
        self.connections.lock().await.push(connection);
        Ok(Source { client, account: name, pace })
    }
}

impl Clients for Accounts {
    fn connectors(&self) -> Vec<String> {
        airbyte_agent::registry().iter().map(|connector| connector.name.to_string()).collect()
    }

    fn description(&self, connector: &str) -> Option<Description> {
        airbyte_agent::connector(connector).ok()
    }

    fn client<'a>(
        &'a self,
        connector: &'a str,
        account: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Source, Error>> {
        Box::pin(self.source(connector, account))
    }
}
