//! The format of `OpenAI`'s chat completions:
//! <https://platform.openai.com/docs/api-reference/chat>.

use serde_json::{Value, json};

use super::{ToolAnswer, ToolCall};
use crate::definition::ToolDefinition;

pub(super) fn definition(tool: &ToolDefinition, strict: bool) -> Value {
    let parameters = if strict { tool.openai_strict_schema() } else { tool.input_schema.clone() };
    json!({
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": parameters,
            "strict": strict,
        },
    })
}

/// The calls in a response, or in the message of a response.
pub(super) fn calls(answer: &Value) -> Vec<ToolCall> {
    let choice = &answer["choices"][0];
    let message = if choice.is_object() { &choice["message"] } else { answer };
    let calls = message["tool_calls"].as_array().into_iter().flatten();
    let mut calls: Vec<ToolCall> = calls
        .map(|call| {
            // Custom tools take text and belong to the program; their calls need an outcome as well.
            let (tool, arguments) = match call.get("custom") {
                Some(custom) => (custom, &custom["input"]),
                None => (&call["function"], &call["function"]["arguments"]),
            };
            ToolCall::new(&call["id"], &tool["name"], arguments)
        })
        .collect();
    if choice["finish_reason"] == "length"
        && let Some(last) = calls.last_mut()
    {
        last.is_cut = true;
    }
    calls
}

pub(super) fn message(answer: &ToolAnswer) -> Value {
    json!({"role": "tool", "tool_call_id": answer.call.id, "content": answer.unmarked()})
}
