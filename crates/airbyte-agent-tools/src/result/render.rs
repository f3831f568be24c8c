//! A result as JSON text and as a JSON value.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::size::Size;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use airbyte_agent_engine::cursor::Cursor;

/// What a result says beside its data.
#[derive(Debug, Clone, Default)]
pub(crate) struct Supplement {
    /// Metadata; nothing is shown when it is `null` or empty.
    pub(crate) meta: Value,
    /// Where the list continues.
    pub(crate) next: Option<Cursor>,
    /// What is shown in the place of the cursor, `None` for the cursor itself.
    pub(crate) handle: Option<String>,
    /// Sentences about the data.
    pub(crate) notes: Vec<String>,
}

impl Supplement {
    /// Whether there is metadata to be shown.
    pub(crate) fn has_meta(&self) -> bool {
        self.meta.as_object().is_some_and(|meta| !meta.is_empty())
    }

    /// What a model passes on to read the list on.
    pub(crate) fn next_cursor(&self) -> Option<String> {
        let next = self.next.as_ref()?;
        Some(self.handle.clone().unwrap_or_else(|| next.to_string()))
    }

    /// The JSON text that follows the data: further members and the end of the object.
    pub(crate) fn json_text(&self) -> String {
        let mut text = String::new();
        let mut member = |name: &str, value: &dyn std::fmt::Display| {
            // Writing into a string cannot fail.
            let _ = write!(text, ",\"{name}\":{value}");
        };
        if self.has_meta() {
            member("meta", &self.meta);
        }
        if let Some(next) = self.next_cursor() {
            member("next_cursor", &Value::from(next));
        }
        if !self.notes.is_empty() {
            member("notes", &Value::from(self.notes.as_slice()));
        }
        text.push('}');
        text
    }

    /// The result as a value, with this data.
    fn structured(self, data: Value) -> Value {
        let (has_meta, next) = (self.has_meta(), self.next_cursor());
        let mut members = Map::new();
        members.insert("data".to_owned(), data);
        if has_meta {
            members.insert("meta".to_owned(), self.meta);
        }
        if let Some(next) = next {
            members.insert("next_cursor".to_owned(), next.into());
        }
        if !self.notes.is_empty() {
            members.insert("notes".to_owned(), self.notes.into());
        }
        Value::Object(members)
    }

    /// The result with this data, which was written as `text`.
    pub(crate) fn output(self, data: Value, text: String) -> ToolOutput {
        let records = data.as_array().map_or(usize::from(!data.is_null()), Vec::len);
        let next = self.next.clone();
        let structured = self.structured(data);
        ToolOutput { text, structured, next, records: Some(records), image: None }
    }
}

/// Writes a result as JSON if it is within the limits; otherwise the data comes back.
pub(crate) fn json_within(
    limits: &ResultLimits,
    data: Value,
    supplement: Supplement,
) -> Result<ToolOutput, Value> {
    let text = json_text(&data, &supplement);
    if Size::of(&text).fits(limits) { Ok(supplement.output(data, text)) } else { Err(data) }
}

/// Writes a result as JSON, however long it is.
pub(crate) fn json(data: Value, supplement: Supplement) -> ToolOutput {
    let text = json_text(&data, &supplement);
    supplement.output(data, text)
}

fn json_text(data: &Value, supplement: &Supplement) -> String {
    format!("{{\"data\":{data}{}", supplement.json_text())
}
