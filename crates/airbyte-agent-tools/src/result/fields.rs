//! What fields the records of an operation have, as far as the spec says.

use serde_json::{Map, Value};

use airbyte_agent_description::Operation;

/// The members of a record.
pub(crate) fn names(operation: &Operation) -> Vec<String> {
    let Some(schema) = operation.response.schema.as_ref() else { return Vec::new() };
    let schema = schema.value();
    members(&schema).map(|members| members.keys().cloned().collect()).unwrap_or_default()
}

/// The members that a schema declares, through `null` beside it.
pub(crate) fn members(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties").and_then(Value::as_object).or_else(|| {
        let choices = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|key| schema.get(key))?;
        choices.as_array()?.iter().find_map(members)
    })
}
