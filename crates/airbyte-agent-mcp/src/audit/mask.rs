//! Arguments as the audit log may contain them: they show which records were meant, but not what was
//! written into them, and nothing that looks like a secret.

use airbyte_agent_core::Cursor;
use airbyte_agent_core::description::{Location, Operation, Parameter, Schema};
use serde_json::{Map, Value};

/// The longest text that is shown, in characters.
const LONGEST: usize = 120;

/// The most elements of a list that are shown.
const MOST_ELEMENTS: usize = 20;

/// What is shown in the place of a secret.
const SECRET: &str = "[secret]";

/// Parts of the names of secrets, in small letters and without punctuation.
const SECRETS: [&str; 24] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "authorization",
    "credential",
    "cookie",
    "session",
    "signature",
    "otp",
    "cvc",
    "cvv",
    "ssn",
    "taxid",
    "iban",
    "card",
    "bankaccount",
    "accountnumber",
    "routingnumber",
];

/// Arguments that steer a call and contain no data.
const STEERING: [&str; 12] = [
    "connector",
    "account",
    "entity",
    "action",
    "fields",
    "exclude_fields",
    "format",
    "max_records",
    "from_byte",
    "max_bytes",
    "encoding",
    "dry_run",
];

/// The arguments of a call without secrets and without contents of records. Where there is no operation, the
/// call asked about operations or was refused.
pub(super) fn arguments(operation: Option<&Operation>, given: &Value) -> Value {
    let Value::Object(members) = given else { return summary(given) };
    let mut out = Map::new();
    for (name, value) in members {
        let shown = match operation {
            _ if is_secret(name) => SECRET.into(),
            // The operation may have a parameter of that name, which the cursor sets.
            Some(_) if is_cursor(name) && is_sealed(value) => position(value),
            Some(operation) => match operation.parameter(name) {
                Some(parameter) => argument(operation, parameter, value),
                None if name == "params" => params(operation, value),
                None if is_cursor(name) || is_steering(name) => short(value),
                None => summary(value),
            },
            None if name == "query" || is_steering(name) => short(value),
            None => summary(value),
        };
        out.insert(cut(name), shown);
    }
    Value::Object(out)
}

/// The parameters of a call that passes them in one argument, as an object or as JSON text of an object.
fn params(operation: &Operation, value: &Value) -> Value {
    match value {
        Value::Object(_) => arguments(Some(operation), value),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ Value::Object(_)) => arguments(Some(operation), &inner),
            _ => summary(value),
        },
        _ => summary(value),
    }
}

fn is_cursor(name: &str) -> bool {
    name.strip_prefix("result_").unwrap_or(name) == "cursor"
}

/// Whether a value has the form of a cursor that results contain, whoever made it.
fn is_sealed(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<Cursor>().is_ok())
}

/// What a cursor says: the arguments that it sets, or the address to which it leads. A cursor that was
/// not given out by this server is shown as well, and refused when the call is made.
fn position(value: &Value) -> Value {
    let cursor = value.as_str().and_then(|text| text.parse::<Cursor>().ok());
    let Some(Value::Object(members)) = cursor.and_then(|cursor| cursor.unverified()) else {
        return short(value);
    };
    let shown = members.into_iter().map(|(name, value)| {
        let value = match value {
            Value::Object(set) => {
                let set = set.into_iter().map(|(name, value)| {
                    let value = if is_secret(&name) { SECRET.into() } else { short(&value) };
                    (cut(&name), value)
                });
                Value::Object(set.collect())
            }
            other => short(&other),
        };
        (name, value)
    });
    Value::Object(shown.collect())
}

fn is_steering(name: &str) -> bool {
    STEERING.contains(&name.strip_prefix("result_").unwrap_or(name))
}

fn argument(operation: &Operation, parameter: &Parameter, value: &Value) -> Value {
    if is_secret(&parameter.name) || is_secret_format(&parameter.schema) {
        return SECRET.into();
    }
    let content = !operation.hints.read_only
        && matches!(parameter.location, Location::Body | Location::GraphQl)
        && !is_identifier(&parameter.name);
    if content { content_of(&parameter.schema, value) } else { shown(&parameter.schema, value) }
}

/// What is shown of a value that is written into a record: choices, numbers and booleans; of anything else
/// only its type and size.
fn content_of(schema: &Schema, value: &Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::Null => value.clone(),
        Value::String(_) if !schema.choices.is_empty() => short(value),
        _ => summary(value),
    }
}

/// What is shown of a value that says which records are meant.
fn shown(schema: &Schema, value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let inner = schema.items.first();
            let shown = items.iter().take(MOST_ELEMENTS).map(|item| match inner {
                Some(inner) => shown(inner, item),
                None => short(item),
            });
            shown.collect()
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let value = match schema.property(name) {
                    _ if is_secret(name) => SECRET.into(),
                    Some(property) if is_secret_format(&property.schema) => SECRET.into(),
                    Some(property) => shown(&property.schema, value),
                    None => short(value),
                };
                (cut(name), value)
            })
            .collect(),
        _ => short(value),
    }
}

/// The type and size of a value.
fn summary(value: &Value) -> Value {
    let text = match value {
        Value::Null => return Value::Null,
        Value::Bool(_) => "[boolean]".to_owned(),
        Value::Number(_) => "[number]".to_owned(),
        Value::String(text) => format!("[text, {} characters]", text.chars().count()),
        Value::Array(items) => format!("[list of {}]", items.len()),
        Value::Object(members) => format!("[object of {}]", members.len()),
    };
    Value::String(text)
}

/// A value without what is inside objects, and without the end of long texts and lists.
fn short(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(cut(text)),
        Value::Array(items) => items.iter().take(MOST_ELEMENTS).map(short).collect(),
        Value::Object(_) => summary(value),
        other => other.clone(),
    }
}

/// The beginning of a text, as long as may be shown.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

fn is_secret(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRETS.iter().any(|part| name.contains(part))
}

fn is_secret_format(schema: &Schema) -> bool {
    matches!(schema.format.as_ref(), "password" | "byte" | "binary")
}

fn is_identifier(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == "id" || lower.ends_with("_id") || name.ends_with("Id") || lower.ends_with("_ids")
}
