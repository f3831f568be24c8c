//! What is wrong with a query, for people and for models: where, and what would be right.

use airbyte_agent_description::suggestion;
use rusqlite::{Error as SqliteError, ErrorCode};

use super::error::{QueryError, QueryErrorKind, no_table, place};
use super::limits::QueryLimits;
use super::rewrite::Rewritten;
use super::tokens::{Token, tokens};
use crate::catalog::TableNames;

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
        SqliteError::SqlInputError { msg, offset, .. } => {
            (msg.clone(), usize::try_from(*offset).ok())
        }
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
            "the query needs more memory than it may have; narrow it with WHERE or LIMIT"
                .to_owned(),
        ),
        Some(ErrorCode::TooBig) => (
            QueryErrorKind::Memory,
            "a value of the query is longer than 32 MiB, or the query itself is too long"
                .to_owned(),
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
        return (QueryErrorKind::UnknownTable, no_table(table, &near));
    }
    if let Some(column) = text.strip_prefix("no such column: ") {
        let (column, remark) = column.split_once(" - ").unwrap_or((column, ""));
        let remark = if remark.is_empty() { "" } else { "; texts are written in single quotes" };
        let column = column.trim_matches('"');
        let near = near_column(column, &tokens(sql), names);
        return (
            QueryErrorKind::UnknownColumn,
            format!("there is no column '{column}'{near}{remark}"),
        );
    }
    if let Some(function) = text.strip_prefix("no such function: ") {
        let hint = crate::functions::instead_of(function);
        return (
            QueryErrorKind::UnknownFunction,
            format!("there is no function '{function}'{hint}"),
        );
    }
    if text.starts_with("wrong number of arguments") {
        return (QueryErrorKind::UnknownFunction, text.to_owned());
    }
    if let Some(word) =
        text.strip_prefix("near \"").and_then(|rest| rest.strip_suffix("\": syntax error"))
    {
        let is_column = names.has_column(word);
        let hint = if is_column {
            format!(
                "; a column with the name of a word of SQL is written in double quotes: \"{word}\""
            )
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

/// The columns of the named tables that a name may mean, as the end of a message.
pub(crate) fn near_column(column: &str, tokens: &[Token<'_>], names: &TableNames) -> String {
    let last = column.rsplit('.').next().unwrap_or(column);
    let known = names.columns_of(|table| tokens.iter().any(|token| is_name(token, table)));
    suggestion(last, &known)
}

fn is_name(token: &Token<'_>, name: &str) -> bool {
    token.name().is_some_and(|token| token.eq_ignore_ascii_case(name))
}
