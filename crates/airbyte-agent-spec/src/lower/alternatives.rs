//! Members of a body of which a caller has to give at least one.

use std::collections::HashSet;

use airbyte_agent_description::{AtLeastOne, Text};

use super::{Cx, Op, body};
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-at-least-one";

/// Objects that are nested more deeply are not looked at.
const MAX_DEPTH: usize = 6;

/// The most objects of a body that are looked at: references multiply, so that a spec of a few lines can stand for
/// more of them than anybody could look at.
const MOST_OBJECTS: usize = 10_000;

/// The groups that the schemas of the body declare, those of nested objects included.
pub(super) fn at_least_one<'a>(cx: &Cx<'a>, op: Op<'a>) -> Vec<AtLeastOne> {
    let schema = op.node.get("requestBody").and_then(|request| body::schema(cx, request));
    let Some(schema) = schema.filter(|schema| is_declared(cx, schema)) else { return Vec::new() };
    let mut search =
        Search { cx, within: Vec::new(), inside: Vec::new(), looked: 0, groups: Vec::new() };
    search.collect(schema);
    search.groups
}

/// Whether any object that the schema leads to declares a group. Each schema is looked at once.
fn is_declared<'a>(cx: &Cx<'a>, schema: &'a Node) -> bool {
    let mut known = HashSet::new();
    let mut open = vec![schema];
    while let Some(schema) = open.pop() {
        let Some(object) =
            cx.essential(schema).filter(|object| known.insert(std::ptr::from_ref(*object)))
        else {
            continue;
        };
        if !object.texts(KEY).is_empty() {
            return true;
        }
        open.extend(cx.properties(object).into_iter().map(|(_, member)| member));
    }
    false
}

struct Search<'c, 'a> {
    cx: &'c Cx<'a>,
    /// The schemas around the present one. A schema inside itself has to end.
    within: Vec<*const Node>,
    /// The members that lead to the present one.
    inside: Vec<Text>,
    looked: usize,
    groups: Vec<AtLeastOne>,
}

impl<'a> Search<'_, 'a> {
    fn collect(&mut self, schema: &'a Node) {
        let Some(object) = self.cx.essential(schema) else { return };
        let identity = std::ptr::from_ref(object);
        self.looked += 1;
        let is_over = self.inside.len() > MAX_DEPTH || self.looked > MOST_OBJECTS;
        if is_over || self.within.contains(&identity) {
            return;
        }
        let names = object.texts(KEY);
        if !names.is_empty() {
            let names: Vec<Text> = names.into_iter().map(Text::from).collect();
            let inside = self.inside.clone().into();
            self.groups.push(AtLeastOne { inside, names: names.into() });
        }
        self.within.push(identity);
        for (name, member) in self.cx.properties(object) {
            self.inside.push(name.to_owned().into());
            self.collect(member);
            self.inside.pop();
        }
        self.within.pop();
    }
}
