//! Entities: the operations of each, and what the spec says about its records.

use std::collections::HashMap;

use airbyte_agent_description::{Action, Entity, Operation, StoreField};

use super::Cx;
use super::operation::search_words;
use airbyte_agent_yaml::Node;

/// Entities in the order of their first operation.
pub(super) fn entities(cx: &Cx<'_>, operations: Vec<Operation>) -> Vec<Entity> {
    let mut grouped: Vec<(String, Vec<Operation>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for operation in operations {
        let name = operation.entity.to_string();
        match places.get(&name) {
            Some(&place) => grouped[place].1.push(operation),
            None => {
                places.insert(name.clone(), grouped.len());
                grouped.push((name, vec![operation]));
            }
        }
    }
    grouped.into_iter().map(|(name, operations)| entity(cx, name, operations)).collect()
}

fn entity(cx: &Cx<'_>, name: String, operations: Vec<Operation>) -> Entity {
    let component = component(cx, &name);
    let own_hints = component.and_then(|node| node.get("x-airbyte-ai-hints"));
    let hints = own_hints.or_else(|| {
        let mut ops = cx.operations_of(&name).iter();
        ops.find_map(|op| op.node.get("x-airbyte-ai-hints"))
    });
    let hint = |key: &str| hints.map(|hints| hints.text(key)).unwrap_or_default();
    let descriptions = [
        cx.info_key("x-agent-entities").map(|all| all.text(&name)).unwrap_or_default(),
        own_hints.map(|hints| hints.text("summary")).unwrap_or_default(),
        component.map(|node| node.text("description")).unwrap_or_default(),
    ];
    let schema = component
        .filter(|node| has_shape(cx, node))
        .map(|node| cx.inlined(node))
        .or_else(|| from_responses(&operations));
    Entity {
        description: descriptions
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
            .into(),
        schema,
        store: store(cx, &name).into(),
        when_to_use: hint("when_to_use").into(),
        phrases: hints
            .map(|hints| hints.texts("trigger_phrases"))
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .chain(search_words(cx, &name).iter().cloned())
            .collect::<Vec<_>>()
            .into(),
        default_fields: cx
            .info_key("x-agent-default-fields")
            .map(|all| all.texts(&name))
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect::<Vec<_>>()
            .into(),
        operations: operations.into(),
        name: name.into(),
    }
}

/// The component schema of an entity: marked with its name, or of the same name.
pub(crate) fn component<'a>(cx: &Cx<'a>, entity: &str) -> Option<&'a Node> {
    let places = cx.components_of(entity);
    let nodes = || places.iter().filter_map(|place| cx.components().get(*place));
    // Schemas without members only map names and describe nothing.
    let with_shape = nodes().find(|(_, node)| has_shape(cx, node));
    with_shape.or_else(|| nodes().next()).map(|(_, node)| node)
}

/// The names of entities by which a component schema is found: its own in lower case, and the one that it is marked
/// with.
pub(super) fn names_of(name: &str, node: &Node) -> (String, Option<String>) {
    let marked = node.get("x-airbyte-entity-name").map(|node| match node.as_str() {
        Some(own) => own.trim().to_owned(),
        None => node.plain(),
    });
    (name.to_ascii_lowercase(), marked)
}

fn has_shape<'a>(cx: &Cx<'a>, node: &'a Node) -> bool {
    !cx.properties(node).is_empty() || node.get("additionalProperties").is_some()
}

fn from_responses(operations: &[Operation]) -> Option<airbyte_agent_description::Json> {
    [Action::Get, Action::List, Action::Search, Action::Create, Action::Update]
        .into_iter()
        .filter_map(|action| operations.iter().find(|operation| operation.action == action))
        .find_map(|operation| operation.response.schema.clone())
}

fn store(cx: &Cx<'_>, name: &str) -> Vec<StoreField> {
    let entities = cx.info_key("x-airbyte-context-store").and_then(|store| store.get("entities"));
    let entity = entities
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .find(|entity| entity.text("entity") == name);
    let mut all = Vec::new();
    let fields = entity.and_then(|entity| entity.get("fields")).map(Node::items);
    for field in fields.unwrap_or_default() {
        store_field(field, &field.text("name"), &mut all);
    }
    all
}

/// Adds a field of the context store and the fields inside it, whose names are joined by dots.
fn store_field(node: &Node, name: &str, all: &mut Vec<StoreField>) {
    let kind = node.texts("type").into_iter().find(|kind| kind != "null").unwrap_or_default();
    let inside = node.get("properties").map(Node::members).unwrap_or_default();
    all.push(StoreField {
        name: name.to_owned().into(),
        kind: kind.into(),
        description: node.text("description").into(),
    });
    for (inner, node) in inside {
        store_field(node, &format!("{name}.{inner}"), all);
    }
}
