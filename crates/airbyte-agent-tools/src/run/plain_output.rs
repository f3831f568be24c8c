//! Results that are no records: what is told of a file, or a number.

use serde_json::{Map, Value};

use crate::output::ToolOutput;

/// The result with this data and these sentences.
pub(super) fn output(data: Map<String, Value>, notes: Vec<String>) -> ToolOutput {
    let mut out = Map::from_iter([("data".to_owned(), Value::Object(data))]);
    if !notes.is_empty() {
        out.insert("notes".to_owned(), notes.into());
    }
    let structured = Value::Object(out);
    ToolOutput { text: structured.to_string(), structured, ..ToolOutput::default() }
}
