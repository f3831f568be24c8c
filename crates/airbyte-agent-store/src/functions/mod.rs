//! Functions that queries have beside those of SQLite.

mod records;

use rusqlite::Connection;

/// Adds the functions to a connection.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    records::register(connection)
}

/// What to write instead of a function of another dialect: the end of a message.
pub(crate) fn instead_of(_name: &str) -> String {
    String::new()
}
