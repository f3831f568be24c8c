//! One tool per operation: its parameters and the controls side by side.

use serde_json::{Map, Value};

use super::super::account::Group;
use super::super::coerce;
use super::super::controls::{Control, Controls, is_hidden, own_selection};
use super::super::definition::ToolDefinition;
use super::super::error::ToolError;
use super::super::toolset::Toolset;
use super::super::{controls, gate, prose, schema};
use super::{Request, account, hints};
use airbyte_agent_description::Operation;

/// Longest description of a tool, in characters.
const DESCRIPTION: usize = 360;

const ACCOUNT: &str = "account";

/// What a model is told of an operation.
pub(super) fn definition(
    name: String,
    group: &Group<'_>,
    operation: &Operation,
    accounts: &[&str],
) -> ToolDefinition {
    let connector = group.connector();
    let summary = operation.summary.trim_end_matches('.');
    ToolDefinition {
        name,
        title: format!("{}: {summary}", connector.title),
        description: description(&connector.title, operation),
        input_schema: Value::Object(input(group, operation, accounts)),
        hints: hints([operation]),
    }
}

/// `GitHub: List issues. Returns …`, without what the cursor takes over.
fn description(title: &str, operation: &Operation) -> String {
    let said = prose::without(&operation.description, &hidden_names(operation));
    let head = format!("{title}: {}", operation.summary);
    let text = if said.is_empty() { head } else { prose::joined(&head, &said) };
    prose::short(&text, DESCRIPTION)
}

/// Parameters and metadata that paging by cursor makes needless to know.
pub(super) fn hidden_names(operation: &Operation) -> Vec<&str> {
    let parameters = operation.parameters.iter();
    parameters.filter(|p| is_hidden(operation, p)).map(|p| p.name.as_ref()).collect()
}

/// The parameters that a model is told of, those that must be given first.
pub(super) fn shown(operation: &Operation) -> Vec<&airbyte_agent_description::Parameter> {
    let (required, optional): (Vec<_>, Vec<_>) = operation
        .parameters
        .iter()
        .filter(|parameter| !is_hidden(operation, parameter))
        .partition(|parameter| parameter.required);
    required.into_iter().chain(optional).collect()
}

fn input(group: &Group<'_>, operation: &Operation, accounts: &[&str]) -> Map<String, Value> {
    let mut members = Vec::new();
    if group.is_ambiguous() {
        members.push((ACCOUNT.to_owned(), schema::choice(accounts, ""), accounts.len() > 1));
    }
    for parameter in shown(operation) {
        members.push((
            schema::key(&parameter.name),
            schema::parameter(parameter),
            parameter.required && !is_supplied(group, parameter),
        ));
    }
    for control in Control::ALL.into_iter().filter(|control| control.fits(operation)) {
        // The operation's own way to choose fields needs no second one beside it.
        if control == Control::Fields
            && own_selection(operation).is_some_and(|parameter| !is_hidden(operation, parameter))
        {
            continue;
        }
        members.push((control.name_for(operation), control.schema(), false));
    }
    schema::object(members, false)
}

/// Whether a default or the configuration of every account supplies a parameter.
pub(super) fn is_supplied(
    group: &Group<'_>,
    parameter: &airbyte_agent_description::Parameter,
) -> bool {
    let has_default = parameter.default.is_some() && parameter.send_default;
    has_default
        || group.accounts.iter().all(|account| {
            let config = account.client.config();
            let given = |key: &str| config.get(key).is_some_and(|value| !value.is_null());
            parameter.config.as_ref().is_some_and(|inject| given(&inject.source))
                || account
                    .connector()
                    .scoping
                    .iter()
                    .any(|rule| rule.parameter == parameter.name && given(&rule.config_key))
        })
}

/// Reads a call of an operation.
pub(super) fn read<'t>(
    tools: &'t Toolset,
    group: &Group<'t>,
    operation: &'t Operation,
    mut arguments: Map<String, Value>,
) -> Result<Request<'t>, ToolError> {
    let mut wanted = String::new();
    if group.is_ambiguous()
        && operation.parameter(ACCOUNT).is_none()
        && let Some(value) = arguments.remove(ACCOUNT)
    {
        wanted = controls::text(ACCOUNT, &value)?;
    }
    let account = account(group, tools, Some(operation), &wanted)?;
    let permitted = gate::pass(tools.common_policy(), account, operation)?;
    let controls = Controls::take(operation, &mut arguments)?;
    let arguments = coerce::arguments(operation, arguments, &controls)?;
    let selector = Control::Fields.name_for(operation);
    Ok(Request { permitted, arguments, controls, selector })
}
