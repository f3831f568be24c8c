//! The calls of one turn: calls that only read are made at the same time, all others in order.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::{ToolAnswer, ToolCall};
use crate::error::ToolError;
use crate::plan::Plan;
use crate::toolset::Toolset;

/// The most calls that are made at the same time.
const MOST_AT_ONCE: usize = 8;

/// A call with its plan, or with the reason why it cannot be made.
type Planned<'t> = (ToolCall, Result<Plan<'t>, ToolError>);

pub(super) async fn run(tools: &Toolset, calls: Vec<ToolCall>) -> Vec<ToolAnswer> {
    let mut answers = Vec::with_capacity(calls.len());
    let mut reads = Vec::new();
    for call in calls {
        let plan = plan(tools, &call);
        if plan.as_ref().is_ok_and(|plan| plan.effect().is_change()) {
            answers.extend(make_together(std::mem::take(&mut reads)).await);
            answers.push(make((call, plan)).await);
        } else {
            reads.push((call, plan));
        }
    }
    answers.extend(make_together(reads).await);
    answers
}

fn plan<'t>(tools: &'t Toolset, call: &ToolCall) -> Result<Plan<'t>, ToolError> {
    if call.is_cut {
        let problem =
            "the call was cut off before its end and was not made; make it again, shorter";
        return Err(ToolError::argument("arguments", problem));
    }
    tools.plan(&call.name, call.arguments.clone())
}

async fn make_together(calls: Vec<Planned<'_>>) -> Vec<ToolAnswer> {
    let calls: Vec<_> = calls.into_iter().map(make).collect();
    stream::iter(calls).buffered(MOST_AT_ONCE).collect().await
}

async fn make((call, plan): Planned<'_>) -> ToolAnswer {
    let outcome = match plan {
        Ok(plan) => plan.run().await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(output) => ToolAnswer::done(call, output.text),
        Err(error) => {
            let text = error.to_string();
            ToolAnswer { error: Some(error), ..ToolAnswer::failed(call, text) }
        }
    }
}
