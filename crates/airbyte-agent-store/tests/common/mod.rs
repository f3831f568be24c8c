//! What the tests of the store share.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::sync::atomic::{AtomicU32, Ordering};

use airbyte_agent_store::{Counts, OpenOptions, Page, QueryLimits, Store, Table, TableSpec};
use serde_json::{Value, json};

/// Names the Postgres database in which the tests keep their stores; without it they are in memory.
pub(crate) const POSTGRES: &str = "AIRBYTE_AGENT_TEST_POSTGRES";

/// Whether the tests run in Postgres.
pub(crate) fn is_postgres() -> bool {
    std::env::var_os(POSTGRES).is_some()
}

/// The address of a schema that no other test has; `None` without a database.
#[allow(clippy::print_stdout, reason = "tells why a test does less")]
pub(crate) fn address() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(address) = std::env::var(POSTGRES) else {
        println!("this test runs in SQLite only: {POSTGRES} is not set");
        return None;
    };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let sign = if address.contains('?') { '&' } else { '?' };
    let (process, now) = (std::process::id(), now.as_micros());
    Some(format!("{address}{sign}schema=t{now}_{process}_{number}"))
}

/// An empty store.
pub(crate) fn store() -> Store {
    match address() {
        Some(address) => Store::open(address, &OpenOptions::default()).unwrap(),
        None => Store::open_in_memory().unwrap(),
    }
}

/// Issues with an id, a title and a state.
pub(crate) fn issues() -> TableSpec {
    TableSpec::new("github", "issues").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer", "description": "Number of the issue."},
        "title": {"type": ["null", "string"]},
        "state": {"type": "string"},
    }}))
}

/// Writes a page for the account `default`.
pub(crate) fn write(store: &Store, table: &Table, records: &[Value]) -> Counts {
    store.write_page(table, "default", Page { records, ..Page::default() }).unwrap()
}

/// Inserted, changed, unchanged, deleted.
pub(crate) fn counts(counts: Counts) -> [u64; 4] {
    [counts.inserted, counts.changed, counts.unchanged, counts.deleted]
}

/// The rows of a query.
pub(crate) fn query(store: &Store, sql: &str) -> Vec<Vec<Value>> {
    store.query(sql, &QueryLimits::default()).unwrap_or_else(|error| panic!("{sql}: {error}")).rows
}

/// The whole records of a table, in the order of their keys, of which longer ones come last.
pub(crate) fn records(store: &Store, table: &str) -> Vec<Value> {
    let rows = query(store, &format!("SELECT _record FROM {table} ORDER BY length(_key), _key"));
    rows.into_iter().map(|row| serde_json::from_str(row[0].as_str().unwrap()).unwrap()).collect()
}
