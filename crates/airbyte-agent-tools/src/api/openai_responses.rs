//! The format of `OpenAI`'s responses API: <https://platform.openai.com/docs/api-reference/responses>.

use serde_json::{Value, json};

use super::{ToolAnswer, ToolCall};
use crate::definition::ToolDefinition;

/// The definition always has `strict`, because this API takes it for true where it is left out.
pub(super) fn definition(tool: &ToolDefinition, strict: bool) -> Value {
    let parameters = if strict { tool.openai_strict_schema() } else { tool.input_schema.clone() };
    json!({
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": parameters,
        "strict": strict,
    })
}

/// The calls in a response, or in its list of items.
pub(super) fn calls(answer: &Value) -> Vec<ToolCall> {
    let items = answer.as_array().or_else(|| answer["output"].as_array());
    let calls = items.into_iter().flatten().filter(|item| item["type"] == "function_call");
    calls
        .map(|item| ToolCall {
            is_cut: item["status"] == "incomplete",
            ..ToolCall::new(&item["call_id"], &item["name"], &item["arguments"])
        })
        .collect()
}

pub(super) fn item(answer: &ToolAnswer) -> Value {
    json!({
        "type": "function_call_output",
        "call_id": answer.call.id,
        "output": answer.unmarked(),
    })
}
