//! Converts arguments as models write them to the types that an operation takes.
//!
//! A value is converted only where it can mean nothing else. A wrong value stays as it is, and the engine
//! reports it.

use serde_json::{Map, Value};

use super::controls::{Controls, is_clearable};
use super::error::{ArgumentProblem, ToolError};
use super::json_text::changed_number;
use super::schema::key;
use airbyte_agent_description::closest;
use airbyte_agent_description::{JsonPath, Kind, Operation, Schema, Step};
use airbyte_agent_engine::{RewrittenNumber, exact_number};

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
                let converted = converted(&parameter.schema, value).map_err(|number| {
                    let number = below(Step::Key(parameter.name.clone()), number);
                    ToolError::argument(&parameter.name, number.problem())
                })?;
                arguments.insert(parameter.name.to_string(), converted);
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

/// A value, or the number in a JSON text that would be sent otherwise than it is written.
type Converted = Result<Value, RewrittenNumber>;

/// A number that stands below this step.
fn below(step: Step, mut number: RewrittenNumber) -> RewrittenNumber {
    let steps = std::iter::once(step).chain(number.path.steps.iter().cloned());
    number.path = JsonPath { steps: steps.collect::<Vec<_>>().into() };
    number
}

/// The value in a type that the schema allows, where it can mean nothing else.
fn converted(schema: &Schema, value: Value) -> Converted {
    let wants = |kind| schema.kinds.contains(&kind);
    match value {
        Value::String(text) if wants(Kind::String) => {
            if wants(Kind::Object) || wants(Kind::Array) {
                object_or_list(&text)
            } else {
                Ok(text.into())
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
            Ok(Value::String(number.to_string()))
        }
        Value::Number(number) if wants(Kind::Integer) => {
            Ok(whole(&number).unwrap_or(Value::Number(number)))
        }
        Value::Array(items) => match schema.items.first() {
            Some(schema) => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    converted(schema, item).map_err(|number| below(Step::Index(index), number))
                });
                items.collect()
            }
            None => Ok(Value::Array(items)),
        },
        Value::Object(members) => {
            let object = Value::Object(converted_members(schema, members)?);
            if wants(Kind::Array) && !wants(Kind::Object) {
                as_list(schema, object)
            } else {
                Ok(object)
            }
        }
        other if wants(Kind::Array) && !other.is_null() => as_list(schema, other),
        other => Ok(other),
    }
}

fn converted_members(
    schema: &Schema,
    members: Map<String, Value>,
) -> Result<Map<String, Value>, RewrittenNumber> {
    let mut converted_members = Map::new();
    for (name, member) in members {
        let by_key = || schema.properties.iter().find(|p| key(&p.name) == name);
        match schema.property(&name).or_else(by_key) {
            // Here, too, `null` stands for a member that is left out.
            Some(_) if member.is_null() => {}
            Some(property) => {
                let member = converted(&property.schema, member)
                    .map_err(|number| below(Step::Key(property.name.clone()), number))?;
                converted_members.insert(property.name.to_string(), member);
            }
            None => {
                converted_members.insert(name, member);
            }
        }
    }
    Ok(converted_members)
}

/// A list of one, for a single value where a list is wanted.
fn as_list(schema: &Schema, value: Value) -> Converted {
    match schema.items.first() {
        Some(items) => Ok(Value::Array(vec![converted(items, value)?])),
        None => Ok(Value::Array(vec![value])),
    }
}

/// The value that a text contains, where something other than text is wanted.
fn from_text(schema: &Schema, text: String) -> Converted {
    let trimmed = text.trim();
    for kind in schema.kinds.iter() {
        let value: Option<Value> = match kind {
            Kind::Integer => {
                exact_number(trimmed).filter(|number| !number.is_f64()).map(Value::Number)
            }
            Kind::Number => exact_number(trimmed).map(Value::Number),
            Kind::Boolean => trimmed.to_ascii_lowercase().parse::<bool>().ok().map(Value::from),
            Kind::Object => parsed(trimmed)?.filter(Value::is_object),
            Kind::Array => parsed(trimmed)?.filter(Value::is_array),
            Kind::String => None,
        };
        if let Some(value) = value {
            return converted(schema, value);
        }
    }
    if schema.kinds.contains(&Kind::Array) { as_list(schema, text.into()) } else { Ok(text.into()) }
}

/// The object or list that a text contains as JSON; any other text stays as it is.
fn object_or_list(text: &str) -> Converted {
    Ok(parsed(text.trim())?.unwrap_or_else(|| text.into()))
}

/// The object or list that a text is as JSON.
fn parsed(text: &str) -> Result<Option<Value>, RewrittenNumber> {
    if !text.starts_with(['{', '[']) {
        return Ok(None);
    }
    let Ok(value) = serde_json::from_str(text) else { return Ok(None) };
    match changed_number(text) {
        Some(number) => Err(number),
        None => Ok(Some(value)),
    }
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
            (&[Kind::Integer], json!("18446744073709551615"), json!(u64::MAX)),
            (&[Kind::Integer], json!("12345678901234567890123"), json!("12345678901234567890123")),
            (&[Kind::Number], json!("9007199254740993.0"), json!(9_007_199_254_740_993_u64)),
            (&[Kind::Number], json!("0.1234567890123456789"), json!("0.1234567890123456789")),
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
            assert_eq!(converted(&schema(kinds), given.clone()), Ok(expected), "{kinds:?} {given}");
        }
    }

    #[test]
    fn a_number_in_a_json_text_is_sent_as_it_is_written_or_refused() {
        let long = "12345678901234567890123";
        let texts = |kinds| Schema { items: vec![schema(kinds)].into(), ..schema(&[Kind::Array]) };
        for (schema, given, expected) in [
            (schema(&[Kind::Object]), json!(format!("{{\"a\": {long}}}")), Some("$.a")),
            (schema(&[Kind::Object]), json!("{\"t\": {\"s\": 1526552662.000430}}"), Some("$.t.s")),
            (schema(&[Kind::Object]), json!("{\"amount\": 1.50}"), None),
            (schema(&[Kind::String, Kind::Object]), json!(format!("[0, {long}]")), Some("$[1]")),
            (schema(&[]), json!(format!("[{long}]")), Some("$[0]")),
            (texts(&[Kind::Object]), json!(["{}", format!("{{\"a\": {long}}}")]), Some("$[1].a")),
            (schema(&[Kind::String]), json!(format!("{{\"a\": {long}}}")), None),
            (schema(&[Kind::Object]), json!(format!("{{\"a\": \"{long}\"}}")), None),
        ] {
            let found = converted(&schema, given.clone()).err().map(|n| n.path.to_string());
            assert_eq!(found.as_deref(), expected, "{given}");
        }
    }
}
