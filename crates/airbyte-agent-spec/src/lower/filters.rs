//! `x-agent-filters`: by which fields the records of a list can be requested.

use airbyte_agent_description::{FieldFilter, Json, JsonPath, Step, SyncTime, Text};

use super::sync::{time, values};
use super::{Cx, Op};
use airbyte_agent_yaml::Node;

pub(crate) const FILTERS: &str = "x-agent-filters";

/// The filters of an operation.
pub(super) fn filters<'a>(cx: &Cx<'a>, op: Op<'a>) -> Vec<FieldFilter> {
    let members = op.node.get(FILTERS).map(Node::members).unwrap_or_default();
    members.iter().filter_map(|(field, node)| filter(cx, field, node)).collect()
}

fn filter<'a>(cx: &Cx<'a>, field: &'a str, node: &'a Node) -> Option<FieldFilter> {
    let field = member(cx, field, node)?;
    let arguments = |key: &str, whole: &str| match node.get(key) {
        Some(named) if named.is_map() => values(named.members()),
        Some(name) => vec![named(name, whole)],
        None => Vec::new(),
    };
    let only = (!node.is_map()).then(|| vec![named(node, "{value}")]);
    let most = node.get("most").and_then(Node::as_u64).filter(|most| *most > 0);
    Some(FieldFilter {
        field,
        equals: only.unwrap_or_else(|| arguments("equals", "{value}")).into(),
        any_of: arguments("any_of", "{values}").into(),
        most: most.unwrap_or(FieldFilter::MOST),
        from: arguments("from", "{value}").into(),
        to: arguments("to", "{value}").into(),
        format: time(node, "format").unwrap_or(SyncTime::Iso8601),
        get: node.get("get").map(|name| name.plain().into()),
        unless: node.get("unless").and_then(|node| member(cx, &node.plain(), node)),
    })
}

/// An argument that gets nothing but the value.
fn named(name: &Node, template: &str) -> (Text, Json) {
    (name.plain().into(), Json(format!("\"{template}\"").into()))
}

/// The field that a name means: a member, or members of members with dots. Others cannot be compared in queries.
fn member<'a>(cx: &Cx<'a>, name: &str, node: &'a Node) -> Option<JsonPath> {
    let path = JsonPath::parse(&format!("$.{name}"))
        .filter(|path| path.steps.iter().all(|step| matches!(step, Step::Key(_))));
    if path.is_none() {
        cx.report
            .error(node, format!("`{name}` is no field of a record; write `id` or `owner.id`"));
    }
    path
}
