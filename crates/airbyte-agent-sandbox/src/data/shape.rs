//! JSON Schemas of records that are not described by one: made of a GraphQL selection, or of the
//! fields of the context store.

use std::collections::HashMap;

use airbyte_agent_description::StoreField;
use serde_json::{Map, Value, json};

use super::schema::{schema_of_name, type_of};
use super::{plain, singular};
use crate::graphql::{Document, Selection};

/// The schemas of properties that a description tells, by plain name.
pub(crate) fn property_types(
    schema: Option<&Value>,
    store: &[StoreField],
) -> HashMap<String, Value> {
    let mut types = HashMap::new();
    for field in store {
        let kind = serde_json::from_str(&field.kind).unwrap_or_else(|_| json!(field.kind));
        types.insert(plain(&field.name), json!({"type": kind}));
    }
    if let Some(schema) = schema {
        add_properties(schema, &mut types);
    }
    types
}

/// Adds the properties of an object, or of the objects in a list.
fn add_properties(schema: &Value, types: &mut HashMap<String, Value>) {
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        types.insert(plain(name), schema.clone());
    }
    for union in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get(union).and_then(Value::as_array);
        parts.into_iter().flatten().for_each(|part| add_properties(part, types));
    }
    if let Some(items) = schema.get("items") {
        add_properties(items, types);
    }
}

/// The schema of a record with the fields of the context store, or with a few usual fields when
/// the store has none.
pub(crate) fn schema_of_fields(store: &[StoreField]) -> Value {
    let mut properties = Map::new();
    for field in store {
        let known = ["string", "integer", "number", "boolean", "array", "object"];
        let kind = field.kind.as_ref();
        let schema =
            if known.contains(&kind) { json!({"type": kind}) } else { schema_of_name(&field.name) };
        properties.insert(field.name.to_string(), schema);
    }
    if properties.is_empty() {
        for name in ["id", "name", "status", "created_at", "updated_at", "url"] {
            properties.insert(name.to_owned(), json!({"type": "string"}));
        }
    }
    json!({"type": "object", "properties": properties})
}

/// The schema of an object with exactly the selected fields. `types` has the schemas of properties
/// by plain name, as far as they are known. A field with an alias keeps its own name in `x-name`.
pub(crate) fn schema_of_selection(
    document: &Document,
    selection: &[Selection],
    types: &HashMap<String, Value>,
) -> Value {
    let (type_name, fields) = document.fields(selection);
    let mut properties = Map::new();
    for field in fields {
        let known = types.get(&plain(field.key)).or_else(|| types.get(&plain(field.name)));
        let mut schema = if field.name == "__typename" {
            json!({"type": "string", "const": type_name.unwrap_or("Object")})
        } else if field.selection.is_empty() {
            schema_of_leaf(field.name, known)
        } else {
            schema_of_nested(document, field.name, field.selection, known)
        };
        if let (Some(schema), true) = (schema.as_object_mut(), field.key != field.name) {
            schema.insert("x-name".to_owned(), field.name.into());
        }
        properties.insert(field.key.to_owned(), schema);
    }
    json!({"type": "object", "properties": properties, "additionalProperties": false})
}

fn schema_of_leaf(name: &str, known: Option<&Value>) -> Value {
    match known {
        Some(known) if type_of(known).0 == Some("array") && known.get("items").is_none() => {
            json!({"type": "array", "items": {"type": "string"}})
        }
        Some(known) if type_of(known).0 != Some("object") => known.clone(),
        _ => schema_of_name(name),
    }
}

/// An object with fields of its own, or a list of such objects: as the known schema says, otherwise
/// as the name and the selection suggest.
fn schema_of_nested(
    document: &Document,
    name: &str,
    selection: &[Selection],
    known: Option<&Value>,
) -> Value {
    let plain_name = plain(name);
    if plain_name == "usererrors" || plain_name == "errors" {
        return json!({"type": "array", "maxItems": 0});
    }
    let is_list = match known.and_then(|known| type_of(known).0) {
        Some("array") => true,
        Some("object") => false,
        _ => {
            let (_, fields) = document.fields(selection);
            let is_connection = fields
                .iter()
                .any(|field| matches!(field.name, "nodes" | "edges" | "pageInfo" | "totalCount"));
            let is_plural = singular(&plain_name) != plain_name && !is_connection;
            matches!(name, "nodes" | "edges") || is_plural
        }
    };
    let schema = schema_of_selection(document, selection, &property_types(known, &[]));
    if is_list { json!({"type": "array", "items": schema}) } else { schema }
}
