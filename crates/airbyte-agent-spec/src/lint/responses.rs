//! Responses: they are described, and extractors lead to values that their schemas have.

use airbyte_agent_description::{Action, JsonPath};

use crate::lower::{Cx, Op, Walk, success_schema, types};
use airbyte_agent_yaml::Node;

pub(super) fn check<'a>(cx: &Cx<'a>, op: Op<'a>) {
    let Some(action) = op.action else { return };
    let responses = op.node.get("responses").map(Node::members).unwrap_or_default();
    for (status, response) in responses {
        if response.get("$ref").is_none() && response.text("description").is_empty() {
            cx.report.error(response, format!("the response {status} needs a `description`"));
        }
    }
    let success = responses.iter().any(|(status, _)| status.starts_with('2'));
    if !success {
        cx.report.error(
            op.place("responses"),
            "no successful response is declared; add `'200'`, `'201'` or `'204'`",
        );
    }
    let empty = responses.iter().any(|(status, _)| status == "204");
    let Some(schema) = success_schema(cx, op) else {
        let records = matches!(action, Action::List | Action::Search | Action::Get);
        if success && !empty && records {
            cx.report.warning(
                op.place("responses"),
                "the response has no schema; describe it under `content.application/json.schema`",
            );
        }
        return;
    };
    records(cx, op, action, schema);
    meta(cx, op, schema);
    places(cx, op, schema);
    file_url(cx, op, schema);
}

fn records<'a>(cx: &Cx<'a>, op: Op<'a>, action: Action, schema: &'a Node) {
    let (node, path) = match op.node.get("x-airbyte-record-extractor") {
        Some(node) => match JsonPath::parse(&node.plain()) {
            Some(path) => (node, path),
            None => return,
        },
        None => (op.node, JsonPath { steps: Vec::new().into() }),
    };
    match cx.walk(schema, &path) {
        Walk::Nowhere => {
            let reached = reachable(cx, schema, &path);
            cx.report.error(
                node,
                format!(
                    "`{path}` leads nowhere in the schema of the response, which has {reached}"
                ),
            );
        }
        // An explicit `$` says that the whole response is meant.
        Walk::Schema(found)
            if action.is_array() && !path.is_multiple() && node.as_str() != Some("$") =>
        {
            let Some(found) = cx.essential(found) else { return };
            let types = types(found);
            if !types.is_empty() && !types.contains(&"array") {
                cx.report.warning(
                    node,
                    format!(
                        "a {action} needs a list of records, but `{path}` leads to a value of the \
                         type {}; name the list in `x-airbyte-record-extractor`, or write `$` if \
                         the whole response is the record",
                        types.join(" or ")
                    ),
                );
            }
        }
        Walk::Schema(_) | Walk::Unknown => {}
    }
}

fn meta<'a>(cx: &Cx<'a>, op: Op<'a>, schema: &'a Node) {
    let declared = op.node.get("x-airbyte-meta-extractor").map(Node::members).unwrap_or_default();
    for (position, (name, node)) in declared.iter().enumerate() {
        let text = node.plain();
        if let Some((other, _)) = declared[..position].iter().find(|(_, o)| o.plain() == text) {
            cx.report.warning(node, format!("`{name}` is the same as `{other}`; keep one"));
        }
        let Some(path) = JsonPath::parse(&text) else { continue };
        leads_somewhere(cx, schema, node, &path);
    }
}

/// Reports tokens of a list with several styles of pagination that only the body has. The platform hands on
/// records and metadata; nobody could tell there that the list was requested in this style.
fn withheld_tokens<'a>(cx: &Cx<'a>, styles: &'a [Node]) {
    let tokens = styles
        .iter()
        .flat_map(|style| [style.at(&["cursor", "from"]), style.at(&["link", "from"])]);
    for node in tokens.flatten().filter(|node| styles.len() > 1 && node.plain().starts_with('$')) {
        cx.report.warning(
            node,
            format!(
                "calls through the platform end after one page, because it hands on metadata only; add \
                 `{}` to `x-airbyte-meta-extractor` and name the field here",
                node.plain()
            ),
        );
    }
}

/// Checks the places of the total and of the page sizes.
fn places<'a>(cx: &Cx<'a>, op: Op<'a>, schema: &'a Node) {
    let pagination = op.node.get("x-agent-pagination");
    let styles = pagination.map(|node| match node.items() {
        [] => std::slice::from_ref(node),
        items => items,
    });
    withheld_tokens(cx, styles.unwrap_or_default());
    let served =
        styles.unwrap_or_default().iter().filter_map(|style| style.at(&["size", "served"]));
    for node in op.node.get("x-agent-total").into_iter().chain(served) {
        let Some(path) = JsonPath::parse(&node.plain()) else { continue };
        leads_somewhere(cx, schema, node, &path);
    }
}

/// Reports a path that the schema of the response does not have.
fn leads_somewhere<'a>(cx: &Cx<'a>, schema: &'a Node, node: &'a Node, path: &JsonPath) {
    if matches!(cx.walk(schema, path), Walk::Nowhere) {
        let reached = reachable(cx, schema, path);
        cx.report.error(
            node,
            format!("`{path}` leads nowhere in the schema of the response, which has {reached}"),
        );
    }
}

/// Checks the path to a file address, as far as it consists of names and indexes.
fn file_url<'a>(cx: &Cx<'a>, op: Op<'a>, schema: &'a Node) {
    let Some(node) = op.node.get("x-airbyte-file-url") else { return };
    let text = node.plain();
    let dotted = if text.starts_with('[') { format!("${text}") } else { format!("$.{text}") };
    let Some(path) = JsonPath::parse(&dotted) else { return };
    if matches!(cx.walk(schema, &path), Walk::Nowhere) {
        let reached = reachable(cx, schema, &path);
        cx.report.error(
            node,
            format!("`{text}` leads nowhere in the schema of the response, which has {reached}"),
        );
    }
}

/// Says what the schema has at the last place that a path reaches.
fn reachable<'a>(cx: &Cx<'a>, schema: &'a Node, path: &JsonPath) -> String {
    let mut current = schema;
    let mut reached = "$".to_owned();
    for step in path.steps.iter() {
        match cx.step(current, step) {
            Walk::Schema(next) => current = next,
            Walk::Unknown | Walk::Nowhere => break,
        }
        let one = JsonPath { steps: vec![step.clone()].into() };
        reached.push_str(one.to_string().trim_start_matches('$'));
    }
    let names: Vec<_> = cx.properties(current).into_iter().map(|(name, _)| name).collect();
    match names[..] {
        [] => format!("no members at `{reached}`"),
        _ => format!("{} at `{reached}`", names.join(", ")),
    }
}
