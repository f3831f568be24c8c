//! Uploads that one call makes of several operations: the operations exist and take the arguments named, the
//! placeholders name something, and every argument of the call is used.

use std::collections::HashSet;

use airbyte_agent_description::{
    Connector, JsonPath, Operation, Piece, Template, Upload, UploadStep,
};

use super::jobs::leads_somewhere;
use crate::lower::{self, Cx, placeholders_in, step_arguments};
use crate::names::hint;
use airbyte_agent_yaml::{Node, Value};

/// What is known of the file.
const OF_FILE: [&str; 4] = ["file.size", "file.size_text", "file.content", "file.range"];

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    for op in lower::operations(cx.root) {
        let (Some(node), Some(action)) = (op.node.get("x-agent-upload"), op.action) else {
            continue;
        };
        let operation = connector.operation(&op.entity(), action);
        let Some((operation, upload)) =
            operation.and_then(|operation| Some((operation, operation.upload.as_ref()?)))
        else {
            continue;
        };
        let mut used: HashSet<String> = HashSet::from([upload.file.content.to_string()]);
        let steps = [("start", Some(&upload.start)), ("send", Some(&upload.send))];
        for (key, step) in steps.into_iter().chain([("finish", upload.finish.as_ref())]) {
            let (Some(step), Some(node)) = (step, node.get(key)) else { continue };
            check_step(cx, connector, node, step);
            for (_, value) in step_arguments(node) {
                check_braces(cx, value);
            }
            for placeholder in placeholders_in(step_arguments(node)) {
                let name = placeholder.name;
                if let Some(path) = Upload::place_in_start(&name) {
                    if key == "start" {
                        cx.report.error(
                            placeholder.node,
                            format!("`{name}` is not known before the first operation was called"),
                        );
                    }
                    in_record(cx, placeholder.node, &upload.start, &path);
                } else if !OF_FILE.contains(&name.as_str()) && operation.parameter(&name).is_none()
                {
                    let known = operation.parameters.iter().map(|p| p.name.as_ref());
                    let hint = hint(&name, known.chain(OF_FILE));
                    let message = format!("`{name}` is no argument of the operation{hint}");
                    cx.report.error(placeholder.node, message);
                }
                used.insert(name);
            }
        }
        if let Some(path) = &upload.received {
            in_record(cx, node.get("received").unwrap_or(node), &upload.send, path);
        }
        report_unused(cx, node, operation, &used);
    }
}

/// Reports what looks like a placeholder and is none: it would be sent as it stands.
fn check_braces<'a>(cx: &Cx<'a>, node: &'a Node) {
    match &node.value {
        Value::Text(text) => {
            let template = Template::parse(text, "{{", "}}");
            let is_odd = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains("{{"));
            if template.pieces.iter().any(is_odd) {
                cx.report.error(node, format!("`{text}` has a placeholder that is no name"));
            }
        }
        Value::List(items) => items.iter().for_each(|item| check_braces(cx, item)),
        Value::Map(members) => members.iter().for_each(|(_, item)| check_braces(cx, item)),
        _ => {}
    }
}

/// Reports arguments of the call that no operation gets.
fn report_unused<'a>(cx: &Cx<'a>, node: &'a Node, operation: &Operation, used: &HashSet<String>) {
    for parameter in operation.parameters.iter() {
        if !used.contains(parameter.name.as_ref()) {
            let name = &parameter.name;
            cx.report.warning(node, format!("no step uses `{name}`; it would have no effect"));
        }
    }
}

fn check_step<'a>(cx: &Cx<'a>, connector: &Connector, node: &'a Node, step: &UploadStep) {
    let Some(operation) = connector.operation(&step.entity, step.action) else {
        let known: Vec<String> = connector.operations().map(Operation::place).collect();
        let place = step.place();
        let hint = hint(&place, known.iter().map(String::as_str));
        cx.report.error(node, format!("there is no operation `{place}`{hint}"));
        return;
    };
    if operation.upload.is_some() || operation.action.is_array() || operation.download.is_some() {
        let message = format!("`{}` gives no single record, so it is no step", step.place());
        cx.report.error(node, message);
    }
    for argument in step.arguments.iter() {
        let name = &argument.name;
        if operation.parameter(name).is_none() {
            let known = operation.parameters.iter().map(|parameter| parameter.name.as_ref());
            let hint = hint(name, known);
            cx.report.error(node, format!("`{}` takes no argument `{name}`{hint}", step.place()));
        }
    }
    for needed in operation.parameters.iter().filter(|p| p.required && p.default.is_none()) {
        if !step.arguments.iter().any(|argument| argument.name == needed.name) {
            let (place, name) = (step.place(), &needed.name);
            cx.report.error(node, format!("`{place}` needs `{name}`; give it under `arguments`"));
        }
    }
}

/// Reports a place that the record of a step does not have.
fn in_record<'a>(cx: &Cx<'a>, node: &'a Node, step: &UploadStep, path: &JsonPath) {
    let found = lower::operations(cx.root)
        .into_iter()
        .find(|op| op.entity() == step.entity && op.action == Some(step.action));
    if let Some(found) = found {
        leads_somewhere(cx, found, node, path);
    }
}
