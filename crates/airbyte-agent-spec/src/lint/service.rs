//! The service as a whole: its identity, servers, secrets, check operation and context store.

use std::collections::HashMap;

use airbyte_agent_description::Method;

use crate::lower::{Cx, Op, looks_secret, operations};
use crate::names::hint;
use airbyte_agent_yaml::Node;

pub(super) fn check(cx: &Cx<'_>) {
    identity(cx);
    server(cx);
    secrets(cx);
    check_operation(cx);
    operation_ids(cx);
    path_items(cx);
    store(cx);
}

/// What `cargo xtask new` writes where somebody has to decide.
const TEMPLATE_ID: &str = "00000000-0000-4000-8000-000000000000";

/// Reports what is still as the template of a new spec has it.
fn placeholders(cx: &Cx<'_>) {
    let Some(node) = cx.info_key("x-airbyte-connector-definition-id") else { return };
    if node.plain() == TEMPLATE_ID {
        cx.report.warning(
            node,
            "this is the identifier of the template for new specs; replace it, and everything that \
             the template marks with `Decide:`",
        );
    }
}

fn identity(cx: &Cx<'_>) {
    if let Some(node) = cx.info_key("x-airbyte-connector-definition-id") {
        let text = node.plain();
        let hexadecimal = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
        let lengths: Vec<_> = text.split('-').map(str::len).collect();
        if lengths != [8, 4, 4, 4, 12] || !text.split('-').all(hexadecimal) {
            cx.report.error(node, format!("`{text}` is not a UUID; expected a form like `11111111-2222-3333-4444-555555555555`"));
        }
    }
    placeholders(cx);
    if let Some(node) = cx.info_key("x-airbyte-connector-name") {
        let name = node.plain();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !name.chars().all(plain) || name.starts_with('-') {
            cx.report
                .error(node, format!("`{name}` is no slug; use small letters, digits and `-`"));
        }
    }
    if cx.info().text("description").is_empty() {
        cx.report.error(
            cx.info(),
            "`info.description` is missing: what the service is and what is reached",
        );
    }
    for link in
        cx.info_key("x-airbyte-external-documentation-urls").map(Node::items).unwrap_or_default()
    {
        let url = link.text("url");
        if !url.starts_with("https://") && !url.starts_with("http://") {
            cx.report.error(
                link,
                format!("`{url}` is not a web address; it must begin with `https://`"),
            );
        }
    }
}

fn server(cx: &Cx<'_>) {
    for (_, scheme) in schemes(cx) {
        let Some(own) = scheme.get("x-agent-server") else { continue };
        for (name, node) in own.get("variables").map(Node::members).unwrap_or_default() {
            if !own.text("url").contains(&format!("{{{name}}}")) {
                cx.report.warning(node, format!("the URL does not use the variable `{name}`; write it as `{{{name}}}` there, or remove it"));
            }
        }
    }
    let Some(server) = cx.root.get("servers").and_then(|list| list.items().first()) else { return };
    let variables = server.get("variables").map(Node::members).unwrap_or_default();
    let refresh_urls: Vec<_> =
        schemes(cx).iter().flat_map(|(_, scheme)| flow_urls(scheme)).collect();
    for (name, node) in variables {
        let in_url = server.text("url").contains(&format!("{{{name}}}"));
        let in_refresh = refresh_urls
            .iter()
            .any(|url| url.replace(' ', "").contains(&format!("{{{{{name}}}}}")));
        if !in_url && !in_refresh {
            cx.report.warning(node, format!("the URL does not use the variable `{name}`; write it as `{{{name}}}` there, or remove it"));
        }
    }
    for (_, scheme) in schemes(cx) {
        let Some(extract) = scheme.get("x-airbyte-token-extract") else { continue };
        for (position, item) in extract.items().iter().enumerate() {
            let name = item.plain();
            if !variables.iter().any(|(known, _)| *known == name) {
                let known = variables.iter().map(|(known, _)| known.as_str());
                cx.report
                    .error(item, format!("`{name}` is no server variable{}", hint(&name, known)));
            }
            if extract.items()[..position].iter().any(|other| other.plain() == name) {
                cx.report.error(item, format!("`{name}` is extracted twice; keep one"));
            }
        }
    }
}

fn schemes<'a>(cx: &Cx<'a>) -> &'a [(String, Node)] {
    cx.root.at(&["components", "securitySchemes"]).map(Node::members).unwrap_or_default()
}

fn flow_urls(scheme: &Node) -> Vec<String> {
    let flows = scheme.get("flows").map(Node::members).unwrap_or_default();
    let keys = ["refreshUrl", "tokenUrl", "authorizationUrl"];
    flows.iter().flat_map(|(_, flow)| keys.map(|key| flow.text(key))).collect()
}

fn secrets(cx: &Cx<'_>) {
    for (_, scheme) in schemes(cx) {
        let properties = scheme.at(&["x-airbyte-auth-config", "properties"]).map(Node::members);
        for (name, node) in properties.unwrap_or_default() {
            if node.get("airbyte_secret").is_none() && looks_secret(name) {
                cx.report.warning(
                    node,
                    format!("`{name}` looks like a secret; add `airbyte_secret: true`, or `false` if it may be shown"),
                );
            }
        }
    }
}

