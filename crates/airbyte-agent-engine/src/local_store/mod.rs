//! The store on this machine: copies of records that queries and tools read without asking a vendor.
//!
//! The engine knows the store only by the trait [`LocalStore`]. A client that calls the vendor
//! directly answers the operations of the [context store](crate::context_store) from the store if it
//! has one ([`Local::local_store`](crate::Local::local_store)). [`StoreOnly`] does nothing else and
//! needs no credentials.
//!
//! ```
//! use std::sync::Arc;
//!
//! use airbyte_agent_engine::description::Connector;
//! use airbyte_agent_engine::local_store::{LocalStore, StoreOnly};
//! use airbyte_agent_engine::{Client, Result};
//!
//! # async fn example(stripe: Connector, store: Arc<dyn LocalStore>) -> Result<()> {
//! let client = Client::new(stripe, StoreOnly::new(store, "default"));
//! let query = serde_json::json!({"query": {"filter": {"fuzzy": {"name": "jon smith"}}}});
//! let page = client.execute("customers", "context_store_search", query).await?;
//! println!("{} as of {}", page.data, page.meta["freshness"]["synced_at"]);
//! # Ok(())
//! # }
//! ```

mod answer;
mod transport;
mod types;

use serde_json::{Map, Value};

pub use self::transport::StoreOnly;
pub use self::types::{
    AccountRemark, Column, Freshness, Hit, Hits, Limits, Rows, SearchPage, Table, View,
};
use crate::error::Result;
use crate::http::BoxFuture;

pub use self::answer::operation;
pub(crate) use self::answer::{Source, answer, check_preview};

/// The store on this machine. `airbyte-agent-sync` implements it for the store that `sync` writes.
pub trait LocalStore: std::fmt::Debug + Send + Sync {
    /// Returns the tables of this connector, or those of all connectors, in the order of their
    /// names.
    fn tables<'a>(&'a self, connector: Option<&'a str>) -> BoxFuture<'a, Result<Vec<Table>>>;

    /// Searches a view, with the arguments of [`SEARCH`](crate::context_store::SEARCH). Arguments
    /// that are wrong cause an error of the kind [`Validation`](crate::ErrorKind::Validation).
    fn search<'a>(
        &'a self,
        view: &'a View,
        arguments: &'a Map<String, Value>,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<SearchPage>>;

    /// Searches these views for records that contain these words, and returns the best ones first.
    fn find<'a>(
        &'a self,
        words: &'a str,
        views: &'a [View],
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Hits>>;

    /// Returns the rows of an SQL statement that reads these views. The statement can read nothing
    /// else.
    fn query<'a>(
        &'a self,
        sql: &'a str,
        views: &'a [View],
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Rows>>;
}
