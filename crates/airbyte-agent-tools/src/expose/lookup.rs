//! Finds connectors, entities and operations by name. Errors give the names that exist, as far as the
//! policy permits to know them.

use super::super::error::{ArgumentProblem, ToolError};
use super::super::group::Group;
use super::super::names::folded;
use super::super::policy::Policy;
use super::super::toolset::Toolset;
use airbyte_agent_description::{Action, Entity, Operation, closest};

/// The connector of this name, with an empty text. The name of an account will do as well, and then it
/// comes back in the place of the text.
pub(super) fn find_group<'t>(
    tools: &'t Toolset,
    name: &str,
) -> Result<(Group<'t>, String), ToolError> {
    let mut groups = tools.accounts().groups();
    let wanted = folded(name);
    if let Some(group) = groups.clone().find(|group| folded(&group.connector().name) == wanted) {
        return Ok((group, String::new()));
    }
    if let Some(group) = groups.find(|group| group.account(name).is_some()) {
        Ok((group, name.to_owned()))
    } else {
        let names = connector_names(tools);
        Err(unknown("connector", name, "there is no connector", &names))
    }
}

/// The names of the connectors, in the order in which they came first.
pub(super) fn connector_names(tools: &Toolset) -> Vec<&str> {
    tools.accounts().groups().map(|group| group.connector().name.as_ref()).collect()
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

/// The operation with this action on an entity.
pub(super) fn find_operation<'t>(
    group: &Group<'t>,
    policy: &Policy,
    entity: &'t Entity,
    action: &str,
) -> Result<&'t Operation, ToolError> {
    let found = action.parse::<Action>().ok().and_then(|action| entity.operation(action));
    found.ok_or_else(|| unknown_action(group, policy, entity, action))
}

/// The operations on an entity that may be called.
pub(super) fn permitted_operations<'t>(
    group: &Group<'t>,
    policy: &Policy,
    entity: &'t Entity,
) -> Vec<&'t Operation> {
    let all = entity.operations.iter();
    all.filter(|operation| group.permits(policy, operation)).collect()
}

/// The error of an action that an entity does not have.
pub(super) fn unknown_action(
    group: &Group<'_>,
    policy: &Policy,
    entity: &Entity,
    action: &str,
) -> ToolError {
    let operations = permitted_operations(group, policy, entity);
    let names: Vec<&str> = operations.iter().map(|operation| operation.action.as_str()).collect();
    let subject = format!("{}.{} has no action", group.connector().name, entity.name);
    unknown("action", action, &subject, &names)
}

/// The error of a name that does not exist, with the names that do. `subject` is the beginning of the
/// sentence that the name completes.
fn unknown(argument: &str, given: &str, subject: &str, names: &[&str]) -> ToolError {
    // An empty name is close to every other.
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
