//! Texts become values with the types of the description, and values are held against its schemas.

use airbyte_agent_description::{Kind, Schema};
use serde_json::{Map, Number, Value};

/// The value that a text stands for, of a type that the schema allows.
pub(super) fn value_of_text(schema: &Schema, text: &str) -> Result<Value, String> {
    let has = |kind| schema.kinds.contains(&kind);
    if has(Kind::Integer)
        && let Ok(number) = text.parse::<i64>()
    {
        return Ok(number.into());
    }
    if has(Kind::Number)
        // As it is written: an identifier without a fraction is one.
        && let Ok(number) = text.parse::<Number>()
    {
        return Ok(number.into());
    }
    if has(Kind::Boolean) && matches!(text, "true" | "false") {
        return Ok((text == "true").into());
    }
    if has(Kind::String) || schema.kinds.is_empty() {
        return Ok(text.into());
    }
    if schema.nullable && text.is_empty() {
        return Ok(Value::Null);
    }
    if has(Kind::Array) || has(Kind::Object) {
        match serde_json::from_str::<Value>(text) {
            Ok(value @ (Value::Array(_) | Value::Object(_))) => return Ok(value),
            _ if has(Kind::Array) => {
                let item = schema.items.first().map_or(Ok(text.into()), |s| value_of_text(s, text));
                return item.map(|item| Value::Array(vec![item]));
            }
            _ => {}
        }
    }
    Err(format!("`{text}` is not {}", expected_type(schema)))
}

/// The value that a tree stands for whose leaves are texts, as forms have them.
pub(super) fn value_of_tree(schema: &Schema, tree: Value) -> Result<Value, String> {
    match tree {
        Value::String(text) => value_of_text(schema, &text),
        Value::Array(items) => {
            let schema = schema.items.first().unwrap_or(&Schema::ANY);
            items.into_iter().map(|item| value_of_tree(schema, item)).collect()
        }
        Value::Object(map) => {
            let mut out = Map::new();
            for (name, value) in map {
                let schema = schema.property(&name).map_or(&Schema::ANY, |p| &p.schema);
                out.insert(name, value_of_tree(schema, value)?);
            }
            Ok(out.into())
        }
        other => Ok(other),
    }
}

/// Whether nothing is wrong with `value`.
pub(crate) fn accepts(schema: &Schema, value: &Value) -> bool {
    let mut problems = Vec::new();
    check(schema, value, "", &mut problems);
    problems.is_empty()
}

/// Adds everything that is wrong with `value`. `at` says where the request has it.
pub(super) fn check(schema: &Schema, value: &Value, at: &str, problems: &mut Vec<String>) {
    if value.is_null() {
        if !schema.nullable && !schema.kinds.is_empty() {
            problems.push(format!("{at} must not be null"));
        }
        return;
    }
    if !schema.kinds.is_empty() && !schema.kinds.iter().any(|kind| is_of_kind(*kind, value)) {
        problems.push(format!("{at}: {} is not {}", abbreviated(value), expected_type(schema)));
        return;
    }
    if !schema.choices.is_empty()
        && !value.is_array()
        && !schema.choices.iter().any(|choice| same_value(&choice.value(), value))
    {
        let all: Vec<&str> = schema.choices.iter().map(|choice| choice.0.as_ref()).collect();
        problems.push(format!("{at}: {} is none of {}", abbreviated(value), all.join(", ")));
    }
    if let Some(number) = value.as_f64() {
        if let Some(minimum) = schema.minimum.filter(|minimum| number < *minimum) {
            problems.push(format!("{at}: {value} is below the minimum {minimum}"));
        }
        if let Some(maximum) = schema.maximum.filter(|maximum| number > *maximum) {
            problems.push(format!("{at}: {value} is above the maximum {maximum}"));
        }
    }
    if let Some(problem) = schema.misfit(value) {
        problems.push(format!("{at}: {} {problem}", abbreviated(value)));
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.items.first()) {
        for (index, item) in items.iter().enumerate() {
            check(schema, item, &format!("{at}[{index}]"), problems);
        }
    }
    if let Some(map) = value.as_object() {
        check_members(schema, map, at, problems);
    }
}

fn check_members(schema: &Schema, map: &Map<String, Value>, at: &str, problems: &mut Vec<String>) {
    for property in schema.properties.iter() {
        match map.get(property.name.as_ref()) {
            Some(value) => {
                check(&property.schema, value, &format!("{at}.{}", property.name), problems);
            }
            None if property.required => {
                problems.push(format!("{at}.{} is missing", property.name));
            }
            None => {}
        }
    }
    if !schema.open && !schema.properties.is_empty() {
        for name in map.keys().filter(|name| schema.property(name).is_none()) {
            problems.push(format!("{at} has no member `{name}`"));
        }
    }
}

/// Whether a value is of this kind. A number without a fraction is an integer.
pub(crate) fn is_of_kind(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::String => value.is_string(),
        Kind::Integer => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0)
        }
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Array => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

/// Whether two values are equal. Numbers are compared by their size, however they are written.
pub(crate) fn same_value(a: &Value, b: &Value) -> bool {
    a == b || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}

/// A scalar as the text that stands for it in paths and queries; `None` for any other value.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn expected_type(schema: &Schema) -> String {
    let kinds: Vec<&str> = schema.kinds.iter().map(|kind| kind.as_str()).collect();
    format!("of type {}", kinds.join(" or "))
}

/// The beginning of a value as JSON.
fn abbreviated(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
