//! What is wrong with a query, for people and for models.

use airbyte_agent_description::suggestion;
use tokio_postgres::Error as PgError;
use tokio_postgres::error::{ErrorPosition, SqlState};

use super::link::text;
use crate::catalog::TableNames;
use crate::error::Error;
use crate::sql::{
    Flavor, QueryError, QueryErrorKind, QueryLimits, near_column, no_table, place, tokens_of,
};

/// The error of Postgres in words that help.
pub(super) fn explain(
    error: &PgError,
    sql: &str,
    names: &TableNames,
    limits: &QueryLimits,
    is_cancelled: bool,
) -> Error {
    let message = text(error);
    let Some(code) = error.code() else {
        return Error::Database(format!("the connection to Postgres failed: {message}").into());
    };
    let (kind, message) = if is_cancelled && *code == SqlState::QUERY_CANCELED {
        (QueryErrorKind::Cancelled, "the query was cancelled".to_owned())
    } else {
        of_code(code, message, sql, names, limits)
    };
    let explained = QueryError::new(kind, message);
    let at = error.as_db_error().and_then(|database| database.position());
    Error::Query(match at {
        Some(ErrorPosition::Original(at)) => {
            // It counts characters from 1.
            let before = usize::try_from(*at).unwrap_or(1).saturating_sub(1);
            let byte = sql.char_indices().nth(before).map_or(sql.len(), |(byte, _)| byte);
            explained.at(place(sql, byte))
        }
        _ => explained,
    })
}

/// The error of a search that took too long.
pub(super) fn timeout(error: Error, limits: &QueryLimits) -> Error {
    let Error::Database(source) = error else { return error };
    match source.downcast::<PgError>() {
        Ok(source) if source.code() == Some(&SqlState::QUERY_CANCELED) => {
            Error::Query(QueryError::new(QueryErrorKind::Time, too_long(limits)))
        }
        Ok(source) => Error::Database(source),
        Err(source) => Error::Database(source),
    }
}

fn too_long(limits: &QueryLimits) -> String {
    format!(
        "the query took longer than {} ms and was ended; narrow it with WHERE, or join on keys",
        limits.time.as_millis()
    )
}

/// The name between the first double quotes of a message, or what stands behind its first word.
fn quoted_name(message: &str) -> &str {
    match message.split('"').nth(1) {
        Some(name) => name,
        // `column t.name does not exist` has no quotes.
        None => message.split_whitespace().nth(1).unwrap_or_default(),
    }
}

fn of_code(
    code: &SqlState,
    message: String,
    sql: &str,
    names: &TableNames,
    limits: &QueryLimits,
) -> (QueryErrorKind, String) {
    let only_reads = |message: String| {
        (QueryErrorKind::Refused, format!("{message}; queries can only read tables of records"))
    };
    let too_much = || {
        let why = "the query needs more memory than it may have; narrow it with WHERE or LIMIT";
        (QueryErrorKind::Memory, why.to_owned())
    };
    match code.code() {
        "57014" => (QueryErrorKind::Time, too_long(limits)),
        "42P01" => {
            let table = quoted_name(&message);
            let near = suggestion(table, &names.tables());
            (QueryErrorKind::UnknownTable, no_table(table, &near))
        }
        "42703" => {
            let column = quoted_name(&message);
            let near = near_column(column, &tokens_of(sql, Flavor::Postgres), names);
            let last = column.rsplit('.').next().unwrap_or(column);
            // Names without quotes are in lower case for Postgres.
            let hint = match names.spelling(last) {
                Some(known) if known != last => {
                    format!(
                        "; names with capital letters are written in double quotes: \"{known}\""
                    )
                }
                _ => near,
            };
            (QueryErrorKind::UnknownColumn, format!("there is no column '{column}'{hint}"))
        }
        "42702" => (QueryErrorKind::UnknownColumn, message),
        "42883" => (
            QueryErrorKind::UnknownFunction,
            format!(
                "{message}; the dialect is that of Postgres, and values are converted as in x::text"
            ),
        ),
        "42601" | "42P02" | "22025" => (
            QueryErrorKind::Syntax,
            format!("{message}; the dialect of this store is that of Postgres"),
        ),
        "42501" | "25006" | "0A000" => only_reads(message),
        "53000" | "53100" | "53200" | "53400" | "54000" | "54001" | "54011" | "54023" => too_much(),
        _ => (QueryErrorKind::Failed, message),
    }
}
