//! The store as the engine and the tools know it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use airbyte_agent_core::local_store::{
    AccountRemark, Column, Freshness, Hit, Hits, Limits, LocalStore, Rows, SearchPage, Table, View,
};
use airbyte_agent_core::{BoxFuture, Error, Result};
use airbyte_agent_store::{Find, Misfit, QueryLimits, Result as StoreResult, Store, TableSummary};
use serde_json::{Map, Value};

use crate::error::engine_error;

/// A store for clients and tools. Its queries run on threads of their own, and end when nobody waits for them any
/// more.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use airbyte_agent_core::local_store::StoreOnly;
/// use airbyte_agent_core::{Client, Description};
/// use airbyte_agent_store::{OpenOptions, Store};
/// use airbyte_agent_sync::StoredRecords;
///
/// # async fn example(github: Description) -> Result<(), Box<dyn std::error::Error>> {
/// let store = Arc::new(Store::open("records.db", &OpenOptions::default())?);
/// let client = Client::new(github, StoreOnly::new(Arc::new(StoredRecords::new(store)), "default"));
/// let open = serde_json::json!({"query": {"filter": {"eq": {"state": "open"}}}});
/// println!("{}", client.execute("issues", "context_store_search", open).await?.data);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct StoredRecords(Arc<Store>);

impl StoredRecords {
    /// The records of this store.
    pub fn new(store: Arc<Store>) -> Self {
        Self(store)
    }

    /// Does something with the store on a thread that may block.
    async fn blocking<R: Send + 'static>(
        &self,
        limits: &Limits,
        work: impl FnOnce(&Store, QueryLimits) -> StoreResult<R> + Send + 'static,
    ) -> Result<R> {
        let cancel = Arc::new(AtomicBool::new(false));
        let _cancelled_with_this = CancelOnDrop(Arc::clone(&cancel));
        let limits = QueryLimits::default()
            .rows(limits.rows)
            .bytes(limits.bytes)
            .time(limits.time)
            .cancel(cancel);
        let store = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || work(&store, limits)).await;
        let done = done.map_err(|_| Error::internal("a query of the store did not end"))?;
        done.map_err(engine_error)
    }
}

impl fmt::Debug for StoredRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoredRecords").field(&self.0.path()).finish()
    }
}

/// Ends a query when nobody waits for it.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl LocalStore for StoredRecords {
    fn tables<'a>(&'a self, connector: Option<&'a str>) -> BoxFuture<'a, Result<Vec<Table>>> {
        let connector = connector.map(str::to_owned);
        Box::pin(async move {
            let limits = Limits::default();
            let tables = self.blocking(&limits, move |store, _| match connector {
                Some(connector) => store.tables_of(&connector),
                None => store.tables(),
            });
            Ok(tables.await?.iter().map(table).collect())
        })
    }

    fn search<'a>(
        &'a self,
        view: &'a View,
        arguments: &'a Map<String, Value>,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<SearchPage>> {
        let (view, arguments) = (store_view(view), arguments.clone());
        Box::pin(async move {
            let search = move |store: &Store, limits: QueryLimits| {
                store.search_view(&view, &arguments, &limits)
            };
            let found = self.blocking(limits, search).await?;
            let mut page = SearchPage::default();
            (page.records, page.cursor, page.took_ms) = (found.data, found.cursor, found.took_ms);
            page.remarks = found.misfits.iter().map(Misfit::sentence).collect();
            Ok(page)
        })
    }

    fn find<'a>(
        &'a self,
        words: &'a str,
        views: &'a [View],
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Hits>> {
        let words = words.to_owned();
        let views = views.iter().map(store_view).collect();
        Box::pin(async move {
            let find = move |store: &Store, limits: QueryLimits| {
                let mut find = Find::default().views(views).limit(limits.rows);
                find.limits = limits;
                store.find(&words, &find)
            };
            let found = self.blocking(limits, find).await?;
            let mut hits = Hits::default();
            (hits.has_more, hits.is_partly_ranked) = (found.has_more, found.is_partly_ranked);
            hits.hits = found.hits.into_iter().map(hit).collect();
            Ok(hits)
        })
    }

    fn query<'a>(
        &'a self,
        sql: &'a str,
        views: &'a [View],
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Rows>> {
        let sql = sql.to_owned();
        let views: Vec<_> = views.iter().map(store_view).collect();
        Box::pin(async move {
            let query =
                move |store: &Store, limits: QueryLimits| store.query_views(&sql, &views, &limits);
            let found = self.blocking(limits, query).await?;
            let mut rows = Rows::default();
            rows.columns = found.names();
            rows.is_cut = found.cut.is_some();
            rows.took_ms = found.took.as_secs_f64() * 1_000.0;
            rows.remarks = found.misfits.iter().map(Misfit::sentence).collect();
            (rows.rows, rows.views) = (found.rows, found.views);
            Ok(rows)
        })
    }
}

fn store_view(view: &View) -> airbyte_agent_store::View {
    airbyte_agent_store::View::new(&view.connector, &view.entity)
        .named(&view.name)
        .accounts(&view.accounts)
        .withholding(&view.withheld)
        .hiding_secrets(view.hides_secrets)
}

fn table(summary: &TableSummary) -> Table {
    let known = &summary.table;
    let mut table = Table::new(known.name(), known.connector(), known.entity());
    known.description().clone_into(&mut table.description);
    table.key = known.key().to_vec();
    let columns = known.columns().iter().map(|known| {
        let mut column = Column::default();
        column.name.clone_from(&known.name);
        known.field().clone_into(&mut column.field);
        column.description.clone_from(&known.description);
        known.kind.name().clone_into(&mut column.kind);
        let own = summary.misfits.iter().filter(|one| one.column == known.name);
        column.remarks = own
            .map(|one| AccountRemark { account: one.account.clone(), text: one.sentence() })
            .collect();
        column
    });
    table.columns = columns.collect();
    let accounts = summary.accounts.iter().map(|known| {
        let mut freshness = Freshness::default();
        freshness.account.clone_from(&known.account);
        freshness.rows = known.rows;
        freshness.synced_at.clone_from(&known.synced_at);
        freshness.complete_at.clone_from(&known.complete_at);
        freshness.is_in_pass = known.is_in_pass;
        freshness.age = known.synced_at.as_deref().and_then(age);
        freshness
    });
    table.accounts = accounts.collect();
    table
}

fn hit(found: airbyte_agent_store::Hit) -> Hit {
    let mut hit = Hit::default();
    (hit.view, hit.account, hit.key) = (found.table, found.account, found.key);
    (hit.field, hit.snippet, hit.record) = (found.field, found.snippet, found.record);
    hit
}

/// How long ago a moment was; nothing if it is in the future.
fn age(moment: &str) -> Option<Duration> {
    let moment: jiff::Timestamp = moment.parse().ok()?;
    Some(jiff::Timestamp::now().duration_since(moment).try_into().unwrap_or_default())
}
