//! Writing: a page of records and the position of the sync in one transaction.

use rusqlite::{OptionalExtension, params};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::moment;
use crate::page::{Counts, Page, ensure_account, finish_page, forget_pass, start_page};
use crate::record;
use crate::rows::{RowWriter, delete_row};
use crate::spec;
use crate::store::Store;
use crate::table::Table;

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
            writer.finish()?;
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
