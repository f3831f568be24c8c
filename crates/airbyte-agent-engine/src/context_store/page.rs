//! One page of the records that the context store returns.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::record::StoreRecord;
use crate::cursor::Cursor;
use crate::page::Page;

/// One page of records from the context store.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StorePage<F> {
    /// The records of the page.
    pub data: Vec<StoreRecord<F>>,
    /// The metadata of the page.
    pub meta: StoreMeta,
    /// Where the list continues; `None` on the last page. [`StoreMeta::cursor`] is the cursor that
    /// the platform itself returned.
    pub next: Option<Cursor>,
}

impl<F> From<Page<StoreRecord<F>, StoreMeta>> for StorePage<F> {
    fn from(page: Page<StoreRecord<F>, StoreMeta>) -> Self {
        let Page { data, meta, next, .. } = page;
        Self { data, meta, next }
    }
}

/// The metadata of a page of records.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct StoreMeta {
    /// Whether there is another page.
    pub has_more: bool,
    /// The platform's own cursor of the next page; `None` on the last page.
    pub cursor: Option<String>,
    /// Duration of the search, in milliseconds.
    pub took_ms: Option<f64>,
    /// Everything else that the platform sent in addition to the records.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl StoreMeta {
    pub(crate) fn new(
        has_more: bool,
        cursor: Option<String>,
        took_ms: Option<f64>,
        extra: Map<String, Value>,
    ) -> Self {
        Self { has_more, cursor, took_ms, extra }
    }

    /// The metadata as JSON, with the names that the platform uses.
    pub(crate) fn to_json(&self) -> Value {
        let mut meta = self.extra.clone();
        meta.insert("has_more".to_owned(), self.has_more.into());
        meta.insert("cursor".to_owned(), self.cursor.clone().into());
        meta.insert("took_ms".to_owned(), self.took_ms.into());
        Value::Object(meta)
    }
}
