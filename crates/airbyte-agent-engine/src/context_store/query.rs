//! Builders of queries.

use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use super::field::StoreField;
use super::filter::Filter;
use super::page::{StoreMeta, StorePage};
use super::record::StoreRecord;
use super::{SEARCH, SQL_QUERY};
use crate::call::Call;
use crate::call_options::CallOptions;
use crate::client::Client;
use crate::error::Result;
use crate::http::BoxFuture;
use crate::page::Items;

/// The direction of sorting by a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From the smallest value to the greatest.
    Ascending,
    /// From the greatest value to the smallest.
    Descending,
}

/// A search by meaning instead of by a filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Semantic<F> {
    settings: Map<String, Value>,
    fields: PhantomData<fn() -> F>,
}

impl<F: StoreField> Semantic<F> {
    /// A search for this text, which a person would write: a question or a description.
    pub fn new(prompt: impl Into<String>) -> Self {
        let settings = Map::from_iter([("prompt".to_owned(), json!(prompt.into()))]);
        Self { settings, fields: PhantomData }
    }

    /// Sets the field whose text is searched; required when more than one is indexed.
    #[must_use]
    pub fn field(self, field: F) -> Self {
        self.set("field", json!(field.path()))
    }

    /// Sets a condition that the records found have to meet.
    #[must_use]
    pub fn filter(self, filter: &Filter<F>) -> Self {
        self.set("filter", filter.to_json())
    }

    /// Sets how much of the text around the place that was found is returned, in characters.
    #[must_use]
    pub fn context_size(self, characters: u32) -> Self {
        self.set("context_size", json!(characters))
    }

    /// Sets the lowest similarity of a result, from -1 to 1; the default of the platform is 0.25.
    #[must_use]
    pub fn min_similarity(self, similarity: f64) -> Self {
        self.set("min_similarity", json!(similarity))
    }

    /// Returns every place that was found in a record instead of the best one only.
    #[must_use]
    pub fn every_hit(self) -> Self {
        self.set("dedup", json!("none"))
    }

    fn set(mut self, name: &str, value: Value) -> Self {
        self.settings.insert(name.to_owned(), value);
        self
    }
}

/// A search in the context store: by a filter, or by meaning. Awaiting it returns one page.
#[derive(Debug, Clone)]
#[must_use = "a search does nothing unless it is awaited"]
pub struct Search<F> {
    client: Client,
    entity: &'static str,
    query: Map<String, Value>,
    sort: Vec<Value>,
    params: Map<String, Value>,
    options: CallOptions,
    fields: PhantomData<fn() -> F>,
}

impl<F: StoreField> Search<F> {
    /// A search that finds all records of an entity. Filters restrict it.
    pub fn new(client: Client, entity: &'static str) -> Self {
        Self {
            client,
            entity,
            query: Map::new(),
            sort: Vec::new(),
            params: Map::new(),
            options: CallOptions::default(),
            fields: PhantomData,
        }
    }

    /// Restricts the search to records that meet the condition. Several filters must all be met.
    pub fn filter(mut self, filter: Filter<F>) -> Self {
        let condition = filter.into_json();
        let condition = match self.query.remove("filter") {
            Some(known) => json!({"and": [known, condition]}),
            None => condition,
        };
        self.query.insert("filter".to_owned(), condition);
        self
    }

    /// Sorts the records by a field. Each further call sorts the records that are equal by the
    /// fields before.
    pub fn sort(mut self, field: F, order: Order) -> Self {
        let direction = if order == Order::Ascending { "asc" } else { "desc" };
        self.sort.push(json!({ field.path(): direction }));
        self
    }

    /// Searches by meaning. The filter and the order of this search itself then have no effect.
    pub fn semantic(mut self, semantic: Semantic<F>) -> Self {
        self.params.insert("semantic".to_owned(), Value::Object(semantic.settings));
        self
    }

    /// Restricts the records to these fields.
    pub fn fields(mut self, fields: impl IntoIterator<Item = F>) -> Self {
        let paths: Vec<&str> = fields.into_iter().map(StoreField::path).collect();
        self.params.insert("fields".to_owned(), json!(paths));
        self
    }

    /// Sets the number of records in a page; the default of the platform is 10.
    pub fn limit(mut self, limit: u32) -> Self {
        self.params.insert("limit".to_owned(), json!(limit));
        self
    }

