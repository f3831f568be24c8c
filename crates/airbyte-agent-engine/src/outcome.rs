//! What a call gives as plain JSON.

use serde::Serialize;
use serde_json::Value;

use crate::cursor::Cursor;

/// What a call gives as plain JSON, such as one by names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// An array of records for `list` and `search`, an object for the others.
    pub data: Value,
    /// Metadata by the names in the spec, `null` where the operation extracts none.
    pub meta: Value,
    /// Where a list continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}
