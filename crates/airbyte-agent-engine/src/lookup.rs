//! Finds the operation that the names in a call mean, and reports names that do not exist.

use crate::description::{self, Connector, Operation};
use crate::error::{Error, Result};

/// The operation of an entity and an action.
///
/// # Errors
///
/// `Usage` when the connector has no such entity or the entity no such action; the message lists
/// similar names.
pub fn find_operation<'c>(
    connector: &'c Connector,
    entity: &str,
    action: &str,
) -> Result<&'c Operation> {
    description::find_operation(connector, entity, action).map_err(|unknown| {
        let is_store = action.starts_with("context_store_") && connector.entity(entity).is_some();
        let message = if is_store {
            let connector = &connector.name;
            format!(
                "'{action}' queries a copy of the records, and this client has none: copy them with \
                 'airbyte-agent sync {connector} {entity}' and give the client that store \
                 (Local::local_store), or call through the hosted platform"
            )
        } else {
            unknown.to_string()
        };
        Error::usage(message)
    })
}
