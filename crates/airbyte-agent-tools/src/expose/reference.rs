//! The reference of operations that a model asks for: every parameter, in lines.

use serde_json::{Value, json};

use super::super::account::Group;
use super::super::output::ToolOutput;
use super::super::policy::Policy;
use super::super::{prose, schema};
use super::operations::{hidden_names, is_supplied, shown};
use super::signature;
use airbyte_agent_description::{Entity, Operation, Parameter, Schema};

/// Longest description of an operation, in characters.
const OPERATION: usize = 600;

/// Longest description of a parameter, in characters.
const PARAMETER: usize = 300;

/// The entities and what may be done with each.
pub(super) fn connector(group: &Group<'_>, policy: &Policy) -> ToolOutput {
    let operations = group.operations(policy);
    let connector = group.connector();
    let mut lines =
        vec![prose::joined(&connector.title, &prose::short(&connector.description, OPERATION))];
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
pub(super) fn entity(group: &Group<'_>, entity: &Entity, operations: &[&Operation]) -> ToolOutput {
    let mut lines = Vec::new();
    if !entity.description.is_empty() {
        lines.push(format!("{}: {}", entity.name, entity.description));
    }
    for operation in operations {
        describe(group, operation, &mut lines);
    }
    let structured: Vec<Value> = operations
        .iter()
        .map(|operation| {
            let parameters = shown(operation).into_iter().map(|parameter| {
                let required = parameter.required && !is_supplied(group, parameter);
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

fn describe(group: &Group<'_>, operation: &Operation, lines: &mut Vec<String>) {
    let said = prose::without(&operation.description, &hidden_names(operation));
    let said = prose::short(&said, OPERATION);
    lines.push(format!("{}: {}", operation.place(), prose::joined(&operation.summary, &said)));
    for parameter in shown(operation) {
        let need =
            if parameter.required && !is_supplied(group, parameter) { ", required" } else { "" };
        let text = prose::short(&parameter.description, PARAMETER);
        lines.push(format!("  {} ({}{need}): {text}", parameter.name, signature::kind(parameter)));
        members(parameter, lines);
    }
    let fields = super::super::result::fields::names(operation);
    if !fields.is_empty() {
        lines.push(format!("  Fields of results: {}.", fields.join(", ")));
    }
}

/// The members of an object that is an argument, one level deep.
fn members(parameter: &Parameter, lines: &mut Vec<String>) {
    let schema: &Schema = match parameter.schema.items.first() {
        Some(items) => items,
        None => &parameter.schema,
    };
    for property in schema.properties.iter() {
        let need = if property.required { ", required" } else { "" };
        let kind = schema::kind(&property.schema).as_str();
        let text = prose::short(&property.schema.description, PARAMETER / 2);
        lines.push(format!("    .{} ({kind}{need}): {text}", property.name));
    }
}

pub(super) fn output(lines: &[String], structured: Value) -> ToolOutput {
    ToolOutput { text: lines.join("\n"), structured, next: None, records: None }
}
