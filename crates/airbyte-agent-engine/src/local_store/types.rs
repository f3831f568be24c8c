//! The types of queries of a store, and of their results.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

/// A table of the store: the records of an entity.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Table {
    /// The name of the table in SQL.
    pub name: String,
    /// The name of the connector.
    pub connector: String,
    /// The name of the entity.
    pub entity: String,
    /// What a record of the table is.
    pub description: String,
    /// The fields that identify a record within an account; empty if records are identified by
    /// their position.
    pub key: Vec<String>,
    /// The columns in SQL, without those that every table has.
    pub columns: Vec<Column>,
    /// How fresh the records of each account are.
    pub accounts: Vec<Freshness>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Column {
    /// The name of the column in SQL.
    pub name: String,
    /// The name of the field of the records.
    pub field: String,
    /// The type of the values, such as `text` or `timestamp`.
    pub kind: String,
    /// What the field means; empty if the schema does not say.
    pub description: String,
    /// What a reader of the column has to know, of each account: values that are not of the type of the column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<AccountRemark>,
}

/// A sentence about the records of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountRemark {
    /// The name of the account.
    pub account: String,
    /// The sentence, without an end mark. It contains no value of a record.
    pub text: String,
}

/// How fresh the records of an account in a table are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Freshness {
    /// The name of the account.
    pub account: String,
    /// The number of the account's records in the table.
    pub rows: u64,
    /// When the last page was written, in UTC.
    pub synced_at: Option<String>,
    /// When all records had been read for the last time, in UTC; `None` if they never were, so that some are missing.
    pub complete_at: Option<String>,
    /// Whether a pass over all records is under way, so that some may be missing.
    pub is_in_pass: bool,
    /// How old the last page was when this value was read.
    #[serde(skip)]
    pub age: Option<Duration>,
}

/// The part of a table that may be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct View {
    /// The name of the view in SQL.
    pub name: String,
    /// The name of the connector.
    pub connector: String,
    /// The name of the entity.
    pub entity: String,
    /// The accounts whose records may be read.
    pub accounts: Vec<String>,
    /// The fields that readers of the view cannot see, such as `email` or `owner.phone`.
    pub withheld: Vec<String>,
    /// Whether fields are withheld as well whose names say that they contain a secret.
    pub hides_secrets: bool,
}

/// How much a query may return, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest number of rows or records.
    pub rows: usize,
    /// The largest size of all values, in bytes.
    pub bytes: usize,
    /// How long the query may take.
    pub time: Duration,
}

/// One page of a search.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SearchPage {
    /// The records, or the fields of them that were selected.
    pub records: Vec<Value>,
    /// Where the search continues; `None` at its end.
    pub cursor: Option<String>,
    /// What a reader has to know about the fields by which the search selects and sorts: sentences without end marks.
    pub remarks: Vec<String>,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
}

/// The result of a search by words.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Hits {
    /// The records, best first.
    pub hits: Vec<Hit>,
    /// Whether there are more records than these.
    pub has_more: bool,
    /// Whether there were too many records to compare all of them, so that the order is not exact.
    pub is_partly_ranked: bool,
}

/// A record that a search by words has found.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Hit {
    /// The name of the view that contains the record.
    pub view: String,
    /// The name of the account to which the record belongs.
    pub account: String,
    /// The value that identifies the record within its table and account; empty if it is withheld.
    pub key: String,
    /// The field that contains most of the words.
    pub field: Option<String>,
    /// The part of the field that contains the words, each of which is between `**`.
    pub snippet: Option<String>,
    /// The record that was found, without the fields that are withheld.
    pub record: Value,
}

/// The result of a query in SQL.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Rows {
    /// The names of the columns, which are all different.
    pub columns: Vec<String>,
    /// The rows, each with a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// Whether the query has more rows than the limits allow.
    pub is_cut: bool,
    /// The names of the views that the query reads.
    pub views: Vec<String>,
    /// What a reader has to know about the columns that the query names: sentences without end marks.
    pub remarks: Vec<String>,
    /// How long the query took, in milliseconds.
    pub took_ms: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 10_000, bytes: 16 * 1024 * 1024, time: Duration::from_secs(30) }
    }
}

impl Limits {
    /// The limits with this number of rows.
    #[must_use]
    pub fn rows(mut self, most: usize) -> Self {
        self.rows = most;
        self
    }

    /// The limits with this number of bytes.
    #[must_use]
    pub fn bytes(mut self, most: usize) -> Self {
        self.bytes = most;
        self
    }

    /// The limits with this time.
    #[must_use]
    pub fn time(mut self, longest: Duration) -> Self {
        self.time = longest;
        self
    }

    /// The limits, with a time that ends at the deadline at the latest.
    #[must_use]
    pub fn until(mut self, deadline: Option<Instant>) -> Self {
        if let Some(deadline) = deadline {
            let left = deadline.saturating_duration_since(Instant::now());
            self.time = self.time.min(left);
        }
        self
    }
}

impl Table {
    /// The table of an entity under a name.
    pub fn new(
        name: impl Into<String>,
        connector: impl Into<String>,
        entity: impl Into<String>,
    ) -> Self {
        let (name, connector, entity) = (name.into(), connector.into(), entity.into());
        Self { name, connector, entity, ..Self::default() }
    }

    /// A view of the records of these accounts, without any field withheld.
    pub fn view(&self, accounts: impl IntoIterator<Item = impl Into<String>>) -> View {
        View {
            name: self.name.clone(),
            connector: self.connector.clone(),
            entity: self.entity.clone(),
            accounts: accounts.into_iter().map(Into::into).collect(),
            withheld: Vec::new(),
            hides_secrets: false,
        }
    }
}

impl View {
    /// This view under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// This view without these fields.
    #[must_use]
    pub fn withholding(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.withheld = fields.into_iter().map(Into::into).collect();
        self
    }
}
