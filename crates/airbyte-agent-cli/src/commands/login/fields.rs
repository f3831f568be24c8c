//! The credential fields and settings of an account: those that are given, and questions for those
//! that are missing.

use std::collections::BTreeSet;

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::{
    AuthScheme, Connector, CredentialField, OAuthEndpoints, Piece,
};
use airbyte_agent_core::{Credentials, Error, ErrorKind};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use crate::failure::usage_error;
use crate::prompt;

/// The fields of the app for which a user signs in. Not every scheme has fields for them.
const CLIENT_FIELDS: [&str; 2] = ["client_id", "client_secret"];

/// How often a required field is asked for before the command fails.
const MOST_QUESTIONS: usize = 3;

/// Whether a scheme accepts a field of this name, either itself or for the sign-in.
pub(super) fn accepts_field(scheme: &AuthScheme, name: &str) -> bool {
    let has_sign_in = scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in);
    scheme.field(name).is_some() || (has_sign_in && CLIENT_FIELDS.contains(&name))
}

/// The name of the field whose value a scheme uses, unchanged, for this target, such as
/// `access_token`.
pub(super) fn field_of_target<'s>(scheme: &'s AuthScheme, target: &str) -> Option<&'s str> {
    let mapping = scheme.mapping.iter().find(|mapping| mapping.target == target)?;
    match mapping.value.pieces.as_ref() {
        [Piece::Name(name)] => Some(name),
        _ => None,
    }
}

/// The value that is given for a field, under its name or an alias.
pub(super) fn given_value<'g>(
    scheme: &AuthScheme,
    name: &str,
    given: &'g Map<String, Value>,
) -> Option<&'g Value> {
    field_value(scheme.field(name)?, given)
}

fn field_value<'g>(field: &CredentialField, given: &'g Map<String, Value>) -> Option<&'g Value> {
    let names = std::iter::once(&field.name).chain(field.aliases.iter());
    names.filter_map(|name| given.get(name.as_ref())).find(|value| !value.is_null())
}

/// Whether the value of a field comes from the sign-in.
pub(super) fn comes_from_sign_in(scheme: &AuthScheme, name: &str) -> bool {
    ["access_token", "refresh_token", "client_id", "client_secret"]
        .iter()
        .any(|target| field_of_target(scheme, target) == Some(name) || *target == name)
}

/// Adds the fields that do not come from the sign-in to an account that is created by signing in.
pub(super) fn add_other_fields(
    connector: &Connector,
    scheme: &AuthScheme,
    mut account: Account,
    given: &Map<String, Value>,
) -> Result<Account, Error> {
    let others = scheme.fields.iter().filter(|field| !comes_from_sign_in(scheme, &field.name));
    for field in others {
        let value = field_value(field, given).and_then(Value::as_str).map(str::to_owned);
        let value = match value {
            Some(value) => value,
            None if prompt::is_possible() => ask_field(field)?,
            None if field.required => {
                check_complete(connector, scheme, given)?;
                continue;
            }
            None => continue,
        };
        if !value.is_empty() {
            account = account.field(field.name.clone(), value);
        }
    }
    Ok(account)
}

/// Whether the given fields include all that a scheme requires.
pub(super) fn is_complete(scheme: &AuthScheme, given: &Map<String, Value>) -> bool {
    required_fields(scheme).all(|field| field_value(field, given).is_some())
}

/// The names of the settings that the addresses of the connector need, without those that are given or have another
/// source.
pub(super) fn needed_settings<'c>(
    connector: &'c Connector,
    scheme: &'c AuthScheme,
    given: &Map<String, Value>,
) -> Vec<&'c str> {
    let variables = &connector.server_of(scheme, |name| given.contains_key(name)).variables;
    let has_other_source = |name: &str| {
        variables.iter().any(|variable| {
            variable.name == name
                && (variable.default.is_some()
                    || variable.from_token
                    || variable.derived_from.is_some())
        })
    };
    let mut needed: Vec<&str> = variables.iter().map(|variable| variable.name.as_ref()).collect();
    if let Some(oauth) = &scheme.oauth {
        needed.extend(oauth.authorization_url.names());
        needed.extend(oauth.token_url.names());
    }
    let mut seen = BTreeSet::new();
    needed.retain(|name| {
        !has_other_source(name)
            && scheme.field(name).is_none()
            && !given.contains_key(*name)
            && seen.insert(*name)
    });
    needed
}

