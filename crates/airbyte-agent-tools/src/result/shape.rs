//! One record in the form that a model reads.

use serde_json::{Map, Value};

use super::compact::Plan;
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

    /// Makes records ready to be shaped: cleans them and takes out what is not wanted.
    pub(crate) fn prepare(&self, records: &mut [Value], notes: &mut Notes) {
        for record in records {
            notes.hide(clean::value(record));
            for path in &self.exclude {
                select::exclude(record, path);
            }
        }
    }

    /// The fields that are shown of these records when nothing is named.
    pub(crate) fn plan(&self, records: &[Value], schema: Option<&Value>) -> Plan {
        match self.usual {
            Usual::Telling(most) if !self.is_explicit() => Plan::new(records, schema, most),
            _ => Plan::default(),
        }
    }

    /// A record in that form.
    pub(crate) fn shape(&self, record: Value, plan: &Plan, notes: &mut Notes) -> Value {
        let mut shaped = if !self.fields.is_empty() {
            let mut kept = Value::Object(Map::new());
            for field in &self.fields {
                if select::select(&record, field, &mut kept) {
                    notes.find(field.path());
                }
            }
            return kept;
        } else if self.all {
            record
        } else {
            match self.usual {
                Usual::Full => compact::without_empties(record),
                Usual::Telling(_) => plan.apply(record, notes),
            }
        };
        cut::texts(&mut shaped, self.text, "", notes);
        shaped
    }

    /// Notes the fields named that no record has.
    pub(crate) fn note_missing(&self, notes: &mut Notes) {
        for field in &self.fields {
            if !notes.has_found(field.path()) {
                notes.miss(field.path());
            }
        }
    }
}
