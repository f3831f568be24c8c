//! Differences from the vendor's document that the spec accepts. Whether they exist is not known here.

use crate::lower::{Cx, operations};
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-drift";

pub(super) fn check(cx: &Cx<'_>) {
    if let Some(reasons) = cx.root.at(&["info", KEY]) {
        for (pattern, reason) in reasons.members() {
            if !pattern.contains('/') {
                cx.report.error(
                    reason,
                    format!(
                        "`{pattern}` names no operation; write `entity.action/{pattern}`, or `*/{pattern}` for all"
                    ),
                );
            }
            explained(cx, reason);
        }
    }
    for op in operations(cx.root) {
        for (pattern, reason) in op.node.get(KEY).map(Node::members).unwrap_or_default() {
            if pattern.contains('/') {
                cx.report.error(
                    reason,
                    format!("`{pattern}` names an operation; in an operation write what follows the slash"),
                );
            }
            explained(cx, reason);
        }
    }
}

/// That a reason is a text is a matter of the grammar.
fn explained<'a>(cx: &Cx<'a>, reason: &'a Node) {
    if reason.as_str().is_some_and(|text| text.trim().is_empty()) {
        cx.report.error(reason, "say why the difference is right");
    }
}
