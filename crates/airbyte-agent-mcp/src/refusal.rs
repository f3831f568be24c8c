//! Calls that this server refuses or ends by itself.

use serde_json::{Value, json};

/// A call that this server refused or ended by itself.
#[derive(Debug)]
pub(crate) struct Refusal {
    kind: &'static str,
    message: String,
    retry: Retry,
}

/// Whether the tool is worth calling again.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Retry {
    Never,
    Changed,
    AfterSeconds(u64),
}

impl Refusal {
    /// A refusal of this kind, which is one word in `snake_case`, with a message for the model.
    pub(crate) fn new(kind: &'static str, message: impl Into<String>, retry: Retry) -> Self {
        Self { kind, message: message.into(), retry }
    }

    /// The kind as one word in `snake_case`.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// What the model is told.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The refusal as JSON, in the form of the errors of tools.
    pub(crate) fn to_json(&self) -> Value {
        let retry = match self.retry {
            Retry::Never => json!("never"),
            Retry::Changed => json!("with_other_arguments"),
            Retry::AfterSeconds(seconds) => json!({"after_seconds": seconds}),
        };
        json!({"error": self.kind, "message": self.message, "retry": retry})
    }
}
