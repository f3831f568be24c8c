//! Writing: a page of records and the position of the sync in one transaction, and passes through all records.

use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};
use serde_json::{Map, Value};

use crate::changes::{self, ChangeKind};
use crate::error::{Error, Result};
use crate::moment;
use crate::record::{self, Row};
use crate::reencode::{StoredRow, stored, stored_columns};
use crate::spec;
use crate::store::{Learnt, Store};
use crate::table::Table;
use crate::text;
use crate::value::Cell;

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

/// A pass through all records of an account in a table. When it is complete, records that it has not seen are
/// removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    number: i64,
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
            let first = start_page(transaction, table, account, page)?;
            for (index, value) in page.records.iter().enumerate() {
                let not_object = || Error::Record {
                    table: table.name.clone(),
                    index,
                    why: "it is not a JSON object".to_owned(),
                };
                let mut value = value.clone();
                if !value.is_object() {
                    return Err(not_object());
                }
                spec::remove(&mut value, &table.hidden);
                let Value::Object(record) = value else { return Err(not_object()) };
                let key = match (&first, table.key.is_empty()) {
                    (Some(first), true) => (first + index).to_string(),
                    _ => record::key(table, &record, index)?,
                };
                let row = record::row(table, &record, key);
                let id = upsert(transaction, learnt, table, account, &record, &row, &now, &mut counts)?;
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
                let sql = format!("SELECT _row FROM {} WHERE _account = ? AND _key = ?", table.rows());
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

    /// Begins a pass through all records of an account. One that was under way is given up; what it has seen is
    /// forgotten, and nothing is removed.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn begin_pass(&self, table: &Table, account: &str) -> Result<Pass> {
        self.write(|transaction, _| {
            ensure_account(transaction, table, account)?;
            forget_pass(transaction, table, account)?;
            transaction.execute("UPDATE _passes SET last = last + 1", [])?;
            let number: i64 = transaction.query_row("SELECT last FROM _passes", [], |row| row.get(0))?;
            transaction.execute(
                "UPDATE _accounts SET pass = ?, pass_started_at = ?, pass_records = 0
                 WHERE table_id = ? AND account = ?",
                params![number, moment::now(), table.id, account],
            )?;
            Ok(Pass { number })
        })
    }

    /// The pass that is under way and can be continued at the position of its last page.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn pass(&self, table: &Table, account: &str) -> Result<Option<Pass>> {
        Ok(self.account(table, account)?.and_then(|state| state.pass))
    }

    /// Completes a pass: removes the records of the account that it has not seen, and sets the position.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] if the pass is not under way; [`Error::Full`], [`Error::Locked`].
    pub fn finish_pass(
        &self,
        table: &Table,
        account: &str,
        pass: Pass,
        position: Option<&Value>,
    ) -> Result<Counts> {
        self.write(|transaction, _| {
            let now = moment::now();
            let page = Page { position, pass: Some(pass), ..Page::default() };
            start_page(transaction, table, account, page)?;
            let mut counts = Counts::default();
            let unseen: Vec<(i64, String)> = {
                let sql = format!(
                    "SELECT _row, _key FROM {} WHERE _account = ?1
                     AND _row NOT IN (SELECT row FROM _seen WHERE pass = ?2)",
                    table.rows()
                );
                let mut find = transaction.prepare_cached(&sql)?;
                let rows = find.query_map(params![account, pass.number], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            for (id, key) in unseen {
                delete_row(transaction, table, account, id, &key, &now)?;
                counts.deleted += 1;
            }
            finish_page(transaction, table, account, page, &counts, &now)?;
            forget_pass(transaction, table, account)?;
            transaction.execute(
                "UPDATE _accounts SET complete_at = ? WHERE table_id = ? AND account = ?",
                params![now, table.id, account],
            )?;
            Ok(counts)
        })
    }

    /// Gives up a pass that is under way. Nothing is removed.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn abort_pass(&self, table: &Table, account: &str) -> Result<()> {
        self.write(|transaction, _| forget_pass(transaction, table, account))
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

    /// Where the sync of an account in a table stands; `None` if it never wrote anything.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn account(&self, table: &Table, account: &str) -> Result<Option<AccountState>> {
        self.read(|reader| {
            reader.internally(|connection| {
                let mut find = connection.prepare_cached(
                    "SELECT position, synced_at, complete_at, pass, rows, pass_records FROM _accounts
                     WHERE table_id = ? AND account = ?",
                )?;
                let state = find.query_row(params![table.id, account], |row| {
                    let position: Option<String> = row.get(0)?;
                    let pass: Option<i64> = row.get(3)?;
                    let count = |number: i64| u64::try_from(number).unwrap_or_default();
                    Ok(AccountState {
                        position: position.and_then(|text| serde_json::from_str(&text).ok()),
                        synced_at: row.get(1)?,
                        complete_at: row.get(2)?,
                        pass: pass.map(|number| Pass { number }),
                        rows: count(row.get(4)?),
                        pass_records: count(row.get(5)?),
                    })
                });
                Ok(state.optional()?)
            })
        })
    }
}

/// Where the sync of an account in a table stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AccountState {
    /// What the sync gave with its last page.
    pub position: Option<Value>,
    /// When the last page was written, in UTC.
    pub synced_at: Option<String>,
    /// When the last pass was complete, in UTC.
    pub complete_at: Option<String>,
    /// The pass that is under way.
    pub pass: Option<Pass>,
    /// Number of records of the account in the table.
    pub rows: u64,
    /// Number of records that the pass under way has written.
    pub pass_records: u64,
}

