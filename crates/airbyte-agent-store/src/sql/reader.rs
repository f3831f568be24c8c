//! A connection that can only read, for the store's own statements and for those of users.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::authorize::Guard;
use super::limits::{self, QueryLimits};
use crate::error::Result;
use crate::functions;
use crate::misfits::ReadColumns;
use crate::names::quoted;

/// A connection that can only read.
#[derive(Debug)]
pub(crate) struct Reader {
    connection: Connection,
    guard: Guard,
    /// Whether the connection is in a state in which nobody else may use it.
    is_spent: bool,
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
        Ok(Self { connection, guard, is_spent: false })
    }

    /// Whether the connection can be used again.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// The columns that the last statement of a user names.
    pub(crate) fn read_columns(&self) -> ReadColumns {
        self.guard.read_columns()
    }

    /// Does something while these views exist, of which users' statements can read nothing but them. The store stays
    /// as it is meanwhile, so that no table can come to it whose name the statement has.
    ///
    /// The first closure gives the views by name with the statements that make them, and what the second one needs,
    /// which also gets their names.
    pub(super) fn with_views<N, R>(
        &mut self,
        views: impl FnOnce(&Connection) -> Result<(Vec<(String, String)>, N)>,
        work: impl FnOnce(&mut Self, (Vec<String>, N)) -> Result<R>,
    ) -> Result<R> {
        self.guard.set_user(false);
        self.connection.execute_batch("BEGIN")?;
        // Until everything is undone.
        self.is_spent = true;
        let mut made = Vec::new();
        let result = views(&self.connection).and_then(|(views, needed)| {
            // The database itself is open for reading only.
            self.connection.execute_batch("PRAGMA query_only = OFF")?;
            for (name, statement) in views {
                self.connection.execute_batch(&statement)?;
                made.push(name);
            }
            self.connection.execute_batch("PRAGMA query_only = ON")?;
            self.guard.set_views(Some(made.iter().map(|name| name.to_ascii_lowercase()).collect()));
            work(self, (made.clone(), needed))
        });
        self.guard.set_user(false);
        self.guard.set_views(None);
        let dropped: String =
            made.iter().map(|name| format!("DROP VIEW temp.{};", quoted(name))).collect();
        let undo = format!("PRAGMA query_only = OFF; {dropped} PRAGMA query_only = ON; COMMIT");
        self.is_spent = self.connection.execute_batch(&undo).is_err();
        result
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
