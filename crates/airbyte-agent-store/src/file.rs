//! A store in a file: its connections, and what is wrong with a file that is none.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::db::Db;
use crate::error::{Error, Result};
use crate::learnt::Learnt;
use crate::misfits;
use crate::options::OpenOptions;
use crate::reencode;
use crate::schema;
use crate::sql::Reader;
use crate::table::Table;

/// A store in an SQLite database.
#[derive(Debug)]
pub(crate) struct FileStore {
    pub(crate) path: PathBuf,
    /// The name that connections open: the path, or the address of a database in memory.
    address: String,
    options: OpenOptions,
    /// They are closed before the connection that writes: the last one that is closed empties the log beside the file,
    /// which those that only read cannot.
    readers: Mutex<Vec<Reader>>,
    writer: Mutex<Writer>,
}

/// Size of the pages of a new file. In larger pages less space is lost at their ends, behind rows of some hundred bytes.
const PAGE_BYTES: u32 = 8192;

/// How long emptying the log waits for those who read.
const SETTLE_TIMEOUT: Duration = Duration::from_millis(200);

/// Most connections that are kept open for the next queries.
const MOST_IDLE: usize = 4;

/// The connection that writes, and what it has learnt about the file.
#[derive(Debug)]
struct Writer {
    connection: Connection,
    learnt: Learnt,
}

impl FileStore {
    pub(crate) fn open(path: &Path, options: &OpenOptions) -> Result<Self> {
        make_private_file(path)?;
        let address = path.to_str().ok_or_else(|| Error::Unwritable {
            path: path.to_owned(),
            why: "the path of a store must be Unicode text".to_owned(),
        })?;
        Self::connect(path.to_owned(), address.to_owned(), options)
    }

    pub(crate) fn open_in_memory() -> Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let address = format!("file:/airbyte-agent-store-{number}?vfs=memdb");
        Self::connect(PathBuf::from(":memory:"), address, &OpenOptions::default())
    }

    fn connect(path: PathBuf, address: String, options: &OpenOptions) -> Result<Self> {
        let flags =
            flags(&address) | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let prepare = || -> Result<Connection> {
            let mut connection = Connection::open_with_flags(&address, flags)
                .map_err(|error| Error::at(&path, error))?;
            connection.busy_timeout(options.busy_timeout)?;
            prepare(&path, &mut connection, options)?;
            Ok(connection)
        };
        let writer = Mutex::new(Writer { connection: prepare()?, learnt: Learnt::default() });
        let readers = Mutex::new(Vec::new());
        Ok(Self { path, address, options: options.clone(), writer, readers })
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something in one transaction: all of it is written, or nothing.
    pub(crate) fn write<R>(
        &self,
        work: impl FnOnce(&dyn Db, &mut Learnt) -> Result<R>,
    ) -> Result<R> {
        let mut writer = self.writer();
        let Writer { connection, learnt } = &mut *writer;
        let at = |error| Error::at(&self.path, error);
        let written = (|| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(at)?;
            let result = work(&*transaction, learnt)?;
            transaction.commit().map_err(at)?;
            Ok(result)
        })();
        if written.is_err() {
            // What was learnt may have been undone.
            *learnt = Learnt::default();
        }
        written.map_err(|error| self.located(error))
    }

    /// Moves what was written into the file itself, and empties the log beside it. While others read, what they need
    /// stays there.
    pub(crate) fn settle(&self) -> Result<()> {
        let writer = self.writer();
        let connection = &writer.connection;
        let settled = (|| {
            // Nobody who reads for long is waited for.
            connection.busy_timeout(SETTLE_TIMEOUT)?;
            let settled = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            connection.busy_timeout(self.options.busy_timeout)?;
            settled
        })();
        settled.map_err(|error| Error::at(&self.path, error))
    }

    /// Reads with a connection that can only read.
    pub(crate) fn read<R>(&self, work: impl FnOnce(&mut Reader) -> Result<R>) -> Result<R> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.new_reader().map_err(|error| self.located(error))?,
        };
        let result = work(&mut reader);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < MOST_IDLE && !reader.is_spent() {
            readers.push(reader);
        }
        drop(readers);
        result.map_err(|error| self.located(error))
    }

    pub(crate) fn new_reader(&self) -> Result<Reader> {
        let flags = flags(&self.address) | OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(&self.address, flags)?;
        connection.busy_timeout(self.options.busy_timeout)?;
        Ok(Reader::new(connection)?)
    }

    /// The error with the path, if it comes from the database.
    pub(crate) fn located(&self, error: Error) -> Error {
        match error {
            Error::Database(source) => match source.downcast::<rusqlite::Error>() {
                Ok(source) => Error::at(&self.path, *source),
                Err(source) => Error::Database(source),
            },
            other => other,
        }
    }
}

fn flags(address: &str) -> OpenFlags {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    if address.starts_with("file:/airbyte-agent-store-") {
        flags | OpenFlags::SQLITE_OPEN_URI
    } else {
        flags
    }
}

/// Checks what the file is, and brings it up to date.
fn prepare(path: &Path, connection: &mut Connection, options: &OpenOptions) -> Result<()> {
    let at = |error| Error::at(path, error);
    let (application, version) = schema::marks(connection).map_err(at)?;
    if application != schema::APPLICATION {
        if application != 0 || version != 0 || !schema::is_empty(connection).map_err(at)? {
            let why = "the file is a database of another program".to_owned();
            return Err(Error::NotAStore { path: path.to_owned(), why });
        }
    } else if version > schema::VERSION {
        let path = path.to_owned();
        return Err(Error::Newer { path, found: version, known: schema::VERSION });
    }
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768; PRAGMA mmap_size = 1073741824;
             PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000;
             PRAGMA hard_heap_limit = {};",
            options.memory
        ))
        .map_err(at)?;
    connection.set_prepared_statement_cache_capacity(64);
    if let Some(bytes) = options.most_bytes {
        let size: u64 = connection
            .query_row("PRAGMA page_size", [], |row| row.get::<_, i64>(0))
            .map_err(at)
            .map(|size| size.unsigned_abs().max(1))?;
        let pages = (bytes / size).max(1);
        connection
            .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
            .map_err(at)?;
    }
    if version < schema::VERSION {
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(at)?;
        // Another process may have done it since.
        let (_, version) = schema::marks(&transaction).map_err(at)?;
        if version < schema::VERSION {
            schema::migrate(&transaction, version).map_err(at)?;
            let db: &dyn Db = &*transaction;
            let mut learnt = Learnt::default();
            for table in Table::load(db, "TRUE", Vec::new())? {
                misfits::recount(db, &table)?;
                reencode::index_again(db, &mut learnt, &table)?;
            }
        }
        transaction.commit().map_err(at)?;
    }
    Ok(())
}

/// Makes the file if it does not exist, so that only its owner can read it. SQLite gives the files beside it
/// the same mode. A file that exists is not opened: closing it would release the locks that this process holds
/// on it.
fn make_private_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::Unwritable {
            path: path.to_owned(),
            why: format!("the store cannot be made: {error}"),
        }),
    }
}
