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

/// Which codes of a vendor are meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// This code and no other.
    Is(Text),
    /// All that begin so.
    Begins(Text),
    /// All numbers from the first to the last.
    Between(u64, u64),
}

impl ErrorCode {
    /// Whether a code is meant.
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
    /// The credentials do not suffice.
    Authentication,
    /// There is no such record.
    NotFound,
    /// The vendor refused because of too many requests.
    RateLimited,
    /// The arguments are wrong.
    Validation,
    /// The vendor failed for the moment.
    Unavailable,
    /// Anything else that another try does not mend.
    Vendor,
}
