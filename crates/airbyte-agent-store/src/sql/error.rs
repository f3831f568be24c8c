//! What is wrong with a query.

use std::fmt;

/// What kind of mistake it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryErrorKind {
    /// The statement is not correct SQL.
    Syntax,
    /// There is no such table.
    UnknownTable,
    /// There is no such column.
    UnknownColumn,
    /// There is no such function, or it has other arguments.
    UnknownFunction,
    /// The statement would do something that is not allowed.
    Refused,
    /// The statement took longer than it may.
    Time,
    /// The statement needs more memory, or a longer text, than it may have.
    Memory,
    /// The caller ended it.
    Cancelled,
    /// Something failed while the statement ran.
    Failed,
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueryError {
    /// What kind of mistake it is.
    pub kind: QueryErrorKind,
    /// What is wrong, and what would be right.
    pub message: String,
    /// Line and column in the query, counted from 1, if the place is known.
    pub place: Option<(usize, usize)>,
}

impl QueryError {
    pub(crate) fn new(kind: QueryErrorKind, message: String) -> Self {
        Self { kind, message, place: None }
    }

    #[must_use]
    pub(crate) fn at(mut self, place: (usize, usize)) -> Self {
        self.place = Some(place);
        self
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for QueryError {}

/// Line and column of a byte, counted from 1.
pub(crate) fn place(sql: &str, at: usize) -> (usize, usize) {
    let before = sql.get(..at).unwrap_or(sql);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
