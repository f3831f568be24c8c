//! The result of a call.

use serde_json::Value;

use airbyte_agent_engine::cursor::Cursor;

/// The result of a call that succeeded.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ToolOutput {
    /// The result for a model: compact JSON, or a table where the call wants one.
    pub text: String,
    /// The same as JSON: an object with `data` and, where there are any, `meta`, `next_cursor` and `notes`.
    /// Tools that answer from descriptions have members of their own.
    pub structured: Value,
    /// Where the list continues, `None` at its end and for calls that give no list. The text may have a
    /// [short handle](super::Plan::short_cursors) in its place.
    pub next: Option<Cursor>,
    /// The number of records in the result, `None` for files and for answers from descriptions.
    pub records: Option<usize>,
    /// The image that a download gave, for toolsets that [take images](super::Toolset::images).
    pub image: Option<ToolImage>,
}

impl ToolOutput {
    /// The result with one more note.
    pub(super) fn with_note(mut self, note: &str) -> Self {
        if let Some(members) = self.structured.as_object_mut() {
            let notes = members.entry("notes").or_insert_with(|| Value::Array(Vec::new()));
            if let Some(notes) = notes.as_array_mut() {
                notes.push(note.into());
            }
        }
        if self.text.starts_with('{') {
            self.text = self.structured.to_string();
        } else {
            self.text.push_str(&format!("\nnote: {note}"));
        }
        self
    }
}

/// An image beside the text of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolImage {
    /// The media type, such as `image/png`.
    pub media_type: String,
    /// The bytes in base64.
    pub base64: String,
}
