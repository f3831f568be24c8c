//! The calls of one turn: what only reads at the same time, everything else in order.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::{ToolAnswer, ToolCall};
use crate::error::ToolError;
use crate::toolset::Toolset;

/// Most calls at the same time.
const AT_ONCE: usize = 8;

pub(super) async fn run(tools: &Toolset, calls: Vec<ToolCall>) -> Vec<ToolAnswer> {
    let mut answers = Vec::with_capacity(calls.len());
    let mut reads = Vec::new();
    for call in calls {
        if writes(tools, &call) {
            answers.extend(together(tools, std::mem::take(&mut reads)).await);
            answers.push(one(tools, call).await);
        } else {
            reads.push(call);
        }
    }
    answers.extend(together(tools, reads).await);
    answers
}

/// Whether the call would change something. One that is refused does not.
fn writes(tools: &Toolset, call: &ToolCall) -> bool {
    let target = tools.target(&call.name, &call.arguments);
    target.ok().flatten().is_some_and(|target| !target.operation.hints.read_only)
}

async fn together(tools: &Toolset, calls: Vec<ToolCall>) -> Vec<ToolAnswer> {
    let calls: Vec<_> = calls.into_iter().map(|call| one(tools, call)).collect();
    stream::iter(calls).buffered(AT_ONCE).collect().await
}

async fn one(tools: &Toolset, call: ToolCall) -> ToolAnswer {
    let outcome = if call.is_cut {
        let problem =
            "the call was cut off before its end and was not made; make it again, shorter";
        Err(ToolError::argument("arguments", problem))
    } else {
        tools.call(&call.name, call.arguments.clone()).await
    };
    match outcome {
        Ok(output) => ToolAnswer::done(call, output.text),
        Err(error) => {
            let text = error.to_string();
            ToolAnswer { error: Some(error), ..ToolAnswer::failed(call, text) }
        }
    }
}
