//! What the tests of the store share.
#![allow(dead_code, reason = "each test uses a part of it")]

use airbyte_agent_store::{Counts, Page, QueryLimits, Store, Table, TableSpec};
use serde_json::{Value, json};

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

/// The whole records of a table, in the order in which they were inserted.
pub(crate) fn records(store: &Store, table: &str) -> Vec<Value> {
    let rows = query(store, &format!("SELECT _record FROM {table}"));
    rows.into_iter().map(|row| serde_json::from_str(row[0].as_str().unwrap()).unwrap()).collect()
}
