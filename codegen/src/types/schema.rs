//! Reads one node of a JSON Schema. This module knows no names and no Rust.

use serde_json::Value;

/// The JSON types of a schema without `null`. A schema with properties or items is an object or an array even
/// if it does not say so.
pub(crate) fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind.as_str()],
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
        }
        _ if schema.get("properties").is_some() => vec!["object"],
        _ if schema.get("items").is_some() => vec!["array"],
        _ => Vec::new(),
    }
}

/// The strings of an enum that contains only strings and perhaps `null`.
pub(crate) fn enumeration(schema: &Value) -> Option<Vec<&str>> {
    let values = schema.get("enum")?.as_array()?;
    let typed = kinds(schema);
    if !(typed.is_empty() || typed == ["string"]) {
        return None;
    }
    values.iter().filter(|value| !value.is_null()).map(Value::as_str).collect()
}

/// Whether the schema allows `null`.
pub(crate) fn nullable(schema: &Value) -> bool {
    let null = |value: &Value| value.as_str() == Some("null");
    schema.get("nullable").and_then(Value::as_bool).unwrap_or(false)
        || schema.get("type").and_then(Value::as_array).is_some_and(|kinds| kinds.iter().any(null))
        || ["oneOf", "anyOf"].iter().any(|key| {
            let options = schema.get(*key).and_then(Value::as_array);
            options.is_some_and(|options| options.iter().any(|o| o.get("type").is_some_and(null)))
        })
}

pub(crate) fn text(schema: &Value, key: &str) -> String {
    schema.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The schema without descriptions and examples, for comparing it with others.
pub(crate) fn essence(schema: &Value) -> Value {
    fn strip(value: &mut Value, names: bool) {
        match value {
            Value::Object(map) => {
                if !names {
                    map.retain(|key, value| {
                        let words = matches!(
                            key.as_str(),
                            "description" | "title" | "example" | "examples"
                        );
                        !(key.starts_with("x-") || words && !value.is_object() || key == "example")
                    });
                }
                for (key, value) in map.iter_mut() {
                    strip(value, !names && key == "properties");
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|value| strip(value, false)),
            _ => {}
        }
    }
    let mut copy = schema.clone();
    strip(&mut copy, false);
    copy
}
