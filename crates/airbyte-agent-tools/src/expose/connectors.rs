//! One tool per connector: it takes an entity, an action and parameters.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::controls::Control;
use super::super::decision::Decision;
use super::super::definition::ToolDefinition;
use super::super::error::ToolError;
use super::super::group::Group;
use super::super::policy::Policy;
use super::super::result::tokens;
use super::super::toolset::Toolset;
use super::super::{prose, schema};
use super::entity_action::{self, HELP, take_entity_and_action, take_text};
use super::hints;
use super::signature::{self, Detail};
use airbyte_agent_description::{Action, Operation};

/// The longest description of a connector, in characters.
const LONGEST_DESCRIPTION: usize = 240;

/// The longest list of operations, in tokens as estimated. What does not fit is told by the action `help`.
const LONGEST_LIST: usize = 950;

/// How much the list of operations may tell, from most to least.
const DETAILS: [Detail; 7] = [
    Detail { optional: 10, choices: true },
    Detail { optional: 10, choices: false },
    Detail { optional: 6, choices: false },
    Detail { optional: 4, choices: false },
    Detail { optional: 2, choices: false },
    Detail { optional: 1, choices: false },
    Detail { optional: 0, choices: false },
];

/// The definition of the tool for a connector, `None` when no operation of it may be called.
pub(super) fn definition(
    name: String,
    group: &Group<'_>,
    policy: &Policy,
) -> Option<ToolDefinition> {
    let operations = group.operations(policy);
    if operations.is_empty() {
        return None;
    }
    let connector = group.connector();
    Some(ToolDefinition {
        name,
        title: connector.title.to_string(),
        description: description(group),
        input_schema: Value::Object(input_schema(group, &operations)),
        output_schema: None,
        hints: hints(operations),
    })
}

/// The description of the tool. It is short, because some clients take no more than 1,024 characters.
fn description(group: &Group<'_>) -> String {
    let connector = group.connector();
    let description = prose::short(&connector.description, LONGEST_DESCRIPTION);
    let head = prose::joined(&connector.title, &description);
    prose::joined(&head, "Action help describes the params of an entity.")
}

/// The operations as text, with as much detail as its length allows.
fn operations_text(group: &Group<'_>, operations: &[&Operation]) -> String {
    let mut list = String::new();
    for detail in DETAILS {
        list = operations_list(group, operations, detail);
        if tokens::estimate(&list) <= LONGEST_LIST {
            break;
        }
    }
    format!("By entity and action (? optional, … more):\n{list}")
}

/// A line per entity, such as `issues(owner, repo): list(states?) get(number)`.
fn operations_list(group: &Group<'_>, operations: &[&Operation], detail: Detail) -> String {
    let mut lines = Vec::new();
    for entity in group.connector().entities.iter() {
        let of_entity: Vec<&&Operation> =
            operations.iter().filter(|operation| operation.entity == entity.name).collect();
        if of_entity.is_empty() {
            continue;
        }
        let signatures: Vec<Vec<String>> =
            of_entity.iter().map(|operation| signature::names(group, operation, detail)).collect();
        // Parameters that all actions take are written once, behind the entity.
        let common: Vec<&String> = if of_entity.len() > 1 {
            let first = signatures.first().map(Vec::as_slice).unwrap_or_default();
            first
                .iter()
                .filter(|n| *n != "…" && signatures.iter().all(|names| names.contains(n)))
                .collect()
        } else {
            Vec::new()
        };
        let actions: Vec<String> = of_entity
            .iter()
            .zip(&signatures)
            .map(|(operation, names)| {
                let rest: Vec<&str> =
                    names.iter().filter(|n| !common.contains(n)).map(String::as_str).collect();
                with_parameters(operation.action.as_str(), &rest)
            })
            .collect();
        let common: Vec<&str> = common.into_iter().map(String::as_str).collect();
        lines.push(format!("{}: {}", with_parameters(&entity.name, &common), actions.join(" ")));
    }
    lines.join("\n")
}

fn with_parameters(name: &str, parameters: &[&str]) -> String {
    if parameters.is_empty() {
        name.to_owned()
    } else {
        format!("{name}({})", parameters.join(","))
    }
}

fn input_schema(group: &Group<'_>, operations: &[&Operation]) -> Map<String, Value> {
    let mut seen = BTreeSet::new();
    let mut entities: Vec<&str> = operations.iter().map(|op| op.entity.as_ref()).collect();
    entities.retain(|entity| seen.insert(*entity));
    let is_offered = |action: &Action| operations.iter().any(|op| op.action == *action);
    let actions = Action::ALL.into_iter().filter(is_offered).map(Action::as_str);
    let actions: Vec<&str> = actions.chain([HELP]).collect();
    let mut members = Vec::new();
    if group.is_ambiguous() {
        members.push(("account".to_owned(), schema::choice(&group.names(), ""), false));
    }
    members.push(("entity".to_owned(), schema::choice(&entities, ""), true));
    members.push(("action".to_owned(), schema::choice(&actions, ""), true));
    let mut params = schema::object([], true);
    params.insert("description".to_owned(), operations_text(group, operations).into());
    members.push(("params".to_owned(), Value::Object(params), false));
    for control in Control::ALL {
        if operations.iter().any(|operation| control.fits(operation)) {
            members.push((control.name().to_owned(), control.schema(), false));
        }
    }
    schema::object(members, false)
}

/// Decides what a call of the tool for a connector leads to.
pub(super) fn decide<'t>(
    tools: &'t Toolset,
    group: &Group<'t>,
    mut arguments: Map<String, Value>,
) -> Result<Decision<'t>, ToolError> {
    let account = take_text(&mut arguments, "account")?;
    let (entity, action) = take_entity_and_action(&mut arguments)?;
    entity_action::decide(tools, group, &account, (&entity, &action), arguments)
}
