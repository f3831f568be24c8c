//! Tools, results and errors in the types of the protocol.

use std::sync::Arc;

use airbyte_agent_core::tools::{ToolDefinition, ToolError, ToolOutput, Toolset};
use rmcp::model::{CallToolResult, ContentBlock, Tool, ToolAnnotations};
use serde_json::{Value, json};

use crate::refusal::Refusal;

/// A tool as the protocol lists it.
pub(crate) fn tool(definition: ToolDefinition) -> Tool {
    let hints = definition.hints;
    let annotations = ToolAnnotations::with_title(definition.title.clone())
        .read_only(hints.read_only)
        .destructive(hints.destructive)
        .idempotent(hints.idempotent)
        .open_world(hints.open_world);
    let schema = match definition.input_schema {
        Value::Object(members) => members,
        _ => serde_json::Map::new(),
    };
    Tool::new(definition.name, definition.description, Arc::new(schema))
        .with_title(definition.title)
        .with_annotations(annotations)
}

/// The result of a call that succeeded.
pub(crate) fn success(output: ToolOutput) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(output.text)]);
    // The protocol requires an object.
    result.structured_content = match output.structured {
        Value::Null => None,
        Value::Object(members) => Some(Value::Object(members)),
        other => Some(json!({ "result": other })),
    };
    result
}

/// The result of a call that failed. The model reads it and can act on it.
/// What it repeats of the call is cleaned of the secrets of all accounts.
pub(crate) fn failure(error: &ToolError, tools: &Toolset) -> CallToolResult {
    let mut json = error.to_json();
    tools.clean_value(&mut json);
    failed(tools.clean(&error.to_string()), json)
}

/// The result of a call that this server refused or ended.
pub(crate) fn refused(refusal: &Refusal) -> CallToolResult {
    failed(refusal.message().to_owned(), refusal.to_json())
}

fn failed(text: String, json: Value) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    result.structured_content = Some(json);
    result
}
