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
    /// How many records the whole list has, where the vendor says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What the vendor reports beside the records: a part of them may be missing. The metadata has it
    /// as its member `errors`.
    #[serde(skip)]
    pub errors: Vec<Value>,
    /// What tells this state of the list from later ones, where the vendor answers "not modified"
    /// ([`CallOptions::unless_matches`](crate::CallOptions::unless_matches)): its entity tag, or else its time of change.
    #[serde(skip)]
    pub validator: Option<String>,
    /// Whether the vendor answered "not modified". Nothing else is told then: `data` is `null`, and where the list
    /// continues is not known.
    #[serde(skip)]
    pub unchanged: bool,
}

impl Outcome {
    /// Data alone.
    pub(crate) fn of_data(data: Value) -> Self {
        Self {
            data,
            meta: Value::Null,
            next: None,
            total: None,
            errors: Vec::new(),
            validator: None,
            unchanged: false,
        }
    }

    /// The response "not modified".
    pub(crate) fn not_modified(validator: Option<String>) -> Self {
        Self { validator, unchanged: true, ..Self::of_data(Value::Null) }
    }
}
