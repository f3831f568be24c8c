//! GraphQL payloads: the document with its field selection, and the variables.

use serde_json::{Map, Value, json};

use super::optional;
use crate::arguments::Arguments;
use crate::description::{GraphQl, Piece, Text, Variable, VariableValue};
use crate::error::{Error, Result};
use crate::selection::{self, ARGUMENT};

/// The payload as `{query, variables, operationName}`.
pub(super) fn payload(graphql: &GraphQl, arguments: &Arguments) -> Result<Value> {
    let mut payload = Map::new();
    let mut variables = Map::new();
    for Variable { name, value } in graphql.variables.iter() {
        let resolved =
            resolve(value, arguments, &Place { optional: &graphql.optional, path: name });
        // A null is sent only where the spec says that it has a meaning and the caller passed it.
        let is_wanted = graphql.nullable.contains(name) && is_explicit_null(value, arguments);
        match resolved {
            Some(Value::Null) | None if !is_wanted => {}
            resolved => {
                variables.insert(name.to_string(), resolved.unwrap_or(Value::Null));
            }
        }
    }
    let is_absent = |name: &&Text| !name.contains('.') && !variables.contains_key(name.as_ref());
    let absent: Vec<&str> = graphql.optional.iter().filter(is_absent).map(AsRef::as_ref).collect();
    let mut document = document(graphql, arguments)?;
    if !absent.is_empty() {
        document = optional::without(&document, &absent)?;
    }
    payload.insert("query".to_owned(), Value::String(document));
    if !variables.is_empty() {
        payload.insert("variables".to_owned(), Value::Object(variables));
    }
    if let Some(name) = &graphql.operation_name {
        payload.insert("operationName".to_owned(), json!(name));
    }
    Ok(Value::Object(payload))
}

fn document(graphql: &GraphQl, arguments: &Arguments) -> Result<String> {
    let value = arguments.get(ARGUMENT).filter(|_| graphql.takes_selection());
    let chosen = selection::graphql(value).map_err(Error::validation)?;
    graphql
        .document(chosen.as_deref())
        .ok_or_else(|| Error::validation(format!("'{ARGUMENT}' must name at least one field")))
}

/// The place of a value in the variables, and the places that are left out if no value is passed.
struct Place<'a> {
    optional: &'a [Text],
    path: &'a str,
}

impl Place<'_> {
    fn is_optional(&self) -> bool {
        self.optional.iter().any(|name| *name == self.path)
    }
}

/// The value of a variable; `None` when a piece of it is missing.
fn resolve(value: &VariableValue, arguments: &Arguments, place: &Place<'_>) -> Option<Value> {
    match value {
        VariableValue::Parameter(name) => arguments.get(name.as_ref()).cloned(),
        VariableValue::Constant(json) => Some(json.value()),
        VariableValue::Text(template) => {
            let mut out = String::new();
            for piece in template.pieces.iter() {
                match piece {
                    Piece::Text(text) => out.push_str(text),
                    Piece::Name(name) => match arguments.get(name.as_ref()).cloned()? {
                        Value::Null => return None,
                        Value::String(text) => out.push_str(&text),
                        other => out.push_str(&other.to_string()),
                    },
                }
            }
            Some(Value::String(out))
        }
        VariableValue::Object(members) => {
            let mut out = Map::new();
            for member in members.iter() {
                let path = format!("{}.{}", place.path, member.name);
                let place = Place { path: &path, ..*place };
                match resolve(&member.value, arguments, &place) {
                    None if place.is_optional() => {}
                    value => {
                        out.insert(member.name.to_string(), value.unwrap_or(Value::Null));
                    }
                }
            }
            let is_gone = out.is_empty() && !members.is_empty() && place.is_optional();
            (!is_gone).then_some(Value::Object(out))
        }
        VariableValue::Array(items) => {
            let resolve = |item| resolve(item, arguments, place).unwrap_or(Value::Null);
            Some(Value::Array(items.iter().map(resolve).collect()))
        }
    }
}

fn is_explicit_null(value: &VariableValue, arguments: &Arguments) -> bool {
    match value {
        VariableValue::Parameter(name) => arguments.get(name.as_ref()).is_some_and(Value::is_null),
        _ => false,
    }
}
