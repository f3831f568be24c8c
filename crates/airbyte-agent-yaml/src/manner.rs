//! How strictly a text is read, and the errors and warnings about it.

use crate::problem::{Problem, Severity};

/// How strictly a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Whatever other readers may understand differently is an error.
    Strict,
    /// Whatever can be understood is read, with a warning.
    Lenient,
}

/// The largest number of warnings that are kept, so that a text with very many problems does not
/// fill the memory.
const MOST_WARNINGS: usize = 200;

/// The errors and warnings found in a text so far.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) manner: Manner,
    pub(crate) errors: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
    left_out: usize,
}

impl Findings {
    pub(crate) fn new(manner: Manner) -> Self {
        Self { manner, errors: Vec::new(), warnings: Vec::new(), left_out: 0 }
    }

    pub(crate) fn is_lenient(&self) -> bool {
        self.manner == Manner::Lenient
    }

    pub(crate) fn warn(&mut self, line: u32, column: u32, message: impl Into<String>) {
        if self.warnings.len() < MOST_WARNINGS || !self.is_lenient() {
            self.warnings.push(problem(Severity::Warning, line, column, message));
        } else {
            self.left_out += 1;
        }
    }

    pub(crate) fn error(&mut self, line: u32, column: u32, message: impl Into<String>) {
        self.errors.push(problem(Severity::Error, line, column, message));
    }

    /// The warnings. If some were left out, the last one states their number.
    pub(crate) fn into_warnings(mut self) -> Vec<Problem> {
        if let (left_out @ 1.., Some(last)) = (self.left_out, self.warnings.last()) {
            let message = format!("{left_out} more warnings of this kind follow");
            self.warnings.push(problem(Severity::Warning, last.line, last.column, message));
        }
        self.warnings
    }
}

pub(crate) fn problem(
    severity: Severity,
    line: u32,
    column: u32,
    message: impl Into<String>,
) -> Problem {
    Problem { severity, line, column, path: String::new(), message: message.into() }
}
