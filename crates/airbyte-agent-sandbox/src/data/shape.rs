//! Shapes of records: a JSON Schema made of a GraphQL selection or of the context store's fields.

use std::collections::HashMap;

use airbyte_agent_core::description::StoreField;
use serde_json::{Map, Value, json};

use super::guess::{self, Guess};
use crate::graphql::{Document, Selection};

/// Types of properties that a description tells, by plain name.
pub(crate) fn property_types(
    schema: Option<&Value>,
    store: &[StoreField],
) -> HashMap<String, Value> {
    let mut types = HashMap::new();
    let object = |schema: &'_ Value| schema.get("properties").and_then(Value::as_object).cloned();
    for field in store {
        if let Ok(kind) = serde_json::from_str::<Value>(&field.kind) {
            types.insert(super::plain(&field.name), json!({"type": kind}));
        } else {
            types.insert(super::plain(&field.name), json!({"type": field.kind}));
        }
    }
    for (name, schema) in schema.and_then(object).into_iter().flatten() {
        types.insert(super::plain(&name), schema);
    }
    types
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
        let mut schema = if name == "__typename" {
            json!({"type": "string", "const": kind.unwrap_or("Object")})
        } else if inner.is_empty() {
            leaf(name, types)
        } else {
            nested(document, name, inner)
        };
        if let (Some(schema), true) = (schema.as_object_mut(), key != name) {
            schema.insert("x-name".to_owned(), name.into());
        }
        properties.insert(key.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn leaf(name: &str, types: &HashMap<String, Value>) -> Value {
    match types.get(&super::plain(name)) {
        Some(known) if known["type"] != "object" && known["type"] != "array" => known.clone(),
        Some(known) if known["type"] == "array" => {
            json!({"type": "array", "items": {"type": "string"}})
        }
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

fn nested(document: &Document, name: &str, inner: &[Selection]) -> Value {
    let (_, fields) = document.fields(inner);
    let is_connection = fields
        .iter()
        .any(|(_, name, _)| matches!(*name, "nodes" | "edges" | "pageInfo" | "totalCount"));
    let schema = of_selection(document, inner, &HashMap::new());
    let plain = super::plain(name);
    let is_plural = super::singular(&plain) != plain && !is_connection;
    if plain == "usererrors" || plain == "errors" {
        json!({"type": "array", "maxItems": 0})
    } else if matches!(name, "nodes" | "edges") || is_plural {
        json!({"type": "array", "items": schema})
    } else {
        schema
    }
}
