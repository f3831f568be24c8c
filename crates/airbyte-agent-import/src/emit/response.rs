//! The response of an operation: its schema, and where the records stand.

use airbyte_agent_description::Action;
use airbyte_agent_document::{Operation, Response};
use serde_json::{Map, Value, json};

use super::body::is_json;
use super::schemas::{Purpose, Schemas, types};
use super::texts::{SHORT, cut, sentence};
use crate::decision::OperationDecision;

/// Whether an operation gives a file: it has content, and none of it is JSON.
pub(super) fn is_file(operation: &Operation) -> bool {
    let mut contents =
        operation.responses.iter().flat_map(|response| &response.contents).peekable();
    contents.peek().is_some() && contents.all(|content| !is_json(&content.media_type))
}

/// Whether the records stand in the example of the response where the decision says.
pub(super) fn is_contradicted(operation: &Operation, decision: &OperationDecision) -> bool {
    let place = decision.records.as_ref().and_then(|records| records.value.strip_prefix("$."));
    let Some(place) = place.filter(|place| !place.contains(['[', '*'])) else { return false };
    let contents = success(operation).map(|response| response.contents.as_slice());
    let mut shown =
        contents.unwrap_or_default().iter().filter_map(|content| content.example.as_ref());
    shown.any(|shown| shown.pointer(&format!("/{}", place.replace('.', "/"))).is_some())
}

/// The member `responses`; without schemas, nothing is said about what comes back.
pub(super) fn responses(
    operation: &Operation,
    action: Action,
    schemas: Option<&Schemas<'_>>,
) -> Value {
    let mut nodes = Map::new();
    let with_body = success(operation);
    let described = |response: Option<&Response>, otherwise: &str| match response
        .map(|response| cut(&response.description, SHORT))
    {
        Some(text) if !text.is_empty() => sentence(&text),
        _ => otherwise.to_owned(),
    };
    let without = operation.responses.iter().find(|response| response.status == "204");
    let wants_body = matches!(action, Action::List | Action::Search | Action::Get);
    let content = with_body.and_then(|response| {
        response
            .contents
            .iter()
            .find(|content| is_json(&content.media_type))
            .or(response.contents.first())
    });
    if content.is_some() || wants_body || without.is_none() {
        let status = match with_body.map(|response| response.status.as_str()) {
            Some("201") => "201",
            _ => "200",
        };
        let mut node = Map::new();
        node.insert("description".to_owned(), described(with_body, "Success.").into());
        if action == Action::Download {
            let kind =
                content.map_or("application/octet-stream", |content| content.media_type.as_str());
            node.insert(
                "content".to_owned(),
                json!({kind: {"schema": {"type": "string", "format": "binary"}}}),
            );
        } else if content.is_some() || wants_body {
            let schema = content
                .filter(|content| is_json(&content.media_type))
                .and_then(|content| content.schema.as_ref());
            let schema = schema
                .zip(schemas)
                .map_or_else(|| json!({}), |(schema, all)| all.schema(schema, Purpose::Response));
            node.insert("content".to_owned(), json!({"application/json": {"schema": schema}}));
        }
        nodes.insert(status.to_owned(), Value::Object(node));
    }
    if without.is_some() {
        nodes.insert(
            "204".to_owned(),
            json!({"description": described(without, "Nothing comes back.")}),
        );
    }
    Value::Object(nodes)
}

/// The response that describes what comes back.
pub(super) fn success(operation: &Operation) -> Option<&Response> {
    let json =
        |response: &&Response| response.contents.iter().any(|content| is_json(&content.media_type));
    let status = |wanted: &'static str| move |response: &&Response| response.status == wanted;
    let all = || operation.responses.iter();
    all()
        .filter(json)
        .find(status("200"))
        .or_else(|| all().filter(json).find(status("201")))
        .or_else(|| all().find(json))
        .or_else(|| all().find(status("200")))
        .or_else(|| all().find(|response| response.status != "204"))
}

/// The schema of the response as the document has it, behind references; null if there is none.
pub(super) fn opened(operation: &Operation, schemas: &Schemas<'_>) -> Value {
    let contents =
        success(operation).map(|response| response.contents.as_slice()).unwrap_or_default();
    let json = contents.iter().find(|content| is_json(&content.media_type));
    json.and_then(|content| content.schema.as_ref())
        .map(|schema| schemas.opened(schema))
        .unwrap_or_default()
}

/// The place of the records, as `x-airbyte-record-extractor` has it; None if the whole response is meant anyway.
pub(super) fn extractor(
    decision: &OperationDecision,
    action: Action,
    opened: &Value,
) -> Option<String> {
    if action == Action::Download {
        return None;
    }
    if let Some(records) = decision.records.as_ref().filter(|records| records.value != "$") {
        return Some(records.value.clone());
    }
    let names = types(opened);
    // A schema with members is that of an object, also where it does not state its type.
    let is_list =
        names.contains(&"array") || names.is_empty() && opened.get("properties").is_none();
    (action.is_array() && !is_list).then(|| "$".to_owned())
}
