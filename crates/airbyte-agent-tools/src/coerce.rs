//! Converts arguments as models write them to the types that an operation takes.
//!
//! A value is converted only where it can mean nothing else. A wrong value stays as it is, and the engine
//! reports it.

use serde_json::{Map, Value};

use super::controls::{Controls, is_clearable};
use super::error::{ArgumentProblem, ToolError};
use super::schema::key;
use airbyte_agent_description::closest;
use airbyte_agent_description::{Kind, Operation, Schema};

/// The arguments of an operation, converted to the types of its parameters. Parameters that the controls
/// clear become an explicit `null`.
pub(super) fn arguments(
    operation: &Operation,
    given: Map<String, Value>,
    controls: &Controls,
) -> Result<Map<String, Value>, ToolError> {
    let mut arguments = Map::new();
    for (name, value) in given {
        // Where a model API requires every argument, `null` stands for those that are left out.
        if value.is_null() {
            continue;
        }
        let by_key = || operation.parameters.iter().find(|parameter| key(&parameter.name) == name);
        match operation.parameter(&name).or_else(by_key) {
            Some(parameter) => {
                arguments.insert(parameter.name.to_string(), converted(&parameter.schema, value));
            }
            None => {
                arguments.insert(name, value);
            }
        }
    }
    for name in &controls.clear {
        clear(operation, name, &mut arguments)?;
    }
    Ok(arguments)
}

/// The value in a type that the schema allows, where it can mean nothing else.
fn converted(schema: &Schema, value: Value) -> Value {
    let wants = |kind| schema.kinds.contains(&kind);
    match value {
        Value::String(text) if wants(Kind::String) => {
            if wants(Kind::Object) || wants(Kind::Array) {
                object_or_list(&text)
            } else {
                text.into()
            }
        }
        Value::String(text) if schema.kinds.is_empty() => object_or_list(&text),
        Value::String(text) => from_text(schema, text),
        // One with a fraction or an exponent has lost how it was written, such as zeros at its end: the
        // engine refuses it and says how to write it.
        Value::Number(number)
            if wants(Kind::String)
                && !wants(Kind::Integer)
                && !wants(Kind::Number)
                && !number.is_f64() =>
        {
            Value::String(number.to_string())
        }
        Value::Number(number) if wants(Kind::Integer) => {
            whole(&number).unwrap_or(Value::Number(number))
        }
        Value::Array(items) => match schema.items.first() {
            Some(schema) => items.into_iter().map(|item| converted(schema, item)).collect(),
            None => Value::Array(items),
        },
        Value::Object(members) => {
            let members = members.into_iter().filter_map(|(name, member)| {
                let by_key = || schema.properties.iter().find(|p| key(&p.name) == name);
                match schema.property(&name).or_else(by_key) {
                    // Here, too, `null` stands for a member that is left out.
                    Some(_) if member.is_null() => None,
                    Some(property) => {
                        Some((property.name.to_string(), converted(&property.schema, member)))
                    }
                    None => Some((name, member)),
                }
            });
            let object = Value::Object(members.collect());
            if wants(Kind::Array) && !wants(Kind::Object) {
                as_list(schema, object)
            } else {
                object
            }
        }
        other if wants(Kind::Array) && !other.is_null() => as_list(schema, other),
        other => other,
    }
}

/// A list of one, for a single value where a list is wanted.
fn as_list(schema: &Schema, value: Value) -> Value {
    match schema.items.first() {
        Some(items) => Value::Array(vec![converted(items, value)]),
        None => Value::Array(vec![value]),
    }
}

/// The value that a text contains, where something other than text is wanted.
fn from_text(schema: &Schema, text: String) -> Value {
    let trimmed = text.trim();
    for kind in schema.kinds.iter() {
        let value: Option<Value> = match kind {
            Kind::Integer => trimmed.parse::<i64>().ok().map(Value::from),
            Kind::Number => serde_json::from_str(trimmed).ok().filter(Value::is_number),
            Kind::Boolean => trimmed.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
            Kind::Object => parsed(trimmed).filter(Value::is_object),
            Kind::Array => parsed(trimmed).filter(Value::is_array),
            Kind::String => None,
        };
        if let Some(value) = value {
            return converted_unless_text(schema, value);
        }
    }
    if schema.kinds.contains(&Kind::Array) { as_list(schema, text.into()) } else { text.into() }
}

