//! The log of what was created, updated and deleted, which others follow.

use serde_json::Value;
use std::time::SystemTime;

use crate::db::{Db, Dialect, cells};
use crate::error::Result;
use crate::moment;
use crate::store::Store;
use crate::table::{Table, record_expression};
use crate::value::Cell;

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The store has got it.
    Created,
    /// It differs from what was in the store.
    Updated,
    /// It is not in the store any more.
    Deleted,
}

/// Something that happened to a record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Number of the change. Later changes have greater numbers.
    pub sequence: u64,
    /// Name of the table in SQL.
    pub table: String,
    /// Slug of the connector.
    pub connector: String,
    /// Name of the entity.
    pub entity: String,
    /// Name of the account.
    pub account: String,
    /// What identifies the record within its table and account.
    pub key: String,
    /// What happened to the record.
    pub kind: ChangeKind,
    /// When the store noticed, in UTC.
    pub at: String,
}

/// Changes after a sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Whether changes after the sequence number were removed from the log before they could be read.
    pub are_missing: bool,
}

impl Store {
    /// At most `limit` changes after a sequence number, oldest first. A reader that keeps the number of the last
    /// change that it has dealt with gets each change once.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn changes(&self, after: u64, limit: usize) -> Result<Changes> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_at_once(|db| {
            let sql = "SELECT sequence, name, connector, entity, account, key, kind, at
                 FROM _changes JOIN _tables ON _tables.id = table_id
                 WHERE sequence > ? ORDER BY sequence LIMIT ?";
            let changes = db.rows(sql, cells![after, limit])?.into_iter().map(|row| Change {
                sequence: row.count(0),
                table: row.text(1),
                connector: row.text(2),
                entity: row.text(3),
                account: row.text(4),
                key: row.text(5),
                kind: match row.integer(6) {
                    1 => ChangeKind::Created,
                    2 => ChangeKind::Updated,
                    _ => ChangeKind::Deleted,
                },
                at: row.text(7),
            });
            let changes = changes.collect();
            let oldest = match db.number("SELECT min(sequence) FROM _changes", Vec::new())? {
                Some(oldest) => oldest,
                None => last(db)? + 1,
            };
            Ok(Changes { changes, are_missing: after.saturating_add(1) < oldest })
        })
    }

    /// Number of the last change; 0 if there was none yet. Someone who follows from now on begins here.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn last_change(&self) -> Result<u64> {
        self.read(|db| Ok(u64::try_from(last(db)?).unwrap_or_default()))
    }

    /// Removes changes before a moment from the log, and gives back how many.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn trim_changes(&self, before: SystemTime) -> Result<u64> {
        self.write(|db, _| {
            // The numbers decide, for a clock may have been set back.
            db.execute(
                "DELETE FROM _changes WHERE sequence <
                 coalesce((SELECT min(sequence) FROM _changes WHERE at >= ?), 9223372036854775807)",
                cells![moment::text(before)],
            )
        })
    }

    /// The record with this key as it is now, as [`Change::key`] names it.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn record(&self, table: &Table, account: &str, key: &str) -> Result<Option<Value>> {
        self.read(|db| {
            let table = &table.current(db)?;
            let sql = format!(
                "SELECT {} FROM {} WHERE _account = ? AND _key = ?",
                record_expression(table),
                table.rows()
            );
            let found = db.row(&sql, cells![account, key])?;
            Ok(found.and_then(|row| serde_json::from_str(&row.text(0)).ok()))
        })
    }
}

fn last(db: &dyn Db) -> Result<i64> {
    let sql = match db.dialect() {
        Dialect::Sqlite => "SELECT seq FROM sqlite_sequence WHERE name = '_changes'",
        Dialect::Postgres => "SELECT last FROM _last_change",
    };
    Ok(db.number(sql, Vec::new())?.unwrap_or_default())
}

/// Notes what happened to the records with these keys, in this order.
pub(crate) fn add(
    db: &dyn Db,
    table: &Table,
    account: &str,
    changes: &[(String, ChangeKind)],
    at: &str,
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    // SQLite counts by itself. A sequence of Postgres would leave gaps, which look like changes that are missing.
    let next = match db.dialect() {
        Dialect::Sqlite => None,
        Dialect::Postgres => {
            let sql = "UPDATE _last_change SET last = last + ? RETURNING last";
            let last = db.number(sql, cells![changes.len()])?.unwrap_or_default();
            Some(last - i64::try_from(changes.len()).unwrap_or_default() + 1)
        }
    };
    let rows: Vec<Vec<Cell>> = changes
        .iter()
        .zip(0_i64..)
        .map(|((key, kind), index)| {
            let kind: i64 = match kind {
                ChangeKind::Created => 1,
                ChangeKind::Updated => 2,
                ChangeKind::Deleted => 3,
            };
            let number = next.map_or(Cell::Null, |next| Cell::Integer(next + index));
            cells![number, table.id, account, key, kind, at]
        })
        .collect();
    db.execute_all(
        "INSERT INTO _changes (sequence, table_id, account, key, kind, at) VALUES (?, ?, ?, ?, ?, ?)",
        &rows,
    )?;
    Ok(())
}
