//! What this user's machine holds for the accounts of a server: variables, and stored accounts.

use airbyte_agent_accounts::{DEFAULT, Entry, Overrides, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Error, Local};
use airbyte_agent_mcp::config::Sources;
use serde_json::{Map, Value};

use crate::{accounts, reach};

/// The store of this user with what it holds, read once: a server has many accounts that are not
/// in it, and starts quickly.
pub(super) struct Accounts {
    /// None where there is no home folder.
    store: Option<Store>,
    entries: Vec<Entry>,
}

impl Accounts {
    /// Reads which accounts there are; unlocks nothing.
    pub(super) fn of_user() -> Result<Self, Error> {
        let store = accounts::store(None).ok();
        let entries = store.as_ref().map(Store::list).transpose()?.unwrap_or_default();
        Ok(Self { store, entries })
    }
}

impl Sources for Accounts {
    fn variable(&self, connector: &Connector, name: &str) -> Result<Option<String>, Error> {
        let Ok(value) = std::env::var(name) else { return Ok(None) };
        reach::check_variable(connector, name)?;
        Ok(Some(value))
    }

    fn stored(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
        settings: &Map<String, Value>,
    ) -> Result<Option<Local>, Error> {
        reach::check_name(connector)?;
        let name = name.unwrap_or(DEFAULT);
        let is_wanted = |entry: &Entry| entry.connector == connector.name && entry.account == name;
        let Some(store) = &self.store else { return Ok(None) };
        if !self.entries.iter().any(is_wanted) {
            return Ok(None);
        }
        let Some(account) = reach::open(store, connector, name)? else { return Ok(None) };
        let overrides = Overrides::new().settings(settings.clone());
        reach::with_stored(&account, local, connector, store, &overrides).map(Some)
    }

    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String> {
        Some(reach::login_command(connector, name.unwrap_or(DEFAULT)))
    }
}
