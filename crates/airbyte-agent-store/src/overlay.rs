//! Rows that only the queries of one overlay see, in place of those that an account has in the store. They are in
//! temporary tables in memory, so that a part of an account's records is never taken for all of them later.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::db::{Db, Dialect};
use crate::declare::own_columns;
use crate::error::{Error, Result};
#[cfg(feature = "postgres")]
use crate::misfits::ReadTable;
use crate::misfits::{Misfit, Tally};
use crate::moment;
use crate::names::{literal, quoted};
#[cfg(feature = "postgres")]
use crate::postgres::PostgresOverlay;
use crate::record;
use crate::spec;
use crate::sql::{QueryLimits, Reader, RowSink, Rows, collect, query_with};
use crate::store::{Backend, Store};
use crate::table::{Table, record_expression};
use crate::typed;
use crate::value::Cell;

/// Queries of a store in which some accounts have other records than the stored ones.
#[derive(Debug)]
pub struct Overlay {
    store: Arc<Store>,
    session: Session,
    shadows: BTreeMap<i64, Shadow>,
}

/// The connection that has the temporary tables.
#[derive(Debug)]
enum Session {
    File(Reader),
    #[cfg(feature = "postgres")]
    Postgres(PostgresOverlay),
}

/// What a table looks like in the overlay.
#[derive(Debug)]
struct Shadow {
    table: Table,
    /// The accounts whose stored records are hidden, each with the number of records that were put in their place.
    accounts: BTreeMap<String, usize>,
    /// The values of the added records that are not of the type of their column, by account.
    tallies: BTreeMap<String, Tally>,
}

impl Overlay {
    /// An overlay in which nothing differs from the store.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn new(store: Arc<Store>) -> Result<Self> {
        let session = match &store.backend {
            Backend::File(file) => {
                Session::File(file.new_reader().map_err(|error| file.located(error))?)
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => {
                let made = PostgresOverlay::new(database);
                Session::Postgres(made.map_err(|error| database.located(error))?)
            }
        };
        Ok(Self { store, session, shadows: BTreeMap::new() })
    }

    /// Hides the records of an account in a table, so that it has those only that are added afterwards.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn hide(&mut self, table: &Table, account: &str) -> Result<()> {
        let is_new = !self.shadows.contains_key(&table.id);
        let shadow = self.shadows.entry(table.id).or_insert_with(|| Shadow {
            table: table.clone(),
            accounts: BTreeMap::new(),
            tallies: BTreeMap::new(),
        });
        if shadow.accounts.contains_key(account) {
            return Ok(());
        }
        shadow.accounts.insert(account.to_owned(), 0);
        let create = if is_new { rows_table(&shadow.table) } else { String::new() };
        let sql = format!("{create} {}", view(shadow, &self.store.backend));
        self.change(|db| db.batch(&sql))
    }

    /// Shows what an account has in the store again, and forgets what was added.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn show(&mut self, table: &Table, account: &str) -> Result<()> {
        let Some(shadow) = self.shadows.get_mut(&table.id) else { return Ok(()) };
        if shadow.accounts.remove(account).is_none() {
            return Ok(());
        }
        shadow.tallies.remove(account);
        let (rows, temporary) = (shadow.table.rows(), shadow.table.dialect.temporary());
        let sql = if shadow.accounts.is_empty() {
            let name = quoted(&shadow.table.name);
            format!("DROP VIEW {temporary}.{name}; DROP TABLE {temporary}.{rows};")
        } else {
            let account = literal(account);
            let delete = format!("DELETE FROM {temporary}.{rows} WHERE _account = {account};");
            format!("{delete} {}", view(shadow, &self.store.backend))
        };
        if shadow.accounts.is_empty() {
            self.shadows.remove(&table.id);
        }
        self.change(|db| db.batch(&sql))
    }

    /// Adds records of an account whose stored ones are hidden. Of several with the same key, the last one stays. In a
    /// table without keys every record is one of its own.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] for a record without its key or that is no object, [`Error::Table`] if the account's records
    /// are not hidden.
    pub fn add(&mut self, table: &Table, account: &str, records: &[Value]) -> Result<()> {
        let refused = || Error::Table {
            table: table.name.clone(),
            why: format!("the records of the account {account} are not hidden"),
        };
        let shadow = self.shadows.get_mut(&table.id).ok_or_else(refused)?;
        let first = shadow.accounts.get_mut(account).ok_or_else(refused)?;
        let mut rows = Vec::with_capacity(records.len());
        let now = moment::now();
        for (index, value) in records.iter().enumerate() {
            let mut value = value.clone();
            spec::remove(&mut value, &shadow.table.hidden);
            let Value::Object(record) = value else {
                let why = "it is not a JSON object".to_owned();
                return Err(Error::Record { table: table.name.clone(), index, why });
            };
            let key = if shadow.table.key.is_empty() {
                (*first + index).to_string()
            } else {
                record::key(&shadow.table, &record, index)?
            };
            let row = record::row(&shadow.table, &record, key.clone());
            shadow.tallies.entry(account.to_owned()).or_default().add(&shadow.table, &row.cells);
            let own = [
                Cell::Text(account.to_owned()),
                Cell::Text(key),
                Cell::Text(now.clone()),
                Cell::Text(Value::Object(record).to_string()),
            ];
            let cells = match shadow.table.dialect {
                Dialect::Sqlite => row.cells,
                Dialect::Postgres => typed::cells(&shadow.table, &row).0,
            };
            rows.push(own.into_iter().chain(cells).collect::<Vec<_>>());
        }
        *first += records.len();
        let columns = ["_synced_at", "_record"].map(str::to_owned).into_iter();
        let columns = columns.chain(shadow.table.columns.iter().map(|c| format!("c{}", c.place)));
        let columns: Vec<String> = columns.collect();
        let replaced: Vec<String> =
            columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        let sql = format!(
            "INSERT INTO {}.{} (_account, _key, {}) VALUES (?, ?{})
             ON CONFLICT (_account, _key) DO UPDATE SET {}",
            shadow.table.dialect.temporary(),
            shadow.table.rows(),
            columns.join(", "),
            ", ?".repeat(columns.len()),
            replaced.join(", ")
        );
        self.change(|db| {
            db.batch("BEGIN")?;
            let written = db.execute_all(&sql, &rows);
            db.batch(if written.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
            written.map(|_| ())
        })
    }

    /// Runs one statement as [`Store::query`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Store::query`].
    pub fn query(&mut self, sql: &str, limits: &QueryLimits) -> Result<Rows> {
        let run = |sink: &mut dyn RowSink| match (&mut self.session, &self.store.backend) {
            (Session::File(reader), Backend::File(file)) => {
                query_with(reader, sql, limits, sink).map_err(|error| file.located(error))
            }
            #[cfg(feature = "postgres")]
            (Session::Postgres(session), Backend::Postgres(database)) => {
                session.query(database, sql, limits, sink).map_err(|error| database.located(error))
            }
            #[cfg(feature = "postgres")]
            _ => Err(Error::Database("the overlay belongs to another store".into())),
        };
        let mut rows = collect(limits, run)?;
        let read = match &self.session {
            Session::File(reader) => reader.read_columns(),
            #[cfg(feature = "postgres")]
            Session::Postgres(_) => {
                let tables = self.shadows.values().map(|shadow| ReadTable::whole(&shadow.table));
                crate::postgres::read_columns(sql, &tables.collect::<Vec<_>>())
            }
        };
        for shadow in self.shadows.values() {
            let name = &shadow.table.name;
            let is_hidden =
                |one: &Misfit| one.table == *name && shadow.accounts.contains_key(&one.account);
            rows.misfits.retain(|one| !is_hidden(one));
            let added = shadow
                .tallies
                .iter()
                .flat_map(|(account, tally)| tally.misfits(&shadow.table, account));
            let is_read = |one: &Misfit| {
                read.contains(&(one.table.to_lowercase(), one.column.to_lowercase()))
            };
            rows.misfits.extend(added.filter(is_read));
        }
        Ok(rows)
    }

    fn change(&mut self, work: impl FnOnce(&dyn Db) -> Result<()>) -> Result<()> {
        match (&mut self.session, &self.store.backend) {
            (Session::File(reader), Backend::File(file)) => {
                reader.temporarily(|db| work(db)).map_err(|error| file.located(error))
            }
            #[cfg(feature = "postgres")]
            (Session::Postgres(session), Backend::Postgres(database)) => {
                session.change(work).map_err(|error| database.located(error))
            }
            #[cfg(feature = "postgres")]
            _ => Err(Error::Database("the overlay belongs to another store".into())),
        }
    }
}

