//! The tools `search` and `describe`, by which a model finds operations whatever the number of
//! connectors.

use serde_json::{Map, Value, json};

use super::super::definition::{ToolDefinition, ToolHints};
use super::super::error::ToolError;
use super::super::output::ToolOutput;
use super::super::schema;
use super::super::toolset::Toolset;
use super::entity_action::take_text;
use super::lookup::{
    connector_names, find_entity, find_group, permitted_operations, unknown_action,
};
use super::reference;
use super::signature::{self, Detail};
use airbyte_agent_description::Action;

/// The most operations that a search gives.
const MOST_FOUND: usize = 8;

/// The most connectors whose names are repeated in the tools beside `search`.
const MOST_NAMED: usize = 6;

/// What a search tells about the parameters of an operation.
const DETAIL: Detail = Detail { optional: 8, choices: true };

/// The hints of tools that ask no vendor.
const HINTS: ToolHints =
    ToolHints { read_only: true, destructive: false, idempotent: true, open_world: false };

/// The definition of `search`.
pub(super) fn search_definition(tools: &Toolset, name: String) -> ToolDefinition {
    let members = [
        ("query".to_owned(), schema::plain("string", "What you want to do, in a few words."), true),
        ("connector".to_owned(), schema::choice(&connector_names(tools), ""), false),
    ];
    ToolDefinition {
        name,
        title: "Search operations".to_owned(),
        description: format!(
            "Finds operations of {} by what you want to do: connector, entity, action and params \
             (? optional). Start here, then call execute.",
            services(tools)
        ),
        input_schema: Value::Object(schema::object(members, false)),
        output_schema: None,
        hints: HINTS,
    }
}

/// The definition of `describe`.
pub(super) fn describe_definition(tools: &Toolset, name: String) -> ToolDefinition {
    let members = [
        ("connector".to_owned(), short_connector_schema(tools), true),
        ("entity".to_owned(), schema::plain("string", "Left out: lists the entities."), false),
        ("action".to_owned(), schema::plain("string", "Left out: all actions."), false),
    ];
    ToolDefinition {
        name,
        title: "Describe operations".to_owned(),
        description: "Tells what parameters an operation takes and what fields it returns."
            .to_owned(),
        input_schema: Value::Object(schema::object(members, false)),
        output_schema: None,
        hints: HINTS,
    }
}

/// The schema of the argument `connector`, without the names where they are many: they are in the
/// definition of `search` already.
pub(super) fn short_connector_schema(tools: &Toolset) -> Value {
    let names = connector_names(tools);
    if names.len() > MOST_NAMED { json!({"type": "string"}) } else { schema::choice(&names, "") }
}

/// The only service by its title, or else the number of services.
fn services(tools: &Toolset) -> String {
    let mut groups = tools.accounts().groups();
    match (groups.next(), groups.next()) {
        (Some(only), None) => only.connector().title.to_string(),
        _ => format!("{} services", tools.accounts().groups().count()),
    }
}

/// Answers a call of `search`.
pub(super) fn search(
    tools: &Toolset,
    mut arguments: Map<String, Value>,
) -> Result<ToolOutput, ToolError> {
    let query = take_text(&mut arguments, "query")?;
    let connector = take_text(&mut arguments, "connector")?;
    if query.is_empty() {
        return Err(ToolError::argument("query", "'query' is missing: say what you want to do"));
    }
    let within: Option<&str> = match connector.as_str() {
        "" => None,
        name => Some(find_group(tools, name)?.0.connector().name.as_ref()),
    };
    let policy = tools.common_policy();
    let groups = || tools.accounts().groups();
    let operation_of = |connector: &str, entity: &str, action| {
        let group = groups().find(|group| group.connector().name == connector)?;
        Some((group, group.connector().operation(entity, action)?))
    };
    let hits = tools.index().search_where(&query, MOST_FOUND, |hit| {
        within.is_none_or(|name| hit.connector == name)
            && operation_of(&hit.connector, &hit.entity, hit.action)
                .is_some_and(|(group, operation)| group.permits(policy, operation))
    });
    // Whoever asks for a service that is not there must not take another one for it.
    let unserved = tools.index().unserved(&query).map(|unserved| unserved.to_string());
    let mut lines: Vec<String> = unserved.iter().cloned().collect();
    let mut found = Vec::new();
    let found_operations =
        hits.into_iter().filter_map(|hit| operation_of(&hit.connector, &hit.entity, hit.action));
    let mut hits: Vec<_> = found_operations
        .map(|(group, operation)| (group.obstacle().is_some(), group, operation))
        .collect();
    // What can be called comes first; otherwise the order stays.
    hits.sort_by_key(|(is_missing, ..)| *is_missing);
    for (is_missing, group, operation) in hits {
        let connector = &group.connector().name;
        let mark = if is_missing { " (not configured)" } else { "" };
        let names = signature::names(&group, operation, DETAIL).join(", ");
        let summary = operation.summary.trim_end_matches('.');
        lines.push(format!("{connector} {}({names}): {summary}{mark}", operation.place()));
        let mut entry = json!({
            "connector": connector, "entity": operation.entity, "action": operation.action,
            "params": names, "summary": summary,
        });
        if is_missing {
            entry["configured"] = false.into();
        }
        found.push(entry);
    }
    if found.is_empty() {
        lines.push(format!(
            "Nothing found. Connectors: {}. Try other words, or describe a connector.",
            connector_names(tools).join(", ")
        ));
    }
    let mut structured = json!({"operations": found});
    if let Some(unserved) = unserved {
        structured["note"] = unserved.into();
    }
    Ok(reference::output(&lines, structured))
}

/// Answers a call of `describe`.
pub(super) fn describe(
    tools: &Toolset,
    mut arguments: Map<String, Value>,
) -> Result<ToolOutput, ToolError> {
    let mut take = |name| take_text(&mut arguments, name);
    let (connector, entity, action) = (take("connector")?, take("entity")?, take("action")?);
    let (group, _) = find_group(tools, &connector)?;
    let policy = tools.common_policy();
    if entity.is_empty() {
        return Ok(reference::connector(&group, policy));
    }
    let entity = find_entity(&group, policy, &entity)?;
    let mut operations = permitted_operations(&group, policy, entity);
    if !action.is_empty() {
        let wanted = action.parse::<Action>().ok();
        operations.retain(|operation| Some(operation.action) == wanted);
        if operations.is_empty() {
            return Err(unknown_action(&group, policy, entity, &action));
        }
    }
    Ok(reference::entity(&group, policy, entity, &operations))
}
