//! From the names in a call to the operation they mean, or to a message with the close names.

use std::error::Error;
use std::fmt;

use crate::closest::suggestion;
use crate::{Action, Connector, Entity, Operation};

/// The error of a look-up: the connector has no such entity, or the entity no such action. Its text says
/// which of the two, and lists the names that are close to the one given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    message: String,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for UnknownName {}

/// The operation of an entity and an action, by their names.
///
/// # Errors
///
/// When the connector has no such entity or the entity no such action; the message lists the close
/// names.
pub fn find_operation<'c>(
    connector: &'c Connector,
    entity: &str,
    action: &str,
) -> Result<&'c Operation, UnknownName> {
    let found = find_entity(connector, entity)?;
    let operation = action.parse::<Action>().ok().and_then(|action| found.operation(action));
    operation.ok_or_else(|| unknown_action(connector, found, action))
}

fn find_entity<'c>(connector: &'c Connector, entity: &str) -> Result<&'c Entity, UnknownName> {
    connector.entity(entity).ok_or_else(|| {
        let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
        let hint = suggestion(entity, &names);
        let message = format!("{} has no entity '{entity}'{hint}", connector.name);
        UnknownName { message }
    })
}

fn unknown_action(connector: &Connector, entity: &Entity, action: &str) -> UnknownName {
    let names: Vec<&str> = entity.operations.iter().map(|o| o.action.as_str()).collect();
    let hint = suggestion(action, &names);
    let (connector, entity) = (&connector.name, &entity.name);
    UnknownName { message: format!("{connector}.{entity} has no action '{action}'{hint}") }
}
