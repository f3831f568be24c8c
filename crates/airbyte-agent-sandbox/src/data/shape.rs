//! Shapes of records: a JSON Schema made of a GraphQL selection or of the context store's fields.

use std::collections::HashMap;

use airbyte_agent_description::StoreField;
use serde_json::{Map, Value, json};

use super::guess::{self, Guess};
use super::make::kind_of;
use crate::graphql::{Document, Selection};

/// Types of properties that a description tells, by plain name.
pub(crate) fn property_types(
    schema: Option<&Value>,
    store: &[StoreField],
) -> HashMap<String, Value> {
    let mut types = HashMap::new();
    for field in store {
        if let Ok(kind) = serde_json::from_str::<Value>(&field.kind) {
            types.insert(super::plain(&field.name), json!({"type": kind}));
        } else {
            types.insert(super::plain(&field.name), json!({"type": field.kind}));
        }
    }
    if let Some(schema) = schema {
        members(schema, &mut types);
    }
    types
}

/// The properties of an object, or of the objects in a list, by plain name.
fn members(schema: &Value, types: &mut HashMap<String, Value>) {
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        types.insert(super::plain(name), schema.clone());
    }
    for union in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get(union).and_then(Value::as_array);
        parts.into_iter().flatten().for_each(|part| members(part, types));
    }
    if let Some(items) = schema.get("items") {
        members(items, types);
    }
}

/// A record with the fields of the context store, or a plain one when there are none.
pub(crate) fn of_fields(store: &[StoreField]) -> Value {
    let mut properties = Map::new();
    for field in store {
        let known = ["string", "integer", "number", "boolean", "array", "object"];
        let kind = field.kind.as_ref();
        let schema =
            if known.contains(&kind) { json!({"type": kind}) } else { untyped(&field.name) };
        properties.insert(field.name.to_string(), schema);
    }
    if properties.is_empty() {
        for name in ["id", "name", "status", "created_at", "updated_at", "url"] {
            properties.insert(name.to_owned(), json!({"type": "string"}));
        }
    }
    json!({"type": "object", "properties": properties})
}

/// A record with exactly the selected fields.
pub(crate) fn of_selection(
    document: &Document,
    selection: &[Selection],
    types: &HashMap<String, Value>,
) -> Value {
    let (kind, fields) = document.fields(selection);
    let mut properties = Map::new();
    for (key, name, inner) in fields {
        let known = types.get(&super::plain(key)).or_else(|| types.get(&super::plain(name)));
        let mut schema = if name == "__typename" {
            json!({"type": "string", "const": kind.unwrap_or("Object")})
        } else if inner.is_empty() {
            leaf(name, known)
        } else {
            nested(document, name, inner, known)
        };
        if let (Some(schema), true) = (schema.as_object_mut(), key != name) {
            schema.insert("x-name".to_owned(), name.into());
        }
        properties.insert(key.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn leaf(name: &str, known: Option<&Value>) -> Value {
    match known {
        Some(known) if kind_of(known).0 == Some("array") && known.get("items").is_none() => {
            json!({"type": "array", "items": {"type": "string"}})
        }
        Some(known) if kind_of(known).0 != Some("object") => known.clone(),
        _ => untyped(name),
    }
}

/// A value of which only the name is known.
pub(crate) fn untyped(name: &str) -> Value {
    match guess::of(name) {
        Guess::Text => json!({"type": "string"}),
        Guess::Integer => json!({"type": "integer"}),
        Guess::Number => json!({"type": "number"}),
        Guess::Boolean => json!({"type": "boolean"}),
        Guess::EmptyList => json!({"type": "array", "maxItems": 0}),
    }
}

/// An object with fields of its own, or a list of such: as the schema says, else as the name does.
fn nested(document: &Document, name: &str, inner: &[Selection], known: Option<&Value>) -> Value {
    let plain = super::plain(name);
    if plain == "usererrors" || plain == "errors" {
        return json!({"type": "array", "maxItems": 0});
    }
    let is_list = match known.and_then(|known| kind_of(known).0) {
        Some("array") => true,
        Some("object") => false,
        _ => {
            let (_, fields) = document.fields(inner);
            let is_connection = fields
                .iter()
                .any(|(_, name, _)| matches!(*name, "nodes" | "edges" | "pageInfo" | "totalCount"));
            let is_plural = super::singular(&plain) != plain && !is_connection;
            matches!(name, "nodes" | "edges") || is_plural
        }
    };
    let schema = of_selection(document, inner, &property_types(known, &[]));
    if is_list { json!({"type": "array", "items": schema}) } else { schema }
}
