//! What is in the store: tables, their columns, how many rows they have and how fresh they are.

use rusqlite::Connection;

use crate::error::Result;
use crate::misfits::{self, Misfit, ReadTable};
use crate::store::Store;
use crate::table::{Column, Table};

/// A table, with what is in it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TableSummary {
    /// The table and its columns.
    pub table: Table,
    /// The accounts whose records are in it, by name.
    pub accounts: Vec<Freshness>,
    /// The values that are not of the type of their column.
    pub misfits: Vec<Misfit>,
}

impl TableSummary {
    /// Number of rows of all accounts.
    pub fn rows(&self) -> u64 {
        self.accounts.iter().map(|account| account.rows).sum()
    }
}

/// How fresh the records of an account are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Freshness {
    /// Name of the account.
    pub account: String,
    /// Number of its records.
    pub rows: u64,
    /// When the last page was written, in UTC; `None` if there was none yet.
    pub synced_at: Option<String>,
    /// When all records had been read for the last time, in UTC; `None` if they never were.
    pub complete_at: Option<String>,
    /// Whether a pass through all records is under way, so that some may be missing.
    pub is_in_pass: bool,
}

impl Store {
    /// Every table, in the order of their names.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn tables(&self) -> Result<Vec<TableSummary>> {
        self.summaries("TRUE", [])
    }

    /// The tables of a connector, in the order of their names.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn tables_of(&self, connector: &str) -> Result<Vec<TableSummary>> {
        self.summaries("connector = ?1", [connector])
    }

    /// The values of an account in a table that are not of the type of their column.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn misfits(&self, table: &Table, account: &str) -> Result<Vec<Misfit>> {
        let accounts = [account.to_owned()];
        self.read(|reader| {
            reader.internally(|connection| {
                let table = &table.current(connection)?;
                let read = ReadTable { name: &table.name, table, accounts: Some(&accounts) };
                misfits::load(connection, &[read], |_, _| true)
            })
        })
    }

    fn summaries(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<TableSummary>> {
        self.read(|reader| {
            reader.internally(|connection| {
                let tables = Table::load(connection, condition, parameters)?.into_iter();
                let summary = |table: Table| {
                    let read = ReadTable { name: &table.name, table: &table, accounts: None };
                    let misfits = misfits::load(connection, &[read], |_, _| true)?;
                    Ok(TableSummary { accounts: accounts(connection, table.id)?, misfits, table })
                };
                tables.map(summary).collect()
            })
        })
    }

    /// The columns of the table with this name in SQL.
    ///
    /// # Errors
    ///
    /// [`Error::Table`](crate::Error::Table) if there is no such table, with the nearest names.
    pub fn columns(&self, table: &str) -> Result<Vec<Column>> {
        self.read(|reader| {
            reader.internally(|connection| {
                let found = Table::load(connection, "name = ?1", [table])?;
                if let Some(table) = found.into_iter().next() {
                    return Ok(table.columns);
                }
                let names = TableNames::load(connection)?;
                let near = airbyte_agent_description::suggestion(table, &names.tables());
                let why = format!("there is no such table{near}");
                Err(crate::Error::Table { table: table.to_owned(), why })
            })
        })
    }
}

fn accounts(connection: &Connection, table: i64) -> Result<Vec<Freshness>> {
    let mut find = connection.prepare_cached(
        "SELECT account, rows, synced_at, complete_at, pass IS NOT NULL FROM _accounts
         WHERE table_id = ? ORDER BY account",
    )?;
    let accounts = find.query_map([table], |row| {
        Ok(Freshness {
            account: row.get(0)?,
            rows: u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default(),
            synced_at: row.get(2)?,
            complete_at: row.get(3)?,
            is_in_pass: row.get(4)?,
        })
    })?;
    Ok(accounts.collect::<rusqlite::Result<_>>()?)
}

/// The names of all tables and columns, for messages.
#[derive(Debug, Default)]
pub(crate) struct TableNames(Vec<(String, Vec<String>)>);

impl TableNames {
    /// These names, each with its columns.
    pub(crate) fn of(names: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        Self(names.into_iter().collect())
    }

    pub(crate) fn load(connection: &Connection) -> Result<Self> {
        let tables = Table::load(connection, "TRUE", [])?.into_iter().map(|table| {
            let mut columns: Vec<String> =
                table.columns.into_iter().map(|column| column.name).collect();
            columns.extend(crate::table::OWN_COLUMNS.map(str::to_owned));
            (table.name, columns)
        });
        Ok(Self(tables.collect()))
    }

    pub(crate) fn tables(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The columns of the tables for which this is true; those of all tables if it is true for none.
    pub(crate) fn columns_of(&self, is_meant: impl Fn(&str) -> bool) -> Vec<&str> {
        let mut meant: Vec<_> = self.0.iter().filter(|(name, _)| is_meant(name)).collect();
        if meant.is_empty() {
            meant = self.0.iter().collect();
        }
        let mut columns: Vec<&str> =
            meant.into_iter().flat_map(|(_, columns)| columns.iter().map(String::as_str)).collect();
        let mut known = std::collections::HashSet::new();
        columns.retain(|column| known.insert(*column));
        columns
    }

    pub(crate) fn has_column(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|(_, columns)| columns.iter().any(|column| column.eq_ignore_ascii_case(name)))
    }
}