fn ensure_account(transaction: &Transaction<'_>, table: &Table, account: &str) -> Result<()> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO _accounts (table_id, account) VALUES (?, ?)")?
        .execute(params![table.id, account])?;
    Ok(())
}

/// Checks that the page may be written; gives the number of records that its pass has written before.
fn start_page(
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
        None if table.key.is_empty() && !page.records.is_empty() => {
            refused("its records have no key, so that they can be written in a pass through all of them only")
        }
        None => Ok(None),
        Some(pass) if current == Some(pass.number) => Ok(usize::try_from(records).ok()),
        Some(_) => refused("the pass is not under way: it was completed, given up, or another was begun"),
    }
}

fn finish_page(
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

fn forget_pass(transaction: &Transaction<'_>, table: &Table, account: &str) -> Result<()> {
    transaction.execute(
        "DELETE FROM _seen WHERE pass =
         (SELECT pass FROM _accounts WHERE table_id = ?1 AND account = ?2)",
        params![table.id, account],
    )?;
    transaction.execute(
        "UPDATE _accounts SET pass = NULL, pass_started_at = NULL, pass_records = 0
         WHERE table_id = ? AND account = ?",
        params![table.id, account],
    )?;
    Ok(())
}

/// Number of a shape. It is the same in every process that writes to the file.
pub(crate) fn shape_id(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    shape: &str,
) -> Result<i64> {
    if let Some(id) = learnt.shape(shape) {
        return Ok(id);
    }
    transaction
        .prepare_cached("INSERT OR IGNORE INTO _shapes (members) VALUES (?)")?
        .execute([shape])?;
    let id: i64 = transaction
        .prepare_cached("SELECT id FROM _shapes WHERE members = ?")?
        .query_row([shape], |row| row.get(0))?;
    learnt.remember_shape(shape, id);
    Ok(id)
}

#[expect(clippy::too_many_arguments, reason = "what a row is written with, each of another type")]
fn upsert(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    table: &Table,
    account: &str,
    record: &Map<String, Value>,
    row: &Row,
    now: &str,
    counts: &mut Counts,
) -> Result<i64> {
    let known = {
        let mut find = transaction.prepare_cached(&format!(
            "SELECT {} FROM {} WHERE _account = ? AND _key = ?",
            stored_columns(table),
            table.rows()
        ))?;
        find.query_row(params![account, row.key], |row| stored(row, table)).optional()?
    };
    if let Some(known) = &known
        && known.is(row)
    {
        counts.unchanged += 1;
        return Ok(known.id);
    }
    let shape = shape_id(transaction, learnt, &row.shape)?;
    let Some(known) = known else {
        let id = insert(transaction, table, account, row, shape, now)?;
        text::insert(transaction, learnt, table, id, record, row)?;
        changes::add(transaction, table, account, &row.key, ChangeKind::Created, now)?;
        counts.inserted += 1;
        return Ok(id);
    };
    update(transaction, table, &known, row, shape, now)?;
    text::replace(transaction, learnt, table, known.id, record, row)?;
    if known.record(table) == *record {
        // Only the order of the members differs, or how a value is held.
        counts.unchanged += 1;
    } else {
        changes::add(transaction, table, account, &row.key, ChangeKind::Updated, now)?;
        counts.changed += 1;
    }
    Ok(known.id)
}

fn insert(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    row: &Row,
    shape: i64,
    now: &str,
) -> Result<i64> {
    let places: String = table.columns.iter().map(|column| format!(", c{}", column.place)).collect();
    let marks = ", ?".repeat(table.columns.len());
    let mut insert = transaction.prepare_cached(&format!(
        "INSERT INTO {} (_account, _key, _synced_at, _shape, _rest{places}) VALUES (?, ?, ?, ?, ?{marks})",
        table.rows()
    ))?;
    let own = [
        Cell::Text(account.to_owned()),
        Cell::Text(row.key.clone()),
        Cell::Text(now.to_owned()),
        Cell::Integer(shape),
        row.rest.clone().map_or(Cell::Null, Cell::Text),
    ];
    Ok(insert.insert(params_from_iter(own.iter().chain(&row.cells)))?)
}

fn update(
    transaction: &Transaction<'_>,
    table: &Table,
    known: &StoredRow,
    row: &Row,
    shape: i64,
    now: &str,
) -> Result<()> {
    let places: String = table.columns.iter().map(|column| format!(", c{} = ?", column.place)).collect();
    let mut update = transaction.prepare_cached(&format!(
        "UPDATE {} SET _synced_at = ?, _shape = ?, _rest = ?{places} WHERE _row = ?",
        table.rows()
    ))?;
    let own = [
        Cell::Text(now.to_owned()),
        Cell::Integer(shape),
        row.rest.clone().map_or(Cell::Null, Cell::Text),
    ];
    let id = [Cell::Integer(known.id)];
    update.execute(params_from_iter(own.iter().chain(&row.cells).chain(&id)))?;
    Ok(())
}

fn delete_row(
    transaction: &Transaction<'_>,
    table: &Table,
    account: &str,
    id: i64,
    key: &str,
    now: &str,
) -> Result<()> {
    transaction
        .prepare_cached(&format!("DELETE FROM {} WHERE _row = ?", table.rows()))?
        .execute([id])?;
    text::delete(transaction, table, id)?;
    changes::add(transaction, table, account, key, ChangeKind::Deleted, now)
}
