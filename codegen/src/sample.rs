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
