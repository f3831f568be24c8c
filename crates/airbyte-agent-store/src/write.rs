//! Writing: a page of records and the position of the sync in one transaction.

use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::moment;
use crate::pass::{Pass, forget_pass};
use crate::record;
use crate::rows::{RowWriter, delete_row};
use crate::spec;
use crate::store::Store;
use crate::table::Table;

/// A page of records and where the sync stands after it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'a> {
    /// The records as the vendor returned them: JSON objects.
    pub records: &'a [Value],
    /// Where the sync continues after this page, in the words of the sync; `None` leaves the position as it is.
    pub position: Option<&'a Value>,
    /// The pass through all records that the page belongs to, if it belongs to one.
    pub pass: Option<Pass>,
}

/// What a write has done, in records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Records that were not in the store.
    pub inserted: u64,
    /// Records that differ from what was in the store.
    pub changed: u64,
    /// Records that were in the store as they are.
    pub unchanged: u64,
    /// Records that were removed.
    pub deleted: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.inserted += more.inserted;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.deleted += more.deleted;
    }
}

impl Store {
    /// Writes a page: its records by their keys, the position, the changes and the words for searches, all of
    /// it or nothing. Of several records with the same key, the last one stays.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] for a record without its key or that is no object, [`Error::Table`] for a pass that is
    /// not under way, or for none if the table has no key; [`Error::Full`], [`Error::Locked`].
    pub fn write_page(&self, table: &Table, account: &str, page: Page<'_>) -> Result<Counts> {
        self.write(|transaction, learnt| {
            let mut counts = Counts::default();
            let now = moment::now();
            let table = &table.current(transaction)?;
            let first = start_page(transaction, table, account, page)?;
            let writer = RowWriter::new(transaction, table, account, &now);
            for (index, value) in page.records.iter().enumerate() {
                let cleaned = (!table.hidden.is_empty()).then(|| {
                    let mut cleaned = value.clone();
                    spec::remove(&mut cleaned, &table.hidden);
                    cleaned
                });
                let Value::Object(record) = cleaned.as_ref().unwrap_or(value) else {
                    let why = "it is not a JSON object".to_owned();
                    return Err(Error::Record { table: table.name.clone(), index, why });
                };
                let key = match (&first, table.key.is_empty()) {
                    (Some(first), true) => (first + index).to_string(),
                    _ => record::key(table, record, index)?,
                };
                let id = writer.upsert(learnt, record, key, &mut counts)?;
                if let Some(pass) = page.pass {
                    transaction
                        .prepare_cached("INSERT OR IGNORE INTO _seen (pass, row) VALUES (?, ?)")?
                        .execute([pass.number, id])?;
                }
            }
            finish_page(transaction, table, account, page, &counts, &now)?;
            Ok(counts)
        })
    }

    /// Removes the records with these keys, as a vendor's feed of deletions names them: the value of the key's
    /// only field, or objects with its fields. Keys that are not in the store are ignored.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] for something that is no key; [`Error::Full`], [`Error::Locked`].
    pub fn delete(
        &self,
        table: &Table,
        account: &str,
        keys: &[Value],
        position: Option<&Value>,
    ) -> Result<Counts> {
        self.write(|transaction, _| {
            let now = moment::now();
            let mut counts = Counts::default();
            let page = Page { position, ..Page::default() };
            ensure_account(transaction, table, account)?;
            for (index, value) in keys.iter().enumerate() {
                let record = match (value, table.key.as_slice()) {
                    (Value::Object(record), _) => record.clone(),
                    (value, [field]) => Map::from_iter([(field.clone(), value.clone())]),
                    _ => Map::new(),
                };
                let key = record::key(table, &record, index)?;
                let sql =
                    format!("SELECT _row FROM {} WHERE _account = ? AND _key = ?", table.rows());
                let mut find = transaction.prepare_cached(&sql)?;
                let id: Option<i64> =
                    find.query_row(params![account, key], |row| row.get(0)).optional()?;
                if let Some(id) = id {
                    delete_row(transaction, table, account, id, &key, &now)?;
                    counts.deleted += 1;
                }
            }
            finish_page(transaction, table, account, page, &counts, &now)?;
            Ok(counts)
        })
    }

    /// Removes every record of an account from a table, and its position.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn clear(&self, table: &Table, account: &str) -> Result<Counts> {
        self.write(|transaction, _| {
            let now = moment::now();
            let rows: Vec<(i64, String)> = {
                let sql = format!("SELECT _row, _key FROM {} WHERE _account = ?", table.rows());
                let mut find = transaction.prepare_cached(&sql)?;
                let rows = find.query_map([account], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            let mut counts = Counts::default();
            for (id, key) in rows {
                delete_row(transaction, table, account, id, &key, &now)?;
                counts.deleted += 1;
            }
            forget_pass(transaction, table, account)?;
            transaction.execute(
                "DELETE FROM _accounts WHERE table_id = ? AND account = ?",
                params![table.id, account],
            )?;
            Ok(counts)
        })
    }
}

pub(crate) fn ensure_account(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
) -> Result<()> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO _accounts (table_id, account) VALUES (?, ?)")?
        .execute(params![table.id, account])?;
    Ok(())
}

/// Checks that the page may be written; gives the number of records that its pass has written before.
pub(crate) fn start_page(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    page: Page<'_>,
) -> Result<Option<usize>> {
    let refused = |why: &str| Err(Error::Table { table: table.name.clone(), why: why.to_owned() });
    ensure_account(transaction, table, account)?;
    let mut find = transaction.prepare_cached(
        "SELECT pass, pass_records FROM _accounts WHERE table_id = ? AND account = ?",
    )?;
    let (current, records): (Option<i64>, i64) =
        find.query_row(params![table.id, account], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match page.pass {
        None if table.key.is_empty() && !page.records.is_empty() => refused(
            "its records have no key, so that they can be written in a pass through all of them only",
        ),
        None => Ok(None),
        Some(pass) if current == Some(pass.number) => Ok(usize::try_from(records).ok()),
        Some(_) => {
            refused("the pass is not under way: it was completed, given up, or another was begun")
        }
    }
}

pub(crate) fn finish_page(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    page: Page<'_>,
    counts: &Counts,
    now: &str,
) -> Result<()> {
    let position = page.position.map(Value::to_string);
    let written = if page.pass.is_some() { page.records.len() } else { 0 };
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    transaction
        .prepare_cached(
            "UPDATE _accounts SET position = coalesce(?, position), synced_at = ?, rows = rows + ?,
             pass_records = pass_records + ? WHERE table_id = ? AND account = ?",
        )?
        .execute(params![
            position,
            now,
            number(counts.inserted) - number(counts.deleted),
            i64::try_from(written).unwrap_or(i64::MAX),
            table.id,
            account
        ])?;
    Ok(())
}
