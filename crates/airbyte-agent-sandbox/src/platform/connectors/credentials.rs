//! Credentials as they are given at creation: by the field names of one scheme, or by those of the
//! stored configuration with the words that tell its scheme.

use airbyte_agent_description::{AuthScheme, Connector};
use serde_json::{Map, Value};

use super::view::MASK;
use crate::platform::refusal::Refusal;
use crate::platform::state::Credentials;

/// Members that tell a scheme in stored configurations, whichever connector they are of.
const DISCRIMINATORS: [&str; 4] = ["auth_type", "credentials_title", "option_title", "auth_method"];

/// The credentials of the scheme that fits what is given.
pub(crate) fn fit(
    connector: &Connector,
    given: &Map<String, Value>,
) -> Result<Credentials, Refusal> {
    let (given, words) = plain(connector, given);
    let of_word = |scheme: &&AuthScheme| {
        scheme.markers.iter().any(|marker| words.contains(&marker.value.value()))
    };
    let told: Vec<&AuthScheme> = connector.auth.iter().filter(of_word).collect();
    let schemes = if told.is_empty() { connector.auth.iter().collect() } else { told };
    let direct = schemes.iter().find_map(|scheme| Some((scheme, direct(scheme, &given)?)));
    let found = direct
        .or_else(|| schemes.iter().find_map(|scheme| Some((scheme, stored(scheme, &given)?))));
    let (scheme, fields) = found.ok_or_else(|| misfit(connector, &given))?;
    Ok(Credentials { scheme: Some(scheme.name.to_string()), fields: Some(fields) })
}

/// New credentials, if a changed configuration brings any; values that are masked are those that
/// are kept already.
pub(super) fn changed(
    connector: &Connector,
    known: &Credentials,
    given: &Map<String, Value>,
) -> Option<Credentials> {
    let (mut given, _) = plain(connector, given);
    given.retain(|_, value| value != MASK);
    let name = known.scheme.as_deref();
    let scheme =
        connector.auth.iter().find(|scheme| name.is_none_or(|name| scheme.name == name))?;
    let new = by_place(scheme, &given);
    if new.is_empty() {
        return None;
    }
    let mut fields = known.fields.clone().unwrap_or_default();
    fields.extend(new);
    Some(Credentials { scheme: Some(scheme.name.to_string()), fields: Some(fields) })
}

/// What is given without the words that tell a scheme, and those words.
fn plain(connector: &Connector, given: &Map<String, Value>) -> (Map<String, Value>, Vec<Value>) {
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
    let mut names: Vec<&str> = markers.map(|marker| leaf(&marker.path)).collect();
    names.extend(DISCRIMINATORS);
    let is_field = |name: &str| connector.auth.iter().any(|scheme| scheme.field(name).is_some());
    let mut words = Vec::new();
    flat.retain(|name, value| {
        let tells = names.contains(&name.as_str()) && !is_field(name);
        if tells {
            words.push(value.clone());
        }
        !tells
    });
    (flat, words)
}

/// The fields of a scheme by their own names; `None` when a required one is missing.
fn direct(scheme: &AuthScheme, given: &Map<String, Value>) -> Option<Map<String, Value>> {
    let known = given
        .iter()
        .filter_map(|(name, value)| Some((scheme.field(name)?.name.to_string(), text(value)?)));
    complete(scheme, known.collect())
}

/// The same by the last parts of their places in the stored configuration.
fn stored(scheme: &AuthScheme, given: &Map<String, Value>) -> Option<Map<String, Value>> {
    complete(scheme, by_place(scheme, given))
}

fn by_place(scheme: &AuthScheme, given: &Map<String, Value>) -> Map<String, Value> {
    let fields = scheme.stored.iter().filter_map(|stored| {
        Some((stored.field.to_string(), text(given.get(leaf(&stored.path))?)?))
    });
    fields.collect()
}

fn complete(scheme: &AuthScheme, fields: Map<String, Value>) -> Option<Map<String, Value>> {
    let mut required = scheme.fields.iter().filter(|field| field.required);
    let all = required.all(|field| fields.contains_key(field.name.as_ref()));
    (all && !fields.is_empty()).then_some(fields)
}

/// A value that is given, as text.
fn text(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) if !text.is_empty() => Some(value.clone()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

/// The last part of a place.
pub(super) fn leaf(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn misfit(connector: &Connector, given: &Map<String, Value>) -> Refusal {
    let keys: Vec<&str> = given.keys().map(String::as_str).collect();
    let schemes = connector.auth.iter().map(|scheme| {
        let names = scheme.fields.iter().map(|field| {
            if field.required { field.name.to_string() } else { format!("{}?", field.name) }
        });
        format!("{} ({})", scheme.name, names.collect::<Vec<_>>().join(", "))
    });
    let why = format!(
        "Credentials with the keys [{}] fit no authentication scheme of {}; available: {}",
        keys.join(", "),
        connector.title,
        schemes.collect::<Vec<_>>().join("; ")
    );
    Refusal::bad(why).field("credentials")
}
