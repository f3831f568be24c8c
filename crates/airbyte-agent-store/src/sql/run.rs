//! Running a query of a user.

use std::time::Instant;

use rusqlite::Connection;

use super::error::{QueryError, QueryErrorKind};
use super::limits::QueryLimits;
use super::message;
use super::reader::Reader;
use super::rewrite::{Rewritten, only_views, rewrite};
use super::rows::{Cut, RowColumn, Rows, value};
use crate::catalog::TableNames;
use crate::error::{Error, Result};
use crate::misfits::{self, ReadTable};
use crate::store::Store;
use crate::view::{self, SqlView, View};

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

    /// Runs one statement that reads these views and nothing else. Other tables, and what the views do not show, do not
    /// exist for it.
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query); a statement that names another table fails as if there were none.
    pub fn query_views(&self, sql: &str, views: &[View], limits: &QueryLimits) -> Result<Rows> {
        let rewritten = rewrite(sql).map_err(Error::Query)?;
        self.read(|reader| {
            let make = |connection: &Connection| {
                let all = SqlView::load(connection, views)?;
                let names: Vec<&str> = all.iter().map(|view| view.name.as_str()).collect();
                let tables = TableNames::load(connection)?;
                let is_named = only_views(sql, &names, &tables.tables()).map_err(Error::Query)?;
                let named = all.iter().zip(is_named).filter(|(_, is_named)| *is_named);
                let made = named
                    .map(|(view, _)| Ok((view.name.clone(), view.statement(connection)?)))
                    .collect::<Result<_>>()?;
                Ok((made, all))
            };
            reader.with_views(make, |reader, (made, all)| {
                let tables = all.iter().map(SqlView::read_table).collect();
                let names = |_: &mut Reader| Ok(view::names(&all));
                let mut rows = run_for_user(reader, sql, &rewritten, limits, Some(tables), names)?;
                rows.views = made;
                Ok(rows)
            })
        })
    }
}

/// Runs one statement of a user with this connection.
pub(crate) fn query_with(reader: &mut Reader, sql: &str, limits: &QueryLimits) -> Result<Rows> {
    let rewritten = rewrite(sql).map_err(Error::Query)?;
    let names = |reader: &mut Reader| reader.internally(TableNames::load);
    run_for_user(reader, sql, &rewritten, limits, None, names)
}

fn run_for_user(
    reader: &mut Reader,
    sql: &str,
    rewritten: &Rewritten,
    limits: &QueryLimits,
    read_tables: Option<Vec<ReadTable<'_>>>,
    names: impl FnOnce(&mut Reader) -> Result<TableNames>,
) -> Result<Rows> {
    let started = Instant::now();
    let (result, refused) =
        reader.for_user(limits, |connection| run(connection, rewritten, limits))?;
    match result {
        Ok(mut rows) => {
            rows.took = started.elapsed();
            let read = reader.read_columns();
            rows.misfits =
                reader.internally(|connection| misfits::of_read(connection, &read, read_tables))?;
            Ok(rows)
        }
        Err(error) => {
            let names = names(reader)?;
            let is_cancelled = limits
                .cancel
                .as_ref()
                .is_some_and(|cancel| cancel.load(std::sync::atomic::Ordering::Relaxed));
            Err(Error::Query(match refused {
                Some(why) => QueryError::new(QueryErrorKind::Refused, why),
                None => message::explain(&error, sql, rewritten, &names, limits, is_cancelled),
            }))
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
    let mut result = Rows {
        columns,
        rows: Vec::new(),
        cut: None,
        views: Vec::new(),
        misfits: Vec::new(),
        took: std::time::Duration::ZERO,
    };
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
