//! Queries of users: in a transaction that can only read, under a role that may read the tables of records and nothing
//! else, for a limited time.

use serde_json::{Number, Value};
use tokio_postgres::types::Type;

use super::columns::read_columns;
use super::explain::explain;
use super::link::{Failure, Link};
use super::refuse::check;
use super::stream::Piece;
use super::{PostgresStore, milliseconds};
use crate::catalog::TableNames;
use crate::db::{Db, cells};
use crate::error::{Error, Result};
use crate::misfits::{self, Misfit, ReadTable};
use crate::names::quoted;
use crate::sql::{
    Flavor, QueryError, QueryErrorKind, QueryLimits, RowColumn, RowSink, named_views,
};
use crate::table::Table;
use crate::value::ColumnKind;
use crate::view::{self, SqlView, View};

/// Most characters of one value of a result.
const LONGEST: usize = 32 << 20;

/// Memory that a step of a query may use before it goes to a file.
const STEP: &str = "32MB";

impl PostgresStore {
    /// Runs one statement of a user that reads the tables of records.
    pub(crate) fn query(
        &self,
        sql: &str,
        limits: &QueryLimits,
        sink: &mut dyn RowSink,
    ) -> Result<Vec<Misfit>> {
        self.with_reader(|link| self.run(link, sql, limits, sink))
    }

    /// The query of a user with this connection.
    fn run(
        &self,
        link: &Link,
        sql: &str,
        limits: &QueryLimits,
        sink: &mut dyn RowSink,
    ) -> Result<Vec<Misfit>> {
        let (sql, is_explain) = check(sql).map_err(Error::Query)?;
        let names = || TableNames::load(link);
        let role = self.address.reader();
        let path = quoted(&self.address.schema);
        link.batch("BEGIN ISOLATION LEVEL REPEATABLE READ")?;
        let result = (|| {
            let misfits = misfits_of(link, sql, None)?;
            self.lower(link, &role, &path, limits)?;
            read(link, sql, is_explain, limits, sink)?;
            Ok(misfits)
        })();
        let _ = link.batch("ROLLBACK");
        result.map_err(|failed: Failed| failed.explained(sql, limits, names))
    }

    /// Runs one statement that reads these views and nothing else; gives the names of those that it reads,
    /// and the values that are not of the type of their column.
    pub(crate) fn query_views(
        &self,
        sql: &str,
        views: &[View],
        limits: &QueryLimits,
        sink: &mut dyn RowSink,
    ) -> Result<(Vec<String>, Vec<Misfit>)> {
        let (sql, is_explain) = check(sql).map_err(Error::Query)?;
        if is_explain {
            let why = "EXPLAIN is not possible here; send the query itself".to_owned();
            return Err(Error::Query(QueryError::new(QueryErrorKind::Refused, why)));
        }
        self.with_reader(|link| {
            link.batch("BEGIN ISOLATION LEVEL REPEATABLE READ")?;
            let role = self.address.viewer();
            let mut known = TableNames::default();
            let result = (|| {
                let (made, all) = named_views(link, sql, views, Flavor::Postgres)?;
                known = view::names(&all);
                let tables = all.iter().map(SqlView::read_table).collect();
                let misfits = misfits_of(link, sql, Some(tables))?;
                self.may_lower(link, &role)?;
                for (name, statement) in &made {
                    let grant = format!("GRANT SELECT ON pg_temp.{} TO {role}", quoted(name));
                    link.batch(&format!("{statement}; {grant}"))?;
                }
                self.lower(link, &role, "pg_temp", limits)?;
                read(link, sql, false, limits, sink)?;
                Ok((made.into_iter().map(|(name, _)| name).collect(), misfits))
            })();
            // The views are gone with the transaction.
            let _ = link.batch("ROLLBACK");
            result.map_err(|failed: Failed| failed.explained(sql, limits, || Ok(known)))
        })
    }

    /// Makes the transaction one that can only read, under a role that may do nothing else.
    fn lower(
        &self,
        link: &Link,
        role: &str,
        path: &str,
        limits: &QueryLimits,
    ) -> Result<(), Failed> {
        self.may_lower(link, role)?;
        link.batch(&format!(
            "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {time};
             SET LOCAL lock_timeout = {time}; SET LOCAL work_mem = '{STEP}';
             SET LOCAL hash_mem_multiplier = 1; SET LOCAL search_path = {path};
             SET LOCAL ROLE {role}",
            time = milliseconds(limits),
        ))?;
        Ok(())
    }

    /// Fails if there is no such role, or one that may do more.
    fn may_lower(&self, link: &Link, role: &str) -> Result<(), Failed> {
        let db: &dyn Db = link;
        let sql =
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
             FROM pg_roles WHERE rolname = ?";
        let known = db.row(sql, cells![role])?;
        let schema = &self.address.schema;
        let why = match known {
            Some(row) if row.boolean(0) => format!("the role {role} may do more than read"),
            Some(_) => return Ok(()),
            None => format!(
                "there is no role {role}, under which queries read, and it could not be made; let an \
                 administrator of the database execute: CREATE ROLE {schema}_reader NOLOGIN; \
                 CREATE ROLE {schema}_viewer NOLOGIN; GRANT {schema}_reader, {schema}_viewer TO the user \
                 of the address"
            ),
        };
        Err(Error::Unwritable { path: self.address.name.clone(), why }.into())
    }
}

/// The values that are not of the type of their column, in the columns that a statement names; of these tables, or of all.
fn misfits_of(db: &dyn Db, sql: &str, tables: Option<Vec<ReadTable<'_>>>) -> Result<Vec<Misfit>> {
    if !misfits::are_any(db)? {
        return Ok(Vec::new());
    }
    let all = match tables {
        Some(_) => Vec::new(),
        None => Table::load(db, "TRUE", Vec::new())?,
    };
    let tables = tables.unwrap_or_else(|| all.iter().map(ReadTable::whole).collect());
    misfits::of_read(db, &read_columns(sql, &tables), Some(tables))
}

