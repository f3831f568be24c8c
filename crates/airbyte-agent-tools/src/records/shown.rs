//! The form in which records of the store are shown to a model: that of lists of a vendor.

use std::collections::BTreeMap;

use airbyte_agent_description::Json;
use serde_json::Value;

use super::scope::Readable;
use crate::controls::Controls;
use crate::error::{Retry, ToolError, ToolErrorKind};
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::result::list_text::ListText;
use crate::result::notes::Notes;
use crate::result::render::Supplement;
use crate::result::size::Size;
use crate::result::view::{DefaultFields, View};
use crate::toolset::Toolset;

/// Records of several tables, each of which shows the same fields of all its records.
pub(super) struct Groups<'r, 't> {
    view: View,
    tables: &'r [&'r Readable<'t>],
    schemas: BTreeMap<String, Option<Value>>,
    /// The records with the names of their tables, in their order.
    records: Vec<(String, Value)>,
}

impl<'r, 't> Groups<'r, 't> {
    pub(super) fn new(
        tools: &Toolset,
        controls: &Controls,
        tables: &'r [&'r Readable<'t>],
    ) -> Self {
        let limits = tools.result_limits();
        let default = DefaultFields::Best(limits.list_fields);
        let view = View::new(&controls.fields, &controls.exclude, default, limits.list_text);
        Self { view, tables, schemas: BTreeMap::new(), records: Vec::new() }
    }

    /// Adds a record of a table.
    pub(super) fn add(&mut self, table: &str, record: Value, notes: &mut Notes) {
        let known = self.tables.iter().find(|known| known.table.name == table);
        let schema = self.schemas.entry(table.to_owned()).or_insert_with(|| {
            known.and_then(|known| known.operation.response.schema.as_ref()).map(Json::value)
        });
        let mut records = [record];
        self.view.prepare(&mut records, schema.as_ref(), notes);
        let [record] = records;
        self.records.push((table.to_owned(), record));
    }

    /// The records as they are shown, in the order in which they were added.
    pub(super) fn shown(&mut self, notes: &mut Notes) -> Vec<Value> {
        let records = std::mem::take(&mut self.records);
        let mut fields = BTreeMap::new();
        for (table, _) in &records {
            fields.entry(table.clone()).or_insert_with(|| {
                let same = records.iter().filter(|(other, _)| other == table);
                let same: Vec<Value> = same.map(|(_, record)| record.clone()).collect();
                let known = self.tables.iter().find(|known| known.table.name == *table);
                let given = known.map(|known| known.default_fields).unwrap_or_default();
                let schema = self.schemas.get(table).and_then(Option::as_ref);
                self.view.choose(&same, given, schema)
            });
        }
        let shown = records.into_iter().map(|(table, record)| {
            let fields = fields.get(&table).cloned().unwrap_or_default();
            self.view.show(record, &fields, notes)
        });
        shown.collect()
    }

    /// Notes the fields that the call names and no record has.
    pub(super) fn note_missing(&self, notes: &mut Notes) {
        self.view.note_missing(notes);
    }
}

/// Removes the secrets of all accounts, before anything is shortened.
pub(super) fn clean_secrets(tools: &Toolset, values: &mut [Value]) {
    for value in values {
        tools.clean_value(value);
    }
}

/// The result with as many of the records as fit. `supplement` is what stands beside the first so many.
pub(super) fn fitting(
    mut text: ListText,
    data: &[Value],
    supplement: impl Fn(usize) -> Supplement,
    limits: ResultLimits,
) -> Result<ToolOutput, ToolError> {
    let mut count = data.len();
    if !text.fits(count, &supplement(count)) {
        let (mut fitting, mut too_many) = (0, count);
        while too_many - fitting > 1 {
            let middle = fitting + (too_many - fitting) / 2;
            if text.fits(middle, &supplement(middle)) {
                fitting = middle;
            } else {
                too_many = middle;
            }
        }
        count = fitting;
    }
    if count == 0 && !data.is_empty() {
        // One is shown as long as it is within the limits at all.
        text.set_limits(limits);
        count = usize::from(text.fits(1, &supplement(1)));
        if count == 0 {
            return Err(too_large());
        }
    }
    let supplement = supplement(count);
    let text = text.finish(count, &supplement);
    let data: Vec<Value> = data.iter().take(count).cloned().collect();
    Ok(supplement.output(data.into(), text))
}

pub(super) fn too_large() -> ToolError {
    let message = "the first record alone is longer than a result may be";
    ToolError::new(ToolErrorKind::TooLarge, message, Retry::Changed)
        .with_advice("Ask for fewer fields or columns, or for a part of a text.")
}

/// Lines of text, of which as many are shown as fit.
pub(super) fn lines(lines: &[String], structured: Value, limits: &ResultLimits) -> ToolOutput {
    let mut text = String::new();
    let mut size = Size::default();
    for (index, line) in lines.iter().enumerate() {
        let line = if index == 0 { line.clone() } else { format!("\n{line}") };
        let mut longer = size.clone();
        longer.add(&line);
        if !longer.fits(limits) {
            let left = lines.len() - index;
            text.push_str(&format!("\n… and {left} lines more; name single tables."));
            break;
        }
        size = longer;
        text.push_str(&line);
    }
    ToolOutput { text, structured, ..ToolOutput::default() }
}
