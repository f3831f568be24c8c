//! Answers queries about records that are not in the store, or not fresh enough: what the query needs is read from the
//! vendor first.
//!
//! What is read always contains the records that have an effect on the result, and the database applies the whole query
//! to them, so that a condition that the vendor applies can cost less and never changes the answer. Conditions are passed
//! on only where the spec says so (`x-agent-filters`); of a query that cannot be analysed, every table is read whole.
//! An entity that is read whole is written into the store like by a sync. Parts are in an
//! [`Overlay`](airbyte_agent_store::Overlay), which only this query sees.

mod accounts;
mod enough;
mod literal;
mod names;
mod needs;
mod range;
mod read;
mod reference;
mod report;
mod scope;
mod session;
mod sql;
mod strategy;
mod templates;
mod wanted;

use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{BoxFuture, Client, Description};
use airbyte_agent_store::{QueryLimits, Store, TableSpec};

use crate::error::Result;
use crate::pace::Pace;
pub use report::{Answer, LiveCall, LiveReport, Origin, TableState};

/// A client, and the name of its account in the store.
#[derive(Debug, Clone)]
pub struct Source {
    /// The client.
    pub client: Client,
    /// Name of the account under which the store has its records.
    pub account: String,
    /// How fast requests are sent.
    pub pace: Pace,
}

/// Gives the clients that a query needs.
pub trait Clients: Send + Sync {
    /// The slugs of the connectors whose tables a query may name.
    fn connectors(&self) -> Vec<String>;

    /// The description of one of them.
    fn description(&self, connector: &str) -> Option<Description>;

    /// The client for an account of a connector, or for the account that is used if none is named.
    ///
    /// # Errors
    ///
    /// If there is no such account, or no credentials for it.
    fn client<'a>(
        &'a self,
        connector: &'a str,
        account: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Source, airbyte_agent_core::Error>>;
}

/// The table that a query about an entity gets if the entity was never read.
///
/// # Errors
///
/// [`Error::Plan`](crate::Error::Plan) for an entity that does not exist or cannot be read.
pub fn table_of(connector: &Connector, entity: &str) -> Result<TableSpec> {
    let (operation, source) = session::source(connector, entity)?;
    crate::record::table_spec(connector, operation, source)
}

/// How a query is answered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Most calls. Each page of a list is one.
    pub max_calls: u64,
    /// How old records in the store may be; `None` for any age, if all of them were read once.
    pub max_age: Option<Duration>,
    /// Makes no calls: the answer is what the store has.
    pub offline: bool,
    /// Makes no calls, and says which would be made.
    pub explain: bool,
    /// Answers with what was read when no more calls are allowed, and says so, instead of failing.
    pub partial: bool,
    /// The account that is queried in addition to those that are in the store.
    pub account: Option<String>,
    /// What the query may use.
    pub limits: QueryLimits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_calls: 50,
            max_age: None,
            offline: false,
            explain: false,
            partial: false,
            account: None,
            limits: QueryLimits::default(),
        }
    }
}

/// Answers a query in the dialect of SQLite, and reads what it needs before. A query that begins with `EXPLAIN` is
/// answered with the calls that would be made.
///
/// # Errors
///
/// [`Error::Budget`](crate::Error::Budget) if more calls are needed than are allowed;
/// [`Error::Plan`](crate::Error::Plan) for an entity that cannot be read; the errors of calls, and those of
/// [`Store::query`].
pub async fn run(
    store: Arc<Store>,
    clients: &dyn Clients,
    sql: &str,
    options: &Options,
) -> Result<Answer> {
    session::answer(store, clients, sql, options).await
}
