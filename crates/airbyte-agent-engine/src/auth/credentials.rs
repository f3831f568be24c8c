//! What the user provides to authenticate.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::description::Connector;
use crate::error::{Error, Result};

/// Values of credential fields by their names in the spec, and the scheme that is meant, where
/// several exist.
///
/// The credential structs of the connector crates turn into this type; it can also be built field
/// by field. Credentials from a connector's crate or from its environment variables know their
/// connector, and every other connector refuses them. Their debug output shows the names of fields
/// only.
///
/// ```
/// use airbyte_agent_engine::Credentials;
///
/// let credentials = Credentials::new().scheme("githubPAT").field("token", "ghp_example");
/// assert!(!format!("{credentials:?}").contains("ghp_example"));
/// ```
#[derive(Clone, Default)]
pub struct Credentials {
    /// Slug of the connector to which the credentials belong, where that is known.
    connector: Option<String>,
    scheme: Option<String>,
    fields: BTreeMap<String, SecretString>,
}

impl Credentials {
    /// Credentials without any field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says by its slug to which connector these credentials belong: every other connector refuses
    /// them before anything is sent.
    #[must_use]
    pub fn for_connector(mut self, slug: impl Into<String>) -> Self {
        self.connector = Some(slug.into());
        self
    }

    /// Chooses the security scheme by its name in the spec.
    #[must_use]
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.scheme = Some(name.into());
        self
    }

    /// Adds a field by its name in the spec.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.insert(name.into(), SecretString::from(value.into()));
        self
    }

    /// Takes the members of a JSON object. Members that are `null` are left out, and scalars become
    /// texts.
    ///
    /// # Errors
    ///
    /// [`Validation`](crate::ErrorKind::Validation) when the value is not an object of scalars. The
    /// message names the field and never its value.
    pub fn from_json(value: &Value) -> Result<Self> {
        let Value::Object(members) = value else {
            return Err(Error::validation(
                "credentials must be a JSON object of field names to texts",
            ));
        };
        let mut credentials = Self::new();
        for (name, value) in members {
            let text = match value {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                // The key file of a service account is itself a JSON object.
                Value::Object(_) if name == "credentials_json" => value.to_string(),
                Value::Array(_) | Value::Object(_) => {
                    return Err(Error::validation(format!("credential '{name}' must be a text")));
                }
            };
            credentials.fields.insert(name.clone(), SecretString::from(text));
        }
        Ok(credentials)
    }

    /// Takes every field found in the environment under `AIRBYTE_AGENT_<SLUG>_<FIELD>`.
    ///
    /// The slug is taken from the description, and the description also decides where the
    /// credentials are sent. Pass a description that you trust, such as that of a connector crate:
    /// a spec from another source may call itself `github`, obtain GitHub's token here and send it
    /// to a server of its author. Where a spec may come from anybody, compare
    /// [`Destination::declared_by`](crate::Destination::declared_by) with that of the connector
    /// whose name the spec has, as the program `airbyte-agent` does.
    #[must_use]
    pub fn from_env(connector: &Connector) -> Self {
        Self::from_variables(connector, |name| std::env::var(name).ok())
    }

    /// Takes the same variables as [`from_env`](Self::from_env), read by `variable`.
    #[must_use]
    pub fn from_variables(
        connector: &Connector,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let prefix = format!("AIRBYTE_AGENT_{}_", connector.name.to_uppercase().replace('-', "_"));
        let mut credentials = Self::new().for_connector(connector.name.as_ref());
        for scheme in connector.auth.iter() {
            for field in scheme.fields.iter() {
                let names = std::iter::once(&field.name).chain(field.aliases.iter());
                for name in names {
                    let full = format!("{prefix}{}", name.to_uppercase().replace('-', "_"));
                    if let Some(value) = variable(&full)
                        && !value.is_empty()
                    {
                        credentials.fields.insert(name.to_string(), SecretString::from(value));
                    }
                }
            }
        }
        credentials
    }

    /// Makes sure that these are not the credentials of another connector. Credentials that do not
    /// know their connector are accepted.
    ///
    /// # Errors
    ///
    /// `Authentication`; the message names both connectors and no value.
    pub fn check_connector(&self, connector: &Connector) -> Result<()> {
        match self.connector.as_deref() {
            Some(owner) => check_owner("credentials", owner, connector),
            None => Ok(()),
        }
    }

    /// Whether the credentials have no field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn scheme_name(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// The value of a field under its name or one of its aliases, unless it is blank.
    pub(crate) fn get(&self, name: &str, aliases: &[crate::description::Text]) -> Option<&str> {
        std::iter::once(name)
            .chain(aliases.iter().map(AsRef::as_ref))
            .find_map(|name| self.fields.get(name))
            .map(ExposeSecret::expose_secret)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &str> {
        self.fields.values().map(ExposeSecret::expose_secret)
    }
}

/// Makes sure that secrets of the connector `owner` are not sent to another connector.
pub(crate) fn check_owner(what: &str, owner: &str, connector: &Connector) -> Result<()> {
    if owner == connector.name {
        return Ok(());
    }
    Err(Error::authentication(format!(
        "these {what} are {owner}'s and are not sent to {0}; give {what} of {0}",
        connector.name
    )))
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("connector", &self.connector)
            .field("scheme", &self.scheme)
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .finish()
    }
}
