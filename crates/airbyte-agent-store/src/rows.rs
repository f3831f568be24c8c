//! Writing rows: what a page's records do to the table, the index of words and the log of changes.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};
use serde_json::{Map, Value};

use crate::changes::{self, ChangeKind};
use crate::error::Result;
use crate::learnt::Learnt;
use crate::misfits::{self, Tally};
use crate::page::Counts;
use crate::record::{Row, placed, places};
use crate::stored::{StoredRow, shape_id, stored, stored_columns};
use crate::table::Table;
use crate::text;
use crate::value::Cell;

/// Writes the records of an account into a table. The statements are put together once.
pub(crate) struct RowWriter<'w> {
    transaction: &'w Transaction<'w>,
    table: &'w Table,
    account: &'w str,
    now: &'w str,
    places: HashMap<&'w str, usize>,
    find: String,
    insert: String,
    update: String,
    /// The values that are not of the type of their column.
    tally: RefCell<Tally>,
}

impl<'w> RowWriter<'w> {
    pub(crate) fn new(
        transaction: &'w Transaction<'w>,
        table: &'w Table,
        account: &'w str,
        now: &'w str,
    ) -> Self {
        let rows = table.rows();
        let columns: String =
            table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
        let changed: String =
            table.columns.iter().map(|column| format!(", c{} = ?", column.place)).collect();
        let marks = ", ?".repeat(table.columns.len());
        Self {
            transaction,
            table,
            account,
            now,
            places: places(table),
            find: format!(
                "SELECT {} FROM {rows} WHERE _account = ? AND _key = ?",
                stored_columns(table)
            ),
            insert: format!(
                "INSERT INTO {rows} (_account, _key, _synced_at, _shape, _rest{columns})
                 VALUES (?, ?, ?, ?, ?{marks})"
            ),
            update: format!(
                "UPDATE {rows} SET _synced_at = ?, _shape = ?, _rest = ?{changed} WHERE _row = ?"
            ),
            tally: RefCell::default(),
        }
    }

    /// Writes what was counted meanwhile.
    pub(crate) fn finish(self) -> Result<()> {
        self.tally.into_inner().write(self.transaction, self.table, self.account)
    }

    /// Inserts the record, or updates the row with its key; gives the number of the row.
    pub(crate) fn upsert(
        &self,
        learnt: &mut Learnt,
        record: &Map<String, Value>,
        key: String,
        counts: &mut Counts,
    ) -> Result<i64> {
        let (transaction, table) = (self.transaction, self.table);
        let row = placed(table, &self.places, record, key);
        let known = {
            let mut find = transaction.prepare_cached(&self.find)?;
            find.query_row(params![self.account, row.key], |row| stored(row, table)).optional()?
        };
        if let Some(known) = &known
            && known.is(&row)
        {
            counts.unchanged += 1;
            return Ok(known.id);
        }
        let shape = shape_id(transaction, learnt, &row.shape)?;
        let Some(known) = known else {
            let id = self.insert(&row, shape)?;
            text::insert(transaction, learnt, table, id, record, &row)?;
            changes::add(
                transaction,
                table,
                self.account,
                &row.key,
                ChangeKind::Created,
                self.now,
            )?;
            counts.inserted += 1;
            self.tally.borrow_mut().add(table, &row.cells);
            return Ok(id);
        };
        self.update(&known, &row, shape)?;
        text::replace(transaction, learnt, table, known.id, record, &row)?;
        self.tally.borrow_mut().remove(table, &known.cells);
        self.tally.borrow_mut().add(table, &row.cells);
        if known.record(table) == *record {
            // Only the order of the members differs, or how a value is held.
            counts.unchanged += 1;
        } else {
            changes::add(
                transaction,
                table,
                self.account,
                &row.key,
                ChangeKind::Updated,
                self.now,
            )?;
            counts.changed += 1;
        }
        Ok(known.id)
    }

    fn insert(&self, row: &Row, shape: i64) -> Result<i64> {
        let own = [
            Cell::Text(self.account.to_owned()),
            Cell::Text(row.key.clone()),
            Cell::Text(self.now.to_owned()),
            Cell::Integer(shape),
            row.rest.clone().map_or(Cell::Null, Cell::Text),
        ];
        let mut insert = self.transaction.prepare_cached(&self.insert)?;
        Ok(insert.insert(params_from_iter(own.iter().chain(&row.cells)))?)
    }

    fn update(&self, known: &StoredRow, row: &Row, shape: i64) -> Result<()> {
        let own = [
            Cell::Text(self.now.to_owned()),
            Cell::Integer(shape),
            row.rest.clone().map_or(Cell::Null, Cell::Text),
        ];
        let id = [Cell::Integer(known.id)];
        let mut update = self.transaction.prepare_cached(&self.update)?;
        update.execute(params_from_iter(own.iter().chain(&row.cells).chain(&id)))?;
        Ok(())
    }
}

/// Removes a row, its words, and notes that it was deleted.
pub(crate) fn delete_row(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    id: i64,
    key: &str,
    now: &str,
) -> Result<()> {
    misfits::forget_row(transaction, table, account, id)?;
    transaction
        .prepare_cached(&format!("DELETE FROM {} WHERE _row = ?", table.rows()))?
        .execute([id])?;
    text::delete(transaction, table, id)?;
    changes::add(transaction, table, account, key, ChangeKind::Deleted, now)
}
