//! How the vendor is asked for fields: the key of the operation, or, for operations that read records, the
//! one in `info` whose parameter the operation has.

use airbyte_agent_description::{Action, FieldSelection, Kind, Parameter};

use super::{Cx, Op};
use crate::names::hint;
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-field-selection";

/// Where in `wrap` the names go.
const PLACE: &str = "{fields}";

pub(super) fn field_selection<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    parameters: &[Parameter],
) -> Option<FieldSelection> {
    let find = |name: &str| parameters.iter().find(|parameter| parameter.name == name);
    let own = op.node.get(KEY);
    let reads = matches!(op.action, Some(Action::List | Action::Search | Action::Get));
    let node = own.or_else(|| {
        let mut all = general(cx).into_iter().filter(|_| reads);
        all.find(|node| find(&node.text("parameter")).is_some_and(takes_names))
    })?;
    let name = node.text("parameter");
    let Some(parameter) = find(&name) else {
        let names = parameters.iter().map(|parameter| parameter.name.as_ref());
        let hint = hint(&name, names);
        cx.report.error(node, format!("`{name}` is no parameter of this operation{hint}"));
        return None;
    };
    let kinds = &parameter.schema.kinds;
    if !takes_names(parameter) {
        cx.report.error(node, format!("`{name}` must take a list or a text"));
        return None;
    }
    let wrap = node.text("wrap");
    if !wrap.is_empty() && (!wrap.contains(PLACE) || kinds.contains(&Kind::Array)) {
        let message = "`wrap` must be a text with `{fields}`, for a parameter that takes a text";
        cx.report.error(node, message);
        return None;
    }
    let separator = node.get("separator").map_or_else(|| ".".to_owned(), Node::plain);
    let depth =
        node.get("depth").and_then(Node::as_u64).and_then(|depth| u32::try_from(depth).ok());
    if depth == Some(0) {
        cx.report.error(node, "`depth` must be a whole number above 0");
    }
    Some(FieldSelection {
        parameter: name.into(),
        inside: node.text("inside").into(),
        depth: depth.filter(|depth| *depth > 0),
        separator: separator.into(),
        prefix: node.text("prefix").into(),
        add: node.texts("add").into_iter().map(Into::into).collect::<Vec<_>>().into(),
        all: node.text("all").into(),
        wrap: wrap.into(),
    })
}

fn takes_names(parameter: &Parameter) -> bool {
    let kinds = &parameter.schema.kinds;
    kinds.contains(&Kind::Array) || kinds.contains(&Kind::String)
}

/// The entries in `info`, which apply to every operation that reads records and has their parameter.
fn general<'a>(cx: &Cx<'a>) -> Vec<&'a Node> {
    let Some(node) = cx.info_key(KEY) else { return Vec::new() };
    match node.items() {
        [] => vec![node],
        items => items.iter().collect(),
    }
}
