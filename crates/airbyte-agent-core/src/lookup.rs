//! From the names in a call to the operation they mean, or to the error that lists the close ones.

use crate::closest::suggestion;
use crate::description::{Action, Connector, Entity, Operation};
use crate::error::{Error, Result};
use crate::transport::hosted_only;

/// The operation of an entity and an action.
///
/// # Errors
///
/// `Usage` when the connector has no such entity or the entity no such action; the message lists
/// the close names.
pub fn find_operation<'c>(
    connector: &'c Connector,
    entity: &str,
    action: &str,
) -> Result<&'c Operation> {
    let found = find_entity(connector, entity)?;
    let operation = action.parse::<Action>().ok().and_then(|action| found.operation(action));
    operation.ok_or_else(|| unknown_action(connector, found, action))
}

fn find_entity<'c>(connector: &'c Connector, entity: &str) -> Result<&'c Entity> {
    connector.entity(entity).ok_or_else(|| {
        let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
        let hint = suggestion(entity, &names);
        Error::usage(format!("{} has no entity '{entity}'{hint}", connector.name))
    })
}

fn unknown_action(connector: &Connector, entity: &Entity, action: &str) -> Error {
    if action.starts_with("context_store_") {
        return hosted_only(action);
    }
    let names: Vec<&str> = entity.operations.iter().map(|o| o.action.as_str()).collect();
    let hint = suggestion(action, &names);
    let (connector, entity) = (&connector.name, &entity.name);
    Error::usage(format!("{connector}.{entity} has no action '{action}'{hint}"))
}
