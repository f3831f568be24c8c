//! One account: a connector and the way to reach it.

use std::path::PathBuf;

use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::{Client, Credentials, Description, ErrorKind, Hosted, Local, Result};
use serde_json::{Map, Value};

use super::Rules;
use super::environment;
use super::file::Table;
use super::unavailable::Unavailable;

/// A connector and the way to reach it, under the name by which calls mean it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Account {
    /// The name.
    pub name: String,
    /// Where the connector comes from.
    pub origin: Origin,
    /// How it is reached.
    pub reach: Reach,
    /// What may be done with it, besides what is permitted in general.
    pub policy: Rules,
}

/// Where a connector comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A built-in one, by its name.
    Name(String),
    /// A spec file.
    Spec(PathBuf),
}

/// How a vendor is reached.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reach {
    /// Straight.
    Direct(Direct),
    /// Through the platform.
    Hosted(Box<Hosted>),
}

/// What is known of the way straight to a vendor; the environment supplies the rest.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Direct {
    /// Credentials; those of the environment unless set.
    pub credentials: Option<Credentials>,
    /// Server variables and settings of the connector.
    pub settings: Map<String, Value>,
    /// Where every request goes instead, with the intended host in a header.
    pub via: Option<String>,
    /// Whether redirects and downloads may lead to private hosts.
    pub private_hosts: bool,
}

impl Account {
    /// An account of the built-in connector of this name, with credentials of the environment.
    pub fn named(name: impl Into<String>, connector: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            origin: Origin::Name(connector.into()),
            reach: Reach::Direct(Direct::default()),
            policy: Rules::default(),
        }
    }

    /// Sets where the connector comes from.
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

    pub(super) fn read(
        name: String,
        mut table: Table<'_>,
        place: &dyn Fn(String) -> PathBuf,
    ) -> Result<Self> {
        let connector = table.text("connector")?;
        let spec = table.text("spec")?;
        let origin = match (connector, spec) {
            (Some(_), Some(_)) => {
                return Err(table.error(format!(
                    "'accounts.{name}' has both 'connector' and 'spec'; one of them is meant"
                )));
            }
            (None, Some(spec)) => Origin::Spec(place(spec)),
            (Some(connector), None) => Origin::Name(connector),
            (None, None) => Origin::Name(name.clone()),
        };
        let policy = Rules::read(&mut table)?;
        let reach = reach(&mut table)?;
        table.end()?;
        Ok(Self { name, origin, reach, policy })
    }

    /// A client of the account. Sends nothing.
    ///
    /// Where no credentials were configured and the environment has none that fit, the client is
    /// there all the same and every call of it says what is missing: other accounts still work.
    ///
    /// # Errors
    ///
    /// When credentials or settings that were configured do not fit the connector.
    pub fn client(&self, description: Description) -> Result<Client> {
        let direct = match &self.reach {
            Reach::Hosted(hosted) => return Client::hosted(description, (**hosted).clone()),
            Reach::Direct(direct) => direct,
        };
        let local = direct.local(&description, &self.name);
        match Client::local(description.clone(), local) {
            Err(error) if direct.credentials.is_none() && error.kind() != ErrorKind::Usage => {
                let names = environment::names(&description, &self.name);
                let unavailable = Unavailable::new(&error, &names);
                tracing::info!(account = self.name, "{}", unavailable.message());
                Ok(Client::new(description, unavailable))
            }
            other => other,
        }
    }
}

impl Direct {
    fn read(
        table: &Table<'_>,
        credentials: Option<Map<String, Value>>,
        scheme: Option<String>,
    ) -> Result<Self> {
        let credentials = match credentials {
            Some(given) => Some(
                Credentials::from_json(&Value::Object(given))
                    .map_err(|error| table.error(error.message()))?,
            ),
            None if scheme.is_some() => {
                return Err(table.error("'auth_scheme' needs 'credentials'"));
            }
            None => None,
        };
        let credentials = match (credentials, scheme) {
            (Some(credentials), Some(scheme)) => Some(credentials.scheme(scheme)),
            (credentials, _) => credentials,
        };
        Ok(Self { credentials, ..Self::default() })
    }

    fn local(&self, description: &Description, account: &str) -> Local {
        let mut local = environment::local(description, account, self.credentials.clone());
        for (key, value) in &self.settings {
            local = local.config(key, value.clone());
        }
        if let Some(origin) = &self.via {
            local = local.via(origin);
        }
        if self.private_hosts { local.allow_private_hosts() } else { local }
    }
}

fn reach(table: &mut Table<'_>) -> Result<Reach> {
    let credentials = table.object("credentials")?;
    let scheme = table.text("auth_scheme")?;
    let settings = table.object("config")?;
    let via = table.text("via")?;
    let private_hosts = table.flag("allow_private_hosts")?.unwrap_or_default();
    let Some(hosted) = table.table_or_flag("hosted")? else {
        let direct = Direct::read(table, credentials, scheme)?;
        let settings = settings.unwrap_or_default();
        return Ok(Reach::Direct(Direct { settings, via, private_hosts, ..direct }));
    };
    if credentials.is_some() || scheme.is_some() || settings.is_some() || private_hosts {
        return Err(table.error(
            "a hosted account takes its credentials and settings from the platform; leave out \
             'credentials', 'auth_scheme', 'config' and 'allow_private_hosts'",
        ));
    }
    let hosted = read_hosted(hosted)?;
    Ok(Reach::Hosted(Box::new(match via {
        Some(origin) => hosted.via(origin),
        None => hosted,
    })))
}

fn read_hosted(mut table: Table<'_>) -> Result<Hosted> {
    let id = table.text("client_id")?;
    let secret = table.text("client_secret")?;
    let mut hosted = match (id, secret) {
        (Some(id), Some(secret)) => Hosted::new(id, secret),
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
    if let Some(url) = table.text("base_url")? {
        hosted = hosted.base_url(url);
    }
    table.end()?;
    Ok(hosted)
}
