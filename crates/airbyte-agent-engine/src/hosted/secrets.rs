//! Where secrets come from when operations run on this machine.

use std::env;

use secrecy::SecretString;

use crate::error::{Error, Result};
use crate::http::BoxFuture;

/// Gives the secrets that the platform's references name.
///
/// The platform writes `secret_coordinate::<id>` where a secret belongs; the provider is asked
/// for each `id` once per call.
pub trait SecretProvider: Send + Sync {
    /// The secret of this identifier.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being read; the message must not hold a secret.
    fn secret<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<SecretString>>;
}

/// Secrets from environment variables: that of `stripe/api-key` is `AIRBYTE_SECRET_STRIPE_API_KEY`.
///
/// The prefix is not for convenience: identifiers come from the platform, and without it they
/// could name any variable of the process.
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
    /// How the variables' names begin unless told otherwise.
    pub const PREFIX: &str = "AIRBYTE_SECRET_";

    /// With another beginning of the variables' names.
    pub fn with_prefix(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into() }
    }

    /// The variable that holds a secret.
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
