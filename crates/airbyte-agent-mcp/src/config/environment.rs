//! Credentials and settings of an account from the environment.
//!
//! The variables are `AIRBYTE_AGENT_<SLUG>_<FIELD>` for the account that has the name of its connector, and
//! `AIRBYTE_AGENT_<SLUG>_<ACCOUNT>_<FIELD>` for an account with another name.

use std::cell::RefCell;
use std::collections::BTreeSet;

use airbyte_agent_core::description::{AuthScheme, Connector};
use airbyte_agent_core::{Credentials, Local, Result};

use super::sources::Sources;

/// The credentials in the environment; empty when it has none.
pub(super) fn credentials(
    connector: &Connector,
    account: &str,
    sources: &dyn Sources,
) -> Result<Credentials> {
    let (common, prefix) = (prefix(connector, &connector.name), prefix(connector, account));
    let refused = RefCell::new(None);
    let found = Credentials::from_variables(connector, |name| {
        let field = name.strip_prefix(&common)?;
        let value = value_of(connector, &format!("{prefix}{field}"), sources);
        value.unwrap_or_else(|error| {
            refused.borrow_mut().get_or_insert(error);
            None
        })
    });
    refused.into_inner().map_or(Ok(found), Err)
}

/// The settings in the environment, without credentials.
pub(super) fn settings(
    connector: &Connector,
    account: &str,
    sources: &dyn Sources,
) -> Result<Local> {
    let prefix = prefix(connector, account);
    let mut local = Local::new(Credentials::new());
    for setting in known_settings(connector) {
        if let Some(value) = value_of(connector, &variable(&prefix, setting), sources)? {
            local = local.config(setting, value);
        }
    }
    Ok(local)
}

/// The value of a variable, `None` when it is not set or blank.
fn value_of(
    connector: &Connector,
    variable: &str,
    sources: &dyn Sources,
) -> Result<Option<String>> {
    let value = sources.variable(connector, variable)?;
    Ok(value.filter(|value| !value.trim().is_empty()))
}

/// The names of the variables that an account needs: those of each authentication scheme, then those of
/// settings.
pub(super) fn names(connector: &Connector, account: &str) -> String {
    let prefix = prefix(connector, account);
    let joined = |fields: Vec<&str>| {
        let variables: Vec<String> =
            fields.into_iter().map(|field| variable(&prefix, field)).collect();
        variables.join(" and ")
    };
    let schemes = connector.auth.iter().map(|scheme| joined(needed(scheme)));
    let schemes: Vec<String> = schemes.filter(|names| !names.is_empty()).collect();
    let variables = connector.server.variables.iter();
    let settings = variables
        .filter(|variable| {
            variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token
        })
        .map(|variable| variable.name.as_ref());
    let settings = joined(settings.collect());
    let all = [schemes.join(", or "), settings];
    all.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The fields that a scheme requires.
fn needed(scheme: &AuthScheme) -> Vec<&str> {
    let fields = scheme.fields.iter().filter(|field| field.required);
    fields.map(|field| field.name.as_ref()).collect()
}

/// The names of everything that can be configured: variables of the server's address, scopes, and parameters
/// that the configuration supplies.
fn known_settings(connector: &Connector) -> BTreeSet<&str> {
    let variables = connector.server.variables.iter().map(|variable| variable.name.as_ref());
    let scopes = connector.scoping.iter().map(|scope| scope.config_key.as_ref());
    let parameters = connector.operations().flat_map(|operation| operation.parameters.iter());
    let supplied =
        parameters.filter_map(|parameter| parameter.config.as_ref().map(|c| c.source.as_ref()));
    variables.chain(scopes).chain(supplied).collect()
}

/// The beginning of the names of an account's variables.
fn prefix(connector: &Connector, account: &str) -> String {
    let slug = in_capitals(&connector.name);
    if account == connector.name {
        format!("AIRBYTE_AGENT_{slug}")
    } else {
        format!("AIRBYTE_AGENT_{slug}_{}", in_capitals(account))
    }
}

/// The name of the variable for a field.
fn variable(prefix: &str, field: &str) -> String {
    format!("{prefix}_{}", in_capitals(field))
}

/// A name in capital letters, with underscores for everything that is no letter and no digit.
fn in_capitals(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect()
}
