//! What the texts of `-p` become, as the schema of the argument says.

use airbyte_agent_core::Error;
use airbyte_agent_core::description::{Kind, Schema};
use serde_json::Value;

use crate::failure::validation_error;

/// The value of one `-p` option.
pub(super) enum PairValue {
    /// `NAME=VALUE`
    Text(String),
    /// `NAME:=JSON`
    Json(Value, String),
}

/// The schema of names that the operation does not know.
pub(super) static ANY: Schema = Schema::ANY;

/// The value of an argument, of all the options that give it.
pub(super) fn argument_value(
    name: &str,
    schema: &Schema,
    mut values: Vec<PairValue>,
) -> Result<Value, Error> {
    let allows = |kind| schema.kinds.contains(&kind);
    let several = values.len() > 1;
    if allows(Kind::Array) || (several && schema.kinds.is_empty()) {
        return array_value(name, schema, values);
    }
    match values.pop() {
        Some(_) if several => Err(validation_error(format!(
            "-p {name} is given several times and takes a single value"
        ))),
        Some(PairValue::Json(value, _)) => Ok(value),
        Some(PairValue::Text(text)) => scalar_value(name, schema, text),
        None => Ok(Value::Null),
    }
}

/// A list, which is written as repeated options, separated by commas, or as JSON.
fn array_value(name: &str, schema: &Schema, values: Vec<PairValue>) -> Result<Value, Error> {
    let element = schema.items.first().unwrap_or(&ANY);
    let is_only = values.len() == 1;
    let mut elements = Vec::new();
    for value in values {
        match value {
            PairValue::Json(Value::Array(values), _) => elements.extend(values),
            PairValue::Json(value, _) if is_only => return Ok(value),
            PairValue::Json(value, _) => elements.push(value),
            PairValue::Text(text) if text.trim_start().starts_with('[') => {
                match parse_json(name, &text)? {
                    Value::Array(values) => elements.extend(values),
                    value => elements.push(value),
                }
            }
            PairValue::Text(text) if text.trim_start().starts_with('{') => {
                elements.push(parse_json(name, &text)?);
            }
            PairValue::Text(text) => {
                // If the schema allows a string or an array, a text without commas is the string.
                let is_text = schema.kinds.contains(&Kind::String);
                if is_only && is_text && !text.contains(',') {
                    return Ok(Value::String(text));
                }
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                for part in parts {
                    elements.push(scalar_value(name, element, part.to_owned())?);
                }
            }
        }
    }
    Ok(Value::Array(elements))
}

/// A single value of one of the types that the schema allows. A text that fits none of them stays a
/// text, and the engine reports what it should have been.
fn scalar_value(name: &str, schema: &Schema, text: String) -> Result<Value, Error> {
    let allows = |kind| schema.kinds.contains(&kind);
    let is_free = schema.kinds.is_empty();
    let takes_text = allows(Kind::String);
    let trimmed = text.trim();
    if allows(Kind::Boolean) || is_free {
        match trimmed {
            "true" => return Ok(Value::Bool(true)),
            "false" => return Ok(Value::Bool(false)),
            _ => {}
        }
    }
    let is_number = allows(Kind::Integer) || allows(Kind::Number) || is_free;
    if is_number
        && let Ok(Value::Number(number)) = serde_json::from_str(trimmed)
        && is_same_number(&number, trimmed, takes_text || is_free)
    {
        return Ok(Value::Number(number));
    }
    let is_structure = trimmed.starts_with('{') && (allows(Kind::Object) || is_free)
        || trimmed.starts_with('[') && is_free;
    if is_structure {
        match serde_json::from_str(trimmed) {
            Ok(value) => return Ok(value),
            Err(_) if takes_text || is_free => {}
            Err(_) => return parse_json(name, trimmed),
        }
    }
    Ok(Value::String(text))
}

/// Whether a number says what its text says. Where a text is allowed, too, every digit counts, also a zero
/// at the end; else those that make a difference.
fn is_same_number(number: &serde_json::Number, text: &str, takes_text: bool) -> bool {
    let is_literal = number.to_string() == text;
    if is_literal || takes_text {
        return is_literal;
    }
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    let digits = if mantissa.contains('.') { digits.trim_end_matches('0') } else { digits };
    // A number of this length is exact in any implementation.
    digits.len() <= 15
}

fn parse_json(name: &str, text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| {
        validation_error(format!(
            "-p {name} starts like JSON and is not: {error}; for a text that begins \
             like this write {name}:= and the text in JSON"
        ))
    })
}
