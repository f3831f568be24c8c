//! The hosted platform's context store: a copy of a connector's records, kept for searching.
//!
//! Generated connectors have [`search`](Search) and [`SqlQuery`] on every entity that is in the
//! store, with the fields as an enum, so that a misspelt one does not compile.
//! [`Client::execute`](crate::Client::execute) takes the same queries as JSON, by the actions
//! [`SEARCH`] and [`SQL_QUERY`]. Both are operations like any other ([`operation`]), which only the
//! hosted transport executes.
//!
//! Filters go to the platform as they are built here; records come back in the form in which the
//! platform keeps them, which is not always that of the vendor's API.

mod check;
mod field;
mod filter;
mod operation;
mod page;
mod query;
mod record;

pub use self::field::{Path, StoreField};
pub use self::filter::Filter;
pub use self::operation::operation;
pub use self::page::{StoreMeta, StorePage};
pub use self::query::{Order, Records, Search, Semantic, SqlQuery};
pub use self::record::StoreRecord;

pub(crate) use self::check::check_arguments;

/// The action that searches by a filter, or by meaning.
pub const SEARCH: &str = "context_store_search";

/// The action that runs a query in SQL.
pub const SQL_QUERY: &str = "context_store_sql_query";

/// Whether the action is one of the context store's.
pub fn is_store_action(action: &str) -> bool {
    action == SEARCH || action == SQL_QUERY
}
