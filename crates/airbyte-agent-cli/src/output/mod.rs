//! How results are printed.

mod csv;
mod json;
mod layout;
mod record;
mod table;
mod yaml;

use std::io::{BufWriter, Write, stdout};

use serde_json::Value;

use crate::args::Format;
use crate::failure::Stop;
use crate::terminal;

/// What a call gave.
pub(crate) struct Printed {
    /// Records, or one record.
    pub(crate) data: Value,
    /// Metadata, `null` for none.
    pub(crate) meta: Value,
    /// Where the list continues, as a text or `null`; `None` leaves it unsaid.
    pub(crate) next: Option<Value>,
}

/// What is known of the records beforehand.
#[derive(Default)]
pub(crate) struct Known<'k> {
    /// JSON Schema of one record.
    pub(crate) schema: Option<&'k Value>,
    /// The fields that were asked for, in their order.
    pub(crate) selected: &'k [String],
}

/// The format asked for, else a table on a terminal and JSON for programs.
pub(crate) fn format(asked: Option<Format>) -> Format {
    asked.unwrap_or(if terminal::shows_output() { Format::Table } else { Format::Json })
}

/// Prints to standard output.
pub(crate) fn print(format: Format, printed: &Printed) -> Result<(), Stop> {
    print_known(format, printed, &Known::default())
}

/// Prints records of which something is known to standard output.
pub(crate) fn print_known(format: Format, printed: &Printed, known: &Known) -> Result<(), Stop> {
    let mut out = BufWriter::new(stdout().lock());
    let colours = terminal::takes_colours();
    match format {
        Format::Json => json::object(&mut out, printed, terminal::shows_output(), colours)?,
        Format::Jsonl => json::lines(&mut out, &printed.data)?,
        Format::Yaml => yaml::object(&mut out, printed)?,
        Format::Csv => csv::write(&mut out, &printed.data, known.selected)?,
        Format::Tsv => csv::tabs(&mut out, &printed.data, known.selected)?,
        Format::Table => {
            let width = terminal::width();
            let untold = match &printed.data {
                Value::Object(record) => record::write(&mut out, record, width, colours)?,
                data => table::write(&mut out, records(data), known, width, colours)?,
            };
            out.flush()?;
            hint_at_rest(untold.as_deref());
        }
    }
    out.flush()?;
    Ok(())
}

/// Prints records, one per line.
pub(crate) fn lines(data: &Value) -> Result<(), Stop> {
    let mut out = BufWriter::new(stdout().lock());
    json::lines(&mut out, data)?;
    out.flush()?;
    Ok(())
}

/// JSON for the eyes on a terminal, on one line for programs.
pub(crate) fn json_text(value: &Value) -> String {
    if terminal::shows_output() {
        json::pretty(value, terminal::takes_colours())
    } else {
        value.to_string()
    }
}

/// A table shows what fits; the rest is named where it does not disturb.
fn hint_at_rest(untold: Option<&str>) {
    if let Some(untold) = untold.filter(|_| terminal::shows_errors()) {
        let _ = write!(std::io::stderr(), "{}", terminal::wrap(untold, 0, terminal::width()));
    }
}

/// A value in a cell: texts as they are, the rest as compact JSON.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The records of `data`: an array's elements, else the value itself.
fn records(data: &Value) -> &[Value] {
    match data {
        Value::Array(items) => items,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
}

/// The value at the end of a way.
fn at<'v>(record: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(record, |value, name| value.get(name))
}
