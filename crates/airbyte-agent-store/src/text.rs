//! The words of records, kept for searches in the same transaction as the records.

use rusqlite::{Transaction, params};
use serde_json::{Map, Value};

use crate::error::Result;
use crate::learnt::Learnt;
use crate::record::Row;
use crate::spec::is_address;
use crate::table::{Column, Table};
use crate::value::{Cell, ColumnKind};
use crate::words::{fold, is_of_letters, words};

/// Bits of a row's number in the index; the number of its table stands before them.
const ROW_BITS: u32 = 40;

/// Stands in the index before the words of names. No word has this character.
pub(crate) const NAME_MARK: char = '·';

/// Number of a row in the index of words.
pub(crate) fn index_id(table: i64, row: i64) -> i64 {
    (table << ROW_BITS) | row
}

/// The table and the row of a number in the index of words.
pub(crate) fn table_and_row(id: i64) -> (i64, i64) {
    (id >> ROW_BITS, id & ((1 << ROW_BITS) - 1))
}

/// The texts of a record: those that name what it is, and all others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) name: String,
    pub(crate) body: String,
}

impl Texts {
    fn add(&mut self, field: &str, text: &str) {
        if !text.trim().is_empty() {
            let target = if is_name(field) { &mut self.name } else { &mut self.body };
            if !target.is_empty() {
                target.push('\n');
            }
            target.push_str(&fold(text));
        }
    }

    /// All words, and once more with a mark those of names.
    fn indexed(&self) -> String {
        let mut all = String::with_capacity(2 * self.name.len() + self.body.len() + 16);
        for word in words(&self.name).chain(words(&self.body)) {
            all.push_str(word);
            all.push(' ');
        }
        for word in words(&self.name) {
            all.push(NAME_MARK);
            all.push_str(word);
            all.push(' ');
        }
        all
    }

    fn add_value(&mut self, field: &str, value: &Value) {
        match value {
            Value::String(text) if !is_address(field) => self.add(field, text),
            Value::Array(items) => items.iter().for_each(|item| self.add_value(field, item)),
            Value::Object(members) => {
                for (name, member) in members {
                    self.add_value(name, member);
                }
            }
            _ => {}
        }
    }
}

/// Whether a field with this name says what or whom a record is about.
pub(crate) fn is_name(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    field.ends_with("name")
        || field.ends_with("email")
        || matches!(field.as_str(), "title" | "subject" | "login" | "company" | "organization")
}

/// The texts that searches look at.
pub(crate) fn texts(table: &Table, record: &Map<String, Value>, row: &Row) -> Texts {
    let mut texts = Texts::default();
    let mut searched: Vec<(&Column, &Cell)> = Vec::new();
    for (column, cell) in table.columns.iter().zip(&row.cells) {
        if column.is_searched {
            searched.push((column, cell));
        }
    }
    for (column, cell) in searched {
        match (column.kind, cell) {
            (ColumnKind::Json, Cell::Null) => {}
            (ColumnKind::Json, _) => {
                if let Some(value) = record.get(&column.property) {
                    texts.add_value(&column.property, value);
                }
            }
            (_, Cell::Text(text)) => texts.add(&column.property, text),
            _ => {}
        }
    }
    for (name, value) in record.iter().filter(|(name, _)| table.column(name).is_none()) {
        texts.add_value(name, value);
    }
    texts
}

/// Adds the words of a new record.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    table: &Table,
    id: i64,
    record: &Map<String, Value>,
    row: &Row,
) -> Result<()> {
    let texts = texts(table, record, row);
    learn(transaction, learnt, &texts.name)?;
    learn(transaction, learnt, &texts.body)?;
    transaction
        .prepare_cached("INSERT INTO _text (rowid, words) VALUES (?, ?)")?
        .execute(params![index_id(table.id, id), texts.indexed()])?;
    Ok(())
}

/// Replaces the words of a record.
pub(crate) fn replace(
    transaction: &Transaction<'_>,
    learnt: &mut Learnt,
    table: &Table,
    id: i64,
    record: &Map<String, Value>,
    row: &Row,
) -> Result<()> {
    delete(transaction, table, id)?;
    insert(transaction, learnt, table, id, record, row)
}

/// Removes the words of a record.
pub(crate) fn delete(transaction: &Transaction<'_>, table: &Table, id: i64) -> Result<()> {
    transaction
        .prepare_cached("DELETE FROM _text WHERE rowid = ?")?
        .execute([index_id(table.id, id)])?;
    Ok(())
}

/// Keeps words for searches that tolerate mistakes. Words that no record has any more may stay; they find
/// nothing.
fn learn(transaction: &Transaction<'_>, learnt: &mut Learnt, folded: &str) -> Result<()> {
    for word in words(folded) {
        if is_of_letters(word) && learnt.remember_word(word) {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO _words (length, word) VALUES (?, ?)")?
                .execute(params![i64::try_from(word.chars().count()).unwrap_or(i64::MAX), word])?;
        }
    }
    Ok(())
}
