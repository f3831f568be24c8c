//! The context store: a copy of a connector's records, kept for searching, on the hosted platform or on this machine.
//!
//! Generated connectors have [`search`](Search) and [`SqlQuery`] on every entity that is in the
//! store, with the fields as an enum, so that a misspelt one does not compile.
//! [`Client::execute`](crate::Client::execute) takes the same queries as JSON, by the actions
//! [`SEARCH`] and [`SQL_QUERY`]. Both are operations like any other ([`operation`]). The hosted
//! transport lets the platform execute them, and the local one asks the [store on this
//! machine](crate::local_store), if there is one. All answers have one layout and are read by one
//! reader.
//!
//! Filters are sent to the platform as they are built here. Records have the form in which the
//! platform keeps them, which is not always that of the vendor's API. The store on this machine
//! keeps them as the vendor sent them, and states in the metadata `freshness` how old they are.

mod check;
mod field;
mod filter;
mod layout;
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

pub(crate) use self::check::{check_arguments, check_grammar};
pub(crate) use self::layout::LAYOUT;
pub(crate) use self::operation::on_entity;

/// The action that searches by a filter, or by meaning.
pub const SEARCH: &str = "context_store_search";

/// The action that runs a query in SQL.
pub const SQL_QUERY: &str = "context_store_sql_query";

/// Whether the action is one of the context store, and none of the vendor.
pub fn is_store_action(action: &str) -> bool {
    action == SEARCH || action == SQL_QUERY
}
