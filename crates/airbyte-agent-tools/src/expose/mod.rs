//! How operations are shown to a model as tools, and how calls of these tools are understood.

mod batch;
mod choose_account;
mod connectors;
mod entity_action;
mod execute;
mod lookup;
mod operations;
mod parameters;
mod program;
mod reference;
mod search;
mod signature;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::catalog::{Catalog, Definitions, Tool};
use super::decision::Decision;
use super::definition::{ToolDefinition, ToolHints};
use super::effect::Effect;
use super::error::{Retry, ToolError, ToolErrorKind};
use super::group::Group;
use super::names;
use super::records::{self, RecordsTool};
use super::toolset::{Exposure, Toolset};
use airbyte_agent_description::{Operation, suggestion};

/// The tools of a toolset by name.
pub(super) fn catalog(tools: &Toolset) -> &Catalog {
    tools.prepared().catalog.get_or_init(|| Catalog::new(named_tools(tools)))
}

/// The definitions of the tools that may be called.
pub(super) fn definitions(tools: &Toolset) -> &Definitions {
    tools.prepared().definitions.get_or_init(|| {
        let mut definitions = Definitions::default();
        for (name, tool) in catalog(tools).tools() {
            definitions.add(definition(tools, name, tool));
        }
        definitions
    })
}

/// Decides what a call of a tool leads to.
pub(super) fn decide<'t>(
    tools: &'t Toolset,
    name: &str,
    arguments: Map<String, Value>,
) -> Result<Decision<'t>, ToolError> {
    let catalog = catalog(tools);
    match catalog.position(name).and_then(|position| catalog.tool(position)) {
        Some(Tool::Operation { group, entity, operation }) => {
            match operation_at(tools, group, entity, operation) {
                Some((group, operation)) => operations::decide(tools, &group, operation, arguments),
                None => Err(unknown_tool(tools, name)),
            }
        }
        Some(Tool::Connector { group }) => match tools.accounts().group(group) {
            Some(group) => connectors::decide(tools, &group, arguments),
            None => Err(unknown_tool(tools, name)),
        },
        Some(Tool::Search) => search::search(tools, arguments).map(Decision::Answer),
        Some(Tool::Describe) => search::describe(tools, arguments).map(Decision::Answer),
        Some(Tool::Execute) => execute::decide(tools, arguments),
        Some(Tool::Batch) => batch::decide(arguments, |tool, arguments| match tool {
            // A call without a tool names an operation, in every exposure.
            "" => execute::decide(tools, arguments),
            tool => self::decide(tools, tool, arguments),
        }),
        Some(Tool::Program) => match tools.current_runner() {
            Some(runner) => program::decide(runner, arguments),
            None => Err(unknown_tool(tools, name)),
        },
        Some(Tool::Records(tool)) => match tools.records() {
            Some(store) => {
                records::decide(tool, arguments).map(|call| Decision::Records(store, call))
            }
            None => Err(unknown_tool(tools, name)),
        },
        None => Err(unknown_tool(tools, name)),
    }
}

/// Whether the tool of this name makes calls of the other tools.
pub(super) fn is_of_many_calls(tools: &Toolset, name: &str) -> bool {
    let catalog = catalog(tools);
    let tool = catalog.position(name).and_then(|position| catalog.tool(position));
    matches!(tool, Some(Tool::Batch | Tool::Program))
}

/// The tools of a toolset with their names, those that the policy excludes among them.
fn named_tools(tools: &Toolset) -> Vec<(String, Tool)> {
    let mut taken = BTreeSet::new();
    let mut unique = |parts: &[&str]| {
        let parts: Vec<&str> =
            tools.name_prefix().into_iter().chain(parts.iter().copied()).collect();
        names::unique(&parts, &mut taken)
    };
    let mut all = Vec::new();
    // Their names stay theirs, whatever connectors are called.
    let records = tools.records().map(|_| RecordsTool::ALL);
    let records = records.into_iter().flatten();
    let records: Vec<_> =
        records.map(|tool| (unique(&[tool.name()]), Tool::Records(tool))).collect();
    let batch = tools.has_batch().then(|| (unique(&["batch"]), Tool::Batch));
    let program = tools.has_programs().then(|| (unique(&["program"]), Tool::Program));
    match tools.current_exposure() {
        Exposure::SearchExecute => {
            all.push((unique(&["search"]), Tool::Search));
            all.push((unique(&["describe"]), Tool::Describe));
            all.push((unique(&["execute"]), Tool::Execute));
        }
        Exposure::PerConnector => {
            for (group, of) in tools.accounts().groups().enumerate() {
                let name = unique(&[&of.connector().name]);
                all.push((name, Tool::Connector { group }));
            }
        }
        Exposure::PerOperation => {
            for (group, of) in tools.accounts().groups().enumerate() {
                let connector = of.connector();
                for (entity, in_entity) in connector.entities.iter().enumerate() {
                    for (operation, what) in in_entity.operations.iter().enumerate() {
                        let parts = [&connector.name, &what.entity, what.action.as_str()];
                        let name = unique(&parts);
                        all.push((name, Tool::Operation { group, entity, operation }));
                    }
                }
            }
        }
    }
    all.extend(records);
    all.extend(batch);
    all.extend(program);
    all
}

fn operation_at(
    tools: &Toolset,
    group: usize,
    entity: usize,
    operation: usize,
) -> Option<(Group<'_>, &Operation)> {
    let group = tools.accounts().group(group)?;
    let operation = group.connector().entities.get(entity)?.operations.get(operation)?;
    Some((group, operation))
}

/// The definition of a tool, `None` when the policy excludes everything that it calls.
fn definition(tools: &Toolset, name: &str, tool: Tool) -> Option<ToolDefinition> {
    let policy = tools.common_policy();
    let name = name.to_owned();
    match tool {
        Tool::Operation { group, entity, operation } => {
            let (group, operation) = operation_at(tools, group, entity, operation)?;
            let accounts = group.permitting(policy, operation);
            let is_permitted = !accounts.is_empty();
            is_permitted.then(|| operations::definition(name, &group, policy, operation, &accounts))
        }
        Tool::Connector { group } => {
            connectors::definition(name, &tools.accounts().group(group)?, policy)
        }
        Tool::Search => Some(search::search_definition(tools, name)),
        Tool::Describe => Some(search::describe_definition(tools, name)),
        Tool::Execute => Some(execute::definition(tools, name)),
        Tool::Batch => Some(batch::definition(tools, name)),
        Tool::Program => Some(program::definition(tools, name)),
        Tool::Records(tool) => Some(records::definition(tool, name)),
    }
}

fn unknown_tool(tools: &Toolset, name: &str) -> ToolError {
    let definitions = definitions(tools).all();
    let names: Vec<&str> = definitions.iter().map(|tool| tool.name.as_str()).collect();
    let message = format!("there is no tool '{name}'{}", suggestion(name, &names));
    ToolError::new(ToolErrorKind::UnknownTool, message, Retry::Changed)
}

/// The hints of a tool that may call any of these operations.
fn hints<'o>(operations: impl IntoIterator<Item = &'o Operation>) -> ToolHints {
    let mut hints =
        ToolHints { read_only: true, destructive: false, idempotent: true, open_world: true };
    for operation in operations {
        hints.read_only &= operation.hints.read_only;
        hints.destructive |= Effect::of(operation) == Effect::Destroy;
        hints.idempotent &= operation.hints.idempotent || operation.hints.read_only;
    }
    hints
}
