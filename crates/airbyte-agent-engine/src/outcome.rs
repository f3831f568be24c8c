//! The result of a call as plain JSON.

use serde::Serialize;
use serde_json::Value;

use crate::cursor::Cursor;

/// The result of a call as plain JSON, for example of a call by names.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// An array of records for `list` and `search`, an object for the other actions.
    pub data: Value,
    /// Metadata, by the names in the spec; `null` where the operation extracts none.
    pub meta: Value,
    /// Where the list continues; `None` on the last page, and for other operations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
    /// The number of records of the whole list; `None` where the vendor does not state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What the vendor reports in addition to the records, such as errors; some records may then be
    /// missing. The metadata contains it as the member `errors`.
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
    /// An outcome that consists of data only.
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
