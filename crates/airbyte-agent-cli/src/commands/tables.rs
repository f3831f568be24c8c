//! The command `tables`: what is in the store.

use airbyte_agent_core::Error;
use airbyte_agent_store::{Column, Misfit, Store, table_name};
use airbyte_agent_sync::live;
use serde_json::{Value, json};

use crate::args::tables::TablesArgs;
use crate::failure::Stop;
use crate::output::{self, ResultDocument};
use crate::{notes, records};

/// Columns that every table has, and what they mean.
const OWN: [(&str, &str, &str); 4] = [
    ("_account", "text", "Name of the account whose record it is."),
    ("_key", "text", "What identifies the record within its table and account."),
    ("_synced_at", "timestamp", "When this version of the record was written, in UTC."),
    ("_record", "json", "The whole record."),
];

/// Prints the tables, or the columns of one.
pub(crate) fn run_tables(args: &TablesArgs) -> Result<(), Stop> {
    let store = records::open_existing(&args.store);
    let data: Vec<Value> = match &args.table {
        Some(table) => {
            let known = store
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|store| store.columns(table).map_err(records::error));
            let misfits = misfits(store.as_ref().ok(), table)?;
            notes::print_warnings(misfits.iter().map(Misfit::sentence));
            let columns = match known {
                Ok(columns) => columns,
                Err(error) => never_read(table)?.ok_or(error)?,
            };
            let known = columns.into_iter().map(|column| {
                let own = misfits.iter().filter(|one| one.column == column.name);
                let remarks: Vec<String> = own.map(Misfit::sentence).collect();
                let mut members = json!({
                    "column": column.name,
                    "type": column.kind,
                    "description": column.description,
                });
                if !remarks.is_empty() {
                    members["remarks"] = json!(remarks);
                }
                members
            });
            let own = OWN.iter().map(|(name, kind, description)| {
                json!({"column": name, "type": kind, "description": description})
            });
            known.chain(own).collect()
        }
        None => {
            let tables = store?.tables().map_err(records::error)?;
            tables
                .iter()
                .map(|summary| {
                    let accounts = || summary.accounts.iter();
                    json!({
                        "table": summary.table.name(),
                        "rows": summary.rows(),
                        "accounts": accounts().map(|one| &one.account).collect::<Vec<_>>(),
                        "synced_at": accounts().filter_map(|one| one.synced_at.as_ref()).max(),
                        "complete_at": accounts().filter_map(|one| one.complete_at.as_ref()).max(),
                        "description": summary.table.description(),
                    })
                })
                .collect()
        }
    };
    output::print_result(args.output, &ResultDocument::of_data(data.into()))
}

/// The values of a table that are not of the type of their column.
fn misfits(store: Option<&Store>, table: &str) -> Result<Vec<Misfit>, Error> {
    let Some(store) = store else { return Ok(Vec::new()) };
    let tables = store.tables().map_err(records::error)?.into_iter();
    let mut named = tables.filter(|summary| summary.table.name().eq_ignore_ascii_case(table));
    Ok(named.next().map_or_else(Vec::new, |summary| summary.misfits))
}

/// The columns that a table of a connector will have once `sql` has read it; `None` if there is no such table.
fn never_read(table: &str) -> Result<Option<Vec<Column>>, Error> {
    for description in airbyte_agent::registry() {
        let mut entities = description.entities.iter();
        let found = entities.find(|entity| table_name(&description.name, &entity.name) == table);
        if let Some(entity) = found {
            let spec = live::table_of(description, &entity.name);
            let spec = spec.map_err(|error| records::sync_error(&error))?;
            let store = Store::open_in_memory().map_err(records::error)?;
            let table = store.declare(&spec).map_err(records::error)?;
            return Ok(Some(table.columns().to_vec()));
        }
    }
    Ok(None)
}
