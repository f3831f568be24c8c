//! Tools, results and errors in the types of the protocol.

use std::sync::Arc;

use airbyte_agent_core::tools::{ToolDefinition, ToolError, ToolOutput, Toolset};
use rmcp::model::{CallToolResult, ContentBlock, Tool, ToolAnnotations};
use serde_json::Value;

use crate::refusal::Refusal;
use crate::result_form::ResultForm;

/// A tool as the protocol lists it. The schema of its results is told where results are structures.
pub(crate) fn tool(definition: ToolDefinition, form: ResultForm) -> Tool {
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
    let tool = Tool::new(definition.name, definition.description, Arc::new(schema))
        .with_title(definition.title)
        .with_annotations(annotations);
    match definition.output_schema {
        Some(Value::Object(schema)) if form == ResultForm::Structure => {
            tool.with_raw_output_schema(Arc::new(schema))
        }
        _ => tool,
    }
}

/// The result of a call that succeeded, in one form only. `form` is the one that the operator wants,
/// `has_structure` says whether the client's revision of the protocol has structured content, and
/// `has_schema` whether the tool has told what its structures look like, so that each result has to be one.
pub(crate) fn success(
    output: ToolOutput,
    form: ResultForm,
    has_structure: bool,
    has_schema: bool,
) -> CallToolResult {
    // Tables, and what is told about operations, are better read as text.
    let is_json = output.structured.is_object() && (has_schema || output.text.starts_with('{'));
    let is_structure = form == ResultForm::Structure && has_structure && is_json;
    let text = if is_structure { summary(&output) } else { output.text };
    let mut content = vec![ContentBlock::text(text)];
    if let Some(image) = output.image {
        content.push(ContentBlock::image(image.base64, image.media_type));
    }
    let mut result = CallToolResult::success(content);
    result.structured_content = is_structure.then_some(output.structured);
    result
}

/// What stands beside structured content, for clients that show only texts.
fn summary(output: &ToolOutput) -> String {
    let goes_on = if output.next.is_some() { ", and the list goes on" } else { "" };
    match output.records {
        Some(1) => format!("1 record in the structured content{goes_on}."),
        Some(records) => format!("{records} records in the structured content{goes_on}."),
        None => "The result is in the structured content.".to_owned(),
    }
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

fn failed(text: String, mut json: Value) -> CallToolResult {
    // The text says it already.
    if let Some(members) = json.as_object_mut() {
        members.remove("message");
    }
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    result.structured_content = Some(json);
    result
}
