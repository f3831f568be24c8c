//! What the generator needs to know of a JSON Schema.

use serde_json::{Value, json};

use super::guess::{GuessedType, guess_type};

/// The type of the value to make, and whether `null` is allowed. Of several types it is the first
/// one that is not `null`.
pub(crate) fn type_of(schema: &Value) -> (Option<&str>, bool) {
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    match schema.get("type") {
        Some(Value::String(kind)) => (Some(kind), nullable),
        Some(Value::Array(kinds)) => {
            let mut names = kinds.iter().filter_map(Value::as_str);
            let has_null = kinds.iter().any(|kind| kind == "null");
            (names.find(|kind| *kind != "null").or(Some("null")), nullable || has_null)
        }
        _ if schema.get("properties").is_some() => (Some("object"), nullable),
        _ if schema.get("items").is_some() => (Some("array"), nullable),
        _ => (None, nullable),
    }
}

/// The variant of a union to make: a scalar before an object, and never `null`.
pub(super) fn preferred_variant(variants: &[Value]) -> Option<&Value> {
    let real = || variants.iter().filter(|variant| type_of(variant).0 != Some("null"));
    real()
        .find(|variant| !matches!(type_of(variant).0, Some("object") | None))
        .or_else(|| real().next())
}

/// The schema with the members of its `allOf` merged into it. Its own members win.
pub(crate) fn merge_all_of(schema: &Value) -> Value {
    let mut out = schema.as_object().cloned().unwrap_or_default();
    let parts = out.remove("allOf").and_then(|v| v.as_array().cloned()).unwrap_or_default();
    for part in parts {
        let part = if part.get("allOf").is_some() { merge_all_of(&part) } else { part };
        for (key, value) in part.as_object().into_iter().flatten() {
            match (out.get_mut(key), value) {
                (Some(Value::Object(known)), Value::Object(more)) => {
                    for (name, value) in more {
                        known.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
                (Some(_), _) => {}
                (None, value) => {
                    out.insert(key.clone(), value.clone());
                }
            }
        }
    }
    out.into()
}

/// The schema of a value of which only the name is known.
pub(super) fn schema_of_name(name: &str) -> Value {
    match guess_type(name) {
        GuessedType::Text => json!({"type": "string"}),
        GuessedType::Integer => json!({"type": "integer"}),
        GuessedType::Number => json!({"type": "number"}),
        GuessedType::Boolean => json!({"type": "boolean"}),
        GuessedType::EmptyList => json!({"type": "array", "maxItems": 0}),
    }
}
