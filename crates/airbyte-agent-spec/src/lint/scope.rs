//! Values that callers have to know: where the arguments of a list come from, and required headers.

use airbyte_agent_description::Action;

use crate::lower::{Cx, Op};
use airbyte_agent_yaml::Node;

pub(super) fn check<'a>(cx: &Cx<'a>, op: Op<'a>) {
    for node in op.node.get("parameters").map(Node::items).unwrap_or_default() {
        let has_default = node.at(&["schema", "default"]).is_some();
        let required = node.get("required").and_then(Node::as_bool) == Some(true);
        let name = node.text("name");
        match node.text("in").as_str() {
            "path" if !required => {
                cx.report
                    .error(node, format!("the path parameter `{name}` needs `required: true`"));
            }
            "header"
                if required
                    && !has_default
                    && !set_by_auth(cx, &name)
                    && !supplied(cx, op, node, &name) =>
            {
                cx.report.warning(
                    node,
                    format!(
                        "every caller has to know the header `{name}`; give a default if there is \
                         one, or say in `x-airbyte-entity-relationships` where it comes from"
                    ),
                );
            }
            _ => {}
        }
        let needed = node.text("in") == "path" || (required && !has_default);
        if op.action == Some(Action::List)
            && needed
            && node.text("in") != "header"
            && !supplied(cx, op, node, &name)
        {
            cx.report.error(
                node,
                format!(
                    "nothing says where `{name}` comes from; add an entry to \
                     `x-airbyte-entity-relationships` with `source_entity: {}` and \
                     `foreign_key: {name}`, or a scoping entry",
                    op.entity()
                ),
            );
        }
    }
    if let Some(upload) = op.node.get("x-airbyte-upload-file-param")
        && op.node.at(&["requestBody", "content", "multipart/related"]).is_none()
    {
        cx.report.error(upload, "`x-airbyte-upload-file-param` is only for bodies of the type `multipart/related`; remove it");
    }
}

fn set_by_auth(cx: &Cx<'_>, header: &str) -> bool {
    let schemes = cx.root.at(&["components", "securitySchemes"]).map(Node::members);
    schemes.unwrap_or_default().iter().any(|(_, scheme)| {
        let headers = scheme.at(&["x-airbyte-auth-config", "additional_headers"]);
        let headers = headers.map(Node::members).unwrap_or_default();
        headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header))
    })
}

/// Whether a relationship, a scoping entry, a configuration key or an injection supplies the value.
fn supplied(cx: &Cx<'_>, op: Op<'_>, node: &Node, name: &str) -> bool {
    let list = |key: &str| cx.info_key(key).map(Node::items).unwrap_or_default();
    let related = list("x-airbyte-entity-relationships").iter().any(|relation| {
        relation.text("source_entity") == op.entity() && relation.text("foreign_key") == name
    });
    let scoped = list("x-airbyte-scoping").iter().any(|entry| entry.text("param") == name);
    let configured = cx
        .info_key("x-airbyte-replication-config")
        .and_then(|config| config.at(&["properties", name]))
        .is_some();
    related || scoped || configured || node.get("x-airbyte-param-config-inject").is_some()
}
