//! Five commands that work on a new spec, without credentials.

use std::path::Path;

use airbyte_agent_core::description::{Action, Connector, Next, Operation};

use crate::example;

/// The most commands.
const MOST: usize = 5;

/// Commands that show what the connector can do, and run in the sandbox.
pub(super) fn commands(connector: &Connector, spec: &Path) -> Vec<String> {
    let mut commands = vec![example::command_start("describe", connector, Some(spec))];
    for (operation, options) in interesting(connector) {
        commands.push(example::example_command_with(connector, operation, Some(spec), options));
    }
    let quoted = example::shell_quoted(&spec.display().to_string());
    commands.push(format!("airbyte-agent mcp --spec {quoted} --sandbox"));
    commands.truncate(MOST);
    commands
}

/// A list that is read to its end, a record, and a change.
fn interesting(connector: &Connector) -> Vec<(&Operation, &'static [&'static str])> {
    let is_needed = |operation: &&Operation| {
        operation.parameters.iter().filter(|p| example::must_be_given(p)).count()
    };
    let first = |wanted: &dyn Fn(&Operation) -> bool| {
        connector.operations().filter(|operation| wanted(operation)).min_by_key(is_needed)
    };
    let known = |operation: &Operation| {
        !matches!(operation.paging.next, Next::Unknown { .. } | Next::None { .. })
    };
    let list = first(&|operation| operation.action == Action::List && known(operation));
    let list = list.or_else(|| first(&|operation| operation.action == Action::List));
    let change = first(&|operation| {
        matches!(operation.action, Action::Create | Action::Update) && operation.files().is_empty()
    });
    let mut found: Vec<(&Operation, &'static [&'static str])> = Vec::new();
    found.extend(list.map(|operation| {
        (
            operation,
            if known(operation) {
                &["--sandbox", "--all", "--max 20"][..]
            } else {
                &["--sandbox"][..]
            },
        )
    }));
    found.extend(list.map(|operation| (operation, &["--dry-run", "--sandbox"][..])));
    found.extend(change.map(|operation| (operation, &["--sandbox"][..])));
    found
}
