//! What is known of the records of a call while they are read: secrets to hide, the schema, the
//! fields asked for.

use std::collections::HashSet;
use std::io::Write as _;

use airbyte_agent_core::closest;
use airbyte_agent_core::description::{Json, Operation};
use serde_json::Value;

use crate::mask::Mask;
use crate::output::Known;
use crate::terminal::one_line;

/// A call whose records are read.
pub(super) struct Reading<'r> {
    pub(super) mask: &'r Mask,
    schema: Option<Value>,
    selected: Vec<String>,
}

impl<'r> Reading<'r> {
    pub(super) fn new(operation: &Operation, selected: &[String], mask: &'r Mask) -> Self {
        let schema = operation.response.schema.as_ref().map(Json::value);
        let selected = super::fields(selected).map(str::to_owned).collect();
        Self { mask, schema, selected }
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known { schema: self.schema.as_ref(), selected: &self.selected }
    }

    /// Adds to `seen` the fields asked for that these records have.
    pub(super) fn note_fields(&self, data: &Value, seen: &mut HashSet<String>) {
        let records = match data {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for name in self.selected.iter().filter(|name| !seen.contains(*name)).collect::<Vec<_>>() {
            if records.iter().any(|record| has(record, name)) {
                seen.insert(name.clone());
            }
        }
    }

    /// Tells of fields asked for that no record has: a slip of the pen leaves records empty.
    pub(super) fn warn_of_missing(&self, records: usize, seen: &HashSet<String>) {
        if records == 0 {
            return;
        }
        let properties = self.schema.as_ref().and_then(|schema| schema.get("properties"));
        let known: Vec<&str> = properties
            .and_then(Value::as_object)
            .map(|known| known.keys().map(String::as_str).collect())
            .unwrap_or_default();
        for name in self.selected.iter().filter(|name| !seen.contains(*name)) {
            let first = name.split('.').next().unwrap_or_default();
            // What the spec knows may be empty everywhere.
            if known.contains(&first) {
                continue;
            }
            let near = closest(first, known.iter().copied());
            let hint = match near.first() {
                Some(near) => format!(", did you mean '{near}'?"),
                None => String::new(),
            };
            let name = one_line(name);
            let _ = writeln!(std::io::stderr(), "warning: no record has the field '{name}'{hint}");
        }
    }
}

/// Whether a record has the field, dots included or as a way through objects.
fn has(record: &Value, name: &str) -> bool {
    record.get(name).is_some()
        || name
            .split_once('.')
            .is_some_and(|(first, rest)| record.get(first).is_some_and(|inner| has(inner, rest)))
}
