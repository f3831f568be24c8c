//! What a query has read, or would read, for programs and people.

use airbyte_agent_core::description::Action;
use airbyte_agent_store::Rows;
use serde::Serialize;
use serde_json::{Map, Value};

/// The answer to a query.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Answer {
    /// The rows; `None` if the calls were only to be explained.
    pub rows: Option<Rows>,
    /// What was read for them, or would be.
    pub report: LiveReport,
}

/// What a query has read, or would read.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct LiveReport {
    /// Number of calls that were made. Each page is one.
    pub calls_made: u64,
    /// The calls, or when they are explained, those that would be made.
    pub calls: Vec<LiveCall>,
    /// The tables that the query names.
    pub tables: Vec<TableState>,
    /// What may be missing in the answer, and why.
    pub warnings: Vec<String>,
    /// Whether records are missing because no more calls were allowed.
    pub is_partial: bool,
}

/// A call of an operation, with all its pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LiveCall {
    /// The table whose records it gives.
    pub table: String,
    /// Name of the account.
    pub account: String,
    /// Name of the entity.
    pub entity: String,
    /// The operation of the entity.
    pub action: Action,
    /// The arguments. In an explanation, `<table.column>` stands for values that are not known yet.
    pub arguments: Map<String, Value>,
    /// What the call is made for each of; `None` if it is one call.
    pub for_each: Option<String>,
    /// The conditions of the query that the vendor applies. The database applies all of them again.
    pub pushed: Vec<String>,
    /// Why the call is made.
    pub why: String,
    /// Number of its pages; in an explanation, how many there will be as far as that is known.
    pub pages: Option<u64>,
    /// Number of records that were read.
    pub records: u64,
}

/// Where the records of an account in a table come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableState {
    /// Name of the table in SQL.
    pub table: String,
    /// Name of the account.
    pub account: String,
    /// Where its records come from.
    pub origin: Origin,
    /// The moment up to which changes at the vendor are in the store, in UTC, if all records are there.
    pub as_of: Option<String>,
}

/// Where records come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// From the store, as they were.
    Store,
    /// From the store, after all of them were read.
    Synced,
    /// From the vendor, as far as the query needs them.
    Live,
}
