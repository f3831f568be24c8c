//! A connection that can only read, for the store's own statements and for those of users.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::authorize::Guard;
use super::limits::{self, QueryLimits};
use crate::error::Result;
use crate::functions;

/// A connection that can only read.
#[derive(Debug)]
pub(crate) struct Reader {
    connection: Connection,
    guard: Guard,
}

impl Reader {
    pub(crate) fn new(mut connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(
            "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;
             PRAGMA mmap_size = 1073741824; PRAGMA trusted_schema = OFF;",
        )?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        // A misspelt name in double quotes would be taken for a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        functions::register(&connection)?;
        let guard = Guard::default();
        let decides = guard.clone();
        connection.authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| {
            decides.decide(&context)
        }))?;
        Ok(Self { connection, guard })
    }

    /// Runs statements of the store.
    pub(crate) fn internally<R>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        self.guard.set_user(false);
        work(&self.connection)
    }

    /// Runs statements of the store, for at most the time of the limits.
    pub(crate) fn internally_within<R>(
        &mut self,
        allowed: &QueryLimits,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        self.guard.set_user(false);
        self.connection.progress_handler(1_000, Some(allowed.watch()))?;
        let result = work(&self.connection);
        self.connection.progress_handler(0, None::<fn() -> bool>)?;
        result
    }

    /// Runs statements of the store that change temporary tables, which are nowhere but in memory.
    pub(crate) fn temporarily<R>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        self.guard.set_user(false);
        self.connection.execute_batch("PRAGMA query_only = OFF")?;
        let result = work(&self.connection);
        self.connection.execute_batch("PRAGMA query_only = ON")?;
        result
    }

    /// Runs a statement of a user: within the limits, and only reading. What was refused comes with the result.
    pub(super) fn for_user<R>(
        &mut self,
        allowed: &QueryLimits,
        work: impl FnOnce(&Connection) -> R,
    ) -> rusqlite::Result<(R, Option<String>)> {
        self.guard.set_user(true);
        let former = limits::set_for_users(&self.connection)?;
        self.connection.progress_handler(1_000, Some(allowed.watch()))?;
        let result = work(&self.connection);
        let refused = self.guard.refused();
        self.guard.set_user(false);
        self.connection.progress_handler(0, None::<fn() -> bool>)?;
        limits::set(&self.connection, &former)?;
        Ok((result, refused))
    }
}
