//! Calls that name an entity and an action.

use serde_json::{Map, Value};

use super::super::controls::{self, Control, Controls};
use super::super::decision::{Decision, PermittedCall};
use super::super::error::ToolError;
use super::super::group::Group;
use super::super::toolset::Toolset;
use super::super::{coerce, gate, json_text};
use super::choose_account::choose_account;
use super::lookup::{find_entity, find_operation, permitted_operations};
use super::reference;

/// The action that describes an entity instead of doing something with it.
pub(super) const HELP: &str = "help";

/// Takes an argument that is text; it is empty where there is none.
pub(super) fn take_text(
    arguments: &mut Map<String, Value>,
    name: &str,
) -> Result<String, ToolError> {
    arguments.remove(name).map_or(Ok(String::new()), |value| controls::text(name, &value))
}

/// Takes the names of the entity and the action. Either argument may hold both, as in `issues.list`.
pub(super) fn take_entity_and_action(
    arguments: &mut Map<String, Value>,
) -> Result<(String, String), ToolError> {
    let mut entity = take_text(arguments, "entity")?;
    let mut action = take_text(arguments, "action")?;
    for part in [entity.clone(), action.clone()] {
        if let Some((first, second)) = part.split_once('.') {
            (entity, action) = (first.to_owned(), second.to_owned());
        }
    }
    Ok((entity, action))
}

/// Decides what a call leads to that names entity and action, and perhaps an account.
pub(super) fn decide<'t>(
    tools: &'t Toolset,
    group: &Group<'t>,
    account: &str,
    (entity, action): (&str, &str),
    mut given: Map<String, Value>,
) -> Result<Decision<'t>, ToolError> {
    let policy = tools.common_policy();
    let entity = find_entity(group, policy, entity)?;
    if action == HELP {
        let operations = permitted_operations(group, policy, entity);
        return Ok(Decision::Answer(reference::entity(group, policy, entity, &operations)));
    }
    let operation = find_operation(group, policy, entity, action)?;
    let account = choose_account(tools, group, operation, account)?;
    let permitted = gate::permit(policy, account, operation)?;
    if let Some(obstacle) = account.obstacle() {
        return Err(obstacle);
    }
    // The account may have a description of its own.
    let operation = permitted.operation();
    let mut arguments = take_params(&mut given)?;
    let mut controls = Controls::take(operation, &mut arguments)?;
    for control in Control::ALL {
        if let Some(value) = given.remove(control.name()).filter(|value| !value.is_null()) {
            controls.set(control, control.name(), &value)?;
        }
    }
    // Some models write parameters beside `params` instead of inside.
    for (name, value) in given {
        if !value.is_null() {
            arguments.entry(name).or_insert(value);
        }
    }
    let arguments = coerce::arguments(operation, arguments, &controls)?;
    let selector = Control::Fields.name();
    let names_account = group.is_ambiguous();
    Ok(Decision::Call(PermittedCall { permitted, arguments, controls, selector, names_account }))
}

/// Takes the parameters: an object, or that object as JSON text.
fn take_params(given: &mut Map<String, Value>) -> Result<Map<String, Value>, ToolError> {
    match given.remove("params") {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(Map::new()),
        Some(Value::String(text)) => {
            let members = serde_json::from_str(&text).map_err(|error| {
                ToolError::argument("params", format!("'params' is no JSON object: {error}"))
            })?;
            json_text::check("params", &text)?;
            Ok(members)
        }
        Some(_) => Err(ToolError::argument("params", "'params' must be an object")),
    }
}
