//! Printing of results to standard output, in the format that was requested.
//!
//! Knows nothing about how a result was obtained. Secrets must have been redacted before.

mod csv;
mod json;
mod layout;
mod record;
mod table;
mod yaml;

pub(crate) use self::json::compact_json;

use std::io::{BufWriter, Write};
use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::format::{DocumentFormat, Format};
use crate::failure::Stop;
use crate::terminal;

/// The result of a command.
pub(crate) struct ResultDocument {
    /// Records, or a single record.
    pub(crate) data: Value,
    /// Metadata, or `null` for none.
    pub(crate) meta: Value,
    /// The cursor of the next page as a text, or `null` for the last page. `None` leaves the member
    /// `next` out.
    pub(crate) next: Option<Value>,
    /// How many records the whole list has, where the vendor says so.
    pub(crate) total: Option<u64>,
    /// What the vendor reports beside the records; they may not be all.
    pub(crate) errors: Vec<Value>,
}

impl ResultDocument {
    /// A result without metadata and without a cursor.
    pub(crate) fn of_data(data: Value) -> Self {
        Self { data, meta: Value::Null, next: None, total: None, errors: Vec::new() }
    }

    fn to_json(&self) -> Value {
        let mut object = json!({"data": self.data, "meta": self.meta});
        if let Some(total) = self.total {
            object["total"] = total.into();
        }
        if !self.errors.is_empty() {
            object["errors"] = self.errors.clone().into();
        }
        if let Some(next) = &self.next {
            object["next"] = next.clone();
        }
        object
    }
}

/// What is known about records before they are printed.
#[derive(Default)]
pub(crate) struct RecordHints<'k> {
    /// The JSON Schema of one record.
    pub(crate) schema: Option<&'k Value>,
    /// The fields that the user selected, in the order of the selection.
    pub(crate) selected: &'k [String],
}

/// The requested format, otherwise a table on a terminal and JSON for programs.
pub(crate) fn format_or_default(requested: Option<Format>) -> Format {
    let default = if terminal::stdout_is_terminal() { Format::Table } else { Format::Json };
    requested.unwrap_or(default)
}

/// The requested format, otherwise text on a terminal and JSON for programs.
pub(crate) fn document_format_or_default(requested: Option<DocumentFormat>) -> DocumentFormat {
    let is_terminal = terminal::stdout_is_terminal();
    let default = if is_terminal { DocumentFormat::Text } else { DocumentFormat::Json };
    requested.unwrap_or(default)
}

/// Prints a result in the requested format, otherwise in the default one.
pub(crate) fn print_result(
    requested: Option<Format>,
    document: &ResultDocument,
) -> Result<(), Stop> {
    print_records(format_or_default(requested), document, &RecordHints::default())
}

/// Prints records of which something is known.
pub(crate) fn print_records(
    format: Format,
    document: &ResultDocument,
    hints: &RecordHints<'_>,
) -> Result<(), Stop> {
    let mut out = BufWriter::new(terminal::stdout());
    let (for_people, colours) = (terminal::stdout_is_terminal(), terminal::stdout_takes_colours());
    match format {
        Format::Json => json::write_object(&mut out, document, for_people, colours)?,
        Format::Jsonl => json::write_lines(&mut out, &document.data)?,
        Format::Yaml => yaml::write_document(&mut out, document)?,
        Format::Csv => csv::write_csv(&mut out, &document.data, hints.selected)?,
        Format::Tsv => csv::write_tsv(&mut out, &document.data, hints.selected)?,
        Format::Table => {
            let width = terminal::width();
            let omitted = match &document.data {
                Value::Object(record) => record::write_record(&mut out, record, width, colours)?,
                data => table::write_table(&mut out, records_of(data), hints, width, colours)?,
            };
            out.flush()?;
            print_omitted(omitted.as_deref());
        }
    }
    out.flush()?;
    Ok(())
}

/// Prints every record as one line of JSON.
pub(crate) fn print_json_lines(data: &Value) -> Result<(), Stop> {
    let mut out = BufWriter::new(terminal::stdout());
    json::write_lines(&mut out, data)?;
    out.flush()?;
    Ok(())
}

/// JSON for standard output: indented on a terminal, on one line for programs.
pub(crate) fn json_for_output(value: &Value) -> String {
    if terminal::stdout_is_terminal() {
        json::indented_json(value, terminal::stdout_takes_colours())
    } else {
        json::compact_json(value)
    }
}

/// A point in time as people and programs read it, such as `2026-01-01T00:00:00Z`.
pub(crate) fn timestamp(at: SystemTime) -> Option<String> {
    let at = Timestamp::try_from(at).ok()?;
    at.round(jiff::Unit::Second).ok().map(|at| at.to_string())
}

/// Prints what a table leaves out. This goes to standard error, so that it is not part of the
/// result.
fn print_omitted(omitted: Option<&str>) {
    if let Some(omitted) = omitted.filter(|_| terminal::stderr_is_terminal()) {
        let text = terminal::wrap_text(omitted, 0, terminal::width());
        let _ = write!(terminal::stderr(), "{text}");
    }
}

/// A value as the text of a cell: texts as they are, other values as compact JSON.
fn cell_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The records of `data`: the elements of an array, otherwise the value itself.
fn records_of(data: &Value) -> &[Value] {
    match data {
        Value::Array(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// The value at a path through nested objects.
fn value_at<'v>(record: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(record, |value, name| value.get(name))
}
