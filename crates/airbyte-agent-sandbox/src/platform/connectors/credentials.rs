//! Credentials in the body of a request: by the field names of an authentication scheme, or by those of
//! the stored configuration, which has words that say which scheme is meant.

use airbyte_agent_description::{AuthScheme, Connector};
use serde_json::{Map, Value};

use crate::platform::error::ApiError;
use crate::platform::paths::last_step;
use crate::platform::state::Credentials;

/// What responses show in place of a credential.
pub(super) const MASK: &str = "**********";
/// Members of stored configurations that say which scheme is meant, whatever the connector.
const DISCRIMINATORS: [&str; 4] = ["auth_type", "credentials_title", "option_title", "auth_method"];

/// The credentials of the scheme that fits what is given.
pub(crate) fn matching_credentials(
    connector: &Connector,
    given: &Map<String, Value>,
) -> Result<Credentials, ApiError> {
    let (given, words) = split_discriminators(connector, given);
    let has_word = |scheme: &&AuthScheme| {
        scheme.markers.iter().any(|marker| words.contains(&marker.value.value()))
    };
    let chosen: Vec<&AuthScheme> = connector.auth.iter().filter(has_word).collect();
    let schemes = if chosen.is_empty() { connector.auth.iter().collect() } else { chosen };
    let direct = schemes.iter().find_map(|scheme| Some((scheme, fields_by_name(scheme, &given)?)));
    let found = direct.or_else(|| {
        schemes.iter().find_map(|scheme| Some((scheme, fields_by_path(scheme, &given)?)))
    });
    let (scheme, fields) = found.ok_or_else(|| no_scheme_fits(connector, &given))?;
    Ok(Credentials { scheme: Some(scheme.name.to_string()), fields: Some(fields) })
}

/// The credentials after a change of the configuration, if it has any. A masked value stands for the one
/// that is stored already.
pub(super) fn changed_credentials(
    connector: &Connector,
    known: &Credentials,
    given: &Map<String, Value>,
) -> Option<Credentials> {
    let (mut given, _) = split_discriminators(connector, given);
    given.retain(|_, value| value != MASK);
    let name = known.scheme.as_deref();
    let scheme =
        connector.auth.iter().find(|scheme| name.is_none_or(|name| scheme.name == name))?;
    let new = values_by_path(scheme, &given);
    if new.is_empty() {
        return None;
    }
    let mut fields = known.fields.clone().unwrap_or_default();
    fields.extend(new);
    Some(Credentials { scheme: Some(scheme.name.to_string()), fields: Some(fields) })
}

/// What is given without the words that say which scheme is meant, and those words.
fn split_discriminators(
    connector: &Connector,
    given: &Map<String, Value>,
) -> (Map<String, Value>, Vec<Value>) {
    let mut flat = Map::new();
    for (name, value) in given {
        match value {
            Value::Object(inner) if name == "credentials" => flat.extend(inner.clone()),
            value => {
                flat.insert(name.clone(), value.clone());
            }
        }
    }
    let markers = connector.auth.iter().flat_map(|scheme| scheme.markers.iter());
    let mut names: Vec<&str> = markers.map(|marker| last_step(&marker.path)).collect();
    names.extend(DISCRIMINATORS);
    let is_field = |name: &str| connector.auth.iter().any(|scheme| scheme.field(name).is_some());
    let mut words = Vec::new();
    flat.retain(|name, value| {
        let is_discriminator = names.contains(&name.as_str()) && !is_field(name);
        if is_discriminator {
            words.push(value.clone());
        }
        !is_discriminator
    });
    (flat, words)
}

/// The fields of a scheme by their own names; `None` when a required one is missing.
fn fields_by_name(scheme: &AuthScheme, given: &Map<String, Value>) -> Option<Map<String, Value>> {
    let known = given.iter().filter_map(|(name, value)| {
        Some((scheme.field(name)?.name.to_string(), non_empty_text(value)?))
    });
    complete(scheme, known.collect())
}

/// The fields of a scheme as the stored configuration has them; `None` when a required one is missing.
fn fields_by_path(scheme: &AuthScheme, given: &Map<String, Value>) -> Option<Map<String, Value>> {
    complete(scheme, values_by_path(scheme, given))
}

/// The fields of a scheme by the last steps of their paths in the stored configuration.
fn values_by_path(scheme: &AuthScheme, given: &Map<String, Value>) -> Map<String, Value> {
    let fields = scheme.stored.iter().filter_map(|stored| {
        Some((stored.field.to_string(), non_empty_text(given.get(last_step(&stored.path))?)?))
    });
    fields.collect()
}

fn complete(scheme: &AuthScheme, fields: Map<String, Value>) -> Option<Map<String, Value>> {
    let mut required = scheme.fields.iter().filter(|field| field.required);
    let all = required.all(|field| fields.contains_key(field.name.as_ref()));
    (all && !fields.is_empty()).then_some(fields)
}

/// A value as text; `None` when it is empty or not a scalar.
fn non_empty_text(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) if !text.is_empty() => Some(value.clone()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn no_scheme_fits(connector: &Connector, given: &Map<String, Value>) -> ApiError {
    let keys: Vec<&str> = given.keys().map(String::as_str).collect();
    let schemes = connector.auth.iter().map(|scheme| {
        let names = scheme.fields.iter().map(|field| {
            if field.required { field.name.to_string() } else { format!("{}?", field.name) }
        });
        format!("{} ({})", scheme.name, names.collect::<Vec<_>>().join(", "))
    });
    let message = format!(
        "Credentials with the keys [{}] fit no authentication scheme of {}; available: {}",
        keys.join(", "),
        connector.title,
        schemes.collect::<Vec<_>>().join("; ")
    );
    ApiError::bad_request(message).field("credentials")
}
