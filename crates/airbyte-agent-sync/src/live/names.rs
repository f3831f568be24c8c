//! Names of tables: those with a dot as the tables that they mean, and those that nobody knows with the ones that are
//! near.

use airbyte_agent_core::description::{Entity, SyncRule};
use airbyte_agent_store::{Error as StoreError, Store, qualified_names, table_name};

use super::Clients;
use crate::error::Error;

/// The statement with `github_issues` for `github.issues`, where the first is one of these connectors. Every place in it
/// stays the same.
pub(super) fn without_dots(sql: &str, connectors: &[String]) -> String {
    let mut sql = sql.to_owned();
    for found in qualified_names(&sql) {
        let start = table_name(&found.qualifier, "");
        if connectors.iter().any(|slug| table_name(slug, "").eq_ignore_ascii_case(&start)) {
            sql.replace_range(found.dot..=found.dot, "_");
        }
    }
    sql
}

/// The error with the tables that may be meant, also those that are not in the store yet, if it is that a table is not
/// known.
pub(super) fn with_tables(error: Error, store: &Store, clients: &dyn Clients) -> Error {
    let Error::Store(inner) = &error else { return error };
    let StoreError::Query(query) = inner.as_ref() else { return error };
    if query.unknown_table().is_none() {
        return error;
    }
    let mut names = Vec::new();
    for connector in clients.connectors() {
        let Some(description) = clients.description(&connector) else { continue };
        let entities = description.entities.iter().filter(|entity| can_be_read(entity));
        names.extend(entities.map(|entity| table_name(&connector, &entity.name)));
    }
    let tables = store.tables().unwrap_or_default();
    names.extend(tables.iter().map(|summary| summary.table.name().to_owned()));
    names.sort_unstable();
    names.dedup();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    StoreError::Query(query.clone().suggesting(&names)).into()
}

/// Whether the records of an entity can be read as a table.
fn can_be_read(entity: &Entity) -> bool {
    entity.operations.iter().any(|operation| matches!(operation.sync, Some(SyncRule::Source(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_behind_a_connector_is_an_underscore() {
        let connectors = ["github".to_owned(), "zendesk-support".to_owned()];
        for (sql, expected) in [
            ("SELECT * FROM github.issues", "SELECT * FROM github_issues"),
            ("SELECT 1 FROM Zendesk_Support.tickets t", "SELECT 1 FROM Zendesk_Support_tickets t"),
            (
                "SELECT github.id FROM main.issues github",
                "SELECT github.id FROM main.issues github",
            ),
        ] {
            assert_eq!(without_dots(sql, &connectors), expected);
        }
    }
}
