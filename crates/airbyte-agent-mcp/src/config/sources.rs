//! Where the credentials and settings of accounts come from that a configuration leaves open.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Local, Result};
use serde_json::{Map, Value};

/// What this machine holds for accounts: variables of the environment, and what a login stored.
///
/// A connector is asked for by its description, and its name proves nothing: any spec may bear it.
/// Whoever knows which descriptions are genuine refuses what belongs to another one.
pub trait Sources {
    /// The value of an environment variable that an account of this connector reads.
    ///
    /// # Errors
    ///
    /// When the variable belongs to somebody else.
    fn variable(&self, connector: &Connector, name: &str) -> Result<Option<String>>;

    /// Puts credentials and settings of the stored account of this name, or of the usual one, on
    /// `local`, and `settings`, which go before those of the account; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or belongs to somebody else.
    fn stored(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
        settings: &Map<String, Value>,
    ) -> Result<Option<Local>>;

    /// The command that stores such an account.
    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String>;
}

/// The environment, and nothing stored.
///
/// It gives every description the variables of its name. So the connectors of a configuration have
/// to be ones that you know: a spec that calls itself `github` gets the variables of GitHub.
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
