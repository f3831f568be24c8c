//! Turns a configuration with references to secrets into one that contains the secrets.
//!
//! The platform writes `secret_coordinate::<id>` in the place of a secret. This module knows no
//! vendor.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::secrets::SecretProvider;
use crate::error::{Error, Result};

/// The text with which a reference begins.
const REFERENCE: &str = "secret_coordinate::";

/// The secrets to which references refer; each of them was requested once.
#[derive(Default)]
pub(super) struct Hydrated(BTreeMap<String, SecretString>);

impl Hydrated {
    /// Requests every secret to which `values` refer.
    ///
    /// # Errors
    ///
    /// The error that the provider returns; `Validation` for a secret that is a JSON object or
    /// array, since the platform refers to single texts only.
    pub(super) async fn fetch(values: &[&Value], provider: &dyn SecretProvider) -> Result<Self> {
        let mut ids = Vec::new();
        for value in values {
            references(value, &mut ids);
        }
        let mut secrets = BTreeMap::new();
        for id in ids {
            if secrets.contains_key(id) {
                continue;
            }
            let secret = provider.secret(id).await?;
            let parsed = serde_json::from_str::<Value>(secret.expose_secret());
            if matches!(parsed, Ok(Value::Object(_) | Value::Array(_))) {
                return Err(Error::validation(format!(
                    "the secret '{id}' is a JSON object or array: a single text is expected"
                )));
            }
            secrets.insert(id.to_owned(), secret);
        }
        Ok(Self(secrets))
    }

    /// The secrets themselves.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(SecretString::expose_secret)
    }

    /// The value, with secrets instead of references.
    pub(super) fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match text.strip_prefix(REFERENCE) {
                Some(id) => {
                    let secret = self.0.get(id.trim()).map(SecretString::expose_secret);
                    Value::String(secret.unwrap_or_default().to_owned())
                }
                None => value.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(members) => {
                let filled = members.iter().map(|(name, value)| (name.clone(), self.fill(value)));
                Value::Object(filled.collect())
            }
            _ => value.clone(),
        }
    }
}

fn references<'v>(value: &'v Value, ids: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => ids.extend(text.strip_prefix(REFERENCE).map(str::trim)),
        Value::Array(items) => items.iter().for_each(|item| references(item, ids)),
        Value::Object(members) => members.values().for_each(|value| references(value, ids)),
        _ => {}
    }
}

/// Credentials from a stored configuration. `mapping` maps dotted places of the configuration to
/// the names of credential fields; without a mapping, every member is a credential field.
pub(super) fn credentials(config: &Value, mapping: &Map<String, Value>) -> Map<String, Value> {
    if mapping.is_empty() {
        return config.as_object().cloned().unwrap_or_default();
    }
    let mut credentials = Map::new();
    for (place, field) in mapping {
        let value = place.split('.').try_fold(config, |value, step| value.get(step));
        match (value, field.as_str()) {
            (None | Some(Value::Null), _) | (_, None) => {}
            (Some(Value::Object(members)), _) => credentials.extend(members.clone()),
            (Some(value), Some(field)) => {
                credentials.insert(field.to_owned(), value.clone());
            }
        }
    }
    credentials
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn credentials_are_found_by_the_mapping() {
        let config = json!({
            "credentials": {"option_title": "PAT", "personal_access_token": "t"},
            "more": {"a": "1", "b": "2"}, "start_date": "2026-01-01", "nothing": null,
        });
        for (mapping, expected) in [
            (json!({"credentials.personal_access_token": "token"}), json!({"token": "t"})),
            (json!({"more": "any", "nothing": "n", "gone.x": "g"}), json!({"a": "1", "b": "2"})),
            (json!({}), config.clone()),
        ] {
            let mapping = mapping.as_object().cloned().unwrap_or_default();
            assert_eq!(Value::Object(credentials(&config, &mapping)), expected);
        }
    }
}