/// The statements that make the temporary table of rows. It has the name of the stored one, which it hides.
fn rows_table(table: &Table) -> String {
    let (rows, dialect) = (table.rows(), table.dialect);
    let columns: String = table
        .columns
        .iter()
        .map(|column| format!(", c{} {}", column.place, column.kind.declared_in(dialect)))
        .collect();
    let (row, record, index, indexed) = match dialect {
        Dialect::Sqlite => ("INTEGER PRIMARY KEY", "TEXT", "temp.", ""),
        Dialect::Postgres => {
            ("bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "json", "", "pg_temp.")
        }
    };
    format!(
        "CREATE TABLE {temporary}.{rows} (_row {row}, _account TEXT NOT NULL, _key TEXT NOT NULL,
         _synced_at TEXT NOT NULL, _record {record} NOT NULL{columns});
         CREATE UNIQUE INDEX {index}_key_{id} ON {indexed}{rows} (_account, _key);",
        temporary = dialect.temporary(),
        id = table.id
    )
}

/// The statements that make the view that queries read in place of the stored one.
fn view(shadow: &Shadow, backend: &Backend) -> String {
    let table = &shadow.table;
    let (name, rows) = (quoted(&table.name), table.rows());
    let temporary = table.dialect.temporary();
    let (main, grant) = match backend {
        Backend::File(_) => ("main".to_owned(), String::new()),
        #[cfg(feature = "postgres")]
        Backend::Postgres(database) => {
            let (schema, role) = database.names();
            (schema, format!("GRANT SELECT ON pg_temp.{name} TO {role};"))
        }
    };
    let mut columns: String = table
        .columns
        .iter()
        .map(|column| format!("c{} AS {}, ", column.place, quoted(&column.name)))
        .collect();
    columns += &own_columns(table.dialect).join(", ");
    let hidden: Vec<String> = shadow.accounts.keys().map(|account| literal(account)).collect();
    format!(
        "DROP VIEW IF EXISTS {temporary}.{name};
         CREATE TEMP VIEW {name} AS SELECT {columns}, _record FROM {temporary}.{rows}
         UNION ALL SELECT {columns}, {} AS _record FROM {main}.{rows} WHERE _account NOT IN ({});
         {grant}",
        record_expression(table),
        hidden.join(", ")
    )
}
