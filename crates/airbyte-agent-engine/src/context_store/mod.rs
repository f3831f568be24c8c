//! The hosted platform's context store: a copy of a connector's records, kept for searching.
//!
//! Generated connectors have [`search`](Search) and [`SqlQuery`] on every entity that is in the
//! store, with the fields as an enum, so that a misspelt one does not compile. The dynamic door
//! takes the same queries as JSON, by the actions [`SEARCH`] and [`SQL_QUERY`].
//!
//! Filters go to the platform as they are built here; records come back in the form in which the
//! platform keeps them, which is not always that of the vendor's API.

mod answer;
mod check;
mod field;
mod filter;
mod query;
mod record;

use crate::call::CallOptions;
use crate::description::Connector;
use serde_json::{Map, Value};

pub use self::answer::{StoreMeta, StorePage};
pub use self::field::{Path, StoreField};
pub use self::filter::Filter;
pub use self::query::{Order, Records, Search, Semantic, SqlQuery};
pub use self::record::StoreRecord;

pub(crate) use self::answer::read;
pub(crate) use self::check::check;

/// The action that searches by a filter, or by meaning.
pub const SEARCH: &str = "context_store_search";

/// The action that runs a query in SQL.
pub const SQL_QUERY: &str = "context_store_sql_query";

/// Whether the action is one of the context store's.
pub(crate) fn is_store_action(action: &str) -> bool {
    action == SEARCH || action == SQL_QUERY
}

/// One query, ready to be run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StoreQuery<'a> {
    /// The connector.
    pub connector: &'a Connector,
    /// The entity.
    pub entity: &'a str,
    /// [`SEARCH`] or [`SQL_QUERY`].
    pub action: &'a str,
    /// The arguments, checked.
    pub params: &'a Map<String, Value>,
    /// What the caller wishes besides.
    pub options: &'a CallOptions,
}

impl StoreQuery<'_> {
    /// `entity.action`, for messages.
    pub fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }
}
