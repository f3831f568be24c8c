//! Default fields: each is a field of the entity's records that may be shown, and is sent.

use airbyte_agent_description::{
    Action, Body, Connector, Entity, FieldPath, Json, Operation, Selection, field_path,
    is_secret_name,
};
use serde_json::Value;

use crate::lower::Cx;
use crate::names::hint;
use airbyte_agent_yaml::{Node, Value as Yaml};

/// Whether an entity that is listed must have default fields. It becomes `true` once all specs have them.
const ALL_MUST_HAVE: bool = false;

/// The fields that a person reads in a list; with more, the list says too much by default.
const MOST: usize = 20;

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    let all = cx.info_key("x-agent-default-fields");
    for (name, node) in all.map(Node::members).unwrap_or_default() {
        match connector.entity(name) {
            Some(entity) => check_entity(cx, entity, node),
            None => {
                let hint = hint(name, connector.entities.iter().map(|entity| entity.name.as_ref()));
                cx.report.error(node, format!("there is no entity `{name}`{hint}"));
            }
        }
    }
    for entity in connector.entities.iter().filter(|entity| entity.default_fields.is_empty()) {
        if ALL_MUST_HAVE && entity.operations.iter().any(|op| op.action.is_array()) {
            cx.report.warning(
                all.unwrap_or(cx.info()),
                format!("the entity `{}` is listed and has no default fields", entity.name),
            );
        }
    }
}

fn check_entity<'a>(cx: &Cx<'a>, entity: &Entity, node: &'a Node) {
    if node.items().is_empty() && matches!(node.value, Yaml::List(_)) {
        cx.report.error(node, "the list must name at least one field");
    }
    if node.items().len() > MOST {
        cx.report.warning(
            node,
            format!("{} fields are many for a list; name at most {MOST}", node.items().len()),
        );
    }
    let reads = [Action::List, Action::Search, Action::Get];
    let readers: Vec<(&Operation, Value)> = reads
        .into_iter()
        .filter_map(|action| entity.operation(action))
        .filter_map(|op| Some((op, op.response.schema.as_ref().map(Json::value)?)))
        .collect();
    let mut before: Vec<String> = Vec::new();
    for field in node.items() {
        let name = field.plain();
        check_field(cx, field, &name, &readers);
        let overlaps = |other: &&String| {
            let (one, other) = (format!("{name}."), format!("{other}."));
            one.starts_with(&other) || other.starts_with(&one)
        };
        if let Some(other) = before.iter().find(overlaps) {
            cx.report.error(field, format!("`{name}` and `{other}` contain each other; keep one"));
        }
        before.push(name);
    }
}

fn check_field<'a>(cx: &Cx<'a>, field: &'a Node, name: &str, readers: &[(&Operation, Value)]) {
    let answers = || readers.iter().map(|(_, schema)| field_path(schema, name));
    if name.split('.').any(is_secret_name) || answers().any(|answer| answer == FieldPath::Secret) {
        cx.report.error(field, format!("`{name}` is a secret, which is never shown"));
    } else if !readers.is_empty() && answers().all(|answer| answer == FieldPath::Missing) {
        let names = readers.iter().flat_map(|(_, schema)| siblings(schema, name));
        let names: Vec<String> = names.collect();
        let hint = hint(name, names.iter().map(String::as_str));
        cx.report.error(field, format!("no record of the entity has `{name}`{hint}"));
    } else if readers.iter().any(|(op, _)| !is_sent(op, name)) {
        cx.report.error(
            field,
            format!("`{name}` is not among the `default_fields` of the query, so it is not sent"),
        );
    }
}

/// Whether the vendor sends a field without being asked for it, as far as a query says.
fn is_sent(operation: &Operation, name: &str) -> bool {
    let Body::GraphQl(graphql) = &operation.body else { return true };
    if !operation.action.is_array() || !graphql.takes_selection() {
        return true;
    }
    let usual = graphql.default_fields.as_deref().and_then(|text| Selection::parse(text).ok());
    let names: Vec<&str> = name.split('.').collect();
    let is_computed = operation.response.transform.iter().any(|field| field.field == names[0]);
    is_computed || usual.is_none_or(|usual| usual.shows(&names))
}

/// The fields that stand where a dotted name should lead, with the names before them.
fn siblings(schema: &Value, name: &str) -> Vec<String> {
    let schema = schema.get("items").filter(|items| items.is_object()).unwrap_or(schema);
    let mut found: Vec<String> = Vec::new();
    let choices = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema.get(key));
    for choice in choices.filter_map(Value::as_array).flatten() {
        found.extend(siblings(choice, name));
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return found;
    };
    if let Some((first, rest)) = name.split_once('.')
        && let Some(inner) = properties.get(first)
    {
        let inside = siblings(inner, rest);
        found.extend(inside.into_iter().map(|inner| format!("{first}.{inner}")));
        return found;
    }
    found.extend(properties.keys().cloned());
    found
}
