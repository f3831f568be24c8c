//! Running a query of a user.

use std::time::Instant;

use rusqlite::Connection;

use super::error::{QueryError, QueryErrorKind};
use super::limits::QueryLimits;
use super::message;
use super::reader::Reader;
use super::rewrite::{Rewritten, rewrite};
use super::rows::{Cut, RowColumn, Rows, value};
use crate::catalog::TableNames;
use crate::error::{Error, Result};
use crate::store::Store;

impl Store {
    /// Runs one statement that reads the tables of the store, in the dialect of SQLite, with a few functions and
    /// operators of others.
    ///
    /// # Errors
    ///
    /// [`Error::Query`] if the statement is wrong, would do anything else than read, or takes too long or too
    /// much memory.
    pub fn query(&self, sql: &str, limits: &QueryLimits) -> Result<Rows> {
        self.read(|reader| query_with(reader, sql, limits))
    }
}

/// Runs one statement of a user with this connection.
pub(crate) fn query_with(reader: &mut Reader, sql: &str, limits: &QueryLimits) -> Result<Rows> {
    let rewritten = rewrite(sql).map_err(Error::Query)?;
    let started = Instant::now();
    let (result, refused) =
        reader.for_user(limits, |connection| run(connection, &rewritten, limits))?;
    match result {
        Ok(mut rows) => {
            rows.took = started.elapsed();
            Ok(rows)
        }
        Err(error) => {
            let names = reader.internally(TableNames::load)?;
            let is_cancelled = limits
                .cancel
                .as_ref()
                .is_some_and(|cancel| cancel.load(std::sync::atomic::Ordering::Relaxed));
            let error = match refused {
                Some(why) => QueryError::new(QueryErrorKind::Refused, why),
                None => message::explain(&error, sql, &rewritten, &names, limits, is_cancelled),
            };
            Err(Error::Query(error))
        }
    }
}

fn run(connection: &Connection, sql: &Rewritten, limits: &QueryLimits) -> rusqlite::Result<Rows> {
    let mut statement = connection.prepare(&sql.text)?;
    let columns: Vec<RowColumn> = statement
        .columns()
        .map(|column| RowColumn::new(column.name(), column.decl_type()))
        .collect();
    let count = columns.len();
    let mut result = Rows { columns, rows: Vec::new(), cut: None, took: std::time::Duration::ZERO };
    let mut bytes = 0;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        if result.rows.len() >= limits.rows {
            result.cut = Some(Cut::Rows);
            break;
        }
        let mut values = Vec::with_capacity(count);
        for index in 0..count {
            let (value, size) = value(row.get_ref(index)?);
            bytes += size;
            values.push(value);
        }
        if bytes > limits.bytes {
            result.cut = Some(Cut::Bytes);
            break;
        }
        result.rows.push(values);
    }
    Ok(result)
}
