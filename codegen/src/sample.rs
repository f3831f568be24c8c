//! Values that a parameter accepts, for examples. Knows schemas, no Rust.

use airbyte_agent_description::{Json, Kind, Schema};
use serde_json::{Map, Value, json};

use crate::model::Argument;
use crate::names;

/// A JSON value that the argument accepts: the example of the spec, or else the default, or else a
/// value made for its type.
pub(crate) fn sample(argument: &Argument<'_>) -> Value {
    let parameter = argument.parameter;
    argument
        .example
        .cloned()
        .or_else(|| parameter.default.as_ref().map(Json::value).filter(|v| !v.is_null()))
        .unwrap_or_else(|| sample_of(&parameter.schema, &parameter.name))
}

/// A JSON value that `schema` accepts.
pub(crate) fn sample_of(schema: &Schema, name: &str) -> Value {
    if let Some(choice) = schema.choices.first() {
        return choice.value();
    }
    match schema.kinds.first() {
        Some(Kind::Integer) => {
            if let Some(example) = schema.text_example().and_then(|text| text.parse::<i64>().ok()) {
                return json!(example);
            }
            // A sample need not be near the limits of `i64`, so that `as` loses nothing.
            #[allow(clippy::cast_possible_truncation)]
            let least = schema.minimum.map_or(1, |minimum| minimum as i64);
            json!(least.max(1))
        }
        Some(Kind::Number) => json!(1.5),
        Some(Kind::Boolean) => json!(true),
        Some(Kind::Array) => {
            json!([schema.items.first().map_or(json!("value"), |item| sample_of(item, name))])
        }
        Some(Kind::Object) => Value::Object(
            schema
                .properties
                .iter()
                .filter(|property| property.required)
                .map(|property| {
                    (property.name.to_string(), sample_of(&property.schema, &property.name))
                })
                .collect(),
        ),
        Some(Kind::String) | None => match schema.text_example() {
            Some(example) => json!(example),
            None => json!(names::singular(&names::ident(name)).trim_matches('_').replace('_', "-")),
        },
    }
}

/// A JSON value that `schema` accepts, with every member that its objects may have. Members that
/// `example` has get its values.
pub(crate) fn everything(schema: &Schema, name: &str, example: Option<&Value>) -> Value {
    let has = |kind| schema.kinds.first() == Some(&kind);
    match example {
        Some(Value::Array(list)) if has(Kind::Array) && !list.is_empty() => {
            let Some(item) = schema.items.first() else { return json!(list) };
            return list.iter().map(|value| everything(item, name, Some(value))).collect();
        }
        None | Some(Value::Array(_) | Value::Null) => {}
        Some(Value::Object(_)) if has(Kind::Object) => {}
        Some(other) => return other.clone(),
    }
    match schema.kinds.first() {
        Some(Kind::Number) if schema.choices.is_empty() => {
            let (least, most) = (schema.minimum.unwrap_or(1.5), schema.maximum.unwrap_or(1.5));
            json!(1.5_f64.max(least).min(most))
        }
        Some(Kind::Array) if schema.choices.is_empty() => {
            let item = schema.items.first();
            json!([item.map_or(json!("value"), |item| everything(item, name, None))])
        }
        Some(Kind::Object) if schema.choices.is_empty() => {
            let mut members = Map::new();
            for property in schema.properties.iter() {
                let known = example.and_then(|example| example.get(property.name.as_ref()));
                let value = everything(&property.schema, &property.name, known);
                // A text in a query language cannot be invented.
                if known.is_none() && !property.required && is_misfit(&property.schema, &value) {
                    continue;
                }
                members.insert(property.name.to_string(), value);
            }
            // Members that the schema does not name are taken from the example.
            for (key, value) in example.and_then(Value::as_object).into_iter().flatten() {
                members.entry(key.clone()).or_insert_with(|| value.clone());
            }
            if members.is_empty() {
                members.insert("key".to_owned(), json!("value"));
            }
            Value::Object(members)
        }
        _ => sample_of(schema, name),
    }
}

/// Whether the value, or an element of it, breaks a rule for texts.
fn is_misfit(schema: &Schema, value: &Value) -> bool {
    match value {
        Value::Array(items) => schema
            .items
            .first()
            .is_some_and(|schema| items.iter().any(|item| is_misfit(schema, item))),
        value => schema.misfit(value).is_some(),
    }
}
