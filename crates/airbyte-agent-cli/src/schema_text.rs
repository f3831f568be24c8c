//! Schemas in words: the types of values and the fields of records.

use airbyte_agent_core::description::Schema;
use serde_json::{Map, Value};

/// The type of a value in words: `string`, `array of integer`, `string or null`.
pub(crate) fn type_text(schema: &Schema) -> String {
    let mut kinds: Vec<String> = schema
        .kinds
        .iter()
        .map(|kind| match (kind.as_str(), schema.items.first()) {
            ("array", Some(items)) if !items.kinds.is_empty() => {
                format!("array of {}", type_text(items))
            }
            (kind, _) => kind.to_owned(),
        })
        .collect();
    if kinds.is_empty() {
        return "any".to_owned();
    }
    if schema.nullable {
        kinds.push("null".to_owned());
    }
    kinds.join(" or ")
}

/// The type of a value in words, from a JSON Schema.
pub(crate) fn json_schema_type_text(schema: &Value) -> String {
    let with_items = |kind: &str| match schema.get("items") {
        Some(items) if kind == "array" => format!("array of {}", json_schema_type_text(items)),
        _ => kind.to_owned(),
    };
    match schema.get("type") {
        Some(Value::String(kind)) => match schema.get("format").and_then(Value::as_str) {
            Some(format) => format!("{}, {format}", with_items(kind)),
            None => with_items(kind),
        },
        Some(Value::Array(kinds)) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds.map(with_items).collect::<Vec<_>>().join(" or ")
        }
        _ if schema_members(schema).is_some() => "object".to_owned(),
        _ => "any".to_owned(),
    }
}

/// The members that a JSON Schema declares, also if the object is one of several choices, such as
/// an object or `null`.
pub(crate) fn schema_members(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object).or_else(|| {
        let choices = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema.get(key))?;
        choices.as_array()?.iter().find_map(schema_members)
    })
}
