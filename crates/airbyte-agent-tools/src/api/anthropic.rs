//! The format of Anthropic's messages API: <https://docs.anthropic.com/en/api/messages>.

use serde_json::{Value, json};

use super::{ToolAnswer, ToolCall};
use crate::definition::ToolDefinition;

pub(super) fn definition(tool: &ToolDefinition) -> Value {
    json!({
        "name": tool.name,
        "description": tool.description,
        "input_schema": tool.input_schema,
    })
}

/// The calls in a message, which is the whole response in this API.
pub(super) fn calls(answer: &Value) -> Vec<ToolCall> {
    let blocks = answer.as_array().or_else(|| answer["content"].as_array());
    let calls = blocks.into_iter().flatten().filter(|block| block["type"] == "tool_use");
    let mut calls: Vec<ToolCall> =
        calls.map(|block| ToolCall::new(&block["id"], &block["name"], &block["input"])).collect();
    // A call that was cut off still looks like a complete object.
    if answer["stop_reason"] == "max_tokens"
        && let Some(last) = calls.last_mut()
    {
        last.is_cut = true;
    }
    calls
}

/// One message with all results, because the API refuses results in several messages.
pub(super) fn message(answers: &[ToolAnswer]) -> Option<Value> {
    let blocks: Vec<Value> = answers
        .iter()
        .map(|answer| {
            let mut block = json!({
                "type": "tool_result",
                "tool_use_id": answer.call.id,
                "content": answer.text,
            });
            if answer.is_error {
                block["is_error"] = true.into();
            }
            block
        })
        .collect();
    (!blocks.is_empty()).then(|| json!({"role": "user", "content": blocks}))
}
