//! Accounts of a configuration: a connector, and how its vendor is reached.

use std::fmt;
use std::path::PathBuf;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::{
    Client, Credentials, Description, Error, ErrorKind, Hosted, Local, Result,
};
use serde_json::{Map, Value};

use super::Rules;
use super::environment;
use super::file::Table;
use super::sources::Sources;
use super::unavailable::Unavailable;

/// A connector and how its vendor is reached, under the name by which calls refer to it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Account {
    /// The name of the account.
    pub name: String,
    /// Where the description of the connector comes from.
    pub origin: Origin,
    /// How the vendor is reached.
    pub reach: Reach,
    /// The rules of the account. The common rules have to permit a call as well.
    pub policy: Rules,
    /// The names under which its records are in the store of this machine. Unless they are set, that of the stored
    /// account, or what [`Toolset::local_store`](airbyte_agent_core::tools::Toolset::local_store) says.
    pub records: Option<Vec<String>>,
}

/// Where the description of a connector comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A connector that is built in, by its name.
    Name(String),
    /// A spec in a file, by its path.
    Spec(PathBuf),
}

/// How a vendor is reached.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Reach {
    /// Directly, with credentials of this machine.
    Direct(Direct),
    /// Through the platform, which keeps the credentials.
    Hosted(Box<Hosted>),
}

/// What a configuration says about a vendor that is reached directly. The environment supplies the rest.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Direct {
    /// The credentials. Unless they are set, they come from the environment, or else from a stored account.
    pub credentials: Option<Credentials>,
    /// The name of the stored account whose credentials are used, whatever the environment contains.
    pub stored: Option<String>,
    /// Variables of the server's address and settings of the connector, by name.
    pub settings: Map<String, Value>,
    /// The origin to which every request goes instead, with the intended host in a header.
    pub via: Option<String>,
    /// Whether redirects and downloads may lead to hosts in private networks.
    pub private_hosts: bool,
}

impl fmt::Debug for Direct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address that was not checked yet may contain a password.
        f.debug_struct("Direct")
            .field("credentials", &self.credentials)
            .field("stored", &self.stored)
            .field("settings", &self.settings.keys().collect::<Vec<_>>())
            .field("has_via", &self.via.is_some())
            .field("private_hosts", &self.private_hosts)
            .finish()
    }
}

impl Account {
    /// An account of the built-in connector with this name. Its credentials come from the environment.
    pub fn named(name: impl Into<String>, connector: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            origin: Origin::Name(connector.into()),
            reach: Reach::Direct(Direct::default()),
            policy: Rules::default(),
            records: None,
        }
    }

    /// The names under which its records are in the store, where the name of the account does not say it.
    pub(super) fn stored_as(&self) -> Option<Vec<String>> {
        let stored = || match &self.reach {
            Reach::Direct(direct) => direct.stored.clone().map(|name| vec![name]),
            Reach::Hosted(_) => None,
        };
        self.records.clone().or_else(stored)
    }

    /// The name under which the account is stored when somebody logs in for it: its own, or `usual` for the account
    /// that has the name of its connector. `None` where to log in would change nothing: calls go through the platform,
    /// or the configuration or the environment has credentials.
    ///
    /// # Errors
    ///
    /// When the environment has variables that belong to another connector.
    pub fn login_name<'n>(
        &'n self,
        connector: &Connector,
        sources: &dyn Sources,
        usual: &'n str,
    ) -> Result<Option<&'n str>> {
        let Reach::Direct(direct) = &self.reach else { return Ok(None) };
        if direct.credentials.is_some() {
            return Ok(None);
        }
        if let Some(name) = &direct.stored {
            return Ok(Some(name));
        }
        let found = environment::credentials(connector, &self.name, sources)?;
        Ok(found.is_empty().then(|| name_of(&self.name, connector).unwrap_or(usual)))
    }

    /// Sets where the description of the connector comes from.
    #[must_use]
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sets how the vendor is reached.
    #[must_use]
    pub fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Reads an account from its table. `resolve` turns a path of the file into one from the working
    /// directory.
    pub(super) fn read(
        name: String,
        mut table: Table<'_>,
        resolve: &dyn Fn(String) -> PathBuf,
    ) -> Result<Self> {
        let connector = table.text("connector")?;
        let spec = table.text("spec")?;
        let origin = match (connector, spec) {
            (Some(_), Some(_)) => {
                return Err(table.error(format!(
                    "'accounts.{name}' has both 'connector' and 'spec'; one of them is meant"
                )));
            }
            (None, Some(spec)) => Origin::Spec(resolve(spec)),
            (Some(connector), None) => Origin::Name(connector),
            (None, None) => Origin::Name(name.clone()),
        };
        let policy = Rules::read(&mut table)?;
        let records = table.texts("records")?;
        let records = Some(records).filter(|names| !names.is_empty());
        let reach = reach(&mut table)?;
        table.end();
        Ok(Self { name, origin, reach, policy, records })
    }

    /// The client of the account. Nothing is sent.
    ///
    /// Where no credentials were configured and `sources` have none that fit, there is a client all the
    /// same, and every call of it fails with what is missing. Other accounts still work.
    ///
    /// # Errors
    ///
    /// When the configured credentials, settings or stored account do not fit the connector.
    pub fn client(&self, description: Description, sources: &dyn Sources) -> Result<Client> {
        let direct = match &self.reach {
            Reach::Hosted(hosted) => return Client::hosted(description, (**hosted).clone()),
            Reach::Direct(direct) => direct,
        };
        let is_configured = direct.credentials.is_some() || direct.stored.is_some();
        let local = direct.local(&description, &self.name, sources);
        match local.and_then(|local| Client::local(description.clone(), local)) {
            Err(error) if !is_configured && error.kind() != ErrorKind::Usage => {
                let variables = environment::names(&description, &self.name);
                let command = sources.command(&description, name_of(&self.name, &description));
                let unavailable = Unavailable::new(&error, &variables, command.as_deref());
                tracing::info!(account = self.name, "{}", unavailable.message());
                Ok(Client::new(description, unavailable))
            }
            other => other,
        }
    }
}

