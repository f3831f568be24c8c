//! Which response and which content of it counts, and examples of responses as schemas, for documents that show what
//! comes back and do not describe it.

use airbyte_agent_document::{Content, Operation, Response};
use serde_json::{Map, Value, json};

/// How deeply an example is looked at.
const DEEPEST: usize = 6;

/// How many members of an object are looked at.
const MOST_MEMBERS: usize = 100;

/// A schema with this many members or more describes the response itself.
const DESCRIBED: usize = 4;

/// An example of a response as a schema.
#[derive(Debug)]
pub(crate) struct Sample {
    /// What the example shows.
    pub(crate) schema: Value,
    /// Whether the schema of the response says itself what comes back, so that the example counts only where it
    /// contradicts the schema.
    pub(crate) is_described: bool,
}

/// The example of a response as a schema, if the document shows one.
pub(crate) fn schema(operation: &Operation) -> Option<Sample> {
    let response = response(&operation.responses)?;
    let content = preferred(&response.contents)?;
    // Some documents describe a response under one media type and show it under another.
    let is_shown =
        |content: &&Content| content.media_type.contains("json") && content.example.is_some();
    let other = || response.contents.iter().find(is_shown)?.example.as_ref();
    let shown = content.example.as_ref().or_else(other)?;
    let parsed = shown.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let shown = parsed.as_ref().unwrap_or(shown);
    if !shown.is_object() && !shown.is_array() {
        return None;
    }
    let is_described = content.schema.as_ref().is_some_and(describes);
    Some(Sample { schema: of(shown, 0), is_described })
}

/// The response of an operation: the first that has a body, or else the first.
pub(crate) fn response(responses: &[Response]) -> Option<&Response> {
    responses.iter().find(|response| !response.contents.is_empty()).or(responses.first())
}

/// Whether a schema says itself what comes back; references and compositions count as doing so.
fn describes(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    let has = |key: &str| schema.get(key).is_some();
    let is_array = has("items");
    let has_array =
        members.is_some_and(|members| members.values().any(|member| member.get("items").is_some()));
    is_array
        || has_array
        || has("$ref")
        || has("allOf")
        || has("oneOf")
        || has("anyOf")
        || members.is_some_and(|members| members.len() >= DESCRIBED)
}

fn of(shown: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return json!({});
    }
    match shown {
        Value::Null => json!({}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(number) if number.is_f64() => json!({"type": "number", "example": number}),
        Value::Number(number) => json!({"type": "integer", "example": number}),
        Value::String(text) => json!({"type": "string", "example": text}),
        Value::Array(all) => {
            let items = all.first().map_or_else(|| json!({}), |first| of(first, depth + 1));
            json!({"type": "array", "items": items})
        }
        Value::Object(members) => {
            let members = members.iter().take(MOST_MEMBERS);
            let properties: Map<String, Value> =
                members.map(|(name, member)| (name.clone(), of(member, depth + 1))).collect();
            json!({"type": "object", "properties": properties})
        }
    }
}

/// The content that a client would choose: JSON, or else the first that has a schema.
pub(crate) fn preferred(contents: &[Content]) -> Option<&Content> {
    let is_json =
        |content: &&Content| content.media_type.contains("json") && content.schema.is_some();
    contents
        .iter()
        .find(|content| content.media_type == "application/json" && content.schema.is_some())
        .or_else(|| contents.iter().find(is_json))
        .or_else(|| contents.iter().find(|content| content.schema.is_some()))
        .or(contents.first())
}
