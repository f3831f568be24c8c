//! One tool per operation: its parameters and the controls side by side.

use serde_json::{Map, Value};

use super::super::controls::{self, Control, Controls, is_hidden, own_selection};
use super::super::decision::{Decision, PermittedCall};
use super::super::definition::ToolDefinition;
use super::super::error::ToolError;
use super::super::group::Group;
use super::super::policy::Policy;
use super::super::toolset::Toolset;
use super::super::{coerce, gate, prose, schema};
use super::choose_account::choose_account;
use super::hints;
use super::parameters::{hidden_names, is_needed, shown, without_absent};
use airbyte_agent_description::Operation;

/// The longest description of a tool, in characters.
const LONGEST_DESCRIPTION: usize = 360;

const ACCOUNT: &str = "account";

/// The definition of the tool for an operation that may be called with these accounts.
pub(super) fn definition(
    name: String,
    group: &Group<'_>,
    policy: &Policy,
    operation: &Operation,
    accounts: &[&str],
) -> ToolDefinition {
    let connector = group.connector();
    let summary = operation.summary.trim_end_matches('.');
    ToolDefinition {
        name,
        title: format!("{}: {summary}", connector.title),
        description: description(group, policy, operation),
        input_schema: Value::Object(input_schema(group, operation, accounts)),
        hints: hints([operation]),
    }
}

/// The description `GitHub: List issues. Returns …`, without sentences about parameters that the cursor
/// sets.
fn description(group: &Group<'_>, policy: &Policy, operation: &Operation) -> String {
    let title = &group.connector().title;
    let description = prose::without(&operation.description, &hidden_names(operation));
    let description = without_absent(&description, group, policy);
    let head = format!("{title}: {}", operation.summary);
    let text = if description.is_empty() { head } else { prose::joined(&head, &description) };
    prose::short(&text, LONGEST_DESCRIPTION)
}

fn input_schema(group: &Group<'_>, operation: &Operation, accounts: &[&str]) -> Map<String, Value> {
    let mut members = Vec::new();
    if group.is_ambiguous() {
        members.push((ACCOUNT.to_owned(), schema::choice(accounts, ""), accounts.len() > 1));
    }
    for parameter in shown(operation) {
        members.push((
            schema::key(&parameter.name),
            schema::parameter(parameter),
            is_needed(group, parameter),
        ));
    }
    for control in Control::ALL.into_iter().filter(|control| control.fits(operation)) {
        // An operation that lets callers choose fields by itself needs no second argument for that.
        if control == Control::Fields
            && own_selection(operation).is_some_and(|parameter| !is_hidden(operation, parameter))
        {
            continue;
        }
        members.push((control.name_for(operation).to_owned(), control.schema(), false));
    }
    schema::object(members, false)
}

/// Decides what a call of the tool for an operation leads to.
pub(super) fn decide<'t>(
    tools: &'t Toolset,
    group: &Group<'t>,
    operation: &'t Operation,
    mut arguments: Map<String, Value>,
) -> Result<Decision<'t>, ToolError> {
    let mut wanted = String::new();
    if group.is_ambiguous()
        && operation.parameter(ACCOUNT).is_none()
        && let Some(value) = arguments.remove(ACCOUNT)
    {
        wanted = controls::text(ACCOUNT, &value)?;
    }
    let account = choose_account(tools, group, operation, &wanted)?;
    let permitted = gate::permit(tools.common_policy(), account, operation)?;
    if let Some(obstacle) = account.obstacle() {
        return Err(obstacle);
    }
    // The account may have a description of its own.
    let operation = permitted.operation();
    let controls = Controls::take(operation, &mut arguments)?;
    let arguments = coerce::arguments(operation, arguments, &controls)?;
    let selector = Control::Fields.name_for(operation);
    let names_account = group.is_ambiguous();
    Ok(Decision::Call(PermittedCall { permitted, arguments, controls, selector, names_account }))
}
