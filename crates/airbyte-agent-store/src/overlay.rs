//! Rows that only the queries of one overlay see, in place of those that an account has in the store. They are in
//! temporary tables in memory, so that a part of an account's records is never taken for all of them later.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, params_from_iter};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::misfits::{Misfit, Tally};
use crate::moment;
use crate::names::{literal, quoted};
use crate::record;
use crate::spec;
use crate::sql::{QueryLimits, Reader, Rows, query_with};
use crate::store::Store;
use crate::table::{Table, record_expression};
use crate::value::Cell;

/// Queries of a store in which some accounts have other records than the stored ones.
#[derive(Debug)]
pub struct Overlay {
    store: Arc<Store>,
    reader: Reader,
    shadows: BTreeMap<i64, Shadow>,
}

/// What a table looks like in the overlay.
#[derive(Debug)]
struct Shadow {
    table: Table,
    /// The accounts whose stored records are hidden, each with the number of records that were put in their place.
    accounts: BTreeMap<String, usize>,
    /// The values of the added records that are not of the type of their column, by account.
    tallies: BTreeMap<String, Tally>,
}

impl Overlay {
    /// An overlay in which nothing differs from the store.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn new(store: Arc<Store>) -> Result<Self> {
        let reader = store.new_reader().map_err(|error| store.located(error))?;
        Ok(Self { store, reader, shadows: BTreeMap::new() })
    }

    /// Hides the records of an account in a table, so that it has those only that are added afterwards.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn hide(&mut self, table: &Table, account: &str) -> Result<()> {
        let is_new = !self.shadows.contains_key(&table.id);
        let shadow = self.shadows.entry(table.id).or_insert_with(|| Shadow {
            table: table.clone(),
            accounts: BTreeMap::new(),
            tallies: BTreeMap::new(),
        });
        if shadow.accounts.contains_key(account) {
            return Ok(());
        }
        shadow.accounts.insert(account.to_owned(), 0);
        let create = if is_new { rows_table(&shadow.table) } else { String::new() };
        let sql = format!("{create} {}", view(shadow));
        self.change(|connection| Ok(connection.execute_batch(&sql)?))
    }

    /// Shows what an account has in the store again, and forgets what was added.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn show(&mut self, table: &Table, account: &str) -> Result<()> {
        let Some(shadow) = self.shadows.get_mut(&table.id) else { return Ok(()) };
        if shadow.accounts.remove(account).is_none() {
            return Ok(());
        }
        shadow.tallies.remove(account);
        let rows = shadow.table.rows();
        let sql = if shadow.accounts.is_empty() {
            format!("DROP VIEW temp.{}; DROP TABLE temp.{rows};", quoted(&shadow.table.name))
        } else {
            let delete = format!("DELETE FROM temp.{rows} WHERE _account = {};", literal(account));
            format!("{delete} {}", view(shadow))
        };
        if shadow.accounts.is_empty() {
            self.shadows.remove(&table.id);
        }
        self.change(|connection| Ok(connection.execute_batch(&sql)?))
    }

    /// Adds records of an account whose stored ones are hidden. Of several with the same key, the last one stays. In a
    /// table without keys every record is one of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] for a record without its key or that is no object, [`Error::Table`] if the account's records
    /// are not hidden.
    pub fn add(&mut self, table: &Table, account: &str, records: &[Value]) -> Result<()> {
        let refused = || Error::Table {
            table: table.name.clone(),
            why: format!("the records of the account {account} are not hidden"),
        };
        let shadow = self.shadows.get_mut(&table.id).ok_or_else(refused)?;
        let first = shadow.accounts.get_mut(account).ok_or_else(refused)?;
        let mut rows = Vec::with_capacity(records.len());
        let now = moment::now();
        for (index, value) in records.iter().enumerate() {
            let mut value = value.clone();
            spec::remove(&mut value, &shadow.table.hidden);
            let Value::Object(record) = value else {
                let why = "it is not a JSON object".to_owned();
                return Err(Error::Record { table: table.name.clone(), index, why });
            };
            let key = if shadow.table.key.is_empty() {
                (*first + index).to_string()
            } else {
                record::key(&shadow.table, &record, index)?
            };
            let row = record::row(&shadow.table, &record, key.clone());
            shadow.tallies.entry(account.to_owned()).or_default().add(&shadow.table, &row.cells);
            let own = [
                Cell::Text(account.to_owned()),
                Cell::Text(key),
                Cell::Text(now.clone()),
                Cell::Text(Value::Object(record).to_string()),
            ];
            rows.push(own.into_iter().chain(row.cells).collect::<Vec<_>>());
        }
        *first += records.len();
        let columns: String =
            shadow.table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
        let sql = format!(
            "INSERT OR REPLACE INTO temp.{} (_account, _key, _synced_at, _record{columns})
             VALUES (?, ?, ?, ?{})",
            shadow.table.rows(),
            ", ?".repeat(shadow.table.columns.len())
        );
        self.change(|connection| {
            connection.execute_batch("BEGIN")?;
            let written = (|| {
                let mut insert = connection.prepare(&sql)?;
                rows.iter().try_for_each(|row| insert.execute(params_from_iter(row)).map(|_| ()))
            })();
            connection.execute_batch(if written.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            Ok(written?)
        })
    }

    /// Runs one statement as [`Store::query`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Store::query`].
    pub fn query(&mut self, sql: &str, limits: &QueryLimits) -> Result<Rows> {
        let rows = query_with(&mut self.reader, sql, limits);
        let mut rows = rows.map_err(|error| self.store.located(error))?;
        let read = self.reader.read_columns();
        for shadow in self.shadows.values() {
            let name = &shadow.table.name;
            let is_hidden =
                |one: &Misfit| one.table == *name && shadow.accounts.contains_key(&one.account);
            rows.misfits.retain(|one| !is_hidden(one));
            let added = shadow
                .tallies
                .iter()
                .flat_map(|(account, tally)| tally.misfits(&shadow.table, account));
            let is_read = |one: &Misfit| {
                read.contains(&(one.table.to_lowercase(), one.column.to_lowercase()))
            };
            rows.misfits.extend(added.filter(is_read));
        }
        Ok(rows)
    }

    fn change(&mut self, work: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
        self.reader.temporarily(work).map_err(|error| self.store.located(error))
    }
}

