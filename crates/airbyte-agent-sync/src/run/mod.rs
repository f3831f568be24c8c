//! Runs a plan: entities beside each other, each behind those whose records it needs.

mod begin;
mod claim;
mod conditional;
mod deletions;
mod entity;
mod first_page;
mod known_parents;
mod list;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::Client;
use airbyte_agent_core::description::SyncDeletions;
use airbyte_agent_store::{Counts, Result as StoreResult, Store};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::{Map, Value};

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::mark::Mark;
use crate::pace::Pace;
use crate::plan::{Plan, Planned, Skipped};
use crate::report::{EntityReport, Mode, Report};

/// How a runner works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Reads all records, also where changes alone could be requested.
    pub full: bool,
    /// Requests changes since this mark instead of those since the last run. Nothing is removed.
    pub since: Option<Mark>,
    /// Arguments that the lists get which take them. They select records, so that nothing is removed.
    pub arguments: Map<String, Value>,
    /// Most entities that are read at the same time.
    pub at_once: usize,
    /// How fast requests are sent; `None` to keep to the rate limits that the vendor publishes, in this process alone.
    pub pace: Option<Pace>,
    /// Fields that are left out of the store, nested ones with dots.
    pub left_out: Vec<String>,
    /// How old an interrupted run may be to be continued. The places in lists to which vendors lead are not valid
    /// for ever.
    pub continued_within: Duration,
    /// How many calls may be made; `None` for as many as it takes. What has been read when they are used up stays, and
    /// a later run goes on there.
    pub budget: Option<Arc<Budget>>,
    /// How long to wait for another run that copies the same entity of the same account, in this process or in another
    /// one; `None` for as long as it takes. An entity for which it is not enough fails with [`Error::Busy`].
    pub patience: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            full: false,
            since: None,
            arguments: Map::new(),
            at_once: 4,
            pace: None,
            left_out: Vec::new(),
            continued_within: Duration::from_secs(60 * 60),
            budget: None,
            patience: None,
        }
    }
}

/// Something that a runner has done.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'e> {
    /// Another run copies the same entity of the same account, and is waited for.
    Waiting {
        /// Name of the entity.
        entity: &'e str,
        /// The number of the process in which the other run is, if it is known.
        process: Option<u32>,
    },
    /// The copying of an entity has begun.
    Started {
        /// Name of the entity.
        entity: &'e str,
        /// How its records are read.
        mode: Mode,
    },
    /// A page was written.
    Page {
        /// Name of the entity.
        entity: &'e str,
        /// Number of its records.
        records: usize,
        /// How many records the list has, where the vendor says so.
        total: Option<u64>,
    },
    /// The copying of an entity has ended.
    Finished(&'e EntityReport),
}

/// Runs plans for one account of a connector.
pub struct Runner {
    client: Client,
    store: Arc<Store>,
    account: String,
    options: Options,
    pace: Pace,
    listener: Box<dyn Fn(Event<'_>) + Send + Sync>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runner").field("account", &self.account).finish_non_exhaustive()
    }
}

impl Runner {
    /// A runner that writes what `client` reads under the name of an account. For a later process to continue an
    /// interrupted run, the client must have a cursor key that lives as long
    /// ([`Client::with_cursor_key`](airbyte_agent_core::Client::with_cursor_key)); without one, the list
    /// that was interrupted is read from its beginning.
    pub fn new(client: Client, store: Arc<Store>, account: impl Into<String>) -> Self {
        Self {
            pace: Pace::of(&client.description().rate_limits),
            client,
            store,
            account: account.into(),
            options: Options::default(),
            listener: Box::new(|_| {}),
        }
    }

    /// The same runner with other options.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        let usual = || Pace::of(&self.client.description().rate_limits);
        self.pace = options.pace.clone().unwrap_or_else(usual);
        self.options = options;
        self
    }

    /// The same runner, which tells somebody what it does.
    #[must_use]
    pub fn listener(mut self, listener: impl Fn(Event<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Box::new(listener);
        self
    }

    /// Runs the plan. What fails is in the report. The future can be dropped at any point; a later run continues.
    pub async fn run(&self, plan: &Plan) -> Report {
        let mut report = Report { entities: Vec::new(), skipped: plan.skipped.clone() };
        let mut waiting: Vec<&Planned> = plan.entities.iter().collect();
        let ready = plan.ready.iter().map(|name| (name.as_str(), true));
        let mut done: HashMap<&str, bool> = ready.collect();
        let mut running = FuturesUnordered::new();
        let mut end: Option<Error> = None;
        loop {
            while running.len() < self.options.at_once.max(1) && end.is_none() {
                let is_ready =
                    |planned: &&Planned| needs(planned).all(|name| done.contains_key(name));
                let Some(index) = waiting.iter().position(is_ready) else { break };
                let planned = waiting.remove(index);
                let is_sound = needs(planned).all(|name| done.get(name) == Some(&true));
                running.push(async move { (planned, self.entity(planned, is_sound).await) });
            }
            let Some((planned, entity)) = running.next().await else { break };
            (self.listener)(Event::Finished(&entity));
            done.insert(&planned.entity, entity.is_complete());
            let troubles = entity.troubles.iter().map(|trouble| &trouble.error);
            end = end.or_else(|| troubles.into_iter().find(|e| e.ends_everything()).cloned());
            report.entities.push(entity);
        }
        let has_written = report.entities.iter().any(|entity| entity.counts != Counts::default());
        if has_written && let Err(error) = self.in_store(Store::settle).await {
            // Everything is written; only the log beside the file stays long.
            tracing::warn!(%error, "the log of the store could not be emptied");
        }
        for planned in waiting {
            let reason = match &end {
                Some(error) => format!("not tried, because others have failed: {error}"),
                None => "it needs itself".to_owned(),
            };
            report.skipped.push(Skipped { entity: planned.entity.clone(), reason });
        }
        report
    }

    /// Does something with the store on a thread that may block.
    async fn in_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> StoreResult<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(result) => Ok(result?),
            Err(error) => Err(airbyte_agent_core::Error::internal(format!(
                "the thread that writes the store has ended: {error}"
            ))
            .into()),
        }
    }
}

/// The entities whose records have to be there before.
fn needs(planned: &Planned) -> impl Iterator<Item = &str> {
    let feed = match &planned.source.deletions {
        SyncDeletions::Feed { entity, .. } => Some(entity.as_ref()),
        _ => None,
    };
    let feed = feed.filter(|feed| *feed != planned.entity);
    planned.source.parents.iter().map(|parent| parent.entity.as_ref()).chain(feed)
}
