//! An account is bound to the origins that it was made for.
//!
//! The name of a connector proves nothing, because any spec may have it. An account therefore remembers where
//! the description that it was made with sends credentials, and only a description that sends them nowhere
//! else can use it.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Credentials, Destination, Error, ErrorKind, Local, Result};
use serde_json::{Map, Value};

use crate::{Account, AccountTokens, Store};

/// What a call sets in the place of what the account holds. It is the caller's own decision, so that the
/// credentials are sent to another origin when one of these settings names it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Overrides {
    /// The name of the security scheme to use.
    pub scheme: Option<String>,
    /// Server variables and other settings of the connector.
    pub settings: Map<String, Value>,
}

impl Overrides {
    /// Overrides in which nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the security scheme.
    #[must_use]
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.scheme = Some(name.into());
        self
    }

    /// Sets settings of the connector.
    #[must_use]
    pub fn settings(mut self, settings: Map<String, Value>) -> Self {
        self.settings = settings;
        self
    }
}

impl Account {
    /// Binds the account to the origins to which `connector` sends its credentials.
    ///
    /// # Errors
    ///
    /// When credentials or settings do not fit the connector.
    pub fn bound(mut self, connector: &Connector) -> Result<Self> {
        let local = self.put_on(Local::new(Credentials::new()), connector, &Overrides::new());
        self.destinations = Some(local.possible_destinations(connector)?);
        Ok(self)
    }

    /// Whether the account is bound. Accounts of earlier versions are not, until [`Store::bind`] binds them.
    pub fn is_bound(&self) -> bool {
        self.destinations.is_some()
    }

    /// The origins that the account is bound to; empty when it is not bound.
    pub fn destinations(&self) -> &[Destination] {
        self.destinations.as_deref().unwrap_or_default()
    }

    /// Options for calling the vendor directly with this account. Renewed tokens are written to `store`.
    ///
    /// # Errors
    ///
    /// As [`on`](Self::on).
    pub fn local(&self, connector: &Connector, store: &Store) -> Result<Local> {
        self.on(Local::new(Credentials::new()), connector, store, &Overrides::new())
    }

    /// Adds this account to existing options for calling the vendor directly. A setting of the account replaces
    /// one of `local`, and `overrides` replace both.
    ///
    /// # Errors
    ///
    /// `Authentication` when the account is not bound, or `connector` sends credentials to an
    /// origin that it is not bound to; and when credentials or settings do not fit the connector.
    pub fn on(
        &self,
        local: Local,
        connector: &Connector,
        store: &Store,
        overrides: &Overrides,
    ) -> Result<Local> {
        let mut own = local.settings().clone();
        own.retain(|name, _| !self.settings().contains_key(name));
        own.extend(overrides.settings.clone());
        let local = self.put_on(local, connector, overrides);
        self.check(&local.destinations(connector)?, &own, connector)?;
        Ok(local.token_store(AccountTokens::new(self, store)))
    }

    fn put_on(&self, local: Local, connector: &Connector, overrides: &Overrides) -> Local {
        let mut credentials = self.credentials(connector);
        if let Some(scheme) = &overrides.scheme {
            credentials = credentials.scheme(scheme);
        }
        let settings = self.settings().iter().chain(&overrides.settings);
        settings.fold(local.credentials(credentials), |local, (name, value)| {
            local.config(name, value.clone())
        })
    }

    /// Refuses destinations that the account is not bound to. The caller's `own` settings are put into the
    /// destinations of the account before they are compared.
    fn check(
        &self,
        destinations: &[Destination],
        own: &Map<String, Value>,
        connector: &Connector,
    ) -> Result<()> {
        let (kind, name) = (self.connector(), self.name());
        let refused = |why: String| Err(Error::new(ErrorKind::Authentication, why));
        let Some(bound) = &self.destinations else {
            return refused(format!(
                "the stored account {kind}/{name} does not say to which servers it belongs; log in \
                 again"
            ));
        };
        // Another connector may not use the account, even when it has the same address.
        if connector.name != kind {
            return refused(format!(
                "the stored account {kind}/{name} does not belong to the connector {}",
                connector.name
            ));
        }
        let bound: Vec<Destination> =
            bound.iter().map(|bound| bound.clone().with_settings(own)).collect();
        let is_bound = |one: &&Destination| bound.iter().any(|bound| bound.is_origin_of(one));
        let strange: Vec<&Destination> = destinations.iter().filter(|one| !is_bound(one)).collect();
        if strange.is_empty() {
            return Ok(());
        }
        refused(format!(
            "the stored account {kind}/{name} belongs to {}, and this description of {kind} would \
             send it to {}",
            listed(bound.iter()),
            listed(strange.into_iter()),
        ))
    }
}

/// The origins as a list in which each of them stands once.
fn listed<'d>(destinations: impl Iterator<Item = &'d Destination>) -> String {
    let mut shown: Vec<String> = Vec::new();
    for one in destinations.map(ToString::to_string) {
        if !shown.contains(&one) {
            shown.push(one);
        }
    }
    shown.join(", ")
}
