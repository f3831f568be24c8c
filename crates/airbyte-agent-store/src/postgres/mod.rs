//! A store in a Postgres database: the same tables and statements as in a file, behind the seam.

mod address;
mod columns;
mod explain;
mod link;
mod query;
mod refuse;
mod setup;
mod stream;
mod tls;
mod values;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tokio_postgres::error::SqlState;

use self::address::Address;
pub(crate) use self::columns::read_columns;
use self::link::Link;
pub(crate) use self::query::PostgresOverlay;
use crate::db::{Db, cells};
use crate::error::{Error, Result};
use crate::learnt::Learnt;
use crate::options::OpenOptions;
use crate::sql::QueryLimits;

/// A store in a schema of a Postgres database.
#[derive(Debug)]
pub(crate) struct PostgresStore {
    address: Address,
    options: OpenOptions,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Link>>,
}

/// The connection that writes, until it ends, and what it has learnt about the database.
#[derive(Debug, Default)]
struct Writer {
    link: Option<Link>,
    learnt: Learnt,
}

/// Most connections that are kept open for the next queries.
const MOST_IDLE: usize = 4;

impl PostgresStore {
    pub(crate) fn open(address: &str, options: &OpenOptions) -> Result<Self> {
        let address = Address::read(address)?;
        let store = Self {
            address,
            options: options.clone(),
            writer: Mutex::new(Writer::default()),
            readers: Mutex::new(Vec::new()),
        };
        let set_up = || {
            let link = store.connect()?;
            setup::set_up(&link, &store.address)?;
            Ok(link)
        };
        let link = set_up().map_err(|error| store.located(error))?;
        store.writer.lock().unwrap_or_else(PoisonError::into_inner).link = Some(link);
        Ok(store)
    }

    /// The address without its password.
    pub(crate) fn name(&self) -> &Path {
        &self.address.name
    }

    fn connect(&self) -> Result<Link> {
        let link = Link::connect(&self.address)?;
        setup::prepare(&link, &self.address)?;
        Ok(link)
    }

    /// Does something in one transaction, while nobody else writes.
    pub(crate) fn write<R>(
        &self,
        work: impl FnOnce(&dyn Db, &mut Learnt) -> Result<R>,
    ) -> Result<R> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Writer { link, learnt } = &mut *writer;
        let written = (|| {
            if link.as_ref().is_none_or(Link::is_closed) {
                *link = Some(self.connect()?);
            }
            let Some(link) = link.as_ref() else {
                return Err(Error::Database("there is no connection".into()));
            };
            link.batch(&format!(
                "BEGIN; SET LOCAL lock_timeout = {}; SELECT pg_advisory_xact_lock({});",
                self.options.busy_timeout.as_millis().clamp(1, 2_000_000_000),
                setup::lock(&self.address)
            ))
            .and_then(|()| {
                let result = work(link, learnt)?;
                self.check_size(link)?;
                link.batch("COMMIT")?;
                Ok(result)
            })
            .inspect_err(|_| {
                // Without a connection there is nothing to undo.
                let _ = link.batch("ROLLBACK");
            })
        })();
        if written.is_err() {
            // What was learnt may have been undone.
            *learnt = Learnt::default();
        }
        written.map_err(|error| self.located(error))
    }

    /// Fails if the schema has more bytes than it may have.
    fn check_size(&self, db: &dyn Db) -> Result<()> {
        let Some(most) = self.options.most_bytes else { return Ok(()) };
        let sql =
            "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS bigint) FROM pg_class
             WHERE relkind = 'r' AND relnamespace = to_regnamespace(?)";
        let size = db.number(sql, cells![crate::names::quoted(&self.address.schema)])?;
        if size.unwrap_or_default().unsigned_abs() > most {
            return Err(Error::Full(self.address.name.clone()));
        }
        Ok(())
    }

    /// Reads in one transaction that can only read.
    pub(crate) fn read<R>(
        &self,
        limits: Option<&QueryLimits>,
        work: impl FnOnce(&dyn Db) -> Result<R>,
    ) -> Result<R> {
        self.with_reader(|link| {
            let time = limits.map_or(0, milliseconds);
            link.batch(&format!(
                "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = {time}"
            ))?;
            let result = work(link);
            let _ = link.batch("ROLLBACK");
            result.map_err(|error| match limits {
                Some(limits) => explain::timeout(error, limits),
                None => error,
            })
        })
    }

    /// Does something with a connection on which nothing else happens.
    fn with_reader<R>(&self, work: impl FnOnce(&Link) -> Result<R>) -> Result<R> {
        let idle = || self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut link = idle();
        while link.as_ref().is_some_and(Link::is_closed) {
            link = idle();
        }
        let link = match link {
            Some(link) => link,
            None => self.connect().map_err(|error| self.located(error))?,
        };
        let result = work(&link);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < MOST_IDLE && !link.is_closed() {
            readers.push(link);
        }
        drop(readers);
        result.map_err(|error| self.located(error))
    }

    /// The error with the address, if it comes from the database.
    pub(crate) fn located(&self, error: Error) -> Error {
        let Error::Database(source) = error else { return error };
        match source.downcast::<tokio_postgres::Error>() {
            Ok(source) => of_database(self.address.name.clone(), &source),
            Err(source) => Error::Database(source),
        }
    }
}

/// The time that a query may take, as Postgres is told.
fn milliseconds(limits: &QueryLimits) -> u128 {
    limits.time.as_millis().clamp(1, 2_000_000_000)
}

fn of_database(path: PathBuf, error: &tokio_postgres::Error) -> Error {
    let text = link::text(error);
    let Some(code) = error.code() else {
        return Error::Database(format!("{}: {text}", path.display()).into());
    };
    if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Error::Locked(path);
    }
    if *code == SqlState::DISK_FULL {
        return Error::Full(path);
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE || *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        return Error::Unwritable { path, why: format!("the store cannot be written: {text}") };
    }
    Error::Database(format!("{}: {text}", path.display()).into())
}
