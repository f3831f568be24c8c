//! Fields that were sent are written over those of a generated record.

use serde_json::{Map, Value};

use crate::data::{plain, singular};
use crate::decode::scalar_text;

/// Writes fields over those of a record, or over those of the object in it that is called like its
/// entity. `schema` says whether the record may have further fields.
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
    let map = match inner {
        Some(inner) if map.get(&inner).is_some_and(Value::is_object) => {
            let Some(Value::Object(inner)) = map.get_mut(&inner) else { return };
            inner
        }
        _ => map,
    };
    for (name, value) in fields {
        overlay_field(map, name, value, closed);
    }
}

/// Writes one field over that of a record. A field that the record does not have is added, unless
/// the record is `closed`.
pub(super) fn overlay_field(
    record: &mut Map<String, Value>,
    name: &str,
    value: &Value,
    closed: bool,
) {
    let wanted = plain(name);
    let key = if record.contains_key(name) {
        Some(name.to_owned())
    } else {
        record.keys().find(|key| plain(key) == wanted).cloned()
    };
    if let Some(existing) = key.and_then(|key| record.get_mut(&key)) {
        overlay_value(existing, value);
        return;
    }
    // `ownerId` is the identifier of an object `owner`.
    let stem = wanted.strip_suffix("id").unwrap_or_default();
    let inner = record.iter_mut().find(|(key, value)| plain(key) == stem && value.is_object());
    if let Some((_, Value::Object(inner))) = inner.filter(|_| !stem.is_empty()) {
        overlay_field(inner, "id", value, true);
    } else if !closed {
        record.insert(name.to_owned(), value.clone());
    }
}

/// Writes one value over another one, whose type it keeps where that is possible.
fn overlay_value(existing: &mut Value, value: &Value) {
    match (&mut *existing, value) {
        (Value::Object(map), Value::Object(sent)) => {
            for (name, value) in sent {
                overlay_field(map, name, value, false);
            }
        }
        (Value::Object(map), scalar) => {
            if map.contains_key("id") && scalar_text(scalar).is_some() {
                overlay_field(map, "id", scalar, true);
            }
        }
        (Value::Array(_), Value::Array(_)) | (Value::Null, _) | (_, Value::Null) => {
            *existing = value.clone();
        }
        (Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => {}
        (Value::String(_), value) => {
            if let Some(text) = scalar_text(value) {
                *existing = text.into();
            }
        }
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => {
            if let Ok(typed @ (Value::Number(_) | Value::Bool(_))) = serde_json::from_str(text) {
                *existing = typed;
            }
        }
        (_, value) => *existing = value.clone(),
    }
}
