//! The log of what was created, updated and deleted, which others follow.

use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;
use std::time::SystemTime;

use crate::error::Result;
use crate::moment;
use crate::store::Store;
use crate::table::{Table, record_expression};

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
    /// What happened.
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
        self.read(|reader| {
            reader.internally(|connection| {
                // One transaction, so that the two statements see the same log.
                let transaction = connection.unchecked_transaction()?;
                let mut find = transaction.prepare_cached(
                    "SELECT sequence, name, connector, entity, account, key, kind, at
                     FROM _changes JOIN _tables ON _tables.id = table_id
                     WHERE sequence > ? ORDER BY sequence LIMIT ?",
                )?;
                let changes = find.query_map([after, limit], |row| {
                    Ok(Change {
                        sequence: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
                        table: row.get(1)?,
                        connector: row.get(2)?,
                        entity: row.get(3)?,
                        account: row.get(4)?,
                        key: row.get(5)?,
                        kind: match row.get(6)? {
                            1 => ChangeKind::Created,
                            2 => ChangeKind::Updated,
                            _ => ChangeKind::Deleted,
                        },
                        at: row.get(7)?,
                    })
                })?;
                let changes = changes.collect::<rusqlite::Result<Vec<_>>>()?;
                let oldest: Option<i64> =
                    transaction.query_row("SELECT min(sequence) FROM _changes", [], |row| row.get(0))?;
                let oldest = match oldest {
                    Some(oldest) => oldest,
                    None => last(&transaction)? + 1,
                };
                Ok(Changes { changes, are_missing: after + 1 < oldest })
            })
        })
    }

    /// Number of the last change; 0 if there was none yet. Someone who follows from now on begins here.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn last_change(&self) -> Result<u64> {
        self.read(|reader| {
            reader.internally(|connection| Ok(u64::try_from(last(connection)?).unwrap_or_default()))
        })
    }

    /// Removes changes before a moment from the log, and gives back how many.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn trim_changes(&self, before: SystemTime) -> Result<u64> {
        self.write(|transaction, _| {
            // The numbers decide, for a clock may have been set back.
            let removed = transaction.execute(
                "DELETE FROM _changes WHERE sequence <
                 coalesce((SELECT min(sequence) FROM _changes WHERE at >= ?), 9223372036854775807)",
                [moment::text(before)],
            )?;
            Ok(removed as u64)
        })
    }

    /// The record with this key as it is now, as [`Change::key`] names it.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn record(&self, table: &Table, account: &str, key: &str) -> Result<Option<Value>> {
        self.read(|reader| {
            reader.internally(|connection| {
                let mut find = connection.prepare_cached(&format!(
                    "SELECT {} FROM {} WHERE _account = ? AND _key = ?",
                    record_expression(table),
                    table.rows()
                ))?;
                let found = find.query_row(params![account, key], |row| row.get::<_, String>(0));
                Ok(found.optional()?.and_then(|text| serde_json::from_str(&text).ok()))
            })
        })
    }
}

fn last(connection: &rusqlite::Connection) -> Result<i64> {
    let last = connection
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = '_changes'", [], |row| row.get(0))
        .optional()?;
    Ok(last.unwrap_or_default())
}

pub(crate) fn add(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    key: &str,
    kind: ChangeKind,
    at: &str,
) -> Result<()> {
    let kind = match kind {
        ChangeKind::Created => 1,
        ChangeKind::Updated => 2,
        ChangeKind::Deleted => 3,
    };
    transaction
        .prepare_cached(
            "INSERT INTO _changes (table_id, account, key, kind, at) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![table.id, account, key, kind, at])?;
    Ok(())
}
