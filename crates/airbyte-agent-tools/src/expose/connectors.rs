//! One tool per connector: entity, action and parameters.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::account::Group;
use super::super::coerce;
use super::super::controls::{self, Control, Controls};
use super::super::definition::ToolDefinition;
use super::super::error::{ArgumentProblem, ToolError};
use super::super::gate;
use super::super::policy::Policy;
use super::super::result::tokens;
use super::super::toolset::Toolset;
use super::super::{prose, schema};
use super::signature::{self, Detail};
use super::{Intent, Request, account, hints, reference};
use airbyte_agent_description::closest;
use airbyte_agent_description::{Action, Entity, Operation};

/// The action that tells of an entity instead of doing something with it.
const HELP: &str = "help";

/// Longest description of a connector, in characters.
const DESCRIPTION: usize = 240;

/// Longest list of operations, in tokens as estimated; beyond it details are left to `help`.
const OPERATIONS: usize = 950;

/// Details of the list of operations, the most first.
const DETAILS: [Detail; 7] = [
    Detail { optional: 10, choices: true },
    Detail { optional: 10, choices: false },
    Detail { optional: 6, choices: false },
    Detail { optional: 4, choices: false },
    Detail { optional: 2, choices: false },
    Detail { optional: 1, choices: false },
    Detail { optional: 0, choices: false },
];

/// What a model is told of a connector; `None` when nothing of it is permitted.
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
        input_schema: Value::Object(input(group, &operations)),
        hints: hints(operations),
    })
}

/// Short: some clients take no more than 1,024 characters here.
fn description(group: &Group<'_>) -> String {
    let connector = group.connector();
    let said = prose::short(&connector.description, DESCRIPTION);
    let head = prose::joined(&connector.title, &said);
    prose::joined(&head, "Action help describes the params of an entity.")
}

/// The operations, with as much detail as there is room for.
fn operations_list(group: &Group<'_>, operations: &[&Operation]) -> String {
    let mut list = String::new();
    for detail in DETAILS {
        list = listing(group, operations, detail);
        if tokens::estimate(&list) <= OPERATIONS {
            break;
        }
    }
    format!("By entity and action (? optional, … more):\n{list}")
}

/// `issues(owner, repo): list(states?) get(number)`, a line per entity.
fn listing(group: &Group<'_>, operations: &[&Operation], detail: Detail) -> String {
    let mut lines = Vec::new();
    for entity in group.connector().entities.iter() {
        let own: Vec<&&Operation> =
            operations.iter().filter(|operation| operation.entity == entity.name).collect();
        if own.is_empty() {
            continue;
        }
        let signatures: Vec<Vec<String>> =
            own.iter().map(|operation| signature::names(group, operation, detail)).collect();
        // What all actions take stands with the entity.
        let common: Vec<&String> = if own.len() > 1 {
            let first = signatures.first().map(Vec::as_slice).unwrap_or_default();
            first
                .iter()
                .filter(|n| *n != "…" && signatures.iter().all(|names| names.contains(n)))
                .collect()
        } else {
            Vec::new()
        };
        let actions: Vec<String> = own
            .iter()
            .zip(&signatures)
            .map(|(operation, names)| {
                let rest: Vec<&str> =
                    names.iter().filter(|n| !common.contains(n)).map(String::as_str).collect();
                call(operation.action.as_str(), &rest)
            })
            .collect();
        let common: Vec<&str> = common.into_iter().map(String::as_str).collect();
        lines.push(format!("{}: {}", call(&entity.name, &common), actions.join(" ")));
    }
    lines.join("\n")
}

fn call(name: &str, arguments: &[&str]) -> String {
    if arguments.is_empty() { name.to_owned() } else { format!("{name}({})", arguments.join(",")) }
}

fn input(group: &Group<'_>, operations: &[&Operation]) -> Map<String, Value> {
    let mut entities: Vec<&str> = operations.iter().map(|op| op.entity.as_ref()).collect();
    entities.dedup();
    let mut seen = BTreeSet::new();
    entities.retain(|entity| seen.insert(*entity));
    let here = |action: &Action| operations.iter().any(|operation| operation.action == *action);
    let actions = Action::ALL.into_iter().filter(here).map(Action::as_str);
    let actions: Vec<&str> = actions.chain([HELP]).collect();
    let mut members = Vec::new();
    if group.is_ambiguous() {
        let names: Vec<&str> = group.accounts.iter().map(|account| account.name.as_str()).collect();
        members.push(("account".to_owned(), schema::choice(&names, ""), false));
    }
    members.push(("entity".to_owned(), schema::choice(&entities, ""), true));
    members.push(("action".to_owned(), schema::choice(&actions, ""), true));
    let mut params = schema::object([], true);
    params.insert("description".to_owned(), operations_list(group, operations).into());
    let params = Value::Object(params);
    members.push(("params".to_owned(), params, false));
    for control in Control::ALL {
        if operations.iter().any(|operation| control.fits(operation)) {
            members.push((control.name().to_owned(), control.schema(), false));
        }
    }
    schema::object(members, false)
}

