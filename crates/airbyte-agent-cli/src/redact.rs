//! Removes the user's secrets from records, into which a vendor or a proxy may echo them.
//!
//! The engine redacts its own errors and dry runs. It hands records on unchanged, because they are
//! data. This program must not print a secret, whoever put it into the data.

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::{EnvironmentSecrets, Settings};
use serde_json::{Map, Value};

use crate::variables::{Variables, variable_prefix};

/// Replaces a secret.
const REPLACEMENT: &str = "[redacted]";
/// Secrets with fewer bytes are not replaced: they are likely to occur in data by chance.
const SHORTEST_SECRET: usize = 8;

/// The secrets of a call, which are replaced in everything that is printed.
#[derive(Default)]
pub(crate) struct RecordRedactor(Vec<String>);

impl RecordRedactor {
    /// Redacts the secret fields of the credentials that were given on the command line. Without
    /// any, those of the environment and of `.env`.
    pub(crate) fn for_credentials(
        connector: &Connector,
        given: Option<&Map<String, Value>>,
        variables: &Variables,
    ) -> Self {
        let is_secret = |name: &str| {
            let mut fields = connector.auth.iter().filter_map(|scheme| scheme.field(name));
            fields.any(|field| field.secret)
        };
        let mut redactor = Self::default();
        if let Some(given) = given {
            for (name, value) in given {
                if let Some(text) = value.as_str().filter(|_| is_secret(name)) {
                    redactor.add(text);
                }
            }
            return redactor;
        }
        let prefix = variable_prefix(connector);
        for (name, value) in variables.starting_with(&prefix) {
            let field = name.strip_prefix(&prefix).map(str::to_lowercase);
            if field.is_some_and(|field| is_secret(&field)) {
                redactor.add(&value);
            }
        }
        redactor
    }

    /// Redacts the secrets of a stored account.
    pub(crate) fn for_account(account: &Account, connector: &Connector) -> Self {
        let mut redactor = Self::default();
        for secret in account.secrets(connector) {
            redactor.add(secret);
        }
        redactor
    }

    /// Redacts the platform's client secret, and the secrets of operations that the platform only
    /// prepares and this machine executes.
    pub(crate) fn for_platform(settings: &Settings, variables: &Variables) -> Self {
        let mut redactor = Self::default();
        redactor.add(settings.exposed_client_secret().unwrap_or_default());
        for (_, secret) in variables.starting_with(EnvironmentSecrets::PREFIX) {
            redactor.add(&secret);
        }
        redactor
    }

    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= SHORTEST_SECRET {
            self.0.push(secret.to_owned());
        }
    }

    /// Replaces the secrets in every text of a JSON value.
    pub(crate) fn redact(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for secret in &self.0 {
                    if text.contains(secret.as_str()) {
                        *text = text.replace(secret.as_str(), REPLACEMENT);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.redact(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.redact(member)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_taken_out_of_every_depth() {
        let mut redactor = RecordRedactor::default();
        redactor.add("canary-123");
        redactor.add("short");
        let mut value = json!({"a": ["Bearer canary-123", {"b": "short"}], "n": 1});
        redactor.redact(&mut value);
        assert_eq!(value, json!({"a": ["Bearer [redacted]", {"b": "short"}], "n": 1}));
    }
}
