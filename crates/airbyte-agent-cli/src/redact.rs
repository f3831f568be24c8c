//! Which secrets of the user the redactor of a call has to know, besides those that the engine tells it.
//!
//! The engine hands records on unchanged, because they are data. This program must not print a secret,
//! whoever put it into the data.

use airbyte_agent_accounts::Account;
use airbyte_agent_core::Redactor;
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::{EnvironmentSecrets, Settings};
use serde_json::{Map, Value};

use crate::variables::{Variables, variable_prefix};

/// Adds the secret fields of the credentials that were given on the command line. Without any, those
/// of the environment and of `.env`.
pub(crate) fn add_credentials(
    redactor: &Redactor,
    connector: &Connector,
    given: Option<&Map<String, Value>>,
    variables: &Variables,
) {
    let is_secret = |name: &str| {
        let mut fields = connector.auth.iter().filter_map(|scheme| scheme.field(name));
        fields.any(|field| field.secret)
    };
    if let Some(given) = given {
        for (name, value) in given {
            if let Some(text) = value.as_str().filter(|_| is_secret(name)) {
                redactor.add(text);
            }
        }
        return;
    }
    let prefix = variable_prefix(connector);
    for (name, value) in variables.starting_with(&prefix) {
        let field = name.strip_prefix(&prefix).map(str::to_lowercase);
        if field.is_some_and(|field| is_secret(&field)) {
            redactor.add(&value);
        }
    }
}

/// Adds the secrets of a stored account.
pub(crate) fn add_account(redactor: &Redactor, account: &Account, connector: &Connector) {
    account.secrets(connector).for_each(|secret| redactor.add(secret));
}

/// Adds the platform's client secret, and the secrets of operations that the platform only prepares and
/// this machine executes.
pub(crate) fn add_platform(redactor: &Redactor, settings: &Settings, variables: &Variables) {
    redactor.add(settings.exposed_client_secret().unwrap_or_default());
    for (_, secret) in variables.starting_with(EnvironmentSecrets::PREFIX) {
        redactor.add(&secret);
    }
}
