//! Running a query of a user.

use std::time::Instant;

use rusqlite::Connection;

use super::error::{QueryError, QueryErrorKind};
use super::limits::QueryLimits;
use super::message;
use super::reader::Reader;
use super::rewrite::{Rewritten, only_views, rewrite};
use super::rows::{Collected, RowColumn, RowSink, Rows, value};
use super::tokens::Flavor;
use crate::catalog::TableNames;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::file::FileStore;
use crate::misfits::{self, Misfit, ReadTable};
use crate::store::{Backend, Store};
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
        collect(limits, |sink| match &self.backend {
            Backend::File(file) => file.read(|reader| query_with(reader, sql, limits, sink)),
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => database.query(sql, limits, sink),
        })
    }

    /// Runs one statement that reads these views and nothing else. Other tables, and what the views do not show, do not
    /// exist for it.
    ///
    /// # Errors
    ///
    /// As [`query`](Self::query); a statement that names another table fails as if there were none.
    pub fn query_views(&self, sql: &str, views: &[View], limits: &QueryLimits) -> Result<Rows> {
        let mut named = Vec::new();
        let mut rows = collect(limits, |sink| {
            let (read, misfits) = match &self.backend {
                Backend::File(file) => in_file(file, sql, views, limits, sink)?,
                #[cfg(feature = "postgres")]
                Backend::Postgres(database) => database.query_views(sql, views, limits, sink)?,
            };
            named = read;
            Ok(misfits)
        })?;
        rows.views = named;
        Ok(rows)
    }
}

/// Runs a query, which tells values that are not of the type of their column, and gives its rows within the limits.
pub(crate) fn collect(
    limits: &QueryLimits,
    run: impl FnOnce(&mut dyn RowSink) -> Result<Vec<Misfit>>,
) -> Result<Rows> {
    let started = Instant::now();
    let mut collected = Collected::new(limits);
    let misfits = run(&mut collected)?;
    let mut rows = collected.rows;
    rows.misfits = misfits;
    rows.took = started.elapsed();
    Ok(rows)
}

/// Runs a statement that reads views of a file; gives the names of those that it reads, and the values that are not of
/// the type of their column.
fn in_file(
    file: &FileStore,
    sql: &str,
    views: &[View],
    limits: &QueryLimits,
    sink: &mut dyn RowSink,
) -> Result<(Vec<String>, Vec<Misfit>)> {
    let rewritten = rewrite(sql).map_err(Error::Query)?;
    file.read(|reader| {
        let make = |db: &Connection| named_views(db, sql, views, Flavor::Sqlite);
        reader.with_views(make, |reader, (made, all): (_, Vec<SqlView>)| {
            let tables = all.iter().map(SqlView::read_table).collect();
            let names = |_: &mut Reader| Ok(view::names(&all));
            let misfits = run_for_user(reader, sql, &rewritten, limits, sink, Some(tables), names)?;
            Ok((made, misfits))
        })
    })
}

/// The views that a statement names, with the statements that make them, and all views.
///
/// # Errors
///
/// A statement that names another table.
pub(crate) fn named_views(
    db: &dyn Db,
    sql: &str,
    views: &[View],
    flavor: Flavor,
) -> Result<(Vec<(String, String)>, Vec<SqlView>)> {
    let all = SqlView::load(db, views)?;
    let names: Vec<&str> = all.iter().map(|view| view.name.as_str()).collect();
    let tables = TableNames::load(db)?;
    let is_named = only_views(sql, flavor, &names, &tables.tables()).map_err(Error::Query)?;
    let named = all.iter().zip(is_named).filter(|(_, is_named)| *is_named);
    let made = named.map(|(view, _)| Ok((view.name.clone(), view.statement(db)?)));
    let made = made.collect::<Result<_>>()?;
    Ok((made, all))
}

/// Runs one statement of a user with this connection; gives the values that are not of the type of their column, in the
/// columns that it names.
pub(crate) fn query_with(
    reader: &mut Reader,
    sql: &str,
    limits: &QueryLimits,
    sink: &mut dyn RowSink,
) -> Result<Vec<Misfit>> {
    let rewritten = rewrite(sql).map_err(Error::Query)?;
    let names = |reader: &mut Reader| reader.internally(|db| TableNames::load(db));
    run_for_user(reader, sql, &rewritten, limits, sink, None, names)
}

fn run_for_user(
    reader: &mut Reader,
    sql: &str,
    rewritten: &Rewritten,
    limits: &QueryLimits,
    sink: &mut dyn RowSink,
    read_tables: Option<Vec<ReadTable<'_>>>,
    names: impl FnOnce(&mut Reader) -> Result<TableNames>,
) -> Result<Vec<Misfit>> {
    let (result, refused) =
        reader.for_user(limits, |connection| run(connection, rewritten, sink))?;
    match result {
        Ok(taken) => {
            taken?;
            let read = reader.read_columns();
            reader.internally(|db| misfits::of_read(db, &read, read_tables))
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

/// What comes back says whether the statement ran, and in it whether its rows were taken.
fn run(
    connection: &Connection,
    sql: &Rewritten,
    sink: &mut dyn RowSink,
) -> rusqlite::Result<Result<()>> {
    let mut statement = connection.prepare(&sql.text)?;
    let columns: Vec<RowColumn> = statement
        .columns()
        .map(|column| RowColumn::new(column.name(), column.decl_type()))
        .collect();
    let count = columns.len();
    let mut rows = statement.raw_query();
    // The columns of a statement that fails at once are not told.
    let mut next = rows.next()?;
    if let Err(error) = sink.columns(columns) {
        return Ok(Err(error));
    }
    while let Some(row) = next {
        let values = (0..count).map(|index| Ok(value(row.get_ref(index)?)));
        match sink.row(values.collect::<rusqlite::Result<_>>()?) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Ok(Err(error)),
        }
        next = rows.next()?;
    }
    Ok(Ok(()))
}