fn check_operation<'a>(cx: &Cx<'a>) {
    let all = operations(cx.root);
    let marked: Vec<_> = all
        .iter()
        .filter_map(|op| op.node.get("x-airbyte-preferred-for-check"))
        .filter(|node| node.as_bool() == Some(true))
        .collect();
    // Where every operation needs arguments, there is none to mark.
    let fits = |op: &&Op<'a>| op.method == Method::Get && needs_nothing(cx, **op);
    if marked.is_empty()
        && let Some(first) = all.iter().find(fits)
    {
        cx.report.warning(
            first.node,
            "no operation has `x-airbyte-preferred-for-check: true`; mark one that every \
             credential may call",
        );
    }
    for op in &all {
        let is_marked = op.node.get("x-airbyte-preferred-for-check").and_then(Node::as_bool);
        if is_marked != Some(true) {
            continue;
        }
        for parameter in op.node.get("parameters").map(Node::items).unwrap_or_default() {
            let schema = |key: &str| parameter.at(&["schema", key]).is_some();
            let is_known = schema("default")
                || schema("x-airbyte-probe-default")
                || parameter.get("x-airbyte-param-config-inject").is_some();
            if parameter.get("required").and_then(Node::as_bool) == Some(true) && !is_known {
                cx.report.error(
                    parameter,
                    format!(
                        "a check cannot know `{}`; give it `x-airbyte-probe-default`, or prefer an \
                         operation that needs nothing",
                        parameter.text("name")
                    ),
                );
            }
        }
    }
    for node in marked.iter().skip(1) {
        cx.report
            .warning(node, "another operation is already preferred for the check; mark only one");
    }
}

/// Whether an operation can be called without arguments.
fn needs_nothing<'a>(cx: &Cx<'a>, op: Op<'a>) -> bool {
    let parameters = op.node.get("parameters").map(Node::items).unwrap_or_default();
    !op.path.contains('{')
        && parameters.iter().filter_map(|parameter| cx.resolve(parameter)).all(|parameter| {
            parameter.get("required").and_then(Node::as_bool) != Some(true)
                || parameter.at(&["schema", "default"]).is_some()
        })
}

fn operation_ids(cx: &Cx<'_>) {
    let mut seen: HashMap<String, &Node> = HashMap::new();
    for op in operations(cx.root) {
        let Some(node) = op.node.get("operationId") else {
            cx.report.warning(
                op.node,
                "the operation has no `operationId`; give it one that no other operation has",
            );
            continue;
        };
        let id = node.plain();
        match seen.get(&id) {
            Some(first) => cx.report.error(
                node,
                format!("the operationId `{id}` is already taken in line {}", first.line),
            ),
            None => {
                seen.insert(id, node);
            }
        }
    }
}

fn path_items(cx: &Cx<'_>) {
    for (_, item) in cx.root.get("paths").map(Node::members).unwrap_or_default() {
        for key in ["parameters", "servers", "head", "options", "trace"] {
            if let Some(node) = item.get(key) {
                cx.report.warning(
                    node,
                    format!("`{key}` of a path is not read; write it in each operation"),
                );
            }
        }
    }
}

fn store(cx: &Cx<'_>) {
    let store = cx.info_key("x-airbyte-context-store");
    let skip = cx.info_key("x-airbyte-skip-context-store");
    let direct = cx.info_key("x-airbyte-runtime-mode").is_some_and(|m| m.plain() == "direct_only");
    match (store, skip) {
        (None, None) => cx.report.error(
            cx.info(),
            "describe `x-airbyte-context-store`, or say in `x-airbyte-skip-context-store` why \
             there is none",
        ),
        (Some(store), _) if direct => {
            cx.report.error(store, "a connector with the mode `direct_only` has no context store");
        }
        (Some(_), Some(skip)) => {
            cx.report.error(skip, "there is a context store, so nothing is skipped; remove this");
        }
        (None, Some(skip)) if !direct && cx.info_key("x-airbyte-runtime-mode").is_some() => {
            cx.report
                .error(skip, "only a connector with the mode `direct_only` may skip the store");
        }
        _ => {}
    }
    for entity in store.and_then(|store| store.get("entities")).map(Node::items).unwrap_or_default()
    {
        let name = entity.text("entity");
        let reason = !entity.text("x-airbyte-skip-searchable-fields").is_empty();
        let fields = entity.get("fields").is_some_and(|fields| !fields.items().is_empty());
        if !fields && !reason {
            cx.report.error(
                entity,
                format!("`{name}` has no `fields`; list them or say why in `x-airbyte-skip-searchable-fields`"),
            );
        }
        if entity.get("x-airbyte-name").is_some_and(Node::is_null) && !reason {
            cx.report.error(
                entity,
                format!("`{name}` has no stream; `x-airbyte-name: null` needs `x-airbyte-skip-searchable-fields`"),
            );
        }
    }
}
