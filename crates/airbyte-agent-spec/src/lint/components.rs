//! Component schemas: each of them is used.

use std::collections::HashSet;

use super::entities::is_stored;
use crate::lower::{Cx, Op, operations};
use crate::names::hint;
use airbyte_agent_yaml::{Node, Value};

const PREFIX: &str = "#/components/schemas/";

pub(super) fn check(cx: &Cx<'_>) {
    let entities: HashSet<String> = operations(cx.root).iter().map(Op::entity).collect();
    let mut open: Vec<&str> = Vec::new();
    if let Some(paths) = cx.root.get("paths") {
        references(paths, &mut open);
    }
    for (name, node) in cx.components() {
        let Some(entity) = node.get("x-airbyte-entity-name") else { continue };
        let entity_name = entity.plain();
        if entities.contains(&entity_name) {
            open.push(name);
        } else if !is_stored(cx, &entity_name) {
            let known = entities.iter().map(String::as_str);
            cx.report.warning(
                entity,
                format!("no operation has the entity `{entity_name}`{}", hint(&entity_name, known)),
            );
        }
    }
    let mut used: HashSet<&str> = HashSet::new();
    while let Some(name) = open.pop() {
        if !used.insert(name) {
            continue;
        }
        if let Some((_, node)) = cx.components().iter().find(|(known, _)| known == name) {
            references(node, &mut open);
        }
    }
    for (name, node) in cx.components() {
        if !used.contains(name.as_str()) {
            cx.report.warning(node, format!("nothing refers to the schema `{name}`; remove it"));
        }
    }
}

/// Names of the component schemas that a node refers to.
fn references<'a>(node: &'a Node, found: &mut Vec<&'a str>) {
    match &node.value {
        Value::Map(members) => {
            for (key, child) in members {
                match child.as_str().and_then(|text| text.strip_prefix(PREFIX)) {
                    Some(name) if key == "$ref" => found.push(name),
                    _ => references(child, found),
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
