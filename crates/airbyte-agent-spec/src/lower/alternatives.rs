//! Members of a body of which a caller has to give at least one.

use airbyte_agent_description::{AtLeastOne, Text};

use super::{Cx, Op, body};
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-at-least-one";

/// Objects that are nested more deeply are not looked at; a schema inside itself has to end.
const MAX_DEPTH: usize = 6;

/// The groups that the schemas of the body declare, those of nested objects included.
pub(super) fn at_least_one<'a>(cx: &Cx<'a>, op: Op<'a>) -> Vec<AtLeastOne> {
    let mut groups = Vec::new();
    if let Some(schema) = op.node.get("requestBody").and_then(|request| body::schema(cx, request)) {
        collect(cx, schema, &mut Vec::new(), &mut groups);
    }
    groups
}

fn collect<'a>(
    cx: &Cx<'a>,
    schema: &'a Node,
    inside: &mut Vec<Text>,
    groups: &mut Vec<AtLeastOne>,
) {
    let Some(object) = cx.essential(schema).filter(|_| inside.len() <= MAX_DEPTH) else { return };
    let names = object.texts(KEY);
    if !names.is_empty() {
        let names: Vec<Text> = names.into_iter().map(Text::from).collect();
        groups.push(AtLeastOne { inside: inside.clone().into(), names: names.into() });
    }
    for (name, member) in cx.properties(object) {
        inside.push(name.to_owned().into());
        collect(cx, member, inside, groups);
        inside.pop();
    }
}