impl Direct {
    /// How the vendor is reached, with what the environment or a stored account supplies.
    fn local(
        &self,
        description: &Description,
        account: &str,
        sources: &dyn Sources,
    ) -> Result<Local> {
        let mut local = environment::settings(description, account, sources)?;
        let stored = |name, local| sources.stored(description, name, local, &self.settings);
        local = match (&self.credentials, &self.stored) {
            (Some(given), _) => local.credentials(given.clone()),
            (None, Some(name)) => stored(Some(name), local)?.ok_or_else(|| {
                let command = sources.command(description, Some(name));
                let command = command.map(|text| format!("; to make it: {text}"));
                let message = format!(
                    "there is no stored account '{name}' of {}{}",
                    description.name,
                    command.unwrap_or_default()
                );
                Error::new(ErrorKind::Usage, message)
            })?,
            (None, None) => match environment::credentials(description, account, sources)? {
                found if found.is_empty() => {
                    let name = name_of(account, description);
                    stored(name, local.clone())?.unwrap_or(local)
                }
                found => local.credentials(found),
            },
        };
        for (key, value) in &self.settings {
            local = local.config(key, value.clone());
        }
        if let Some(origin) = &self.via {
            local = local.via(origin);
        }
        local = sources.sending(local, self.via.as_deref());
        Ok(if self.private_hosts { local.allow_private_hosts() } else { local })
    }
}

/// The name under which an account is stored, `None` for the account that has the name of its connector.
fn name_of<'n>(account: &'n str, connector: &Connector) -> Option<&'n str> {
    Some(account).filter(|name| *name != connector.name)
}

/// Reads how the vendor is reached.
fn reach(table: &mut Table<'_>) -> Result<Reach> {
    let credentials = table.object("credentials")?;
    let stored = table.text("stored")?;
    let scheme = table.text("auth_scheme")?;
    let settings = table.object("config")?;
    let via = table.text("via")?;
    let private_hosts = table.flag("allow_private_hosts")?.unwrap_or_default();
    let Some(hosted) = table.table_or_flag("hosted")? else {
        if stored.is_some() && credentials.is_some() {
            return Err(table.error("an account has either 'credentials' or 'stored'"));
        }
        let credentials = read_credentials(table, credentials, scheme)?;
        let settings = settings.unwrap_or_default();
        return Ok(Reach::Direct(Direct { credentials, stored, settings, via, private_hosts }));
    };
    let has_own = credentials.is_some() || stored.is_some() || scheme.is_some();
    if has_own || settings.is_some() || private_hosts {
        return Err(table.error(
            "a hosted account takes its credentials and settings from the platform; leave out \
             'credentials', 'stored', 'auth_scheme', 'config' and 'allow_private_hosts'",
        ));
    }
    let hosted = read_hosted(hosted)?;
    Ok(Reach::Hosted(Box::new(match via {
        Some(origin) => hosted.via(origin),
        None => hosted,
    })))
}

fn read_credentials(
    table: &Table<'_>,
    given: Option<Map<String, Value>>,
    scheme: Option<String>,
) -> Result<Option<Credentials>> {
    let Some(given) = given else {
        return match scheme {
            Some(_) => Err(table.error("'auth_scheme' needs 'credentials'")),
            None => Ok(None),
        };
    };
    let credentials = Credentials::from_json(&Value::Object(given))
        .map_err(|error| table.error(error.message()))?;
    Ok(Some(match scheme {
        Some(scheme) => credentials.scheme(scheme),
        None => credentials,
    }))
}

fn read_hosted(mut table: Table<'_>) -> Result<Hosted> {
    let id = table.text("client_id")?;
    let secret = table.text("client_secret")?;
    let base_url = table.text("base_url")?;
    let mut hosted = match (id, secret) {
        (Some(id), Some(secret)) => Hosted::new(id, secret),
        (None, None) if base_url.is_some() => {
            return Err(table.error(
                "'base_url' needs 'client_id' and 'client_secret' beside it: who says where they \
                 go says which ones, such as client_secret = \"${AIRBYTE_CLIENT_SECRET}\"",
            ));
        }
        (None, None) => Settings::from_default_file()
            .and_then(|file| Settings::from_variables(table.environment()).or(file).into_hosted())
            .map_err(|error| {
                let message = error.message();
                table.error(format!("{message}; or write client_id and client_secret here"))
            })?,
        _ => return Err(table.error("'client_id' and 'client_secret' belong together")),
    };
    if let Some(name) = table.text("workspace")? {
        hosted = hosted.workspace(name);
    }
    if let Some(id) = table.text("connector_id")? {
        hosted = hosted.connector_id(id);
    }
    if let Some(id) = table.text("organization")? {
        hosted = hosted.organization(id);
    }
    if let Some(url) = base_url {
        hosted = hosted.base_url(url);
    }
    table.end();
    Ok(hosted)
}