/// The statements that make the temporary table of rows. It has the name of the stored one, which it hides.
fn rows_table(table: &Table) -> String {
    let rows = table.rows();
    let columns: String = table
        .columns
        .iter()
        .map(|column| format!(", c{} {}", column.place, column.kind.declared()))
        .collect();
    format!(
        "CREATE TABLE temp.{rows} (_row INTEGER PRIMARY KEY, _account TEXT NOT NULL, _key TEXT NOT NULL,
         _synced_at TEXT NOT NULL, _record TEXT NOT NULL{columns});
         CREATE UNIQUE INDEX temp._key_{id} ON {rows} (_account, _key);",
        id = table.id
    )
}

/// The statements that make the view that queries read in place of the stored one.
fn view(shadow: &Shadow) -> String {
    let table = &shadow.table;
    let (name, rows) = (quoted(&table.name), table.rows());
    let mut columns: String = table
        .columns
        .iter()
        .map(|column| format!("c{} AS {}, ", column.place, quoted(&column.name)))
        .collect();
    columns += "_account, _key, _synced_at";
    let hidden: Vec<String> = shadow.accounts.keys().map(|account| literal(account)).collect();
    format!(
        "DROP VIEW IF EXISTS temp.{name};
         CREATE TEMP VIEW {name} AS SELECT {columns}, _record FROM temp.{rows}
         UNION ALL SELECT {columns}, {} AS _record FROM main.{rows} WHERE _account NOT IN ({});",
        record_expression(table),
        hidden.join(", ")
    )
}
