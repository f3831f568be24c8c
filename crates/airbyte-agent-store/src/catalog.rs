//! What is in the store: tables, their columns, how many rows they have and how fresh they are.

use crate::db::{Db, cells};
use crate::error::Result;
use crate::misfits::{self, Misfit, ReadTable};
use crate::store::Store;
use crate::table::{Column, Table};
use crate::value::Cell;

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
        self.summaries("TRUE", Vec::new())
    }

    /// The tables of a connector, in the order of their names.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn tables_of(&self, connector: &str) -> Result<Vec<TableSummary>> {
        self.summaries("connector = ?1", cells![connector])
    }

    /// The values of an account in a table that are not of the type of their column.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn misfits(&self, table: &Table, account: &str) -> Result<Vec<Misfit>> {
        let accounts = [account.to_owned()];
        self.read(|db| {
            let table = &table.current(db)?;
            let read = ReadTable { name: &table.name, table, accounts: Some(&accounts) };
            misfits::load(db, &[read], |_, _| true)
        })
    }

    fn summaries(&self, condition: &str, values: Vec<Cell>) -> Result<Vec<TableSummary>> {
        self.read(|db| {
            let tables = Table::load(db, condition, values)?.into_iter();
            let summary = |table: Table| {
                let read = ReadTable::whole(&table);
                let misfits = misfits::load(db, &[read], |_, _| true)?;
                Ok(TableSummary { accounts: accounts(db, table.id)?, misfits, table })
            };
            tables.map(summary).collect()
        })
    }

    /// The columns of the table with this name in SQL.
    ///
    /// # Errors
    ///
    /// [`Error::Table`](crate::Error::Table) if there is no such table, with the nearest names.
    pub fn columns(&self, table: &str) -> Result<Vec<Column>> {
        self.read(|db| {
            let found = Table::load(db, "name = ?1", cells![table])?;
            if let Some(table) = found.into_iter().next() {
                return Ok(table.columns);
            }
            let names = TableNames::load(db)?;
            let near = airbyte_agent_description::suggestion(table, &names.tables());
            let why = format!("there is no such table{near}");
            Err(crate::Error::Table { table: table.to_owned(), why })
        })
    }
}

fn accounts(db: &dyn Db, table: i64) -> Result<Vec<Freshness>> {
    let sql =
        "SELECT account, rows, synced_at, complete_at, CASE WHEN pass IS NULL THEN 0 ELSE 1 END
         FROM _accounts WHERE table_id = ? ORDER BY account";
    let accounts = db.rows(sql, cells![table])?.into_iter().map(|row| Freshness {
        account: row.text(0),
        rows: row.count(1),
        synced_at: row.optional_text(2),
        complete_at: row.optional_text(3),
        is_in_pass: row.boolean(4),
    });
    Ok(accounts.collect())
}

/// The names of all tables and columns, for messages.
#[derive(Debug, Default)]
pub(crate) struct TableNames(Vec<(String, Vec<String>)>);

impl TableNames {
    /// These names, each with its columns.
    pub(crate) fn of(names: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        Self(names.into_iter().collect())
    }

    pub(crate) fn load(db: &dyn Db) -> Result<Self> {
        let tables = Table::load(db, "TRUE", Vec::new())?.into_iter().map(|table| {
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

    /// The name of a column that differs by case only.
    #[cfg(feature = "postgres")]
    pub(crate) fn spelling(&self, name: &str) -> Option<&str> {
        let mut columns = self.0.iter().flat_map(|(_, columns)| columns);
        columns.find(|column| column.eq_ignore_ascii_case(name)).map(String::as_str)
    }

    pub(crate) fn has_column(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|(_, columns)| columns.iter().any(|column| column.eq_ignore_ascii_case(name)))
    }
}
