//! Writing rows: what a page's records do to the table, the index of words and the log of changes.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::changes::{self, ChangeKind};
use crate::db::{Db, Fields, cells};
use crate::error::Result;
use crate::learnt::Learnt;
use crate::misfits::{self, Tally};
use crate::page::Counts;
use crate::record::{Row, placed, places};
use crate::stored::{StoredRow, held, held_columns, stored, stored_columns};
use crate::table::Table;
use crate::text;
use crate::value::Cell;

/// A record and its key.
pub(crate) type Keyed<'r> = (&'r Map<String, Value>, String);

/// Writes the records of an account into a table. The statements are put together once.
pub(crate) struct RowWriter<'w> {
    db: &'w dyn Db,
    table: &'w Table,
    account: &'w str,
    now: &'w str,
    places: HashMap<&'w str, usize>,
    find: String,
    insert: String,
    update: String,
}

impl<'w> RowWriter<'w> {
    pub(crate) fn new(
        db: &'w dyn Db,
        table: &'w Table,
        account: &'w str,
        now: &'w str,
    ) -> RowWriter<'w> {
        let rows = table.rows();
        let columns = held_columns(table);
        let marks = ", ?".repeat(columns.len());
        let changed: String = columns.iter().map(|column| format!(", {column} = ?")).collect();
        Self {
            db,
            table,
            account,
            now,
            places: places(table),
            find: format!(
                "SELECT {} FROM {rows} WHERE _account = ? AND _key = ?",
                stored_columns(table)
            ),
            insert: format!(
                "INSERT INTO {rows} (_account, _key, _synced_at, {})
                 VALUES (?, ?, ?{marks}) RETURNING _row",
                columns.join(", ")
            ),
            update: format!("UPDATE {rows} SET _synced_at = ?{changed} WHERE _row = ?"),
        }
    }

    /// Inserts the records, or updates the rows with their keys; gives the numbers of the rows.
    pub(crate) fn write(
        &self,
        learnt: &mut Learnt,
        records: &[Keyed<'_>],
        counts: &mut Counts,
    ) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(records.len());
        let mut left = records;
        while !left.is_empty() {
            // Of records with the same key, each is compared with the one before.
            let mut keys = HashSet::new();
            let run = left.iter().take_while(|(_, key)| keys.insert(key.as_str())).count();
            let (first, rest) = left.split_at(run);
            self.write_run(learnt, first, counts, &mut ids)?;
            left = rest;
        }
        Ok(ids)
    }

    /// Writes records of which no two have the same key.
    fn write_run(
        &self,
        learnt: &mut Learnt,
        records: &[Keyed<'_>],
        counts: &mut Counts,
        ids: &mut Vec<i64>,
    ) -> Result<()> {
        let (db, table) = (self.db, self.table);
        let keys: Vec<Vec<Cell>> =
            records.iter().map(|(_, key)| cells![self.account, key]).collect();
        let found = db.query_all(&self.find, &keys)?;
        let mut changes = Vec::new();
        let (mut inserts, mut updates) = (Vec::new(), Vec::new());
        // Records whose words are new, with their place among the numbers, and the rows whose words are replaced.
        let (mut words, mut replaced): (Vec<(usize, &Map<_, _>, Row)>, _) =
            (Vec::new(), Vec::new());
        let mut new = Vec::new();
        let mut tally = Tally::default();
        for ((record, key), found) in records.iter().zip(found) {
            let row = placed(table, &self.places, record, key.clone());
            let known = found.into_iter().next().map(|fields| stored(&fields, table));
            if let Some(known) = &known
                && known.is(&row)
            {
                counts.unchanged += 1;
                ids.push(known.id);
                continue;
            }
            let held = held(db, learnt, table, record, &row)?;
            tally.add(table, &row.cells);
            let id = match known {
                // It is known once the row has been inserted.
                None => {
                    inserts.push(own(cells![self.account, key, self.now], held));
                    new.push(ids.len());
                    changes.push((key.clone(), ChangeKind::Created));
                    counts.inserted += 1;
                    0
                }
                Some(known) => {
                    updates.push(own(cells![self.now], own(held, cells![known.id])));
                    replaced.push(known.id);
                    tally.remove(table, &known.cells);
                    self.note_update(&known, record, &mut changes, counts);
                    known.id
                }
            };
            words.push((ids.len(), record, row));
            ids.push(id);
        }
        for (place, rows) in new.into_iter().zip(db.query_all(&self.insert, &inserts)?) {
            ids[place] = rows.first().map(|row| row.integer(0)).unwrap_or_default();
        }
        db.execute_all(&self.update, &updates)?;
        text::delete(db, table, &replaced)?;
        let words: Vec<_> =
            words.iter().map(|(place, record, row)| (ids[*place], *record, row)).collect();
        text::insert(db, learnt, table, &words)?;
        tally.write(db, table, self.account)?;
        changes::add(db, table, self.account, &changes, self.now)
    }

    fn note_update(
        &self,
        known: &StoredRow,
        record: &Map<String, Value>,
        changes: &mut Vec<(String, ChangeKind)>,
        counts: &mut Counts,
    ) {
        if known.record(self.table) == *record {
            // Only the order of the members differs, or how a value is held.
            counts.unchanged += 1;
        } else {
            changes.push((known.key.clone(), ChangeKind::Updated));
            counts.changed += 1;
        }
    }
}

fn own(mut first: Vec<Cell>, more: Vec<Cell>) -> Vec<Cell> {
    first.extend(more);
    first
}

/// Removes rows, of which each has its number and its key, with their words, and notes that they were deleted. Gives
/// how many there were.
pub(crate) fn delete_rows(
    db: &dyn Db,
    table: &Table,
    account: &str,
    rows: &[Fields],
    now: &str,
) -> Result<u64> {
    let ids: Vec<i64> = rows.iter().map(|row| row.integer(0)).collect();
    misfits::forget_rows(db, table, account, &ids)?;
    let numbers: Vec<Vec<Cell>> = ids.iter().map(|id| cells![*id]).collect();
    db.execute_all(&format!("DELETE FROM {} WHERE _row = ?", table.rows()), &numbers)?;
    text::delete(db, table, &ids)?;
    let changes: Vec<_> = rows.iter().map(|row| (row.text(1), ChangeKind::Deleted)).collect();
    changes::add(db, table, account, &changes, now)?;
    Ok(ids.len() as u64)
}
