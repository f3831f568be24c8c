//! The origins to which a connector sends credentials, according to its description and to the
//! user's options.

use serde_json::{Map, Value};

use super::{Local, configuration};
use crate::auth::Account;
use crate::description::{AuthScheme, Connector, Server, Template};
use crate::destination::{Destination, Part};
use crate::error::Result;

impl Destination {
    /// The origins to which a description sends credentials, with any of its schemes. Settings have
    /// their default values.
    pub fn declared_by(connector: &Connector) -> Vec<Self> {
        let part = |name: &str| {
            let variable = connector.variables().into_iter().find(|variable| variable.name == name);
            let rule = variable.and_then(|variable| variable.derived_from.as_ref());
            match rule {
                // Another rule would take another part of the credential.
                Some(rule) => Part::Credential {
                    credential: name.to_owned(),
                    value: Some(format!("{}{}", rule.delimiter, rule.field)),
                },
                None => Part::Setting {
                    setting: name.to_owned(),
                    value: variable
                        .and_then(|known| known.default.as_ref())
                        .map(ToString::to_string),
                },
            }
        };
        let servers = std::iter::once(&connector.server);
        let mut destinations: Vec<Self> = Vec::new();
        for scheme in connector.auth.iter() {
            let own = scheme.server.as_ref().map(|own| &own.server);
            for server in servers.clone().chain(own) {
                destinations.extend(of_server(server, scheme, part));
            }
            destinations.extend(token_urls(scheme).map(|url| Self::new(url, part)));
        }
        if connector.auth.is_empty() {
            destinations.extend(servers.map(|server| Self::new(&server.url, part)));
        }
        destinations.sort();
        destinations.dedup();
        destinations
    }
}

impl Local {
    /// The settings that these options contain.
    pub fn settings(&self) -> &Map<String, Value> {
        &self.options.config
    }

    /// The origins to which a client of `connector` with these options sends the credentials.
    ///
    /// # Errors
    ///
    /// Those of [`Client::local`](crate::Client::local), when credentials or settings do not fit.
    pub fn destinations(&self, connector: &Connector) -> Result<Vec<Destination>> {
        let known = Known::new(self, connector)?;
        let scheme = known.scheme();
        let server = connector.server_of(scheme, |name| known.config.contains_key(name));
        let mut destinations = of_server(server, scheme, |name| known.setting(name));
        destinations.retain(Destination::is_complete);
        destinations.extend(known.token_destinations());
        Ok(destinations)
    }

    /// The origins of [`destinations`](Self::destinations), and those that settings which are not
    /// given yet could lead to.
    ///
    /// # Errors
    ///
    /// Those of [`destinations`](Self::destinations).
    pub fn possible_destinations(&self, connector: &Connector) -> Result<Vec<Destination>> {
        let known = Known::new(self, connector)?;
        let scheme = known.scheme();
        let own = scheme.server.as_ref();
        // The common address is never used if the scheme always has its own.
        let common = own.is_none_or(|own| own.when.is_some()).then_some(&connector.server);
        let servers = common.into_iter().chain(own.map(|own| &own.server));
        let mut destinations: Vec<Destination> = servers
            .flat_map(|server| of_server(server, scheme, |name| known.setting(name)))
            .collect();
        destinations.extend(known.token_destinations());
        destinations.sort();
        destinations.dedup();
        Ok(destinations)
    }
}

/// What is known of a connector's addresses from the options.
struct Known<'c> {
    connector: &'c Connector,
    account: Account,
    given: &'c Map<String, Value>,
    config: Map<String, Value>,
}

impl<'c> Known<'c> {
    fn new(local: &'c Local, connector: &'c Connector) -> Result<Self> {
        let account = Account::new(connector, &local.options.credentials)?;
        let scheme = account.scheme(connector);
        let config = configuration(connector, scheme, &local.options.config, |field| {
            account.secret(field).map(str::to_owned)
        })?;
        Ok(Self { connector, account, given: &local.options.config, config })
    }

    fn scheme(&self) -> &'c AuthScheme {
        self.account.scheme(self.connector)
    }

    /// A server variable.
    fn setting(&self, name: &str) -> Part {
        let value = self.config.get(name).and_then(Value::as_str).map(str::to_owned);
        let variable = self.connector.variables().into_iter().find(|known| known.name == name);
        let is_derived = variable.is_some_and(|known| known.derived_from.is_some());
        if is_derived && !self.given.contains_key(name) {
            return Part::Credential { credential: name.to_owned(), value };
        }
        Part::Setting { setting: name.to_owned(), value }
    }

    /// A name in the address of a token endpoint: a setting, or else a credential.
    fn setting_or_secret(&self, name: &str) -> Part {
        match self.account.secret(name) {
            Some(secret) if !self.config.contains_key(name) => {
                Part::Credential { credential: name.to_owned(), value: Some(secret.to_owned()) }
            }
            _ => self.setting(name),
        }
    }

    fn token_destinations(&self) -> impl Iterator<Item = Destination> {
        token_urls(self.scheme())
            .map(|url| Destination::new(url, |name| self.setting_or_secret(name)))
    }
}

/// The address of a server, and also the address that the token endpoint returns, where the scheme
/// uses that one.
fn of_server(
    server: &Server,
    scheme: &AuthScheme,
    part: impl Fn(&str) -> Part,
) -> Vec<Destination> {
    let is_told = |name: &str| {
        let mut extracted = scheme.refresh.iter().flat_map(|refresh| refresh.extract.iter());
        extracted.any(|known| known == name)
    };
    let mut destinations = vec![Destination::new(&server.url, &part)];
    if server.url.names().any(is_told) {
        destinations.push(Destination::new(&server.url, |name| {
            if is_told(name) { Part::Token { token: name.to_owned() } } else { part(name) }
        }));
    }
    destinations
}

/// The addresses from which a scheme obtains tokens.
fn token_urls(scheme: &AuthScheme) -> impl Iterator<Item = &Template> {
    let refresh = scheme.refresh.iter().map(|refresh| &refresh.url);
    let exchange = scheme.oauth.iter().map(|oauth| &oauth.token_url);
    refresh.chain(exchange).filter(|url| !url.pieces.is_empty())
}
