//! What is different about `exec … context_store_search` and `context_store_sql_query`, which query copies of records:
//! those of the platform with `--hosted`, otherwise those in the store of this machine.

use std::sync::Arc;

use airbyte_agent_core::description::{Connector, Operation};
use airbyte_agent_core::local_store::{self, StoreOnly};
use airbyte_agent_core::{Client, Description, Error, context_store};
use airbyte_agent_store::Store;
use airbyte_agent_sync::StoredRecords;
use serde_json::Value;

use crate::args::exec::ExecArgs;
use crate::args::format::Format;
use crate::connect::Connection;
use crate::failure::usage_error;
use crate::{notes, records};

/// The operation, which the store of this machine has for every entity.
pub(super) fn operation(
    args: &ExecArgs,
    connector: &Connector,
    entity: &str,
    action: &str,
) -> Result<Operation, Error> {
    let problem = if args.dry_run {
        "has no --dry-run"
    } else if args.out.is_some() {
        "returns records and no file (see --output)"
    } else if args.connection.hosted {
        return context_store::operation(connector, entity, action);
    } else {
        return local_store::operation(connector, entity, action);
    };
    Err(usage_error(format!("{action} {problem}")))
}

/// A client of the store of this machine. It needs no credentials.
pub(super) fn connect(
    args: &ExecArgs,
    description: Description,
    entity: &str,
) -> Result<Connection, Error> {
    let store = records::open_existing(&args.store)?;
    let account = account(args, &store, &description, entity)?;
    let store = StoredRecords::new(Arc::new(store));
    let client = Client::new(description, StoreOnly::new(Arc::new(store), account));
    Ok(Connection::of_store(client))
}

/// The account whose records are meant: the one that is named, or the only one of the table.
fn account(
    args: &ExecArgs,
    store: &Store,
    connector: &Connector,
    entity: &str,
) -> Result<String, Error> {
    if let Some(name) = &args.connection.account {
        return Ok(name.clone());
    }
    if args.connection.sandbox {
        return Ok(records::SANDBOX_ACCOUNT.to_owned());
    }
    let tables = store.tables_of(&connector.name).map_err(records::error)?;
    let table = tables.iter().find(|summary| summary.table.entity() == entity);
    let names: Vec<&str> =
        table.iter().flat_map(|t| &t.accounts).map(|one| one.account.as_str()).collect();
    match names.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Ok(records::DEFAULT_ACCOUNT.to_owned()),
        several if several.contains(&records::DEFAULT_ACCOUNT) => {
            Ok(records::DEFAULT_ACCOUNT.to_owned())
        }
        several => {
            let names = several.join(", ");
            Err(usage_error(format!("--account must say whose records are meant: {names}")))
        }
    }
}

/// Says how old the records are, where the result does not.
pub(super) fn print_freshness(format: Format, meta: &Value) {
    let Some(freshness) = meta.get("freshness") else { return };
    let of_tables = freshness.as_object().map(|all| all.values().collect::<Vec<_>>());
    let one = freshness.get("account").map(|_| vec![freshness]);
    for freshness in one.or(of_tables).unwrap_or_default() {
        let account = freshness["account"].as_str().unwrap_or_default();
        if freshness["complete_at"].is_null() {
            let text =
                format!("not all records of {account} have been copied yet; sync them again");
            notes::print_warnings([text]);
        }
        if !matches!(format, Format::Json | Format::Yaml) {
            let moment = freshness["synced_at"].as_str().unwrap_or("never");
            notes::print_notes([format!("copies of {account} as of {moment}")]);
        }
    }
}
