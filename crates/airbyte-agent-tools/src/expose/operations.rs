//! One tool per operation: its parameters and the controls side by side.

use serde_json::{Map, Value, json};

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
use airbyte_agent_description::{Action, Operation};

/// The longest description of a tool, in characters.
const LONGEST_DESCRIPTION: usize = 360;

/// The most fields that the schema of results names.
const MOST_FIELDS: usize = 8;

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
        output_schema: Some(output_schema(group, operation)),
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

/// The schema of results. It says no more of the data than holds for every call: which fields there are, and of
/// which type, depends on what the call and the vendor choose.
fn output_schema(group: &Group<'_>, operation: &Operation) -> Value {
    let entity = group.connector().entity(&operation.entity);
    let fields = entity.map(|entity| entity.default_fields.as_ref()).unwrap_or_default();
    let fields: Vec<&str> = fields.iter().take(MOST_FIELDS).map(AsRef::as_ref).collect();
    let what = if operation.action.is_array() { "A list of records" } else { "A record" };
    let what = match operation.action {
        Action::Download => "The file".to_owned(),
        _ if fields.is_empty() => format!("{what}."),
        _ => format!("{what}, with fields such as {}.", fields.join(", ")),
    };
    json!({
        "type": "object",
        "properties": {
            "data": {"description": what},
            "meta": {"type": "object"},
            "next_cursor": {"type": "string"},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["data"],
    })
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
