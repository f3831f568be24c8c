//! The sources of credentials and settings that a configuration does not contain.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Local, Result};
use serde_json::{Map, Value};

/// The credentials and settings that this machine has for accounts: variables of the environment, and
/// accounts that a login stored.
///
/// A source gets the description of the connector. The name of a connector proves nothing, because any
/// spec may use it. A source that knows which descriptions are genuine refuses what belongs to
/// another description.
pub trait Sources {
    /// The value of an environment variable that an account of this connector reads.
    ///
    /// # Errors
    ///
    /// When the variable belongs to another connector.
    fn variable(&self, connector: &Connector, name: &str) -> Result<Option<String>>;

    /// Adds the credentials and settings of the stored account with this name, or of the default one, to
    /// `local`. `settings` override those of the account. `None` when there is no such account.
    ///
    /// # Errors
    ///
    /// When the account cannot be opened, or belongs to another connector.
    fn stored(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
        settings: &Map<String, Value>,
    ) -> Result<Option<Local>>;

    /// The command that stores such an account, `None` where there is none.
    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String>;

    /// Chooses how the requests of a direct account are sent, which go to the origin `via` if there is one. By default
    /// they are sent by the client that all connectors share.
    fn sending(&self, local: Local, via: Option<&str>) -> Local {
        let _ = via;
        local
    }
}

/// The variables of the environment, without stored accounts.
///
/// Every description gets the variables of its name. The connectors of a configuration therefore have to be
/// ones that you know: a spec that calls itself `github` gets the variables of GitHub.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct EnvironmentOnly;

impl Sources for EnvironmentOnly {
    fn variable(&self, _: &Connector, name: &str) -> Result<Option<String>> {
        Ok(std::env::var(name).ok())
    }

    fn stored(
        &self,
        _: &Connector,
        _: Option<&str>,
        _: Local,
        _: &Map<String, Value>,
    ) -> Result<Option<Local>> {
        Ok(None)
    }

    fn command(&self, _: &Connector, _: Option<&str>) -> Option<String> {
        None
    }
}
