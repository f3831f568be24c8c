//! Fields that were sent are written over those of a generated record.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::data::{merge_all_of, plain, singular, type_of};
use crate::decode::scalar_text;

/// Writes fields over those of a record, or over those of the object in it that is called like its
/// entity. `schema` is that of the record: it says whether the record may have further fields, and
/// what fits the fields that it has.
pub(super) fn overlay_record(
    record: &mut Value,
    entity: &str,
    fields: &Map<String, Value>,
    schema: &Value,
) {
    let Some(map) = record.as_object_mut() else { return };
    let closed = schema["additionalProperties"] == false;
    let entity = plain(&singular(entity));
    let inner = map.keys().find(|key| plain(key) == entity).cloned();
    let (map, schema) = match inner {
        Some(inner) if map.get(&inner).is_some_and(Value::is_object) => {
            let schema = property_schema(schema, &inner);
            let Some(Value::Object(inner)) = map.get_mut(&inner) else { return };
            (inner, schema)
        }
        _ => (map, schema.clone()),
    };
    for (name, value) in fields {
        overlay_field(map, name, value, closed, &schema);
    }
}

/// Writes one field over that of a record with this schema. A field that the record does not have is
/// added, unless the record is `closed`.
pub(super) fn overlay_field(
    record: &mut Map<String, Value>,
    name: &str,
    value: &Value,
    closed: bool,
    schema: &Value,
) {
    let wanted = plain(name);
    let key = if record.contains_key(name) {
        Some(name.to_owned())
    } else {
        record.keys().find(|key| plain(key) == wanted).cloned()
    };
    if let Some((key, existing)) = key.and_then(|key| record.get_mut(&key).map(|is| (key, is))) {
        overlay_value(existing, value, &property_schema(schema, &key));
        return;
    }
    // `ownerId` is the identifier of an object `owner`.
    let stem = wanted.strip_suffix("id").unwrap_or_default();
    let inner = record.iter_mut().find(|(key, value)| plain(key) == stem && value.is_object());
    if let Some((key, Value::Object(inner))) = inner.filter(|_| !stem.is_empty()) {
        overlay_field(inner, "id", value, true, &property_schema(schema, key));
    } else if !closed {
        record.insert(name.to_owned(), value.clone());
    }
}

/// Writes one value over another one, whose type it keeps where that is possible. A value that does not
/// fit the schema is left out.
fn overlay_value(existing: &mut Value, value: &Value, schema: &Value) {
    if let Value::Object(map) = &mut *existing {
        match value {
            Value::Object(sent) => {
                for (name, value) in sent {
                    overlay_field(map, name, value, false, schema);
                }
            }
            scalar if scalar_text(scalar).is_some() => {
                let name = IDENTIFIERS.iter().find(|name| map.contains_key(**name));
                if let Some(name) = name {
                    overlay_field(map, name, scalar, true, schema);
                }
            }
            _ => {}
        }
        return;
    }
    let Some(value) = fitted(value, schema) else { return };
    match (&mut *existing, value) {
        (Value::Array(_), value @ Value::Array(_)) | (Value::Null, value) => *existing = value,
        (_, Value::Null) => *existing = Value::Null,
        (Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => {}
        (Value::String(_), value) => {
            if let Some(text) = scalar_text(&value) {
                *existing = text.into();
            }
        }
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => {
            if let Ok(typed @ (Value::Number(_) | Value::Bool(_))) = serde_json::from_str(&text) {
                *existing = typed;
            }
        }
        (_, value) => *existing = value,
    }
}

/// Members by which an object is identified.
const IDENTIFIERS: [&str; 2] = ["id", "gid"];

/// The schema of a property; one that allows everything where nothing is known.
fn property_schema(schema: &Value, name: &str) -> Value {
    merged(schema)["properties"].get(name).cloned().unwrap_or(Value::Null)
}

/// The schema with the parts of its `allOf`.
fn merged(schema: &Value) -> Cow<'_, Value> {
    if schema.get("allOf").is_some() {
        return Cow::Owned(merge_all_of(schema));
    }
    Cow::Borrowed(schema)
}

/// The value as the schema allows it. For an object a scalar is its identifier.
fn fitted(value: &Value, schema: &Value) -> Option<Value> {
    let unions = ["oneOf", "anyOf"].iter().filter_map(|union| schema.get(union)?.as_array());
    let variants: Vec<&Value> = unions.flatten().collect();
    let merged = merged(schema);
    let (kind, _) = type_of(&merged);
    match (kind, value) {
        (_, Value::Null) => Some(Value::Null),
        (None, value) if variants.is_empty() => Some(value.clone()),
        (None, value) => variants.into_iter().find_map(|variant| fitted(value, variant)),
        (Some("array"), Value::Array(items)) => {
            let schema = merged.get("items").unwrap_or(&Value::Null);
            Some(items.iter().filter_map(|item| fitted(item, schema)).collect())
        }
        (Some("object"), Value::Object(_)) => Some(value.clone()),
        (Some("object"), scalar) => {
            let name = IDENTIFIERS.iter().find(|name| !property_schema(&merged, name).is_null())?;
            let inner = fitted(scalar, &property_schema(&merged, name))?;
            Some(Value::Object(Map::from_iter([((*name).to_owned(), inner)])))
        }
        (Some("string"), scalar) => scalar_text(scalar).map(Value::String),
        (Some("integer" | "number"), Value::String(text)) => {
            serde_json::from_str(text).ok().filter(Value::is_number)
        }
        (Some("boolean"), Value::String(text)) => {
            serde_json::from_str(text).ok().filter(Value::is_boolean)
        }
        (Some("integer" | "number"), Value::Number(_)) | (Some("boolean"), Value::Bool(_)) => {
            Some(value.clone())
        }
        _ => None,
    }
}
