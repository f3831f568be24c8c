//! What a call gives back.

use serde_json::Value;

use airbyte_agent_engine::cursor::Cursor;

/// What a call gives back.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolOutput {
    /// What the model reads: compact JSON, or a table where one was asked for.
    pub text: String,
    /// The same as JSON.
    pub structured: Value,
    /// Where a list continues.
    pub next: Option<Cursor>,
    /// Number of records given, for calls that give records.
    pub records: Option<usize>,
}
