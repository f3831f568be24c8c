//! Writing: a page of records and the position of the sync in one transaction.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::db::cells;
use crate::error::{Error, Result};
use crate::moment;
use crate::page::{Counts, Page, ensure_account, finish_page, forget_pass, start_page};
use crate::record;
use crate::rows::{RowWriter, delete_rows};
use crate::spec;
use crate::store::Store;
use crate::table::Table;
use crate::value::Cell;

impl Store {
    /// Writes a page: its records by their keys, the position, the changes and the words for searches, all of
    /// it or nothing. Of several records with the same key, the last one stays.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] for a record without its key or that is no object, [`Error::Table`] for a pass that is
    /// not under way, or for none if the table has no key; [`Error::Full`], [`Error::Locked`].
    pub fn write_page(&self, table: &Table, account: &str, page: Page<'_>) -> Result<Counts> {
        self.write(|db, learnt| {
            let mut counts = Counts::default();
            let now = moment::now();
            let table = &table.current(db)?;
            let first = start_page(db, table, account, page)?;
            let cleaned: Vec<Cow<'_, Value>> = page
                .records
                .iter()
                .map(|value| {
                    if table.hidden.is_empty() {
                        return Cow::Borrowed(value);
                    }
                    let mut cleaned = value.clone();
                    spec::remove(&mut cleaned, &table.hidden);
                    Cow::Owned(cleaned)
                })
                .collect();
            let mut records = Vec::with_capacity(cleaned.len());
            for (index, value) in cleaned.iter().enumerate() {
                let Value::Object(record) = value.as_ref() else {
                    let why = "it is not a JSON object".to_owned();
                    return Err(Error::Record { table: table.name.clone(), index, why });
                };
                let key = match (&first, table.key.is_empty()) {
                    (Some(first), true) => (first + index).to_string(),
                    _ => record::key(table, record, index)?,
                };
                records.push((record, key));
            }
            let writer = RowWriter::new(db, table, account, &now);
            let ids = writer.write(learnt, &records, &mut counts)?;
            if let Some(pass) = page.pass {
                let seen: Vec<Vec<Cell>> = ids.iter().map(|id| cells![pass.number, *id]).collect();
                let sql = "INSERT INTO _seen (pass, row) VALUES (?, ?) ON CONFLICT DO NOTHING";
                db.execute_all(sql, &seen)?;
            }
            finish_page(db, table, account, page, &counts, &now)?;
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
        self.write(|db, _| {
            let now = moment::now();
            let mut counts = Counts::default();
            let page = Page { position, ..Page::default() };
            ensure_account(db, table, account)?;
            let sql =
                format!("SELECT _row, _key FROM {} WHERE _account = ? AND _key = ?", table.rows());
            for (index, value) in keys.iter().enumerate() {
                let record = match (value, table.key.as_slice()) {
                    (Value::Object(record), _) => record.clone(),
                    (value, [field]) => Map::from_iter([(field.clone(), value.clone())]),
                    _ => Map::new(),
                };
                let key = record::key(table, &record, index)?;
                let found = db.rows(&sql, cells![account, key])?;
                counts.deleted += delete_rows(db, table, account, &found, &now)?;
            }
            finish_page(db, table, account, page, &counts, &now)?;
            Ok(counts)
        })
    }

    /// Removes every record of an account from a table, and its position.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn clear(&self, table: &Table, account: &str) -> Result<Counts> {
        self.write(|db, _| {
            let now = moment::now();
            let sql = format!("SELECT _row, _key FROM {} WHERE _account = ?", table.rows());
            let rows = db.rows(&sql, cells![account])?;
            let deleted = delete_rows(db, table, account, &rows, &now)?;
            let counts = Counts { deleted, ..Counts::default() };
            forget_pass(db, table, account)?;
            db.execute(
                "DELETE FROM _accounts WHERE table_id = ? AND account = ?",
                cells![table.id, account],
            )?;
            Ok(counts)
        })
    }
}
