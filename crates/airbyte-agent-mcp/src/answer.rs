//! Tools, results and errors in the protocol's types.

use std::sync::Arc;

use airbyte_agent_core::tools::{ToolDefinition, ToolError, ToolOutput};
use rmcp::model::{CallToolResult, ContentBlock, Tool, ToolAnnotations};
use serde_json::{Value, json};

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
    // The protocol wants an object.
    result.structured_content = match output.structured {
        Value::Null => None,
        Value::Object(members) => Some(Value::Object(members)),
        other => Some(json!({ "result": other })),
    };
    result
}

/// The result of a call that failed; the model reads it and can act on it.
pub(crate) fn failure(error: &ToolError) -> CallToolResult {
    failed(error.to_string(), error.to_json())
}

/// A call that this server ends by itself.
#[derive(Debug)]
pub(crate) struct Refusal {
    kind: String,
    text: String,
    json: Value,
}

/// Whether to call again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Again {
    Never,
    Changed,
    AfterSeconds(u64),
}

impl Refusal {
    /// A refusal of this kind: one `snake_case` word, a text for the model, whether to call again.
    pub(crate) fn new(kind: &str, text: impl Into<String>, again: Again) -> Self {
        let text = text.into();
        let retry = match again {
            Again::Never => json!("never"),
            Again::Changed => json!("with_other_arguments"),
            Again::AfterSeconds(seconds) => json!({"after_seconds": seconds}),
        };
        let json = json!({"error": kind, "message": text, "retry": retry});
        Self { kind: kind.to_owned(), text, json }
    }

    /// The one word.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }
}

/// The result of a call that this server ended.
pub(crate) fn refusal(refusal: &Refusal) -> CallToolResult {
    failed(refusal.text.clone(), refusal.json.clone())
}

fn failed(text: String, json: Value) -> CallToolResult {
    let mut result = CallToolResult::error(vec![ContentBlock::text(text)]);
    result.structured_content = Some(json);
    result
}
