//! Errors and warnings about a text, with their positions.

use std::fmt;

/// The severity of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The text cannot be used without a change.
    Error,
    /// The text can be used, but probably not as its author meant.
    Warning,
}

impl Severity {
    /// The word that messages use: `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error or a warning about a text.
///
/// It is displayed as `LINE:COLUMN: error: message (at path)`, so that the name of a file can
/// precede it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether the text has to be changed.
    pub severity: Severity,
    /// The line in the text, counted from 1.
    pub line: u32,
    /// The column in the line, counted from 1.
    pub column: u32,
    /// The place in the document as a JSON pointer; empty for the whole document.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.line, self.column, self.severity, self.message)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, " (at {})", self.path) }
    }
}

/// Orders problems by place and removes repeated ones.
pub fn sort(problems: &mut Vec<Problem>) {
    problems.sort_by(|a, b| {
        (a.line, a.column, a.severity, &a.message).cmp(&(b.line, b.column, b.severity, &b.message))
    });
    problems.dedup_by(|a, b| (a.line, a.column, &a.message) == (b.line, b.column, &b.message));
}