/// Why a query failed.
enum Failed {
    /// The store's own statements, or whoever takes the rows.
    Store(Error),
    Query(tokio_postgres::Error, bool),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Failed {
    fn explained(
        self,
        sql: &str,
        limits: &QueryLimits,
        names: impl FnOnce() -> Result<TableNames>,
    ) -> Error {
        match self {
            Self::Store(error) => error,
            Self::Query(error, is_cancelled) => match names() {
                Ok(names) => explain(&error, sql, &names, limits, is_cancelled),
                Err(error) => error,
            },
        }
    }
}

/// Reads the rows of a query.
fn read(
    link: &Link,
    sql: &str,
    is_explain: bool,
    limits: &QueryLimits,
    sink: &mut dyn RowSink,
) -> Result<(), Failed> {
    // What is one statement alone is one inside another, too.
    let described = link.describe(sql).map_err(|failure| match failure {
        Failure::Database(error) => Failed::Query(error, false),
        Failure::Gone => Failed::Store(failure.into()),
    })?;
    let kinds: Vec<Type> =
        described.iter().map(|(_, oid)| Type::from_oid(*oid).unwrap_or(Type::TEXT)).collect();
    let wrapped = if is_explain { sql.to_owned() } else { wrapped(sql, described.len()) };
    let pieces = link.stream(wrapped, limits).map_err(Error::from)?;
    let columns = described
        .into_iter()
        .zip(&kinds)
        .map(|((name, _), kind)| RowColumn { name, kind: column_kind(kind) });
    let mut columns = Some(columns.collect());
    for piece in pieces {
        let rows = match piece {
            Piece::Rows(rows) => rows,
            Piece::End => Vec::new(),
            Piece::Failed(error, is_cancelled) => return Err(Failed::Query(error, is_cancelled)),
        };
        if let Some(columns) = columns.take() {
            sink.columns(columns)?;
        }
        for row in rows {
            if row.iter().flatten().any(|value| value.len() > LONGEST) {
                let why = "a value of the query is longer than 32 MiB".to_owned();
                let error = QueryError::new(QueryErrorKind::Memory, why);
                return Err(Error::Query(error).into());
            }
            let values = row.into_iter().zip(&kinds).map(|(value, kind)| json(value, kind));
            if !sink.row(values.collect())? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The query with every column as a text of limited length.
fn wrapped(sql: &str, columns: usize) -> String {
    let names: Vec<String> = (1..=columns).map(|number| format!("_{number}")).collect();
    let texts: Vec<String> =
        names.iter().map(|name| format!("left({name}::text, {})", LONGEST + 1)).collect();
    // A statement may end with a comment.
    format!("SELECT {} FROM ({sql}\n) AS _q ({})", texts.join(", "), names.join(", "))
}

fn column_kind(kind: &Type) -> Option<ColumnKind> {
    Some(match *kind {
        Type::INT2 | Type::INT4 | Type::INT8 => ColumnKind::Integer,
        Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC => ColumnKind::Real,
        Type::BOOL => ColumnKind::Boolean,
        Type::TIMESTAMPTZ => ColumnKind::Timestamp,
        Type::JSON | Type::JSONB => ColumnKind::Json,
        Type::TEXT | Type::VARCHAR => ColumnKind::Text,
        _ => return None,
    })
}

/// A value that came as text, as JSON.
fn json(value: Option<String>, kind: &Type) -> Value {
    let Some(text) = value else { return Value::Null };
    match *kind {
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => {
            text.parse::<i64>().map_or(Value::String(text), Value::from)
        }
        // Without a fraction it is exact or a text of its digits.
        Type::NUMERIC if !text.contains('.') => {
            text.parse::<i64>().map_or(Value::String(text), Value::from)
        }
        Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC => number(text),
        Type::BOOL => Value::Bool(text == "true" || text == "t"),
        Type::TIMESTAMPTZ => Value::String(moment(text)),
        _ => Value::String(text),
    }
}

/// The nearest number that JSON has; a text if there is none.
fn number(text: String) -> Value {
    let number = text.parse::<f64>().ok().and_then(Number::from_f64);
    number.map_or(Value::String(text), Value::Number)
}

/// A moment in UTC as `2024-01-05T10:00:00.5Z`.
fn moment(text: String) -> String {
    match text.strip_suffix("+00") {
        Some(start) => format!("{}Z", start.replacen(' ', "T", 1)),
        None => text,
    }
}

/// A connection with temporary tables, for the queries of one overlay.
#[derive(Debug)]
pub(crate) struct PostgresOverlay {
    link: Link,
}

impl PostgresOverlay {
    pub(crate) fn new(store: &PostgresStore) -> Result<Self> {
        Ok(Self { link: store.connect()? })
    }

    /// Does something with temporary tables.
    pub(crate) fn change<R>(&self, work: impl FnOnce(&dyn Db) -> Result<R>) -> Result<R> {
        work(&self.link)
    }

    pub(crate) fn query(
        &self,
        store: &PostgresStore,
        sql: &str,
        limits: &QueryLimits,
        sink: &mut dyn RowSink,
    ) -> Result<Vec<Misfit>> {
        store.run(&self.link, sql, limits, sink)
    }
}

impl PostgresStore {
    /// The schema and the role of queries, as statements name them.
    pub(crate) fn names(&self) -> (String, String) {
        (quoted(&self.address.schema), self.address.reader())
    }
}