fn converted_unless_text(schema: &Schema, value: Value) -> Value {
    if value.is_string() { value } else { converted(schema, value) }
}

/// The object or list that a text contains as JSON; any other text stays as it is.
fn object_or_list(text: &str) -> Value {
    parsed(text.trim()).unwrap_or_else(|| text.into())
}

/// The object or list that a text is as JSON.
fn parsed(text: &str) -> Option<Value> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The whole number, for one that is written with a fraction of zero, such as `3.0`.
fn whole(number: &serde_json::Number) -> Option<Value> {
    let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15)?;
    #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
    let whole = float as i64;
    (!number.is_i64() && !number.is_u64()).then_some(whole.into())
}

/// Sets a parameter, or the member at a dotted path inside it, to an explicit `null`.
fn clear(
    operation: &Operation,
    name: &str,
    arguments: &mut Map<String, Value>,
) -> Result<(), ToolError> {
    let (first, inside) = name.split_once('.').map_or((name, None), |(a, b)| (a, Some(b)));
    let allowed = operation.parameter(first).is_some_and(|parameter| match inside {
        None => is_clearable(parameter),
        Some(path) => is_nullable(&parameter.schema, path),
    });
    if !allowed {
        let parameters = operation.parameters.iter().filter(|parameter| is_clearable(parameter));
        let names: Vec<&str> = parameters.map(|parameter| parameter.name.as_ref()).collect();
        let closest = closest(name, names.iter().copied());
        let problem = format!("'{name}' cannot be set to null by 'clear'");
        return Err(ToolError::problem(ArgumentProblem {
            argument: "clear".to_owned(),
            problem,
            allowed: names.iter().map(|&name| name.to_owned()).collect(),
            closest: closest.into_iter().map(str::to_owned).collect(),
        }));
    }
    let mut value = arguments.entry(first).or_insert(Value::Null);
    for step in inside.into_iter().flat_map(|path| path.split('.')) {
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        let Value::Object(members) = value else { return Ok(()) };
        value = members.entry(step).or_insert(Value::Null);
    }
    *value = Value::Null;
    Ok(())
}

/// Whether the member at a dotted path may be `null`.
fn is_nullable(schema: &Schema, path: &str) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    match (schema.property(first), rest) {
        (Some(property), None) => property.schema.nullable,
        (Some(property), Some(rest)) => is_nullable(&property.schema, rest),
        (None, _) => schema.open,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;

    fn schema(kinds: &'static [Kind]) -> Schema {
        Schema { kinds: Cow::Borrowed(kinds), nullable: false, ..Schema::ANY }
    }

    #[test]
    fn a_value_that_can_mean_one_thing_only_is_converted() {
        for (kinds, given, expected) in [
            (&[Kind::Integer][..], json!("12"), json!(12)),
            (&[Kind::Integer], json!(12.0), json!(12)),
            (&[Kind::Integer], json!("twelve"), json!("twelve")),
            (&[Kind::Number], json!("1.5"), json!(1.5)),
            (&[Kind::Boolean], json!("True"), json!(true)),
            (&[Kind::String], json!(7), json!("7")),
            (&[Kind::String], json!(1_526_552_662.000_43), json!(1_526_552_662.000_43)),
            (&[Kind::String], json!(1e3), json!(1e3)),
            (&[Kind::String], json!(18_446_744_073_709_551_615_u64), json!("18446744073709551615")),
            (&[Kind::String], json!("{\"a\": 1}"), json!("{\"a\": 1}")),
            (&[Kind::Object], json!("{\"a\": 1}"), json!({"a": 1})),
            (&[Kind::Array], json!("[1, 2]"), json!([1, 2])),
            (&[Kind::Array], json!("open"), json!(["open"])),
            (&[Kind::Array], json!(3), json!([3])),
            (&[Kind::String, Kind::Object], json!("{\"a\": 1}"), json!({"a": 1})),
            (&[Kind::String, Kind::Integer], json!("5"), json!("5")),
            (&[Kind::String, Kind::Integer], json!(5), json!(5)),
            (&[], json!("5"), json!("5")),
            (&[], json!("[5]"), json!([5])),
        ] {
            assert_eq!(converted(&schema(kinds), given.clone()), expected, "{kinds:?} {given}");
        }
    }
}
