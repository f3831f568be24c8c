//! What the accounts of a server use from this machine: environment variables and stored accounts.

use airbyte_agent_accounts::{DEFAULT, Entry, Overrides, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Client, Description, Error, Http, Local};
use airbyte_agent_mcp::config::{Account, Reach, Sources};
use airbyte_agent_sync::PacedHttp;
use serde_json::{Map, Value};

use crate::{accounts, cursor_key, ownership, pace};

/// The environment and the store of this user. The index of the store is read only once, so that a
/// server with many accounts starts quickly.
pub(super) struct UserSources {
    /// `None` if there is no home folder.
    store: Option<Store>,
    entries: Vec<Entry>,
}

impl UserSources {
    /// Reads the index of the store. No account is opened.
    pub(super) fn load() -> Result<Self, Error> {
        let store = accounts::open_store(None).ok();
        let entries = store.as_ref().map(Store::list).transpose()?.unwrap_or_default();
        Ok(Self { store, entries })
    }
}

impl Sources for UserSources {
    fn variable(&self, connector: &Connector, name: &str) -> Result<Option<String>, Error> {
        let Ok(value) = std::env::var(name) else { return Ok(None) };
        ownership::check_variable(connector, name)?;
        Ok(Some(value))
    }

    fn stored(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
        settings: &Map<String, Value>,
    ) -> Result<Option<Local>, Error> {
        ownership::check_name(connector)?;
        let name = name.unwrap_or(DEFAULT);
        let is_wanted = |entry: &Entry| entry.connector == connector.name && entry.account == name;
        let Some(store) = &self.store else { return Ok(None) };
        if !self.entries.iter().any(is_wanted) {
            return Ok(None);
        }
        let Some(account) = accounts::open_account(store, connector, name)? else {
            return Ok(None);
        };
        let overrides = Overrides::new().settings(settings.clone());
        accounts::apply_account(&account, local, connector, store, &overrides).map(Some)
    }

    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String> {
        Some(accounts::login_command(connector, name.unwrap_or(DEFAULT)))
    }
}

/// The same with a client that keeps to the limits of the vendor.
pub(super) struct PacedSources<'s> {
    pub(super) sources: &'s UserSources,
    pub(super) http: &'s PacedHttp,
}

impl Sources for PacedSources<'_> {
    fn variable(&self, connector: &Connector, name: &str) -> Result<Option<String>, Error> {
        self.sources.variable(connector, name)
    }

    fn stored(
        &self,
        connector: &Connector,
        name: Option<&str>,
        local: Local,
        settings: &Map<String, Value>,
    ) -> Result<Option<Local>, Error> {
        self.sources.stored(connector, name, local, settings)
    }

    fn command(&self, connector: &Connector, name: Option<&str>) -> Option<String> {
        self.sources.command(connector, name)
    }

    fn sending(&self, local: Local, via: Option<&str>) -> Local {
        if pace::is_here(via) { local } else { local.http_client(self.http.clone()) }
    }
}

/// The client of an account, whose requests keep to the limits that the programs of this user share.
pub(super) fn paced_client(
    account: &Account,
    description: Description,
    sources: &UserSources,
) -> Result<Client, Error> {
    let http = PacedHttp::new(Http::default());
    let client = account.client(description, &PacedSources { sources, http: &http })?;
    let (client, has_stored_key) = cursor_key::with_stored_key_or_log(client);
    if !matches!(account.reach, Reach::Hosted(_)) {
        http.set_pace(pace::of(&client, has_stored_key));
    }
    Ok(client)
}
