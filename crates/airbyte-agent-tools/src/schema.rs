//! JSON Schemas of arguments in a form that every client accepts: with one type each, without combinators
//! and references, and with enumerations of texts only.

use serde_json::{Map, Value, json};

use super::prose;
use airbyte_agent_description::{Kind, Parameter, Schema};

/// The longest description of an argument, in characters.
const LONGEST_DESCRIPTION: usize = 160;

/// The schema of the argument for a parameter.
pub(super) fn parameter(parameter: &Parameter) -> Value {
    let mut rendered = schema(&parameter.schema, &parameter.description);
    let default = parameter.default.as_ref().or(parameter.schema.default.as_ref());
    if let (Some(default), Value::Object(members)) = (default, &mut rendered) {
        let default = default.value();
        let shown = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
        let description = members.get("description").and_then(Value::as_str).unwrap_or_default();
        // The engine fills in a template, which would mean nothing to a model.
        if !shown.is_empty()
            && shown.len() <= 40
            && !shown.contains("{{")
            && !description.to_lowercase().contains("default")
        {
            let text = prose::joined(description, &format!("Default {shown}."));
            members.insert("description".to_owned(), text.into());
        }
    }
    rendered
}

/// The schema of an object. Each property has a name, a schema and whether it is required; `open` says
/// whether there may be others.
pub(super) fn object(
    properties: impl IntoIterator<Item = (String, Value, bool)>,
    open: bool,
) -> Map<String, Value> {
    let mut members = Map::new();
    let mut required = Vec::new();
    for (name, schema, is_required) in properties {
        if is_required {
            required.push(Value::String(name.clone()));
        }
        members.insert(name, schema);
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    object.insert("properties".to_owned(), members.into());
    object.insert("required".to_owned(), required.into());
    object.insert("additionalProperties".to_owned(), open.into());
    object
}

/// The name of an argument in the characters that every model API accepts.
pub(super) fn key(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !name.is_empty() && name.len() <= 64 && name.chars().all(fits) {
        return name.to_owned();
    }
    let plain: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    plain.trim_matches('_').chars().take(64).collect()
}

/// The schema of a scalar type with a description.
pub(super) fn plain(kind: &str, description: &str) -> Value {
    described(json!({"type": kind}), description)
}

/// The schema of a list of texts.
pub(super) fn texts(description: &str) -> Value {
    described(json!({"type": "array", "items": {"type": "string"}}), description)
}

/// The schema with a description, unless it is empty.
fn described(mut schema: Value, description: &str) -> Value {
    if let Some(members) = schema.as_object_mut().filter(|_| !description.is_empty()) {
        members.insert("description".to_owned(), description.into());
    }
    schema
}

/// The schema of a text that is one of these names.
pub(super) fn choice(names: &[&str], description: &str) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "string".into());
    if !description.is_empty() {
        schema.insert("description".to_owned(), description.into());
    }
    schema.insert("enum".to_owned(), names.iter().map(|name| Value::from(*name)).collect());
    Value::Object(schema)
}

/// The one type that represents all types that the schema allows.
pub(super) fn kind(schema: &Schema) -> Kind {
    let order = [Kind::Array, Kind::String, Kind::Number, Kind::Integer, Kind::Object];
    let found = order.into_iter().find(|kind| schema.kinds.contains(kind));
    // Where any value is allowed, it is passed as text.
    found.or_else(|| schema.kinds.first().copied()).unwrap_or(Kind::String)
}

/// The JSON Schema of a value, with this description.
fn schema(schema: &Schema, description: &str) -> Value {
    let kind = kind(schema);
    let mut out = match kind {
        Kind::Object => {
            let members = schema.properties.iter().map(|property| {
                let rendered = self::schema(&property.schema, &property.schema.description);
                (key(&property.name), rendered, property.required)
            });
            object(members, schema.open || schema.properties.is_empty())
        }
        _ => Map::from_iter([("type".to_owned(), kind.as_str().into())]),
    };
    let mut text = prose::short(description, LONGEST_DESCRIPTION);
    if kind == Kind::Array {
        let items = match schema.items.first() {
            Some(items) => self::schema(items, &items.description),
            None => json!({"type": "string"}),
        };
        out.insert("items".to_owned(), items);
    }
    if kind == Kind::String && schema.kinds.contains(&Kind::Object) || schema.kinds.is_empty() {
        text = prose::joined(&text, "Anything but text is given as JSON text.");
    }
    match schema.format.as_ref() {
        "date-time" if kind == Kind::String => {
            out.insert("format".to_owned(), "date-time".into());
        }
        "date" if !text.to_uppercase().contains("YYYY") => {
            text = prose::joined(&text, "Written YYYY-MM-DD.");
        }
        _ => {}
    }
    let choices: Vec<Value> =
        schema.choices.iter().map(airbyte_agent_description::Json::value).collect();
    let (texts, others): (Vec<Value>, Vec<Value>) =
        choices.into_iter().filter(|choice| !choice.is_null()).partition(Value::is_string);
    if others.is_empty() && !texts.is_empty() && kind == Kind::String {
        out.insert("enum".to_owned(), texts.into());
    } else if !others.is_empty() || !texts.is_empty() {
        let all: Vec<String> = texts.iter().chain(&others).map(plain_text).collect();
        text = prose::joined(&text, &format!("One of {}.", all.join(", ")));
    }
    if matches!(kind, Kind::Integer | Kind::Number) {
        for (key, bound) in [("minimum", schema.minimum), ("maximum", schema.maximum)] {
            if let Some(bound) = bound {
                out.insert(key.to_owned(), number(bound));
            }
        }
    }
    if !text.is_empty() {
        out.insert("description".to_owned(), text.into());
    }
    Value::Object(out)
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A bound as JSON, as a whole number where it is one.
fn number(bound: f64) -> Value {
    // Larger bounds cannot be converted without loss and stay as they are.
    if bound.fract() == 0.0 && bound.abs() < 9e15 {
        #[allow(clippy::cast_possible_truncation, reason = "whole and small")]
        return json!(bound as i64);
    }
    json!(bound)
}
