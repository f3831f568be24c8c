//! What is known about the records of a call before they are printed: the secrets to redact, the
//! schema, and the selected fields.

use std::collections::HashSet;

use airbyte_agent_core::description::{Json, Operation};
use airbyte_agent_core::{Redactor, closest, report_texts};
use serde_json::Value;

use crate::args::format::Format;
use crate::notes;
use crate::output::RecordHints;

/// What is known about the records of a call.
pub(super) struct RecordContext<'r> {
    pub(super) redactor: &'r Redactor,
    schema: Option<Value>,
    selected: Vec<String>,
}

impl<'r> RecordContext<'r> {
    pub(super) fn new(operation: &Operation, selected: &[String], redactor: &'r Redactor) -> Self {
        let schema = operation.response.schema.as_ref().map(Json::value);
        let selected = super::field_names(selected).map(str::to_owned).collect();
        Self { redactor, schema, selected }
    }

    pub(super) fn hints(&self) -> RecordHints<'_> {
        RecordHints { schema: self.schema.as_ref(), selected: &self.selected }
    }

    /// Adds to `seen` the selected fields that occur in these records.
    pub(super) fn collect_selected_fields(&self, data: &Value, seen: &mut HashSet<String>) {
        let records = match data {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for name in &self.selected {
            if !seen.contains(name) && records.iter().any(|record| has_field(record, name)) {
                seen.insert(name.clone());
            }
        }
    }

    /// What the vendor reported beside the records, without secrets.
    pub(super) fn cleaned(&self, errors: &[Value]) -> Vec<Value> {
        let mut errors = errors.to_vec();
        for error in &mut errors {
            self.redactor.clean_value(error);
        }
        errors
    }

    /// Warns about errors that the vendor reported beside the records: some may be missing.
    pub(super) fn warn_about_errors(errors: &[Value]) {
        let texts = report_texts(errors).into_iter().map(|text| {
            format!("the vendor reports an error beside the records, some may be missing: {text}")
        });
        notes::print_warnings(texts);
    }

    /// Says how many records the whole list has, in formats that hold records only. A list that was
    /// read completely needs no such note.
    pub(super) fn note_total(format: Format, total: Option<u64>, shown: usize) {
        let holds_total = matches!(format, Format::Json | Format::Yaml);
        if let Some(total) = total.filter(|total| !holds_total && *total != shown as u64) {
            notes::print_notes([format!("the whole list has {total} records")]);
        }
    }

    /// Warns about selected fields that occur in no record. A misspelt name would otherwise leave
    /// the records empty without a word.
    pub(super) fn warn_about_missing_fields(&self, records: usize, seen: &HashSet<String>) {
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
            // A field that the spec declares may be absent from all records.
            if known.contains(&first) {
                continue;
            }
            let hint = match closest(first, known.iter().copied()).first() {
                Some(closest) => format!(", did you mean '{closest}'?"),
                None => String::new(),
            };
            notes::print_warnings([format!("no record has the field '{name}'{hint}")]);
        }
    }
}

/// Whether a record has the field. A name with dots is a field with that name, or a path through
/// nested objects and the elements of lists.
fn has_field(record: &Value, name: &str) -> bool {
    if let Value::Array(items) = record {
        return items.iter().any(|item| has_field(item, name));
    }
    record.get(name).is_some()
        || name.split_once('.').is_some_and(|(first, rest)| {
            record.get(first).is_some_and(|inner| has_field(inner, rest))
        })
}
