//! How a vendor reports failures, and what its error codes mean.

use serde::Serialize;

use super::{Json, JsonPath, Text};

/// What an error code means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorMeaning {
    /// The error codes that the meaning is for.
    pub code: ErrorCode,
    /// The kind of error that these codes become.
    pub kind: FailureKind,
}

/// Which error codes of a vendor are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Exactly this code, and no other.
    Is(Text),
    /// All codes that begin with this text.
    Begins(Text),
    /// All numbers from the first to the last.
    Between(u64, u64),
}

impl ErrorCode {
    /// Whether this error code is one of them.
    pub fn fits(&self, code: &str) -> bool {
        match self {
            Self::Is(known) => code == known,
            Self::Begins(start) => code.starts_with(start.as_ref()),
            Self::Between(first, last) => {
                code.parse().is_ok_and(|code: u64| (*first..=*last).contains(&code))
            }
        }
    }
}

/// Kinds of failures that a vendor can report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The credentials are wrong, or no longer valid.
    Authentication,
    /// The credentials are good and do not allow the operation on what it is about.
    Permission,
    /// The record does not exist.
    NotFound,
    /// The vendor refused because of too many requests.
    RateLimited,
    /// The arguments of the request are wrong.
    Validation,
    /// The vendor cannot serve the request at the moment.
    Unavailable,
    /// Any other failure, which another attempt does not help against.
    Vendor,
}

/// A failure that a vendor reports in a response with a success status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorCheck {
    /// The place in the body that shows the failure.
    pub path: JsonPath,
    /// The condition under which the value there means a failure.
    pub when: ErrorCondition,
    /// Where the body holds the message.
    pub message: Option<JsonPath>,
}

/// The condition under which a value means a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCondition {
    /// The value equals this one.
    Equals(Json),
    /// There is a value, and it is not empty, `null`, `false` or 0.
    NotEmpty,
    /// The value is not empty, and all other members of its object are: nothing was done. If
    /// something was done, the errors are part of the record.
    Alone,
    /// The value is there, as with `NotEmpty`, and there is none at this place, which holds what was done:
    /// everything was refused. If something was done, the value is reported beside the record.
    Unless(JsonPath),
    /// The value is no failure: if it is there, as with `NotEmpty`, it is reported beside the records. The text
    /// says what it means; without one the value itself does.
    Remark(Option<Text>),
}
