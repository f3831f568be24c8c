//! What a query may use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::limits::Limit;

/// What a query may use. Rows and bytes beyond the limit are cut off, which the result says; a query that takes
/// longer fails.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueryLimits {
    /// Most rows of the result.
    pub rows: usize,
    /// Most bytes of the values in the result.
    pub bytes: usize,
    /// Longest time.
    pub time: Duration,
    /// Ends the query when it is set, for example because nobody waits for the result any more.
    pub cancel: Option<Arc<AtomicBool>>,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { rows: 10_000, bytes: 16 << 20, time: Duration::from_secs(10), cancel: None }
    }
}

impl QueryLimits {
    /// The limits with this number of rows.
    #[must_use]
    pub fn rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// The limits with this number of bytes.
    #[must_use]
    pub fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// The limits with this time.
    #[must_use]
    pub fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }

    /// The limits with a switch that ends the query.
    #[must_use]
    pub fn cancel(mut self, cancel: Arc<AtomicBool>) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// Says whether the query has to stop.
    pub(crate) fn watch(&self) -> impl FnMut() -> bool + Send + 'static {
        let end = Instant::now().checked_add(self.time);
        let cancel = self.cancel.clone();
        move || {
            end.is_some_and(|end| Instant::now() >= end)
                || cancel.as_ref().is_some_and(|cancel| cancel.load(Ordering::Relaxed))
        }
    }
}

/// Limits of SQLite that hold for queries of users: the usual ones are for programs that trust their SQL.
const OF_USERS: [(Limit, i32); 9] = [
    (Limit::SQLITE_LIMIT_LENGTH, 32 << 20),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 200),
    (Limit::SQLITE_LIMIT_PARSER_DEPTH, 500),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 100),
    (Limit::SQLITE_LIMIT_VDBE_OP, 1_000_000),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
    (Limit::SQLITE_LIMIT_ATTACHED, 0),
    (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
];

/// The limits for queries of users, and those that were set before.
pub(super) fn set_for_users(connection: &Connection) -> rusqlite::Result<Vec<(Limit, i32)>> {
    OF_USERS
        .into_iter()
        .map(|(limit, value)| Ok((limit, connection.set_limit(limit, value)?)))
        .collect()
}

/// Sets limits back.
pub(super) fn set(connection: &Connection, limits: &[(Limit, i32)]) -> rusqlite::Result<()> {
    for (limit, value) in limits {
        connection.set_limit(*limit, *value)?;
    }
    Ok(())
}
