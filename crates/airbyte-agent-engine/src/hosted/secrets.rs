//! Sources of the secrets for operations that are executed on this machine.

use std::env;

use secrecy::SecretString;

use crate::error::{Error, Result};
use crate::http::BoxFuture;

/// Returns the secrets to which the platform's references refer.
///
/// The platform writes `secret_coordinate::<id>` in the place of a secret. The provider is asked
/// for each `id` once per call.
pub trait SecretProvider: Send + Sync {
    /// Returns the secret with this identifier.
    ///
    /// # Errors
    ///
    /// Any error that keeps the secret from being read. Its message must not contain a secret.
    fn secret<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<SecretString>>;
}

/// Secrets from environment variables: the secret `stripe/api-key` is in
/// `AIRBYTE_SECRET_STRIPE_API_KEY`.
///
/// The prefix protects the other variables of the process: identifiers come from the platform, and
/// without a prefix they could name any variable.
#[derive(Debug, Clone)]
pub struct EnvironmentSecrets {
    prefix: String,
}

impl Default for EnvironmentSecrets {
    fn default() -> Self {
        Self::with_prefix(Self::PREFIX)
    }
}

impl EnvironmentSecrets {
    /// The text with which the names of the variables begin by default.
    pub const PREFIX: &str = "AIRBYTE_SECRET_";

    /// A provider that reads variables whose names begin with `prefix`.
    pub fn with_prefix(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into() }
    }

    /// The name of the variable that contains a secret.
    pub fn variable(&self, id: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        self.prefix.chars().chain(id.chars().map(plain)).collect()
    }
}

impl SecretProvider for EnvironmentSecrets {
    fn secret<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<SecretString>> {
        Box::pin(async move {
            let name = self.variable(id);
            let value = env::var(&name).ok().filter(|value| !value.is_empty());
            value.map(SecretString::from).ok_or_else(|| {
                Error::authentication(format!("the secret '{id}' is not set: put it in {name}"))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_become_names_of_variables() {
        let secrets = EnvironmentSecrets::default();
        for (id, name) in [
            ("stripe/api-key", "AIRBYTE_SECRET_STRIPE_API_KEY"),
            ("PATH", "AIRBYTE_SECRET_PATH"),
            ("über.1", "AIRBYTE_SECRET__BER_1"),
        ] {
            assert_eq!(secrets.variable(id), name);
        }
    }
}
