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
    /// What is looked for, in the words of a person.
    pub fn new(prompt: impl Into<String>) -> Self {
        let settings = Map::from_iter([("prompt".to_owned(), json!(prompt.into()))]);
        Self { settings, fields: PhantomData }
    }

    /// The field whose text is searched; needed when more than one is indexed.
    #[must_use]
    pub fn field(self, field: F) -> Self {
        self.set("field", json!(field.path()))
    }

    /// A condition that hits have to meet.
    #[must_use]
    pub fn filter(self, filter: &Filter<F>) -> Self {
        self.set("filter", filter.to_json())
    }

    /// Text given around a hit, in characters.
    #[must_use]
    pub fn context_size(self, characters: u32) -> Self {
        self.set("context_size", json!(characters))
    }

    /// Lowest similarity, from -1 to 1; the platform takes 0.25.
    #[must_use]
    pub fn min_similarity(self, similarity: f64) -> Self {
        self.set("min_similarity", json!(similarity))
    }

    /// Gives every hit of a record instead of its best one.
    #[must_use]
    pub fn every_hit(self) -> Self {
        self.set("dedup", json!("none"))
    }

    fn set(mut self, name: &str, value: Value) -> Self {
        self.settings.insert(name.to_owned(), value);
        self
    }
}

/// A search in the context store: by a filter, or by meaning. Awaiting it gives one page.
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
    /// All records of an entity, until a filter says otherwise.
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

    /// Only records that meet the condition; a second filter narrows the first.
    pub fn filter(mut self, filter: Filter<F>) -> Self {
        let condition = filter.into_json();
        let condition = match self.query.remove("filter") {
            Some(known) => json!({"and": [known, condition]}),
            None => condition,
        };
        self.query.insert("filter".to_owned(), condition);
        self
    }

    /// Sorts; further calls sort what is still the same.
    pub fn sort(mut self, field: F, order: Order) -> Self {
        let direction = if order == Order::Ascending { "asc" } else { "desc" };
        self.sort.push(json!({ field.path(): direction }));
        self
    }

    /// Searches by meaning. Filter and sorting of the search itself do not apply then.
    pub fn semantic(mut self, semantic: Semantic<F>) -> Self {
        self.params.insert("semantic".to_owned(), Value::Object(semantic.settings));
        self
    }

    /// Only these fields come back.
    pub fn fields(mut self, fields: impl IntoIterator<Item = F>) -> Self {
        let paths: Vec<&str> = fields.into_iter().map(StoreField::path).collect();
        self.params.insert("fields".to_owned(), json!(paths));
        self
    }

    /// Records to a page; the platform takes 10.
    pub fn limit(mut self, limit: u32) -> Self {
        self.params.insert("limit".to_owned(), json!(limit));
        self
    }

    /// Continues behind a page, by [`StoreMeta::cursor`](super::StoreMeta::cursor).
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.params.insert("cursor".to_owned(), json!(cursor.into()));
        self
    }

    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// The arguments as they are sent.
    pub fn params(&self) -> Map<String, Value> {
        let mut params = self.params.clone();
        // The platform takes defaults of its own, which were different at different times.
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

    /// One page; awaiting the search does the same.
    ///
    /// # Errors
    ///
    /// `Usage` when the client has no context store, else what the store answers.
    pub async fn send(self) -> Result<StorePage<F>>
    where
        F: 'static,
    {
        Ok(self.call().page::<StoreRecord<F>, StoreMeta>().await?.into())
    }
}

impl<F: StoreField + 'static> Search<F> {
    /// All records, page after page.
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
    /// The next record, `None` after the last.
    ///
    /// # Errors
    ///
    /// What the request for the next page fails with; nothing comes after an error.
    pub async fn try_next(&mut self) -> Result<Option<StoreRecord<F>>> {
        self.items.try_next().await
    }

    /// Every record of the search.
    ///
    /// # Errors
    ///
    /// As [`try_next`](Self::try_next).
    pub async fn collect(self) -> Result<Vec<StoreRecord<F>>> {
        self.items.collect().await
    }

    /// The same as a stream.
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

    /// Rows that come at most.
    pub fn limit(mut self, limit: u32) -> Self {
        self.params.insert("limit".to_owned(), json!(limit));
        self
    }

    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        self.options = change(self.options);
        self
    }

    /// The rows; awaiting the query does the same.
    ///
    /// # Errors
    ///
    /// As [`Search::send`].
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
