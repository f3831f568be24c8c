//! Keeps the user's secrets out of records that a vendor or a proxy echoes them into.
//!
//! The engine cleans its errors and dry runs itself; records are data and pass it as they are. On
//! the streams of this program no secret may appear, whoever put it there.

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::{EnvironmentSecrets, Settings};
use serde_json::{Map, Value};

use crate::variables::Variables;

/// What stands where a secret was.
const MASK: &str = "[redacted]";
/// Shorter texts are too likely to occur by chance; replacing them would spoil data.
const SHORTEST: usize = 8;

/// The secrets of a call.
#[derive(Default)]
pub(crate) struct Mask(Vec<String>);

impl Mask {
    /// The secret fields of credentials, as given or as found among the variables.
    pub(crate) fn new(
        connector: &Connector,
        given: Option<&Map<String, Value>>,
        variables: &Variables,
    ) -> Self {
        let is_secret = |name: &str| {
            let mut fields = connector.auth.iter().filter_map(|scheme| scheme.field(name));
            fields.any(|field| field.secret)
        };
        let mut mask = Self::default();
        if let Some(given) = given {
            for (name, value) in given {
                if let Some(text) = value.as_str().filter(|_| is_secret(name)) {
                    mask.add(text);
                }
            }
            return mask;
        }
        let slug = connector.name.to_uppercase().replace('-', "_");
        let prefix = format!("AIRBYTE_AGENT_{slug}_");
        for (name, value) in variables.beginning(&prefix) {
            let field = name.strip_prefix(&prefix).map(str::to_lowercase);
            if field.is_some_and(|field| is_secret(&field)) {
                mask.add(&value);
            }
        }
        mask
    }

    /// The secrets of a stored account.
    pub(crate) fn stored(account: &Account, connector: &Connector) -> Self {
        let mut mask = Self::default();
        for secret in account.secrets(connector) {
            mask.add(secret);
        }
        mask
    }

    /// The platform's client secret, and the secrets of operations that run here.
    pub(crate) fn hosted(settings: &Settings, variables: &Variables) -> Self {
        let mut mask = Self::default();
        mask.add(settings.exposed_client_secret().unwrap_or_default());
        for (_, secret) in variables.beginning(EnvironmentSecrets::PREFIX) {
            mask.add(&secret);
        }
        mask
    }

    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.len() >= SHORTEST {
            self.0.push(secret.to_owned());
        }
    }

    /// Replaces the secrets in every text of a value.
    pub(crate) fn clean(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for secret in &self.0 {
                    if text.contains(secret.as_str()) {
                        *text = text.replace(secret.as_str(), MASK);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.clean(member)),
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
        let mut mask = Mask::default();
        mask.add("canary-123");
        mask.add("short");
        let mut value = json!({"a": ["Bearer canary-123", {"b": "short"}], "n": 1});
        mask.clean(&mut value);
        assert_eq!(value, json!({"a": ["Bearer [redacted]", {"b": "short"}], "n": 1}));
    }
}