/// The settings that the addresses of the connector need: the given ones, and answers for those
/// that are missing.
pub(super) fn complete_settings(
    connector: &Connector,
    scheme: &AuthScheme,
    mut given: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let variables = &connector.server_of(scheme, |name| given.contains_key(name)).variables;
    for name in needed_settings(connector, scheme, &given) {
        let variable = variables.iter().find(|variable| variable.name == name);
        let example = variable.map(|variable| variable.example.as_ref()).unwrap_or_default();
        if !prompt::is_possible() {
            let example = if example.is_empty() { "…" } else { example };
            return Err(usage_error(format!(
                "{} needs the setting '{name}': --config '{{\"{name}\": \"{example}\"}}'",
                connector.name
            )));
        }
        if let Some(variable) = variable {
            prompt::print_paragraph(&variable.description);
        }
        let hint = if example.is_empty() { String::new() } else { format!(" (such as {example})") };
        let answer = prompt::ask_line(&format!("{name}{hint}"))?;
        if answer.is_empty() {
            return Err(usage_error(format!("{} needs the setting '{name}'", connector.name)));
        }
        given.insert(name.to_owned(), answer.into());
    }
    Ok(given)
}

/// Adds the given fields to the account, which have to be complete.
pub(super) fn add_given(
    connector: &Connector,
    scheme: &AuthScheme,
    mut account: Account,
    given: &Map<String, Value>,
) -> Result<Account, Error> {
    // Reports values of a wrong type without repeating them.
    Credentials::from_json(&Value::Object(given.clone()))?;
    for (name, value) in given {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        account = account.field(name, text);
    }
    check_complete(connector, scheme, given).map(|()| account)
}

/// Adds the given fields to the account. If none are given, asks for those of the scheme.
pub(super) fn add_fields(
    connector: &Connector,
    scheme: &AuthScheme,
    mut account: Account,
    given: &Map<String, Value>,
) -> Result<Account, Error> {
    if !given.is_empty() || is_complete(scheme, given) {
        return add_given(connector, scheme, account, given);
    }
    if !prompt::is_possible() {
        let fields: Vec<&str> = required_fields(scheme).map(|field| field.name.as_ref()).collect();
        return Err(Error::new(
            ErrorKind::Authentication,
            format!(
                "standard input is not a terminal, so the credentials of {} cannot be asked for; give {} \
                 in a JSON object with --credentials @FILE or --credentials -",
                connector.name,
                fields.join(", ")
            ),
        ));
    }
    prompt::print_paragraph(&scheme.description);
    for field in scheme.fields.iter() {
        let answer = ask_field(field)?;
        if !answer.is_empty() {
            account = account.field(field.name.clone(), answer);
        }
    }
    Ok(account)
}

fn required_fields(scheme: &AuthScheme) -> impl Iterator<Item = &CredentialField> {
    scheme.fields.iter().filter(|field| field.required)
}

/// Fails if a required field is not given.
fn check_complete(
    connector: &Connector,
    scheme: &AuthScheme,
    given: &Map<String, Value>,
) -> Result<(), Error> {
    let missing: Vec<&str> = required_fields(scheme)
        .filter(|field| field_value(field, given).is_none())
        .map(|field| field.name.as_ref())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Authentication,
        format!("{} with {} also needs {}", connector.name, scheme.name, missing.join(", ")),
    ))
}

/// Asks for a field until it is given. An optional field may be left empty.
fn ask_field(field: &CredentialField) -> Result<String, Error> {
    prompt::print_unwrapped("");
    prompt::print_paragraph(&field.description);
    prompt::print_paragraph(&field.obtain);
    let title = if field.title.is_empty() { &field.name } else { &field.title };
    let question = if field.required {
        title.to_string()
    } else {
        format!("{title} (optional, Enter to skip)")
    };
    for _ in 0..MOST_QUESTIONS {
        let answer = if field.secret {
            prompt::ask_secret(&format!("{question} (not shown)"))?.expose_secret().to_owned()
        } else {
            prompt::ask_line(&question)?
        };
        if !answer.is_empty() || !field.required {
            return Ok(answer);
        }
        prompt::print_paragraph("This field is required.");
    }
    Err(usage_error(format!("the field '{}' is required", field.name)))
}
