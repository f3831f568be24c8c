//! What a vendor says beside the records of a list: their number, errors, and that more of them cannot be
//! read.

use airbyte_agent_engine::report_texts;
use serde_json::{Map, Value};

use crate::prose;
use crate::result::clean;
use crate::result::untrusted;

/// The most errors that are repeated to a model; the others are counted.
const MOST_ERRORS: usize = 3;

/// The longest text of an error that is repeated, in characters.
const LONGEST_ERROR: usize = 300;

/// What the vendor says beside the records.
#[derive(Default)]
pub(super) struct PageRemarks {
    /// How many records the whole list has.
    total: Option<u64>,
    errors: Vec<Value>,
    /// Why the list goes on but cannot be read further.
    end: Option<String>,
}

impl PageRemarks {
    /// Adds what a page says.
    pub(super) fn add_page(&mut self, total: Option<u64>, errors: &[Value]) {
        self.total = total.or(self.total);
        self.errors.extend_from_slice(errors);
    }

    /// Remembers why the list cannot be read further; the answer is that it cannot.
    pub(super) fn ends(&mut self, reason: String) -> bool {
        self.end = Some(reason);
        false
    }

    /// Sentences about what is missing.
    pub(super) fn sentences(&self) -> Vec<String> {
        let texts = report_texts(&self.errors);
        let mut notes: Vec<String> =
            texts.iter().take(MOST_ERRORS).map(|text| error_note(text)).collect();
        if texts.len() > MOST_ERRORS {
            let others = texts.len() - MOST_ERRORS;
            notes.push(format!("The vendor reports {others} more errors; meta.errors has them."));
        }
        notes.extend(self.end.as_ref().map(|reason| format!("This is not all: {reason}.")));
        notes
    }

    /// Writes total and errors into the metadata of a result.
    pub(super) fn write(self, meta: &mut Value) {
        if self.total.is_none() && self.errors.is_empty() {
            return;
        }
        if !meta.is_object() {
            *meta = Value::Object(Map::new());
        }
        let Some(members) = meta.as_object_mut() else { return };
        if let Some(total) = self.total {
            members.entry("total").or_insert_with(|| total.into());
        }
        if !self.errors.is_empty() {
            let mut errors = Value::Array(self.errors);
            clean::value(&mut errors);
            members.insert("errors".to_owned(), errors);
        }
    }
}

/// An error in one sentence.
fn error_note(text: &str) -> String {
    let text = prose::short(&clean::line(text), LONGEST_ERROR);
    let text = untrusted::quoted(&text);
    format!("The vendor reports an error, so records may be missing: {text}")
}
