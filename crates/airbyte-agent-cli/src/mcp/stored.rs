//! The accounts that `login` stored, for the accounts of a server.

use airbyte_agent_accounts::{DEFAULT, Entry, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Error, Local};
use airbyte_agent_mcp::config::Stored;

use crate::accounts;

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

impl Stored for Accounts {
    fn put(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
    ) -> Result<Option<Local>, Error> {
        let name = name.unwrap_or(DEFAULT);
        let is_wanted = |entry: &Entry| entry.connector == connector.name && entry.account == name;
        let Some(store) = &self.store else { return Ok(None) };
        if !self.entries.iter().any(is_wanted) {
            return Ok(None);
        }
        let account = store.get(&connector.name, name)?;
        Ok(account.map(|account| account.on(local, connector, store)))
    }

    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String> {
        let account = name.map(|name| format!(" --account {name}")).unwrap_or_default();
        Some(format!("airbyte-agent login {}{account}", connector.name))
    }
}
