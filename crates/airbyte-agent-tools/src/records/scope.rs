//! What of the store may be read: the one place where the policy decides it.
//!
//! A table can be read with an account whose list of the same records may be called. Its records are those that were
//! copied for this account, without the fields that the policy withholds and without secrets.

use airbyte_agent_description::{Action, Connector, Operation, SyncRule, Text, suggestion};
use airbyte_agent_engine::local_store::{Column, Freshness, Table, View};

use super::Records;
use crate::account::Account;
use crate::error::ToolError;
use crate::gate;
use crate::toolset::Toolset;

/// A table that may be read, and the part of it that may.
pub(super) struct Readable<'t> {
    pub(super) table: Table,
    pub(super) view: View,
    /// The fields that are shown of its records when a call names none.
    pub(super) default_fields: &'t [Text],
    /// The operation that gives such records, for the schema of one.
    pub(super) operation: &'t Operation,
}

/// The tables that may be read, in the order of their names.
pub(super) async fn readable<'t>(
    tools: &'t Toolset,
    records: &Records,
) -> Result<Vec<Readable<'t>>, ToolError> {
    let tables = records.store.tables(None).await?;
    Ok(tables.into_iter().filter_map(|table| of_table(tools, records, table)).collect())
}

fn of_table<'t>(tools: &'t Toolset, records: &Records, mut table: Table) -> Option<Readable<'t>> {
    let policy = tools.common_policy();
    let of_connector = |account: &&Account| account.connector().name == table.connector;
    let mut accounts = Vec::new();
    let mut withheld = Vec::new();
    let mut known = None;
    for account in tools.accounts().all().iter().filter(of_connector) {
        let connector = account.connector();
        let Some(operation) = list_of(connector, &table.entity) else { continue };
        if !gate::permits(policy, account, operation) {
            continue;
        }
        for fields in [policy, &account.policy] {
            withheld.extend(fields.withheld(&connector.name, &table.entity).map(str::to_owned));
        }
        for name in records.names_of(account) {
            let is_there = table.accounts.iter().any(|freshness| freshness.account == name);
            if is_there && !accounts.iter().any(|known| known == name) {
                accounts.push(name.to_owned());
            }
        }
        known.get_or_insert((connector, operation));
    }
    let (connector, operation) = known?;
    if accounts.is_empty() {
        return None;
    }
    let mut view = table.view(accounts).withholding(withheld);
    view.hides_secrets = true;
    table.accounts.retain(|freshness| view.accounts.contains(&freshness.account));
    let entity = connector.entity(&table.entity);
    let default_fields = entity.map(|entity| entity.default_fields.as_ref()).unwrap_or_default();
    Some(Readable { table, view, default_fields, operation })
}

/// The operation that gives the records of an entity as `sync` reads them.
fn list_of<'t>(connector: &'t Connector, entity: &str) -> Option<&'t Operation> {
    let operations = &connector.entity(entity)?.operations;
    let is_source = |operation: &&Operation| matches!(operation.sync, Some(SyncRule::Source(_)));
    let is_list = |operation: &&Operation| operation.action == Action::List;
    operations.iter().find(is_source).or_else(|| operations.iter().find(is_list))
}

impl Readable<'_> {
    /// The columns that exist for a query.
    pub(super) fn columns(&self) -> impl Iterator<Item = &Column> {
        let is_withheld = |column: &Column| self.view.withheld.contains(&column.field);
        let is_secret = |column: &Column| {
            matches!(column.kind.as_str(), "text" | "timestamp" | "json")
                && airbyte_agent_description::is_secret_name(&column.field)
        };
        self.table.columns.iter().filter(move |column| !is_withheld(column) && !is_secret(column))
    }

    /// How fresh its records are.
    pub(super) fn freshness(&self) -> &[Freshness] {
        &self.table.accounts
    }
}

/// The table of this name.
pub(super) fn find<'r, 't>(
    readable: &'r [Readable<'t>],
    name: &str,
) -> Result<&'r Readable<'t>, ToolError> {
    let same = |table: &&Readable<'_>| table.table.name.eq_ignore_ascii_case(name);
    readable.iter().find(same).ok_or_else(|| {
        let names: Vec<&str> = readable.iter().map(|table| table.table.name.as_str()).collect();
        let near = suggestion(name, &names);
        ToolError::argument("table", format!("there is no table '{name}'{near}"))
            .with_advice("The tool tables lists them.")
    })
}
