//! An account: what it holds, and the form in which it is written.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airbyte_agent_core::description::{AuthScheme, Connector, Piece};
use airbyte_agent_core::{Credentials, Destination, Error, ErrorKind, Result, StoredTokens};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

/// The version of the form in which accounts are written.
const VERSION: u64 = 1;

/// A connector's credentials under a name. Its debug output shows names of fields only.
#[derive(Clone, Default)]
pub struct Account {
    connector: String,
    name: String,
    scheme: Option<String>,
    fields: BTreeMap<String, SecretString>,
    config: Map<String, Value>,
    tokens: Option<StoredTokens>,
    /// Where the credentials may be sent; `None` in accounts of earlier versions.
    pub(crate) destinations: Option<Vec<Destination>>,
}

impl Account {
    /// An account without credentials.
    pub fn new(connector: impl Into<String>, name: impl Into<String>) -> Self {
        Self { connector: connector.into(), name: name.into(), ..Self::default() }
    }

    /// Names the security scheme of the credentials.
    #[must_use]
    pub fn scheme(mut self, name: impl Into<String>) -> Self {
        self.scheme = Some(name.into());
        self
    }

    /// Adds a credential field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.insert(name.into(), SecretString::from(value.into()));
        self
    }

    /// Adds a server variable or another setting of the connector.
    #[must_use]
    pub fn config(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.config.insert(name.into(), value.into());
        self
    }

    /// Sets the tokens that an authorization or a renewal gave.
    #[must_use]
    pub fn tokens(mut self, tokens: StoredTokens) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// The name of the connector that the account is for.
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// The name under which the account is stored.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of the security scheme of the credentials, where it is known.
    pub fn scheme_name(&self) -> Option<&str> {
        self.scheme.as_deref()
    }

    /// The names of the credential fields that have a value.
    pub fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(String::as_str)
    }

    /// The settings of the connector.
    pub fn settings(&self) -> &Map<String, Value> {
        &self.config
    }

    /// The tokens that an authorization or a renewal gave; `None` when there are none.
    pub fn stored_tokens(&self) -> Option<&StoredTokens> {
        self.tokens.as_ref()
    }

    /// The time at which the access token expires, where that is known.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.tokens.as_ref()?.expires_at
    }

    /// Every value of the account that must not be shown: the secret fields of `connector`'s schemes, fields
    /// that they do not know, and the tokens.
    pub fn secrets<'a>(&'a self, connector: &'a Connector) -> impl Iterator<Item = &'a str> {
        let is_secret = |name: &str| {
            let mut fields = connector.auth.iter().filter_map(|scheme| scheme.field(name));
            fields.clone().next().is_none() || fields.any(|field| field.secret)
        };
        let fields = self.fields.iter().filter(move |(name, _)| is_secret(name));
        let tokens = self
            .tokens
            .iter()
            .flat_map(|tokens| [&tokens.access_token, &tokens.refresh_token].into_iter().flatten());
        fields.map(|(_, value)| value).chain(tokens).map(SecretString::expose_secret)
    }

    /// The credentials, tokens included, whatever they are bound to.
    pub(crate) fn credentials(&self, connector: &Connector) -> Credentials {
        let mut credentials = Credentials::new().for_connector(&self.connector);
        for (name, value) in &self.fields {
            credentials = credentials.field(name, value.expose_secret());
        }
        let named = |scheme: &&AuthScheme| self.scheme.as_deref() == Some(&scheme.name);
        if let Some(scheme) = connector.auth.iter().find(named) {
            credentials = credentials.scheme(scheme.name.clone());
            let tokens = self.tokens.iter();
            let tokens = tokens.flat_map(|tokens| {
                let access = tokens.access_token.as_ref().map(|token| ("access_token", token));
                let refresh = tokens.refresh_token.as_ref().map(|token| ("refresh_token", token));
                access.into_iter().chain(refresh)
            });
            for (target, token) in tokens {
                if let Some(field) = field_of(scheme, target) {
                    credentials = credentials.field(field, token.expose_secret());
                }
            }
        }
        credentials
    }

    /// Replaces the tokens by those of a renewal.
    pub(crate) fn renewed(mut self, tokens: StoredTokens) -> Self {
        self.tokens = Some(tokens);
        self
    }

    /// Writes the account as JSON text, with its secrets.
    pub(crate) fn write(&self) -> SecretString {
        let fields: Map<String, Value> = self
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), value.expose_secret().into()))
            .collect();
        let tokens = self.tokens.as_ref().map(|tokens| {
            let text = |token: &Option<SecretString>| {
                token.as_ref().map(|token| token.expose_secret().to_owned())
            };
            json!({
                "access_token": text(&tokens.access_token),
                "refresh_token": text(&tokens.refresh_token),
                "expires_at": tokens.expires_at.map(seconds),
                "extracted": tokens.extracted,
            })
        });
        let written = json!({
            "version": VERSION,
            "connector": self.connector,
            "account": self.name,
            "scheme": self.scheme,
            "fields": fields,
            "config": self.config,
            "tokens": tokens,
            "destinations": self.destinations,
        });
        written.to_string().into()
    }

    /// Reads the account from JSON text, which error messages do not repeat.
    pub(crate) fn read(connector: &str, name: &str, text: &str) -> Result<Self> {
        let broken = |why: &str| {
            let message =
                format!("the stored account {connector}/{name} {why}; remove it and log in again");
            Error::new(ErrorKind::Authentication, message)
        };
        let whole: Value = serde_json::from_str(text).map_err(|_| broken("cannot be read"))?;
        if whole["version"].as_u64() != Some(VERSION) {
            return Err(broken("was written by another version of this program"));
        }
        // An account that was moved to the place of another one is not used.
        if whole["connector"] != connector || whole["account"] != name {
            return Err(broken("belongs to another account"));
        }
        let secret = |value: &Value| value.as_str().map(SecretString::from);
        let mut account = Self::new(connector, name);
        account.scheme = whole["scheme"].as_str().map(str::to_owned);
        for (field, value) in whole["fields"].as_object().into_iter().flatten() {
            account.fields.extend(secret(value).map(|value| (field.clone(), value)));
        }
        account.config = whole["config"].as_object().cloned().unwrap_or_default();
        if let Some(destinations) = whole.get("destinations").filter(|known| !known.is_null()) {
            let known = serde_json::from_value(destinations.clone());
            account.destinations = Some(known.map_err(|_| broken("cannot be read"))?);
        }
        if let Some(tokens) = whole["tokens"].as_object() {
            let get = |name: &str| tokens.get(name).unwrap_or(&Value::Null);
            let mut stored = StoredTokens::default();
            stored.access_token = secret(get("access_token"));
            stored.refresh_token = secret(get("refresh_token"));
            stored.expires_at = get("expires_at").as_u64().and_then(instant);
            let extracted = get("extracted").as_object().into_iter().flatten();
            stored.extracted = extracted
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect();
            account.tokens = Some(stored);
        }
        Ok(account)
    }
}

