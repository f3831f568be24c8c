//! Texts for people and models: every operation and every argument is described.

use std::collections::HashSet;

use crate::lower::{Cx, Op};
use airbyte_agent_yaml::Node;

/// Deepest member of a body that needs an explanation.
const MAX_DEPTH: usize = 8;

/// The schemas that were looked at, each of which is reported once.
pub(super) type Seen = HashSet<*const Node>;

pub(super) fn check<'a>(cx: &Cx<'a>, op: Op<'a>, seen: &mut Seen) {
    for (key, what) in [
        ("summary", "say in one line what it does"),
        ("description", "say what comes back and when to use it"),
    ] {
        if op.node.text(key).is_empty() {
            cx.report.error(op.node, format!("the operation has no `{key}`; {what}"));
        }
    }
    for parameter in op.node.get("parameters").map(Node::items).unwrap_or_default() {
        let Some(target) = cx.resolve(parameter) else { continue };
        let of_schema = target.get("schema").is_some_and(|schema| explained(cx, schema));
        if target.text("description").is_empty() && !of_schema {
            let name = target.text("name");
            cx.report.error(parameter, format!("the parameter `{name}` has no `description`"));
        }
        if let Some(schema) = target.get("schema") {
            members(cx, schema, 0, seen);
        }
    }
    let content = op.node.at(&["requestBody", "content"]).map(Node::members).unwrap_or_default();
    for (_, media) in content {
        if let Some(schema) = media.get("schema") {
            members(cx, schema, 0, seen);
        }
    }
}

/// Every member of a schema, also inside members and elements.
fn members<'a>(cx: &Cx<'a>, schema: &'a Node, depth: usize, seen: &mut Seen) {
    let Some(schema) = cx.essential(schema).filter(|_| depth < MAX_DEPTH) else { return };
    if !seen.insert(std::ptr::from_ref(schema)) {
        return;
    }
    for (name, property) in cx.properties(schema) {
        if !explained(cx, property) {
            cx.report.error(property, format!("the input `{name}` has no `description`"));
        }
        members(cx, property, depth + 1, seen);
    }
    if let Some(items) = schema.get("items") {
        members(cx, items, depth + 1, seen);
    }
}

fn explained<'a>(cx: &Cx<'a>, node: &'a Node) -> bool {
    let has_text = |node: &Node| !node.text("description").is_empty();
    has_text(node)
        || cx.resolve(node).is_some_and(has_text)
        || cx.essential(node).is_some_and(has_text)
}