    /// Continues behind a page, by its [`StoreMeta::cursor`](super::StoreMeta::cursor).
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.params.insert("cursor".to_owned(), json!(cursor.into()));
        self
    }

    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// The arguments as they are sent to the store.
    pub fn params(&self) -> Map<String, Value> {
        let mut params = self.params.clone();
        // Everything is stated, because the defaults of the platform have changed over time.
        params.entry("limit").or_insert_with(|| json!(10));
        if !params.contains_key("semantic") {
            let mut query = self.query.clone();
            if !self.sort.is_empty() {
                query.insert("sort".to_owned(), json!(self.sort));
            }
            params.insert("query".to_owned(), Value::Object(query));
        }
        params
    }

    fn call(self) -> Call {
        call(&self.client, self.entity, SEARCH, self.params(), self.options)
    }

    /// Makes the search and returns one page, as awaiting the search does.
    ///
    /// # Errors
    ///
    /// `Usage` when the client has no context store, else the error that the store reports.
    pub async fn send(self) -> Result<StorePage<F>>
    where
        F: 'static,
    {
        Ok(self.call().page::<StoreRecord<F>, StoreMeta>().await?.into())
    }
}

impl<F: StoreField + 'static> Search<F> {
    /// The records of all pages.
    pub fn items(self) -> Records<F> {
        Records { items: self.call().items() }
    }
}

/// A call of an operation of the context store.
fn call(
    client: &Client,
    entity: &str,
    action: &str,
    arguments: Map<String, Value>,
    options: CallOptions,
) -> Call {
    let mut call = Call::named(client.runtime().clone(), entity, action);
    call.set_all(arguments);
    *call.options() = options;
    call
}

impl<F: StoreField + 'static> IntoFuture for Search<F> {
    type Output = Result<StorePage<F>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// The records of a search, page after page.
#[derive(Debug)]
#[must_use = "nothing is asked for until a record is"]
pub struct Records<F> {
    items: Items<StoreRecord<F>>,
}

impl<F: StoreField + 'static> Records<F> {
    /// The next record; `None` after the last one.
    ///
    /// # Errors
    ///
    /// The error of the request for the next page. After an error, no more records come.
    pub async fn try_next(&mut self) -> Result<Option<StoreRecord<F>>> {
        self.items.try_next().await
    }

    /// Reads all records of the search.
    ///
    /// # Errors
    ///
    /// Those of [`try_next`](Self::try_next).
    pub async fn collect(self) -> Result<Vec<StoreRecord<F>>> {
        self.items.collect().await
    }

    /// The records as a stream.
    pub fn into_stream(self) -> impl futures_core::Stream<Item = Result<StoreRecord<F>>> {
        self.items
    }
}

/// A query in SQL over the entities of the context store, in the dialect of `DuckDB`, or of `SQLite` on this machine.
#[derive(Debug, Clone)]
#[must_use = "a query does nothing unless it is awaited"]
pub struct SqlQuery<F> {
    client: Client,
    entity: &'static str,
    params: Map<String, Value>,
    options: CallOptions,
    fields: PhantomData<fn() -> F>,
}

impl<F: StoreField> SqlQuery<F> {
    /// A query over the entities of the client's connector.
    pub fn new(client: Client, entity: &'static str, sql: impl Into<String>) -> Self {
        let params = Map::from_iter([("sql".to_owned(), json!(sql.into()))]);
        Self { client, entity, params, options: CallOptions::default(), fields: PhantomData }
    }

    /// Sets the largest number of rows that is returned.
    pub fn limit(mut self, limit: u32) -> Self {
        self.params.insert("limit".to_owned(), json!(limit));
        self
    }

    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// Makes the query and returns its rows, as awaiting the query does.
    ///
    /// # Errors
    ///
    /// Those of [`Search::send`].
    pub async fn send(self) -> Result<StorePage<F>>
    where
        F: 'static,
    {
        let call = call(&self.client, self.entity, SQL_QUERY, self.params, self.options);
        Ok(call.page::<StoreRecord<F>, StoreMeta>().await?.into())
    }
}

impl<F: StoreField + 'static> IntoFuture for SqlQuery<F> {
    type Output = Result<StorePage<F>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