/// The credential field from which a secret of the scheme is taken as it is.
fn field_of<'s>(scheme: &'s AuthScheme, target: &str) -> Option<&'s str> {
    let mapping = scheme.mapping.iter().find(|mapping| mapping.target == target)?;
    match mapping.value.pieces.as_ref() {
        [Piece::Name(name)] => Some(name),
        _ => None,
    }
}

/// Seconds since 1970.
pub(crate) fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The instant of so many seconds since 1970.
pub(crate) fn instant(seconds: u64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("connector", &self.connector)
            .field("name", &self.name)
            .field("scheme", &self.scheme)
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .field("config", &self.config.keys().collect::<Vec<_>>())
            .field("tokens", &self.tokens)
            .field("destinations", &self.destinations)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn account() -> Account {
        let mut tokens = StoredTokens::default();
        tokens.refresh_token = Some("canary-refresh".into());
        tokens.expires_at = instant(1_900_000_000);
        tokens.extracted = BTreeMap::from([("instance_url".to_owned(), "https://a.b".to_owned())]);
        Account::new("acme", "work")
            .scheme("oauth2")
            .field("client_secret", "canary-secret")
            .config("subdomain", "x")
            .tokens(tokens)
    }

    #[test]
    fn what_is_written_is_read() {
        let text = account().write();
        let read = Account::read("acme", "work", text.expose_secret()).unwrap();
        assert_eq!(read.write().expose_secret(), text.expose_secret());
        assert_eq!(read.expires_at(), instant(1_900_000_000));
        for (connector, name) in [("acme", "home"), ("other", "work")] {
            assert!(Account::read(connector, name, text.expose_secret()).is_err());
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let shown = format!("{:?}", account());
        assert!(!shown.contains("canary") && shown.contains("client_secret"), "{shown}");
        for text in ["canary", r#"{"version": 2, "fields": {"a": "canary"}}"#, "[]"] {
            let error = Account::read("acme", "work", text).unwrap_err().to_string();
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn credentials_are_those_of_the_accounts_connector() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/gong.yaml");
        let spec = airbyte_agent_spec::Spec::parse(&std::fs::read_to_string(path).unwrap());
        let gong = spec.unwrap().lower().unwrap();
        let error = account().credentials(&gong).check_connector(&gong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains("acme") && !error.message().contains("canary"), "{error}");
        let own = Account::new("gong", "work").credentials(&gong);
        assert!(own.check_connector(&gong).is_ok());
    }
}
