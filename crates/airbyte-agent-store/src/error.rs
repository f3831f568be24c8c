//! What can go wrong, in words that say what would be right.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::sql::QueryError;

/// Why the store could not do something. No message contains a value of a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process or thread has been writing for longer than the busy timeout.
    #[error("{}: another process is writing to the store; try again when it has finished", .0.display())]
    Locked(PathBuf),
    /// There is no space left for what was to be written. Nothing of it was written.
    #[error("{}: the disk is full; nothing of the last page was written", .0.display())]
    Full(PathBuf),
    /// The file is something else than a store.
    #[error("{}: {why}; give the path of a store or of a file that does not exist yet", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// The store was made by a newer version of this program.
    #[error("{}: the store has version {found}, this program knows versions up to {known}; use a newer version of the program", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that can be read.
        known: i64,
    },
    /// The file or its folder cannot be written.
    #[error("{}: {why}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's or the database's reason.
        why: String,
    },
    /// A table cannot be made as it is wanted.
    #[error("table {table}: {why}")]
    Table {
        /// Connector and entity, or the name in SQL.
        table: String,
        /// What is wrong with it.
        why: String,
    },
    /// A record cannot be stored. Nothing of its page was written.
    #[error("table {table}, record {index} of the page: {why}")]
    Record {
        /// Name of the table in SQL.
        table: String,
        /// The place of the record in its page, counted from 0.
        index: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A search cannot be done as it is wanted: its filter, order, fields or cursor.
    #[error("{0}")]
    Search(String),
    /// A query in SQL was refused or failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A result cannot be written in the format that is wanted.
    #[error("{0}")]
    Export(String),
    /// The database failed in a way that has no name above.
    #[error("the store's database: {0}")]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The error of the database at this file.
    pub(crate) fn at(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let text = || error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::NotADatabase) => {
                Self::NotAStore { path, why: "the file is not a database".to_owned() }
            }
            Some(ErrorCode::DatabaseCorrupt) => {
                Self::NotAStore { path, why: "the database is damaged".to_owned() }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::Unwritable {
                path,
                why:
                    "the store cannot be written; check the permissions of the file and its folder"
                        .to_owned(),
            },
            Some(ErrorCode::CannotOpen) => Self::Unwritable {
                path,
                why: "the file cannot be opened; check that its folder exists and can be written"
                    .to_owned(),
            },
            Some(ErrorCode::SystemIoFailure) => {
                Self::Unwritable { path, why: format!("reading or writing failed: {}", text()) }
            }
            _ => Self::Database(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Box::new(error))
    }
}
