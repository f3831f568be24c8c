//! Finds the scheme that credentials fit, and computes the secrets of this scheme.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};

use super::Credentials;
use crate::description::{AuthKind, AuthScheme, Connector};
use crate::description::{closest, suggestion};
use crate::error::{Error, Result};
use crate::secret::Redactor;

/// Credentials, assigned to one scheme of a connector.
pub(crate) struct Account {
    /// Index of the scheme in the description.
    scheme: usize,
    /// Secrets that are targets of a mapping, and under their own names the fields that no mapping
    /// uses.
    secrets: BTreeMap<String, SecretString>,
}

impl Account {
    /// Chooses the scheme and computes its secrets.
    pub(crate) fn new(connector: &Connector, credentials: &Credentials) -> Result<Self> {
        let scheme = choose(connector, credentials)?;
        let declared = &connector.auth[scheme];
        check_fields(connector, declared, credentials)?;
        let mut secrets = BTreeMap::new();
        for field in declared.fields.iter() {
            if let Some(value) = credentials.get(&field.name, &field.aliases) {
                secrets.insert(field.name.to_string(), SecretString::from(value));
            }
        }
        let mut mapped = BTreeMap::new();
        for mapping in declared.mapping.iter() {
            let value = mapping.value.render(|name| match secrets.get(name) {
                Some(value) => Ok(value.expose_secret().to_owned()),
                None => Err(()),
            });
            // An optional field that was not given leaves its target out.
            if let Ok(value) = value {
                mapped.insert(mapping.target.to_string(), SecretString::from(value));
            }
        }
        for (name, value) in secrets {
            mapped.entry(name).or_insert(value);
        }
        Ok(Self { scheme, secrets: mapped })
    }

    /// The scheme in use.
    pub(crate) fn scheme<'c>(&self, connector: &'c Connector) -> &'c AuthScheme {
        &connector.auth[self.scheme]
    }

    /// The secrets by name.
    pub(crate) fn secrets(&self) -> &BTreeMap<String, SecretString> {
        &self.secrets
    }

    /// A secret, unless it is blank.
    pub(crate) fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(name).map(ExposeSecret::expose_secret).filter(|text| !text.is_empty())
    }

    /// A text that distinguishes this account from others, made of its settings and secrets.
    /// `stored_as` is the name of the account in the store of renewed tokens. It is used instead of
    /// the tokens, which a renewal replaces. Without it, the account is identified by the tokens
    /// that were given.
    pub(crate) fn identity(
        &self,
        connector: &Connector,
        config: &Map<String, Value>,
        stored_as: Option<&str>,
    ) -> Vec<u8> {
        let scheme = self.scheme(connector);
        let tokens = ["access_token", "refresh_token"];
        let lasting = |name: &str| stored_as.is_none() || !tokens.contains(&name);
        let mut parts = vec![("scheme", scheme.name.to_string())];
        parts.extend(stored_as.map(|name| ("stored as", name.to_owned())));
        let secrets = self.secrets.iter().filter(|(name, _)| lasting(name));
        parts.extend(secrets.map(|(name, value)| (&**name, value.expose_secret().to_owned())));
        let mut config: Vec<_> =
            config.iter().map(|(name, value)| (&**name, value.to_string())).collect();
        config.sort_unstable();
        parts.extend(config);
        // The parts are written as JSON, so that two different lists of parts never give the same
        // text.
        serde_json::to_vec(&parts).unwrap_or_default()
    }

    /// Makes every secret known to the redactor, in the forms in which a vendor may echo it.
    pub(crate) fn register(&self, connector: &Connector, redactor: &Redactor) {
        let scheme = self.scheme(connector);
        let is_name = |text: &str| {
            scheme.fields.iter().filter(|field| !field.secret).any(|field| {
                let value = self.secrets.get(field.name.as_ref());
                value.is_some_and(|value| value.expose_secret() == text)
            })
        };
        for (name, value) in &self.secrets {
            let value = value.expose_secret();
            let is_secret = scheme.field(name).is_some_and(|field| field.secret);
            if is_secret || !is_name(value) {
                redactor.add(value);
            } else {
                redactor.add_name(value);
            }
        }
        if scheme.kind == AuthKind::Basic {
            redactor.add(&super::apply::basic(&self.secrets));
        }
    }
}

/// The scheme for which the credentials are complete.
pub(super) fn fitting<'c>(
    connector: &'c Connector,
    credentials: &Credentials,
) -> Result<&'c AuthScheme> {
    let scheme = &connector.auth[choose(connector, credentials)?];
    check_fields(connector, scheme, credentials)?;
    Ok(scheme)
}

