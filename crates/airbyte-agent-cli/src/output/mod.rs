//! How results are printed.

mod csv;
mod json;
mod table;

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

/// The format asked for, else a table on a terminal and JSON for programs.
pub(crate) fn format(asked: Option<Format>) -> Format {
    asked.unwrap_or(if terminal::shows_output() { Format::Table } else { Format::Json })
}

/// Prints to standard output.
pub(crate) fn print(format: Format, printed: &Printed) -> Result<(), Stop> {
    let mut out = BufWriter::new(stdout().lock());
    match format {
        Format::Json => json::object(&mut out, printed, terminal::shows_output())?,
        Format::Jsonl => json::lines(&mut out, &printed.data)?,
        Format::Csv => csv::write(&mut out, &printed.data)?,
        Format::Table => {
            let left_out = table::write(
                &mut out,
                &printed.data,
                terminal::width(),
                terminal::takes_colours(),
            )?;
            out.flush()?;
            hint_at_columns(&left_out);
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

/// A table shows what fits; the rest is named where it does not disturb.
fn hint_at_columns(left_out: &[String]) {
    if left_out.is_empty() || !terminal::shows_errors() {
        return;
    }
    let names = left_out.join(", ");
    let text = format!("Not shown: {names}. Choose with --select, or see all with --output json.");
    let _ = write!(std::io::stderr(), "{}", terminal::wrap(&text, 0, terminal::width()));
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

/// Names of all members, in the order in which they first appear.
fn columns(records: &[Value]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for name in records.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if known.insert(name.as_str()) {
            names.push(name);
        }
    }
    names
}
