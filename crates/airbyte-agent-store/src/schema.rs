//! The tables that the store keeps for itself, and how an older file is brought up to date.

use rusqlite::{Connection, Transaction};

/// Marks a file as a store: the bytes `aast`.
pub(crate) const APPLICATION: i64 = 0x6161_7374;

/// Each entry brings a file from the version that is its index to the next one.
const STEPS: &[&str] = &[FIRST, MISFITS, WORDS];

/// The version that a file has after all steps.
#[expect(clippy::cast_possible_wrap, reason = "there are few steps")]
pub(crate) const VERSION: i64 = STEPS.len() as i64;

/// Records are in a table `_rows_<id>` for each entity, whose columns are `c1`, `c2` and so on. What users
/// read is a view over it, which has the names. `_shape` names the members that a record had, in their
/// order, and `_rest` holds those whose values are not exactly in a column.
const FIRST: &str = "
CREATE TABLE _tables (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    connector TEXT NOT NULL,
    entity TEXT NOT NULL,
    description TEXT NOT NULL,
    keys TEXT NOT NULL,
    hidden TEXT NOT NULL,
    next_column INTEGER NOT NULL,
    UNIQUE (connector, entity)
);
CREATE TABLE _columns (
    table_id INTEGER NOT NULL REFERENCES _tables,
    place INTEGER NOT NULL,
    property TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_searched INTEGER NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (table_id, property)
) WITHOUT ROWID;
CREATE TABLE _shapes (
    id INTEGER PRIMARY KEY,
    members TEXT NOT NULL UNIQUE
);
CREATE TABLE _accounts (
    table_id INTEGER NOT NULL REFERENCES _tables,
    account TEXT NOT NULL,
    rows INTEGER NOT NULL DEFAULT 0,
    position TEXT,
    synced_at TEXT,
    complete_at TEXT,
    pass INTEGER,
    pass_started_at TEXT,
    pass_records INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (table_id, account)
) WITHOUT ROWID;
CREATE TABLE _passes (
    last INTEGER NOT NULL
);
INSERT INTO _passes VALUES (0);
CREATE TABLE _seen (
    pass INTEGER NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (pass, row)
) WITHOUT ROWID;
CREATE TABLE _changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    table_id INTEGER NOT NULL REFERENCES _tables,
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    kind INTEGER NOT NULL,
    at TEXT NOT NULL
);
CREATE VIRTUAL TABLE _text USING fts5 (
    name, body,
    content='', contentless_delete=1,
    tokenize='unicode61 remove_diacritics 2'
);
CREATE TABLE _words (
    length INTEGER NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (length, word)
) WITHOUT ROWID;
";

/// How many values of a column are not of its type; see `misfits`. The rows of older files are counted afterwards.
const MISFITS: &str = "
CREATE TABLE _misfits (
    table_id INTEGER NOT NULL REFERENCES _tables,
    account TEXT NOT NULL,
    place INTEGER NOT NULL,
    found TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (table_id, account, place, found)
) WITHOUT ROWID;
";

/// The index of words says in which rows a word is and not at which places, which takes less than half the space. A
/// word of a name is in it once more with a mark (`text::NAME_MARK`). The texts are made of words already, so that
/// spaces divide them. The rows of older files are added afterwards.
const WORDS: &str = "
DROP TABLE _text;
CREATE VIRTUAL TABLE _text USING fts5 (
    words,
    content='', contentless_delete=1, detail=none,
    tokenize='ascii'
);
";

/// The application and version that a file says it has; both are 0 for a new one.
pub(crate) fn marks(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let mark = |name: &str| {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
    };
    Ok((mark("application_id")?, mark("user_version")?))
}

/// Whether there is anything in the file.
pub(crate) fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Brings a file of this version up to date.
pub(crate) fn migrate(transaction: &Transaction<'_>, version: i64) -> rusqlite::Result<()> {
    let done = usize::try_from(version).unwrap_or_default();
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!(
        "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"
    ))
}
