//! `x-agent-job`: the job that an operation starts at the vendor.

use airbyte_agent_description::{Job, JobStep, JsonPath, Text};

use super::{Cx, Op};
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-job";

/// The job that the operation starts, if it starts one.
pub(super) fn job<'a>(cx: &Cx<'a>, op: Op<'a>) -> Option<Job> {
    let node = op.node.get(KEY)?;
    let states = |key: &str| -> Vec<Text> { node.texts(key).into_iter().map(Text::from).collect() };
    let done = states("done");
    if done.is_empty() {
        cx.report.error(node, "`done` must name the states in which the result is ready");
    }
    Some(Job {
        id: place(cx, node.get("id")?)?,
        status: step(cx, node.get("status")?)?,
        state: place(cx, node.get("state")?)?,
        done: done.into(),
        failed: states("failed").into(),
        reason: node.get("reason").and_then(|node| place(cx, node)),
        progress: node.get("progress").and_then(|node| place(cx, node)),
        pause_seconds: node.get("pause_seconds").and_then(Node::as_u64).unwrap_or(10).max(1),
        result: step(cx, node.get("result")?)?,
    })
}

fn step<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<JobStep> {
    let name = node.text("operation");
    let operation = name.rsplit_once('.');
    let Some((entity, action)) =
        operation.and_then(|(entity, action)| Some((entity, action.parse().ok()?)))
    else {
        let place = node.get("operation").unwrap_or(node);
        cx.report.error(
            place,
            format!("`{name}` is no operation; write entity and action, such as `reports.get`"),
        );
        return None;
    };
    let argument = node.text("argument");
    let taken = node.get("take").map(Node::members).unwrap_or_default();
    let take: Vec<(Text, JsonPath)> = taken
        .iter()
        .filter_map(|(name, node)| Some((name.clone().into(), place(cx, node)?)))
        .collect();
    let keep: Vec<Text> = node.texts("keep").into_iter().map(Text::from).collect();
    Some(JobStep {
        entity: entity.to_owned().into(),
        action,
        argument: (!argument.is_empty()).then(|| argument.into()),
        take: take.into(),
        keep: keep.into(),
    })
}

fn place<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<JsonPath> {
    let text = node.plain();
    let path = JsonPath::parse(&text).filter(|path| !path.is_multiple());
    if path.is_none() {
        cx.report.error(
            node,
            format!(
                "`{text}` is no place in a record; write a path to one value, such as `$.status`"
            ),
        );
    }
    path
}
