//! What a call by names gives.

use serde::Serialize;
use serde_json::Value;

use crate::cursor::Cursor;

/// What a call through the dynamic door gives.
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
