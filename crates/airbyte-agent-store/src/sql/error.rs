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

/// The message before the name of a table that is not known.
const NO_TABLE: &str = "there is no table '";

/// The message about a table that is not known, with the end of
/// [`suggestion`](airbyte_agent_description::suggestion).
pub(crate) fn no_table(table: &str, near: &str) -> String {
    format!("{NO_TABLE}{table}'{near}")
}

impl QueryError {
    /// The table that is not known, if that is what is wrong.
    pub fn unknown_table(&self) -> Option<&str> {
        let rest = self.message.strip_prefix(NO_TABLE)?;
        let (table, _) = rest.split_once('\'')?;
        (self.kind == QueryErrorKind::UnknownTable).then_some(table)
    }

    /// The error about a table that is not known, with those of these names that may be meant.
    #[must_use]
    pub fn suggesting(mut self, tables: &[&str]) -> Self {
        if let Some(table) = self.unknown_table() {
            // Names with a dot are those of other databases.
            let near = airbyte_agent_description::suggestion(&table.replace('.', "_"), tables);
            self.message = no_table(table, &near);
        }
        self
    }

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