/// Reads a call of a connector.
pub(super) fn read<'t>(
    tools: &'t Toolset,
    group: &Group<'t>,
    mut arguments: Map<String, Value>,
) -> Result<Intent<'t>, ToolError> {
    let mut take = |name: &str| -> Result<String, ToolError> {
        arguments.remove(name).map_or(Ok(String::new()), |value| controls::text(name, &value))
    };
    let (account, mut entity, mut action) = (take("account")?, take("entity")?, take("action")?);
    // `issues.list` in one of the two.
    for part in [entity.clone(), action.clone()] {
        if let Some((first, second)) = part.split_once('.') {
            (entity, action) = (first.to_owned(), second.to_owned());
        }
    }
    call_of(tools, group, &account, &entity, &action, arguments)
}

/// Reads a call that names entity and action.
pub(super) fn call_of<'t>(
    tools: &'t Toolset,
    group: &Group<'t>,
    wanted: &str,
    entity: &str,
    action: &str,
    mut given: Map<String, Value>,
) -> Result<Intent<'t>, ToolError> {
    let policy = tools.common_policy();
    let found = find_entity(group, policy, entity)?;
    if action == HELP {
        let operations: Vec<&Operation> = group
            .operations(policy)
            .into_iter()
            .filter(|operation| operation.entity == found.name)
            .collect();
        return Ok(Intent::Tell(reference::entity(group, found, &operations)));
    }
    let operation = find_action(group, policy, found, action)?;
    let account = account(group, tools, Some(operation), wanted)?;
    let permitted = gate::pass(policy, account, operation)?;
    let operation = permitted.operation();
    let mut arguments = params(&mut given)?;
    let mut controls = Controls::take(operation, &mut arguments)?;
    for control in Control::ALL {
        if let Some(value) = given.remove(control.name()).filter(|value| !value.is_null()) {
            controls.set(control, control.name(), &value)?;
        }
    }
    // Parameters beside `params` instead of inside.
    for (name, value) in given {
        if !value.is_null() {
            arguments.entry(name).or_insert(value);
        }
    }
    let arguments = coerce::arguments(operation, arguments, &controls)?;
    let selector = Control::Fields.name().to_owned();
    Ok(Intent::Run(Request { permitted, arguments, controls, selector }))
}

/// The parameters: an object, or that object as JSON text.
fn params(given: &mut Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    match given.remove("params") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Map::new()),
        Some(Value::String(text)) => serde_json::from_str(&text).map_err(|error| {
            ToolError::argument("params", format!("'params' is no JSON object: {error}"))
        }),
        Some(_) => Err(ToolError::argument("params", "'params' must be an object")),
    }
}

/// The entity of this name.
pub(super) fn find_entity<'t>(
    group: &Group<'t>,
    policy: &Policy,
    name: &str,
) -> Result<&'t Entity, ToolError> {
    let connector = group.connector();
    connector.entity(name).ok_or_else(|| {
        let operations = group.operations(policy);
        let mut names: Vec<&str> = operations.iter().map(|op| op.entity.as_ref()).collect();
        names.dedup();
        unknown("entity", name, &format!("{} has no entity", connector.name), &names)
    })
}

fn find_action<'t>(
    group: &Group<'t>,
    policy: &Policy,
    entity: &'t Entity,
    name: &str,
) -> Result<&'t Operation, ToolError> {
    let found = name.parse::<Action>().ok().and_then(|action| entity.operation(action));
    found.ok_or_else(|| {
        let operations = group.operations(policy).into_iter().filter(|op| op.entity == entity.name);
        let names: Vec<&str> = operations.map(|operation| operation.action.as_str()).collect();
        let subject = format!("{}.{} has no action", group.connector().name, entity.name);
        unknown("action", name, &subject, &names)
    })
}

pub(super) fn unknown(argument: &str, given: &str, subject: &str, names: &[&str]) -> ToolError {
    // Everything is close to nothing.
    let near = if given.is_empty() { Vec::new() } else { closest(given, names.iter().copied()) };
    let given: String = given.chars().take(60).collect();
    let problem = if given.is_empty() {
        format!("'{argument}' is missing")
    } else {
        format!("{subject} '{given}'")
    };
    ToolError::problem(ArgumentProblem {
        argument: argument.to_owned(),
        problem,
        allowed: names.iter().map(|&name| name.to_owned()).collect(),
        closest: near.into_iter().map(str::to_owned).collect(),
    })
}
