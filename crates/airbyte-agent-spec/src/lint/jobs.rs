//! Jobs: their steps are operations that take the arguments named, and their places exist in the records.

use airbyte_agent_description::{Connector, Job, JobStep, JsonPath, Operation};

use crate::lower::{self, Cx, Op, Walk, success_schema};
use crate::names::hint;
use airbyte_agent_yaml::Node;

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    for op in lower::operations(cx.root) {
        let (Some(node), Some(action)) = (op.node.get("x-agent-job"), op.action) else { continue };
        let start = connector.operation(&op.entity(), action);
        let Some((start, job)) = start.and_then(|start| Some((start, start.job.as_ref()?))) else {
            continue;
        };
        check_job(cx, connector, (node, op), start, job);
    }
}

fn check_job<'a>(
    cx: &Cx<'a>,
    connector: &Connector,
    (node, op): (&'a Node, Op<'a>),
    start: &Operation,
    job: &Job,
) {
    let place = |key: &str| node.get(key).unwrap_or(node);
    leads_somewhere(cx, op, place("id"), &job.id);
    for (key, step) in [("status", &job.status), ("result", &job.result)] {
        check_step(cx, connector, place(key), start, step);
    }
    let Some(status) = find(cx, &job.status) else { return };
    leads_somewhere(cx, status, place("state"), &job.state);
    for (key, path) in [("reason", &job.reason), ("progress", &job.progress)] {
        if let Some(path) = path {
            leads_somewhere(cx, status, place(key), path);
        }
    }
    for (_, path) in job.result.take.iter() {
        leads_somewhere(cx, status, place("result"), path);
    }
}

fn check_step<'a>(
    cx: &Cx<'a>,
    connector: &Connector,
    node: &'a Node,
    start: &Operation,
    step: &JobStep,
) {
    let Some(operation) = connector.operation(&step.entity, step.action) else {
        let known: Vec<String> = connector.operations().map(Operation::place).collect();
        let place = step.place();
        let hint = hint(&place, known.iter().map(String::as_str));
        cx.report.error(node, format!("there is no operation `{place}`{hint}"));
        return;
    };
    let given = step.argument.iter().chain(step.take.iter().map(|(name, _)| name));
    for name in given.chain(step.keep.iter()) {
        if operation.parameter(name).is_none() {
            let known = operation.parameters.iter().map(|parameter| parameter.name.as_ref());
            let hint = hint(name, known);
            cx.report.error(node, format!("`{}` takes no argument `{name}`{hint}", step.place()));
        }
    }
    for name in step.keep.iter().filter(|name| start.parameter(name).is_none()) {
        cx.report.error(node, format!("`{}` has no argument `{name}` to keep", start.place()));
    }
}

/// The operation of a step, in the document.
fn find<'a>(cx: &Cx<'a>, step: &JobStep) -> Option<Op<'a>> {
    lower::operations(cx.root)
        .into_iter()
        .find(|op| op.entity() == step.entity && op.action == Some(step.action))
}

/// Reports a place that the record of an operation does not have.
pub(super) fn leads_somewhere<'a>(cx: &Cx<'a>, op: Op<'a>, node: &'a Node, path: &JsonPath) {
    let Some(schema) = success_schema(cx, op) else { return };
    let extractor = op.node.get("x-airbyte-record-extractor").map(Node::plain);
    let record = extractor.and_then(|text| JsonPath::parse(&text));
    let record = record.map_or(Walk::Schema(schema), |path| cx.walk(schema, &path));
    let Walk::Schema(record) = record else { return };
    if matches!(cx.walk(record, path), Walk::Nowhere) {
        let name = format!("{}.{}", op.entity(), op.node.text("x-airbyte-action"));
        cx.report.error(node, format!("the record of `{name}` has no `{path}`"));
    }
}
