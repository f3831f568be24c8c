//! The words of records, kept for searches in the same transaction as the records.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::db::{Db, Dialect, cells};
use crate::error::Result;
use crate::learnt::Learnt;
use crate::record::Row;
use crate::spec::is_address;
use crate::table::{Column, Table};
use crate::value::{Cell, ColumnKind};
use crate::words::{beginning, fold, is_of_letters, words};

/// Bits of a row's number in the index; the number of its table stands before them.
const ROW_BITS: u32 = 40;

/// Stands in the index of SQLite before the words of names. No word has this character.
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

/// Adds the words of new records, of which each has the number of its row.
pub(crate) fn insert(
    db: &dyn Db,
    learnt: &mut Learnt,
    table: &Table,
    records: &[(i64, &Map<String, Value>, &Row)],
) -> Result<()> {
    let mut new = Vec::new();
    let mut rows = Vec::with_capacity(records.len());
    for (id, record, row) in records {
        let texts = texts(table, record, row);
        learn(learnt, &texts.name, &mut new);
        learn(learnt, &texts.body, &mut new);
        let id = index_id(table.id, *id);
        rows.push(match db.dialect() {
            Dialect::Sqlite => cells![id, texts.indexed()],
            Dialect::Postgres => {
                let whole = format!("{}\n{}", texts.name, texts.body);
                cells![id, lexemes(&texts.name), lexemes(&whole)]
            }
        });
    }
    db.execute_all("INSERT INTO _words (length, word) VALUES (?, ?) ON CONFLICT DO NOTHING", &new)?;
    let sql = match db.dialect() {
        Dialect::Sqlite => "INSERT INTO _text (rowid, words) VALUES (?, ?)",
        Dialect::Postgres => {
            "INSERT INTO _text (id, name, whole)
             VALUES (?, array_to_tsvector(?::text[]), array_to_tsvector(?::text[]))"
        }
    };
    db.execute_all(sql, &rows)?;
    Ok(())
}

/// Removes the words of rows.
pub(crate) fn delete(db: &dyn Db, table: &Table, rows: &[i64]) -> Result<()> {
    let sql = match db.dialect() {
        Dialect::Sqlite => "DELETE FROM _text WHERE rowid = ?",
        Dialect::Postgres => "DELETE FROM _text WHERE id = ?",
    };
    let ids: Vec<Vec<Cell>> = rows.iter().map(|row| cells![index_id(table.id, *row)]).collect();
    db.execute_all(sql, &ids)?;
    Ok(())
}

/// Keeps words for searches that tolerate mistakes. Words that no record has any more may stay; they find
/// nothing.
fn learn(learnt: &mut Learnt, folded: &str, new: &mut Vec<Vec<Cell>>) {
    for word in words(folded) {
        if is_of_letters(word) && learnt.remember_word(word) {
            new.push(cells![word.chars().count(), word]);
        }
    }
}

/// Most bytes of a word in the index of Postgres.
pub(crate) const LONGEST_WORD: usize = 2_000;

/// Most bytes of all words of a record in the index of Postgres.
const MOST_BYTES: usize = 900_000;

/// The different words of a folded text as an array of Postgres. They have letters and digits only, and stand in double
/// quotes because `null` without them is no word. What an index of
/// Postgres cannot hold is left out: the end of a word of more than 2000 bytes, and words beyond 900 kB of a record.
fn lexemes(folded: &str) -> String {
    let all: BTreeSet<&str> = words(folded).map(|word| beginning(word, LONGEST_WORD)).collect();
    let mut room = MOST_BYTES;
    let held = all.into_iter().take_while(|word| {
        let has_room = word.len() < room;
        room = room.saturating_sub(word.len() + 1);
        has_room
    });
    let quoted = held.map(|word| format!("\"{word}\""));
    format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
}