fn choose(connector: &Connector, credentials: &Credentials) -> Result<usize> {
    credentials.check_connector(connector)?;
    let names = || connector.auth.iter().map(|scheme| scheme.name.as_ref()).collect::<Vec<_>>();
    if let Some(wanted) = credentials.scheme_name() {
        return connector.auth.iter().position(|scheme| scheme.name == wanted).ok_or_else(|| {
            let hint = suggestion(wanted, &names());
            Error::usage(format!("{} has no auth scheme '{wanted}'{hint}", connector.name))
        });
    }
    if connector.auth.len() == 1 {
        return Ok(0);
    }
    if credentials.is_empty() {
        return Err(missing_credentials(connector));
    }
    let complete = |scheme: &AuthScheme| {
        scheme
            .fields
            .iter()
            .filter(|field| field.required)
            .all(|field| credentials.get(&field.name, &field.aliases).is_some())
    };
    let knows_all =
        |scheme: &AuthScheme| credentials.names().all(|name| scheme.field(name).is_some());
    let exact = |scheme: &AuthScheme| {
        credentials.names().all(|name| scheme.fields.iter().any(|field| field.name == name))
    };
    let mut fitting: Vec<usize> =
        (0..connector.auth.len()).filter(|index| complete(&connector.auth[*index])).collect();
    // Of several schemes that are complete, one that leaves nothing unused is meant.
    let rules: [&dyn Fn(&AuthScheme) -> bool; 2] = [&knows_all, &exact];
    for rule in rules {
        if fitting.len() > 1 {
            let better: Vec<usize> =
                fitting.iter().copied().filter(|index| rule(&connector.auth[*index])).collect();
            if !better.is_empty() {
                fitting = better;
            }
        }
    }
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(Error::authentication(format!(
            "the credentials given ({}) are not complete for any way to authenticate with {}{}: {}",
            credentials.names().collect::<Vec<_>>().join(", "),
            connector.name,
            misspelt(connector, credentials),
            ways(connector),
        ))),
        several => {
            let fitting: Vec<&str> =
                several.iter().map(|index| connector.auth[*index].name.as_ref()).collect();
            Err(Error::authentication(format!(
                "the credentials given fit several auth schemes of {} ({}): give those of one, or \
                 name the scheme",
                connector.name,
                fitting.join(", "),
            )))
        }
    }
}

/// The names of credentials that no scheme has, each with the nearest one that some scheme has.
fn misspelt(connector: &Connector, credentials: &Credentials) -> String {
    let fields = || connector.auth.iter().flat_map(|scheme| scheme.fields.iter());
    let unknown = credentials.names().filter(|name| {
        fields()
            .all(|field| field.name != *name && !field.aliases.iter().any(|alias| alias == name))
    });
    let near = |name: &str| {
        let nearest = closest(name, fields().map(|field| field.name.as_ref()));
        let nearest = (*nearest.first()?).to_owned();
        Some(format!(" ('{name}' is none of its credentials, did you mean '{nearest}'?)"))
    };
    unknown.filter_map(near).collect()
}

/// Every scheme with its fields, optional ones in brackets.
fn ways(connector: &Connector) -> String {
    let described = |scheme: &AuthScheme| {
        let field = |field: &crate::description::CredentialField| {
            if field.required { field.name.to_string() } else { format!("[{}]", field.name) }
        };
        let fields: Vec<String> = scheme.fields.iter().map(field).collect();
        format!("{} ({})", scheme.name, fields.join(", "))
    };
    connector.auth.iter().map(described).collect::<Vec<_>>().join("; ")
}

fn missing_credentials(connector: &Connector) -> Error {
    Error::authentication(format!(
        "credentials for {} are missing; give one of: {}",
        connector.name,
        ways(connector)
    ))
}

fn check_fields(
    connector: &Connector,
    scheme: &AuthScheme,
    credentials: &Credentials,
) -> Result<()> {
    if credentials.is_empty() && scheme.fields.iter().any(|field| field.required) {
        return Err(missing_credentials(connector));
    }
    for name in credentials.names() {
        // If the caller named the scheme, fields of the other schemes may be present and are
        // ignored.
        let elsewhere = credentials.scheme_name().is_some()
            && connector.auth.iter().any(|other| other.field(name).is_some());
        if scheme.field(name).is_none() && !elsewhere {
            let names: Vec<&str> = scheme.fields.iter().map(|f| f.name.as_ref()).collect();
            let hint = suggestion(name, &names);
            return Err(Error::authentication(format!(
                "{} takes no credential '{name}' with {}{hint}",
                connector.name, scheme.name
            )));
        }
    }
    let is_given = |field: &crate::description::CredentialField| {
        credentials.get(&field.name, &field.aliases).is_some_and(|v| !v.trim().is_empty())
    };
    let missing: Vec<&str> = scheme
        .fields
        .iter()
        .filter(|field| field.required && !is_given(field))
        .map(|field| field.name.as_ref())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::authentication(format!(
        "{} with {} needs the credential{} {}",
        connector.name,
        scheme.name,
        if missing.len() > 1 { "s" } else { "" },
        missing.join(", ")
    )))
}
