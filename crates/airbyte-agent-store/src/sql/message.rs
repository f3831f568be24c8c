//! What is wrong with a query, for people and for models: where, and what would be right.

use std::fmt;

use airbyte_agent_description::suggestion;
use rusqlite::{Error as SqliteError, ErrorCode};

use super::limits::QueryLimits;
use super::rewrite::Rewritten;
use super::tokens::{Token, tokens};
use crate::catalog::TableNames;

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
    pub(super) fn new(kind: QueryErrorKind, message: String) -> Self {
        Self { kind, message, place: None }
    }

    #[must_use]
    pub(super) fn at(mut self, place: (usize, usize)) -> Self {
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
pub(super) fn place(sql: &str, at: usize) -> (usize, usize) {
    let before = sql.get(..at).unwrap_or(sql);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The error of SQLite in words that help.
pub(super) fn explain(
    error: &SqliteError,
    sql: &str,
    rewritten: &Rewritten,
    names: &TableNames,
    limits: &QueryLimits,
    is_cancelled: bool,
) -> QueryError {
    let (text, offset) = match error {
        SqliteError::SqlInputError { msg, offset, .. } => (msg.clone(), usize::try_from(*offset).ok()),
        SqliteError::SqliteFailure(_, Some(text)) => (text.clone(), None),
        SqliteError::MultipleStatement => ("only one statement is possible".to_owned(), None),
        other => (other.to_string(), None),
    };
    let (kind, message) = match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) if is_cancelled => {
            (QueryErrorKind::Cancelled, "the query was cancelled".to_owned())
        }
        Some(ErrorCode::OperationInterrupted) => (
            QueryErrorKind::Time,
            format!(
                "the query took longer than {} ms and was ended; narrow it with WHERE, or join on keys",
                limits.time.as_millis()
            ),
        ),
        Some(ErrorCode::OutOfMemory) => (
            QueryErrorKind::Memory,
            "the query needs more memory than it may have; narrow it with WHERE or LIMIT".to_owned(),
        ),
        Some(ErrorCode::TooBig) => (
            QueryErrorKind::Memory,
            "a value of the query is longer than 32 MiB, or the query itself is too long".to_owned(),
        ),
        _ => named(&text, sql, names),
    };
    let place = offset.map(|at| place(sql, rewritten.original(at)));
    QueryError { kind, message, place }
}

/// What is said about an unknown name, a syntax error, or anything else.
fn named(text: &str, sql: &str, names: &TableNames) -> (QueryErrorKind, String) {
    if let Some(table) = text.strip_prefix("no such table: ") {
        let near = suggestion(table, &names.tables());
        return (QueryErrorKind::UnknownTable, format!("there is no table '{table}'{near}"));
    }
    if let Some(column) = text.strip_prefix("no such column: ") {
        let (column, remark) = column.split_once(" - ").unwrap_or((column, ""));
        let remark = if remark.is_empty() { "" } else { "; texts are written in single quotes" };
        let tokens = tokens(sql);
        let column = column.trim_matches('"');
        let last = column.rsplit('.').next().unwrap_or(column);
        let known = names.columns_of(|table| tokens.iter().any(|token| is_name(token, table)));
        let near = suggestion(last, &known);
        return (QueryErrorKind::UnknownColumn, format!("there is no column '{column}'{near}{remark}"));
    }
    if let Some(function) = text.strip_prefix("no such function: ") {
        let hint = crate::functions::instead_of(function);
        return (QueryErrorKind::UnknownFunction, format!("there is no function '{function}'{hint}"));
    }
    if text.starts_with("wrong number of arguments") {
        return (QueryErrorKind::UnknownFunction, text.to_owned());
    }
    if let Some(word) = text.strip_prefix("near \"").and_then(|rest| rest.strip_suffix("\": syntax error")) {
        let is_column = names.has_column(word);
        let hint = if is_column {
            format!("; a column with the name of a word of SQL is written in double quotes: \"{word}\"")
        } else {
            String::new()
        };
        return (QueryErrorKind::Syntax, format!("the query cannot be read at '{word}'{hint}"));
    }
    let kind = match text {
        "incomplete input" => QueryErrorKind::Syntax,
        text if text.starts_with("ambiguous column name") => QueryErrorKind::UnknownColumn,
        text if text.contains("too many") || text.contains("too large") => QueryErrorKind::Memory,
        _ => QueryErrorKind::Failed,
    };
    (kind, text.to_owned())
}

fn is_name(token: &Token<'_>, name: &str) -> bool {
    token.name().is_some_and(|token| token.eq_ignore_ascii_case(name))
}
