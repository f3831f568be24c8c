//! Parameters that are optional although the vendor needs them: `x-agent-recommended`.

use std::collections::HashMap;

use airbyte_agent_description::{Action, Connector, Operation, Parameter};
use airbyte_agent_yaml::Node;

use crate::lower::{self, Cx, Op};
use crate::names::hint;

/// The sentence with which our specs say that the vendor needs what is formally optional.
const SENTENCE: &str = "The vendor requires it";

/// Reports names that are none of the operation, and parameters that examples leave out although their own text
/// says that the vendor requires them.
pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    let mut known: HashMap<(String, Action), &Operation> = HashMap::new();
    for operation in connector.operations() {
        known.entry((operation.entity.to_string(), operation.action)).or_insert(operation);
    }
    for op in lower::operations(cx.root) {
        let operation = op.action.and_then(|action| known.get(&(op.entity(), action)));
        if let Some(operation) = operation {
            check_names(cx, op, operation);
            check_texts(cx, op, operation);
        }
    }
}

fn check_names<'a>(cx: &Cx<'a>, op: Op<'a>, operation: &Operation) {
    let names = || operation.parameters.iter().map(|parameter| parameter.name.as_ref());
    for item in op.node.get("x-agent-recommended").map(Node::items).unwrap_or_default() {
        let name = item.plain();
        match operation.parameter(&name) {
            None => cx.report.error(
                item,
                format!("there is no parameter `{name}` to be recommended{}", hint(&name, names())),
            ),
            Some(parameter) if parameter.required => cx.report.error(
                item,
                format!("`{name}` is required, so it need not be recommended; remove it here"),
            ),
            Some(_) => {}
        }
    }
}

fn check_texts<'a>(cx: &Cx<'a>, op: Op<'a>, operation: &Operation) {
    let is_left_out = |parameter: &&Parameter| {
        !parameter.required
            && parameter.default.is_none()
            && parameter.config.is_none()
            && parameter.description.contains(SENTENCE)
            && !operation.recommended.contains(&parameter.name)
            && !operation.at_least_one.iter().any(|group| group.names.contains(&parameter.name))
    };
    for parameter in operation.parameters.iter().filter(is_left_out) {
        cx.report.warning(
            op.node,
            format!(
                "`{0}` says \"{SENTENCE}\", but examples leave it out: add it to \
                 `x-agent-recommended`, or say when it is required",
                parameter.name
            ),
        );
    }
}
