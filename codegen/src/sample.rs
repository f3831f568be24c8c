//! Values that fit a parameter, for examples. Knows schemas, no Rust.

use airbyte_agent_core::description::{Json, Kind, Schema};
use serde_json::{Value, json};

use crate::model::Argument;
use crate::names;

/// A JSON value that fits an argument, for examples: the spec's own, else one by type.
pub(crate) fn sample(argument: &Argument<'_>) -> Value {
    let parameter = argument.parameter;
    argument
        .example
        .cloned()
        .or_else(|| parameter.default.as_ref().map(Json::value).filter(|v| !v.is_null()))
        .unwrap_or_else(|| sample_of(&parameter.schema, &parameter.name))
}

/// A JSON value that fits `schema`.
pub(crate) fn sample_of(schema: &Schema, name: &str) -> Value {
    if let Some(choice) = schema.choices.first() {
        return choice.value();
    }
    match schema.kinds.first() {
        Some(Kind::Integer) => {
            // `as` is enough: a sample need not be near the edge of a range.
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
        Some(Kind::String) | None => match schema.format.as_ref() {
            "date-time" => json!("2025-03-01T00:00:00Z"),
            "date" => json!("2025-03-01"),
            "uri" => json!("https://example.com"),
            "email" => json!("ada@example.com"),
            _ => json!(names::singular(&names::ident(name)).trim_matches('_').replace('_', "-")),
        },
    }
}

/// A JSON value that fits `schema`, with every member that its objects may have.
pub(crate) fn everything(schema: &Schema, name: &str) -> Value {
    if schema.choices.is_empty() {
        match schema.kinds.first() {
            Some(Kind::Integer) => return sample_of(schema, name),
            Some(Kind::Number) => {
                return json!(
                    1.5_f64.max(schema.minimum.unwrap_or(1.5)).min(schema.maximum.unwrap_or(1.5))
                );
            }
            Some(Kind::Array) => {
                let item = schema.items.first();
                return json!([item.map_or(json!("value"), |item| everything(item, name))]);
            }
            Some(Kind::Object) if schema.properties.is_empty() => return json!({"key": "value"}),
            Some(Kind::Object) => {
                let members = schema.properties.iter().map(|property| {
                    (property.name.to_string(), everything(&property.schema, &property.name))
                });
                return Value::Object(members.collect());
            }
            _ => {}
        }
    }
    sample_of(schema, name)
}
