//! Credential fields and settings: given, or asked for one by one.

use airbyte_agent_accounts::Account;
use airbyte_agent_core::description::{
    AuthScheme, Connector, CredentialField, OAuthEndpoints, Piece,
};
use airbyte_agent_core::{Credentials, Error, ErrorKind};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value};

use crate::failure::usage;
use crate::prompt;

/// Who asks for access when a user signs in; not every scheme keeps it.
const CLIENT: [&str; 2] = ["client_id", "client_secret"];

/// Whether a scheme takes a field of this name, for itself or to sign in.
pub(super) fn takes(scheme: &AuthScheme, name: &str) -> bool {
    let signs_in = scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in);
    scheme.field(name).is_some() || (signs_in && CLIENT.contains(&name))
}

/// The field from which a secret of the scheme is taken as it is.
pub(super) fn of_target<'s>(scheme: &'s AuthScheme, target: &str) -> Option<&'s str> {
    let mapping = scheme.mapping.iter().find(|mapping| mapping.target == target)?;
    match mapping.value.pieces.as_ref() {
        [Piece::Name(name)] => Some(name),
        _ => None,
    }
}

/// The value given for a field, under its name or an alias.
pub(super) fn value_of<'g>(
    scheme: &AuthScheme,
    name: &str,
    given: &'g Map<String, Value>,
) -> Option<&'g Value> {
    value(scheme.field(name)?, given)
}

/// What signing in yields by itself.
fn is_token(scheme: &AuthScheme, name: &str) -> bool {
    ["access_token", "refresh_token", "client_id", "client_secret"]
        .iter()
        .any(|target| of_target(scheme, target) == Some(name) || *target == name)
}

/// The fields besides client and tokens, for an account that is made by signing in.
pub(super) fn others(
    connector: &Connector,
    scheme: &AuthScheme,
    mut account: Account,
    given: &Map<String, Value>,
) -> Result<Account, Error> {
    for field in scheme.fields.iter().filter(|field| !is_token(scheme, &field.name)) {
        let known = value(field, given).and_then(Value::as_str).map(str::to_owned);
        let known = match known {
            Some(known) => known,
            None if prompt::is_possible() => answer(field)?,
            None if field.required => {
                complete(connector, scheme, given)?;
                continue;
            }
            None => continue,
        };
        if !known.is_empty() {
            account = account.field(field.name.clone(), known);
        }
    }
    Ok(account)
}

/// Whether these fields are all that a scheme needs.
pub(super) fn is_complete(scheme: &AuthScheme, given: &Map<String, Value>) -> bool {
    scheme.fields.iter().filter(|field| field.required).all(|field| value(field, given).is_some())
}

fn value<'g>(field: &CredentialField, given: &'g Map<String, Value>) -> Option<&'g Value> {
    let names = std::iter::once(&field.name).chain(field.aliases.iter());
    names.filter_map(|name| given.get(name.as_ref())).find(|value| !value.is_null())
}

/// Settings without which the connector has no address: those given, and the missing ones asked
/// for.
pub(super) fn settings(
    connector: &Connector,
    scheme: &AuthScheme,
    mut given: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let server = connector.server_of(scheme, |name| given.contains_key(name));
    let variables = &server.variables;
    let hidden = |name: &str| {
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
    needed.retain(|name| !hidden(name) && scheme.field(name).is_none());
    for name in needed {
        if given.contains_key(name) {
            continue;
        }
        let variable = variables.iter().find(|variable| variable.name == name);
        let example = variable.map(|variable| variable.example.as_ref()).unwrap_or_default();
        if !prompt::is_possible() {
            let example = if example.is_empty() { "…" } else { example };
            return Err(usage(format!(
                "{} needs the setting '{name}': --config '{{\"{name}\": \"{example}\"}}'",
                connector.name
            )));
        }
        if let Some(variable) = variable {
            prompt::tell(&variable.description);
        }
        let hint = if example.is_empty() { String::new() } else { format!(" (such as {example})") };
        let answer = prompt::line(&format!("{name}{hint}"))?;
        if answer.is_empty() {
            return Err(usage(format!("{} needs the setting '{name}'", connector.name)));
        }
        given.insert(name.to_owned(), answer.into());
    }
    Ok(given)
}

/// The account with the fields given, and those of the scheme asked for where none are given.
pub(super) fn ask(
    connector: &Connector,
    scheme: &AuthScheme,
    mut account: Account,
    given: &Map<String, Value>,
) -> Result<Account, Error> {
    // Tells ill-typed values without repeating them.
    Credentials::from_json(&Value::Object(given.clone()))?;
    for (name, value) in given {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        account = account.field(name, text);
    }
    if !given.is_empty() || is_complete(scheme, given) {
        return complete(connector, scheme, given).map(|()| account);
    }
    if !prompt::is_possible() {
        let fields: Vec<&str> = required(scheme).map(|field| field.name.as_ref()).collect();
        return Err(Error::new(
            ErrorKind::Authentication,
            format!(
                "nobody can be asked for the credentials of {} here; give {} in a JSON object by \
                 --credentials @FILE or --credentials -",
                connector.name,
                fields.join(", ")
            ),
        ));
    }
    prompt::tell(&scheme.description);
    for field in scheme.fields.iter() {
        let answer = answer(field)?;
        if !answer.is_empty() {
            account = account.field(field.name.clone(), answer);
        }
    }
    Ok(account)
}

fn required(scheme: &AuthScheme) -> impl Iterator<Item = &CredentialField> {
    scheme.fields.iter().filter(|field| field.required)
}

fn complete(
    connector: &Connector,
    scheme: &AuthScheme,
    given: &Map<String, Value>,
) -> Result<(), Error> {
    let missing: Vec<&str> = required(scheme)
        .filter(|field| value(field, given).is_none())
        .map(|field| field.name.as_ref())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Authentication,
        format!("{} with {} needs also {}", connector.name, scheme.name, missing.join(", ")),
    ))
}

/// Asks for a field until it is given, or left out where that is allowed.
fn answer(field: &CredentialField) -> Result<String, Error> {
    prompt::tell_line("");
    prompt::tell(&field.description);
    prompt::tell(&field.obtain);
    let title = if field.title.is_empty() { &field.name } else { &field.title };
    let question = if field.required {
        title.to_string()
    } else {
        format!("{title} (optional, Enter to skip)")
    };
    for _ in 0..3 {
        let answer = if field.secret {
            prompt::secret(&format!("{question} (not shown)"))?.expose_secret().to_owned()
        } else {
            prompt::line(&question)?
        };
        if !answer.is_empty() || !field.required {
            return Ok(answer);
        }
        prompt::tell("It is needed.");
    }
    Err(usage(format!("'{}' is needed", field.name)))
}
