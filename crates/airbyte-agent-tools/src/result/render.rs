//! A result as text and as JSON.

use serde_json::{Map, Value};

use super::table::{Format, table};
use super::tokens;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use airbyte_agent_engine::cursor::Cursor;

/// A result, ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct Written<'r> {
    /// A record, or a list of them.
    pub(crate) data: &'r Value,
    /// Metadata, nothing when `null` or empty.
    pub(crate) meta: &'r Value,
    pub(crate) next: Option<&'r Cursor>,
    pub(crate) notes: &'r [String],
    pub(crate) format: Format,
}

impl Written<'_> {
    fn structured(&self) -> Value {
        let mut out = Map::new();
        out.insert("data".to_owned(), self.data.clone());
        if self.meta.as_object().is_some_and(|meta| !meta.is_empty()) {
            out.insert("meta".to_owned(), self.meta.clone());
        }
        if let Some(next) = self.next {
            out.insert("next_cursor".to_owned(), next.to_string().into());
        }
        if !self.notes.is_empty() {
            out.insert("notes".to_owned(), self.notes.to_vec().into());
        }
        Value::Object(out)
    }

    /// What a model reads.
    fn text(&self, structured: &Value) -> String {
        let (Format::Tsv | Format::Csv, Value::Array(records)) = (self.format, self.data) else {
            return structured.to_string();
        };
        let mut text = table(records, self.format);
        text.push('\n');
        if self.meta.as_object().is_some_and(|meta| !meta.is_empty()) {
            text.push_str(&format!("\nmeta: {}", self.meta));
        }
        if let Some(next) = self.next {
            text.push_str(&format!("\nnext_cursor: {next}"));
        }
        for note in self.notes {
            text.push_str(&format!("\nnote: {note}"));
        }
        text
    }

    pub(crate) fn output(&self) -> ToolOutput {
        let structured = self.structured();
        ToolOutput {
            text: self.text(&structured),
            structured,
            next: self.next.cloned(),
            records: Some(self.data.as_array().map_or(usize::from(!self.data.is_null()), Vec::len)),
        }
    }
}

/// Whether a text is within the limits.
pub(crate) fn fits(text: &str, limits: &ResultLimits) -> bool {
    // A token is at least a byte, mostly three and more.
    text.len() <= limits.max_bytes
        && (text.len() <= limits.max_tokens || tokens::estimate(text) <= limits.max_tokens)
}
