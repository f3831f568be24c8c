//! How operations are shown to a model, and how its calls are read.

mod connectors;
mod operations;
mod reference;
mod search;
mod signature;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::account::{Account, Group};
use super::controls::Controls;
use super::definition::{ToolDefinition, ToolHints};
use super::error::{Retry, ToolError, ToolErrorKind};
use super::gate::{self, Permitted};
use super::names;
use super::output::ToolOutput;
use super::toolset::{Exposure, Toolset};
use airbyte_agent_description::Operation;
use airbyte_agent_description::suggestion;

/// What a call asks for.
pub(super) enum Intent<'t> {
    /// Something that is known without asking anybody.
    Tell(ToolOutput),
    /// An operation.
    Run(Request<'t>),
}

/// A call of an operation, ready to be made.
pub(super) struct Request<'t> {
    pub(super) permitted: Permitted<'t>,
    pub(super) arguments: Map<String, Value>,
    pub(super) controls: Controls,
    /// The argument that chooses fields, as the model knows it.
    pub(super) selector: String,
}

/// A tool and what stands behind it.
enum Door<'t> {
    Operation(Group<'t>, &'t Operation),
    Connector(Group<'t>),
    Search,
    Describe,
    Execute,
}

/// The tools that can be called.
pub(super) fn definitions(tools: &Toolset) -> Vec<ToolDefinition> {
    let policy = tools.common_policy();
    let doors = doors(tools).into_iter();
    doors
        .filter_map(|(name, door)| match door {
            Door::Operation(group, operation) => {
                let accounts = group.permitting(policy, operation);
                let shown = !accounts.is_empty();
                shown.then(|| operations::definition(name, &group, operation, &accounts))
            }
            Door::Connector(group) => connectors::definition(name, &group, policy),
            Door::Search => Some(search::search_definition(tools, name)),
            Door::Describe => Some(search::describe_definition(tools, name)),
            Door::Execute => Some(search::execute_definition(tools, name)),
        })
        .collect()
}

/// Reads a call.
pub(super) fn read<'t>(
    tools: &'t Toolset,
    name: &str,
    arguments: Map<String, Value>,
) -> Result<Intent<'t>, ToolError> {
    match find(tools, name)? {
        Door::Operation(group, operation) => {
            operations::read(tools, &group, operation, arguments).map(Intent::Run)
        }
        Door::Connector(group) => connectors::read(tools, &group, arguments),
        Door::Search => search::read_search(tools, arguments).map(Intent::Tell),
        Door::Describe => search::read_describe(tools, arguments).map(Intent::Tell),
        Door::Execute => search::read_execute(tools, arguments),
    }
}

/// Every tool by name, those that are not permitted too: a call of one is told why.
fn doors(tools: &Toolset) -> Vec<(String, Door<'_>)> {
    let mut taken = BTreeSet::new();
    match tools.shown_as() {
        Exposure::SearchExecute => vec![
            ("search".to_owned(), Door::Search),
            ("describe".to_owned(), Door::Describe),
            ("execute".to_owned(), Door::Execute),
        ],
        Exposure::PerConnector => {
            let groups = tools.groups().into_iter();
            groups
                .map(|group| {
                    (names::unique(&[&group.connector().name], &mut taken), Door::Connector(group))
                })
                .collect()
        }
        Exposure::PerOperation => {
            let mut all = Vec::new();
            for group in tools.groups() {
                let connector = group.connector();
                for operation in connector.operations() {
                    let parts = [&connector.name, &operation.entity, operation.action.as_str()];
                    let name = names::unique(&parts, &mut taken);
                    all.push((name, Door::Operation(group.clone(), operation)));
                }
            }
            all
        }
    }
}

/// The tool of this name, in whatever way the name is written.
fn find<'t>(tools: &'t Toolset, name: &str) -> Result<Door<'t>, ToolError> {
    let doors = doors(tools);
    let exact = doors.iter().position(|(known, _)| known == name);
    let place = exact.or_else(|| {
        let folded = names::folded(name);
        let mut alike = doors.iter().enumerate().filter(|(_, (n, _))| names::folded(n) == folded);
        // Only one that is meant without doubt.
        alike.next().filter(|_| alike.next().is_none()).map(|(place, _)| place)
    });
    match place {
        Some(place) => doors.into_iter().nth(place).map(|(_, door)| door),
        None => None,
    }
    .ok_or_else(|| {
        let shown = definitions(tools);
        let names: Vec<&str> = shown.iter().map(|tool| tool.name.as_str()).collect();
        let message = format!("there is no tool '{name}'{}", suggestion(name, &names));
        ToolError::new(ToolErrorKind::UnknownTool, message, Retry::Changed)
    })
}

/// The account that a call means, by its name or because there is no other.
fn account<'t>(
    group: &Group<'t>,
    tools: &Toolset,
    operation: Option<&Operation>,
    wanted: &str,
) -> Result<&'t Account, ToolError> {
    let names: Vec<&str> = group.accounts.iter().map(|account| account.name.as_str()).collect();
    if !wanted.is_empty() {
        let found = group.accounts.iter().find(|account| account.name == wanted);
        return found.copied().ok_or_else(|| {
            let hint = suggestion(wanted, &names);
            ToolError::argument("account", format!("there is no account '{wanted}'{hint}"))
                .with_allowed("account", &names)
        });
    }
    if let [only] = group.accounts.as_slice() {
        return Ok(only);
    }
    let fit = |account: &&&Account| {
        operation.is_none_or(|operation| gate::permits(tools.common_policy(), account, operation))
    };
    let mut permitted = group.accounts.iter().filter(fit);
    match (permitted.next(), permitted.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(ToolError::argument(
            "account",
            format!("'account' must say which is meant: {}", names.join(", ")),
        )
        .with_allowed("account", &names)),
    }
}

/// What the calls of a tool do that may call any of these.
fn hints<'o>(operations: impl IntoIterator<Item = &'o Operation>) -> ToolHints {
    let mut hints =
        ToolHints { read_only: true, destructive: false, idempotent: true, open_world: true };
    for operation in operations {
        hints.read_only &= operation.hints.read_only;
        hints.destructive |= operation.hints.destructive;
        hints.idempotent &= operation.hints.idempotent || operation.hints.read_only;
    }
    hints
}
