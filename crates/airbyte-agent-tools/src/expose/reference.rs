//! The reference of entities and operations, which a model reads before it calls them: a line for each
//! parameter.

use serde_json::{Value, json};

use super::super::group::Group;
use super::super::output::ToolOutput;
use super::super::policy::Policy;
use super::super::result::fields;
use super::super::{prose, schema};
use super::parameters::{hidden_names, is_needed, shown, without_absent};
use super::signature;
use airbyte_agent_description::{Entity, Json, Operation, Schema};

/// The longest description of an operation, in characters.
const LONGEST_OF_OPERATION: usize = 600;

/// The longest description of a parameter, in characters.
const LONGEST_OF_PARAMETER: usize = 300;

/// The most members of a parameter that are described, at any depth.
const MOST_MEMBERS: usize = 60;

/// The deepest members that are described.
const DEEPEST_MEMBER: usize = 6;

/// The entities of a connector with the actions that may be called.
pub(super) fn connector(group: &Group<'_>, policy: &Policy) -> ToolOutput {
    let operations = group.operations(policy);
    let connector = group.connector();
    let mut lines = vec![prose::joined(
        &connector.title,
        &prose::short(&connector.description, LONGEST_OF_OPERATION),
    )];
    lines.splice(0..0, obstacle(group));
    let mut entities = Vec::new();
    for entity in connector.entities.iter() {
        let actions: Vec<&str> = operations
            .iter()
            .filter(|operation| operation.entity == entity.name)
            .map(|operation| operation.action.as_str())
            .collect();
        if !actions.is_empty() {
            lines.push(format!("{} ({}): {}", entity.name, actions.join(", "), entity.description));
            entities.push(json!({
                "entity": entity.name, "actions": actions, "description": entity.description,
            }));
        }
    }
    output(&lines, json!({"connector": connector.name, "entities": entities}))
}

/// The operations of an entity with their parameters.
pub(super) fn entity(
    group: &Group<'_>,
    policy: &Policy,
    entity: &Entity,
    operations: &[&Operation],
) -> ToolOutput {
    let mut lines: Vec<String> = obstacle(group).into_iter().collect();
    if !entity.description.is_empty() {
        lines.push(format!("{}: {}", entity.name, entity.description));
    }
    for operation in operations {
        describe(group, policy, operation, &mut lines);
    }
    let structured: Vec<Value> = operations
        .iter()
        .map(|operation| {
            let parameters = shown(operation).into_iter().map(|parameter| {
                let required = is_needed(group, parameter);
                (parameter.name.to_string(), schema::parameter(parameter), required)
            });
            json!({
                "action": operation.action,
                "description": operation.description,
                "read_only": operation.hints.read_only,
                "params": schema::object(parameters, false),
            })
        })
        .collect();
    let connector = &group.connector().name;
    output(&lines, json!({"connector": connector, "entity": entity.name, "operations": structured}))
}

/// What keeps every account of the connector from calls.
fn obstacle(group: &Group<'_>) -> Option<String> {
    group.obstacle().map(|error| format!("Not configured: {error}"))
}

/// Adds the lines of an operation and its parameters.
fn describe(group: &Group<'_>, policy: &Policy, operation: &Operation, lines: &mut Vec<String>) {
    let description = prose::without(&operation.description, &hidden_names(operation));
    let description = without_absent(&description, group, policy);
    let description = prose::short(&description, LONGEST_OF_OPERATION);
    let text = prose::joined(&operation.summary, &description);
    lines.push(format!("{}: {text}", operation.place()));
    for parameter in shown(operation) {
        let need = if is_needed(group, parameter) { ", required" } else { "" };
        let text = without_absent(&parameter.description, group, policy);
        let text = prose::short(&text, LONGEST_OF_PARAMETER);
        lines.push(format!("  {} ({}{need}): {text}", parameter.name, signature::kind(parameter)));
        let mut left = MOST_MEMBERS;
        members(&parameter.schema, "", 1, &mut left, lines);
        if left == 0 {
            lines.push("    …".to_owned());
        }
    }
    let schema = operation.response.schema.as_ref().map(Json::value);
    let fields = fields::names(schema.as_ref());
    if !fields.is_empty() {
        lines.push(format!("  Fields of results: {}.", fields.join(", ")));
    }
}

/// Adds the lines of the members of an object or of a list of objects, and of what is inside them. `left` is
/// the number of lines that may be added.
fn members(schema: &Schema, path: &str, depth: usize, left: &mut usize, lines: &mut Vec<String>) {
    let items = schema.items.first();
    let path = if items.is_some() { format!("{path}[]") } else { path.to_owned() };
    for property in items.unwrap_or(schema).properties.iter() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let need = if property.required { ", required" } else { "" };
        let kind = signature::kind_of(&property.schema);
        let text = prose::short(&property.schema.description, LONGEST_OF_PARAMETER / 2);
        let text = if text.is_empty() { text } else { format!(": {text}") };
        let place = format!("{path}.{}", property.name);
        lines.push(format!("    {place} ({kind}{need}){text}"));
        if depth < DEEPEST_MEMBER {
            members(&property.schema, &place, depth + 1, left, lines);
        }
    }
}

/// An answer that consists of lines of text and of the same as JSON.
pub(super) fn output(lines: &[String], structured: Value) -> ToolOutput {
    ToolOutput { text: lines.join("\n"), structured, ..ToolOutput::default() }
}
