//! The fields that a JSON Schema declares.

use serde_json::{Map, Value};

/// The names of the fields of a record with this schema.
pub(crate) fn names(schema: Option<&Value>) -> Vec<String> {
    let members = schema.and_then(members);
    members.map(|members| members.keys().cloned().collect()).unwrap_or_default()
}

/// The members that a schema declares. Where it is a choice, such as one with `null`, they are those of
/// the first alternative that declares any.
pub(crate) fn members(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object).or_else(|| {
        let choices = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema.get(key))?;
        choices.as_array()?.iter().find_map(members)
    })
}
