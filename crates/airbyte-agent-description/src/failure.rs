//! What the error codes of a vendor mean.

use serde::Serialize;

use super::Text;

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
