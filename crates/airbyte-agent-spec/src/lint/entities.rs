//! Entities: each of them is described, and wherever one is named, it exists.

use airbyte_agent_description::Connector;

use crate::lower::Cx;
use crate::names::hint;
use airbyte_agent_yaml::Node;

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    let names = || connector.entities.iter().map(|entity| entity.name.as_ref());
    let known = |name: &str| connector.entity(name).is_some();
    let tell = |node, name: &str| {
        let hint = hint(name, names());
        cx.report.error(node, format!("there is no entity `{name}`{hint}"));
    };
    let explained = cx.info_key("x-agent-entities");
    for (name, node) in explained.map(Node::members).unwrap_or_default() {
        if !known(name) {
            tell(node, name);
        }
    }
    for entity in connector.entities.iter() {
        if entity.description.is_empty() {
            cx.report.error(
                explained.unwrap_or(cx.info()),
                format!(
                    "the entity `{}` has no description; add it to `x-agent-entities`",
                    entity.name
                ),
            );
        }
        if !is_snake(&entity.name) {
            cx.report.error(
                entity_place(cx, &entity.name),
                format!("the entity `{}` must be written in snake_case", entity.name),
            );
        }
    }
    let relations = cx.info_key("x-airbyte-entity-relationships").map(Node::items);
    for relation in relations.unwrap_or_default() {
        for key in ["source_entity", "target_entity"] {
            if let Some(node) = relation.get(key).filter(|node| !known(&node.plain())) {
                tell(node, &node.plain());
            }
        }
    }
    let schemes = cx.root.at(&["components", "securitySchemes"]).map(Node::members);
    for (_, scheme) in schemes.unwrap_or_default() {
        every_entity_has_a_scope(cx, connector, scheme);
        for scope in scheme.get("x-airbyte-oauth-scopes").map(Node::items).unwrap_or_default() {
            for node in scope.get("entities").map(Node::items).unwrap_or_default() {
                if !known(&node.plain()) && !is_stored(cx, &node.plain()) {
                    tell(node, &node.plain());
                }
            }
        }
    }
    scoping(cx, connector);
}

/// Checks that a scheme that says which scopes entities need says it of every entity.
fn every_entity_has_a_scope<'a>(cx: &Cx<'a>, connector: &Connector, scheme: &'a Node) {
    let Some(scopes) = scheme.get("x-airbyte-oauth-scopes") else { return };
    let listed: Vec<String> =
        scopes.items().iter().flat_map(|scope| scope.texts("entities")).collect();
    let names = connector.entities.iter().map(|entity| entity.name.as_ref());
    let missing: Vec<&str> =
        names.filter(|name| !listed.iter().any(|known| known == name)).collect();
    // A list without any entities says something about the scheme only.
    if !listed.is_empty() && !missing.is_empty() {
        cx.report.warning(
            scopes,
            format!(
                "no scope names {}; where no document says which one is needed, add an entry \
                 without `scope` whose description says so",
                missing.join(", ")
            ),
        );
    }
}

/// Checks that every scoping entry fills a parameter that exists.
fn scoping(cx: &Cx<'_>, connector: &Connector) {
    let entries = cx.info_key("x-airbyte-scoping").map(Node::items).unwrap_or_default();
    for (position, entry) in entries.iter().enumerate() {
        let name = entry.text("param");
        let mut parameters = connector.operations().flat_map(|op| op.parameters.iter());
        if !parameters.any(|parameter| parameter.name == name.as_str()) {
            cx.report.error(
                entry,
                format!("no operation has the parameter `{name}`; `param` must name one"),
            );
        }
        if entries[..position].iter().any(|other| other.text("param") == name) {
            cx.report
                .error(entry, format!("`{name}` is already filled by an earlier entry; keep one"));
        }
        let config = cx.info_key("x-airbyte-replication-config").and_then(|c| c.get("properties"));
        let key = match entry.text("config_key") {
            key if key.is_empty() => name,
            key => key,
        };
        if config.is_some_and(|config| config.get(&key).is_none()) {
            let known = config.map(Node::members).unwrap_or_default();
            let hint = hint(&key, known.iter().map(|(name, _)| name.as_str()));
            cx.report.warning(
                entry,
                format!("`x-airbyte-replication-config` has no property `{key}`{hint}"),
            );
        }
    }
}

/// Whether the context store alone has an entity of this name.
pub(super) fn is_stored(cx: &Cx<'_>, name: &str) -> bool {
    let entities = cx.info_key("x-airbyte-context-store").and_then(|store| store.get("entities"));
    entities.map(Node::items).unwrap_or_default().iter().any(|e| e.text("entity") == name)
}

fn entity_place<'a>(cx: &Cx<'a>, entity: &str) -> &'a Node {
    let op = cx.operations_of(entity).first().copied();
    op.map_or(cx.info(), |op| op.place("x-airbyte-entity"))
}

fn is_snake(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_lowercase())
}
