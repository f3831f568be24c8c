//! The store: opening it, and how its parts come to a connection.

use std::path::Path;

use crate::db::Db;
#[cfg(not(feature = "postgres"))]
use crate::error::Error;
use crate::error::Result;
use crate::file::FileStore;
use crate::learnt::Learnt;
use crate::options::OpenOptions;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresStore;
use crate::sql::QueryLimits;

/// The records of a workspace. It can be shared by threads: writes happen one after the other, queries beside
/// each other. All calls block.
#[derive(Debug)]
pub struct Store {
    pub(crate) backend: Backend,
}

/// The database of a store.
#[derive(Debug)]
pub(crate) enum Backend {
    File(FileStore),
    #[cfg(feature = "postgres")]
    Postgres(PostgresStore),
}

impl Store {
    /// Opens the store at this place: a file, which is made if it does not exist and can be read by its owner only, or
    /// with the feature `postgres` the address of a database as in `postgres://user@host/database?schema=name`. Its
    /// tables are in the schema of this name, or in `airbyte_agent`, which is made if it does not exist.
    ///
    /// # Errors
    ///
    /// [`Error::NotAStore`], [`Error::Newer`], [`Error::Locked`], [`Error::Unwritable`], [`Error::Full`].
    pub fn open(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self> {
        let path = path.as_ref();
        if let Some(address) = path.to_str().filter(|text| is_address(text)) {
            return Self::open_address(address, options);
        }
        Ok(Self { backend: Backend::File(FileStore::open(path, options)?) })
    }

    #[cfg(feature = "postgres")]
    fn open_address(address: &str, options: &OpenOptions) -> Result<Self> {
        Ok(Self { backend: Backend::Postgres(PostgresStore::open(address, options)?) })
    }

    #[cfg(not(feature = "postgres"))]
    fn open_address(_: &str, _: &OpenOptions) -> Result<Self> {
        Err(Error::Unwritable {
            path: "postgres://…".into(),
            why: "this program was built without Postgres; build it with the feature `postgres`, \
                  as in cargo install --path crates/airbyte-agent-cli --features postgres, or give the path of a file"
                .to_owned(),
        })
    }

    /// A store in memory, which is gone when it is dropped.
    ///
    /// # Errors
    ///
    /// [`Error::Database`] if SQLite fails.
    pub fn open_in_memory() -> Result<Self> {
        Ok(Self { backend: Backend::File(FileStore::open_in_memory()?) })
    }

    /// The file, `:memory:` if there is none, or the address of the database without its password.
    pub fn path(&self) -> &Path {
        match &self.backend {
            Backend::File(file) => &file.path,
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => database.name(),
        }
    }

    /// Does something in one transaction: all of it is written, or nothing.
    pub(crate) fn write<R>(
        &self,
        work: impl FnOnce(&dyn Db, &mut Learnt) -> Result<R>,
    ) -> Result<R> {
        match &self.backend {
            Backend::File(file) => file.write(work),
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => database.write(work),
        }
    }

    /// Moves what was written into the file itself, and empties the log beside it. While others read, what they need
    /// stays there. A database does this by itself.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn settle(&self) -> Result<()> {
        match &self.backend {
            Backend::File(file) => file.settle(),
            #[cfg(feature = "postgres")]
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// Reads with a connection that can only read.
    pub(crate) fn read<R>(&self, work: impl FnOnce(&dyn Db) -> Result<R>) -> Result<R> {
        match &self.backend {
            Backend::File(file) => file.read(|reader| reader.internally(|db| work(db))),
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => database.read(None, work),
        }
    }

    /// Reads in one transaction, so that all statements see the same records.
    pub(crate) fn read_at_once<R>(&self, work: impl FnOnce(&dyn Db) -> Result<R>) -> Result<R> {
        match &self.backend {
            Backend::File(file) => file.read(|reader| {
                reader.internally(|connection| {
                    let transaction = connection.unchecked_transaction()?;
                    work(&*transaction)
                })
            }),
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => database.read(None, work),
        }
    }

    /// Reads for at most the time of the limits.
    pub(crate) fn read_within<R>(
        &self,
        limits: &QueryLimits,
        work: impl FnOnce(&dyn Db) -> Result<R>,
    ) -> Result<R> {
        match &self.backend {
            Backend::File(file) => {
                file.read(|reader| reader.internally_within(limits, |db| work(db)))
            }
            #[cfg(feature = "postgres")]
            Backend::Postgres(database) => database.read(Some(limits), work),
        }
    }
}

/// Whether a text is the address of a Postgres database and no path.
pub fn is_address(text: &str) -> bool {
    text.starts_with("postgres://") || text.starts_with("postgresql://")
}
