//! The schemas of tools in the restricted forms that some model APIs require.

use serde_json::{Map, Value};

/// The description of a text that replaces an object with any members.
const AS_TEXT: &str = "A JSON object, written as text.";

/// The schema for `strict: true` of `OpenAI`: every property is required, optional ones may be `null`, and
/// no object has members that the schema does not name.
pub(super) fn openai_strict(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    if is_open(members) {
        return as_text(members);
    }
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            "properties" => {
                let required = required(members);
                let properties = value.as_object().into_iter().flatten();
                let rendered = properties.map(|(name, property)| {
                    let rendered = openai_strict(property);
                    let is_required = required.contains(&name.as_str());
                    (name.clone(), if is_required { rendered } else { or_null(rendered) })
                });
                out.insert(key.clone(), Value::Object(rendered.collect()));
            }
            "required" => {
                let properties = members.get("properties").and_then(Value::as_object);
                let names = properties.into_iter().flat_map(Map::keys).cloned().map(Value::String);
                out.insert(key.clone(), names.collect());
            }
            "items" => {
                out.insert(key.clone(), openai_strict(value));
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(out)
}

/// The schema for Gemini: without `additionalProperties`, and without objects that have no members.
pub(super) fn gemini(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    if is_open(members) && required(members).is_empty() {
        return as_text(members);
    }
    let mut out = Map::new();
    for (key, value) in members {
        match key.as_str() {
            "additionalProperties" => {}
            "required" if value.as_array().is_some_and(Vec::is_empty) => {}
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let rendered = properties.map(|(name, schema)| (name.clone(), gemini(schema)));
                out.insert(key.clone(), Value::Object(rendered.collect()));
            }
            "items" => {
                out.insert(key.clone(), gemini(value));
            }
            _ => {
                out.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(out)
}

/// Whether an object may have members that the schema does not name.
fn is_open(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties").and_then(Value::as_bool) == Some(true)
}

fn required(schema: &Map<String, Value>) -> Vec<&str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The schema of a text that contains the object as JSON.
fn as_text(schema: &Map<String, Value>) -> Value {
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    let names: Vec<&str> =
        properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut text = super::prose::joined(description, AS_TEXT);
    if !names.is_empty() {
        text = super::prose::joined(&text, &format!("Members: {}.", names.join(", ")));
    }
    super::schema::plain("string", &text)
}

/// The schema with `null` as a further value.
fn or_null(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut() {
        if let Some(kind) = members.get("type").cloned() {
            members.insert("type".to_owned(), Value::Array(vec![kind, "null".into()]));
        }
        if let Some(choices) = members.get_mut("enum").and_then(Value::as_array_mut) {
            choices.push(Value::Null);
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn optional_properties_become_nullable_and_open_objects_text() {
        let schema = json!({
            "type": "object",
            "properties": {
                "a": {"type": "string"},
                "b": {"type": "string", "enum": ["x"]},
                "c": {"type": "object", "properties": {}, "required": [],
                      "additionalProperties": true, "description": "Any."},
            },
            "required": ["a"],
            "additionalProperties": false,
        });
        assert_eq!(
            openai_strict(&schema),
            json!({
                "type": "object",
                "properties": {
                    "a": {"type": "string"},
                    "b": {"type": ["string", "null"], "enum": ["x", null]},
                    "c": {"type": ["string", "null"],
                          "description": "Any. A JSON object, written as text."},
                },
                "required": ["a", "b", "c"],
                "additionalProperties": false,
            })
        );
        assert_eq!(
            gemini(&schema),
            json!({
                "type": "object",
                "properties": {
                    "a": {"type": "string"},
                    "b": {"type": "string", "enum": ["x"]},
                    "c": {"type": "string", "description": "Any. A JSON object, written as text."},
                },
                "required": ["a"],
            })
        );
    }
}
