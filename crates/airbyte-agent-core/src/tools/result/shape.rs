//! One record in the form that a model reads.

use serde_json::{Map, Value};

use super::notes::Notes;
use super::select::Field;
use super::{clean, compact, cut, select};

/// Names every field.
pub(crate) const ALL: &str = "*";

/// What is wanted of every record.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// Fields named, none for the usual ones.
    fields: Vec<Field>,
    /// Whether every field is wanted.
    all: bool,
    exclude: Vec<String>,
    usual: Usual,
    /// Longest text.
    text: usize,
}

/// What is shown when nothing is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Usual {
    /// At most so many fields, the most telling ones.
    Telling(usize),
    /// Everything that is not empty.
    Full,
}

impl Wish {
    /// What the names mean, with at most `text` characters of a text that nobody named.
    pub(crate) fn new(fields: &[String], exclude: &[String], usual: Usual, text: usize) -> Self {
        let all = fields.iter().any(|name| name == ALL);
        let named = if all { &[] } else { fields };
        let fields = named.iter().map(|name| Field::parse(name)).collect();
        Self { fields, all, exclude: exclude.to_vec(), usual, text }
    }

    /// The same with less when nothing is named.
    pub(crate) fn with_usual(&self, usual: Usual) -> Self {
        Self { usual, ..self.clone() }
    }

    /// Whether the caller says what is wanted.
    pub(crate) fn is_explicit(&self) -> bool {
        self.all || !self.fields.is_empty()
    }

    /// The record in that form.
    pub(crate) fn shape(
        &self,
        mut record: Value,
        schema: Option<&Value>,
        notes: &mut Notes,
    ) -> Value {
        notes.hide(clean::value(&mut record));
        for path in &self.exclude {
            select::exclude(&mut record, path);
        }
        let mut shaped = if !self.fields.is_empty() {
            let mut kept = Value::Object(Map::new());
            for field in &self.fields {
                select::select(&record, field, &mut kept);
            }
            kept
        } else if self.all {
            record
        } else {
            match self.usual {
                Usual::Full => compact::without_empties(record),
                Usual::Telling(most) => compact::record(record, schema, most, notes),
            }
        };
        if self.fields.is_empty() {
            cut::texts(&mut shaped, self.text, "", notes);
        }
        shaped
    }

    /// Notes the fields named that no record has.
    pub(crate) fn note_missing(&self, records: &[Value], notes: &mut Notes) {
        if records.is_empty() {
            return;
        }
        for field in &self.fields {
            let found = records.iter().any(|record| {
                let mut kept = Value::Object(Map::new());
                select::select(record, &Field::parse(field.path()), &mut kept)
            });
            if !found {
                notes.miss(field.path());
            }
        }
    }
}
