//! Functions that queries have beside those of SQLite.

mod aggregates;
mod filters;
mod foreign;
mod numbers;
mod records;
mod texts;
mod times;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

pub(crate) use self::foreign::instead_of;
pub(crate) use self::texts::is_like;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Functions whose results depend on nothing but their arguments.
const PURE: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Adds the functions to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    records::register(connection)?;
    filters::register(connection)?;
    texts::register(connection)?;
    times::register(connection)?;
    numbers::register(connection)?;
    aggregates::register(connection)
}

/// The error of a function, with a message for whoever wrote the query.
fn failed(error: impl Into<BoxError>) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(error.into())
}
