//! What was decided about a document and its operations. Plain data: inference makes it, and the spec, the lock
//! file and the report are made from it.

use serde::{Deserialize, Serialize};

/// A decision with the reasons for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided<T> {
    /// What was decided.
    pub value: T,
    /// How likely the decision is right, from 0 to 1.
    pub confidence: f64,
    /// What in the document speaks for the decision, one short sentence each, with the place where it stands.
    pub evidence: Vec<String>,
}

/// What was decided about one operation of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperationDecision {
    /// The HTTP method, in capitals.
    pub method: String,
    /// The path as the document writes it, with `{name}` for parameters.
    pub path: String,
    /// The entity, in the plural and without version prefixes.
    pub entity: Decided<String>,
    /// What the operation does to the entity.
    pub action: Decided<Action>,
    /// Where the records stand in the response: `$.data`, or `$` for the whole response. None if the operation
    /// returns nothing.
    pub records: Option<Decided<String>>,
    /// How the list continues; only lists and searches have it.
    pub paging: Option<Decided<Paging>>,
    /// The member of a record that identifies it.
    pub primary_key: Option<Decided<String>>,
    /// The member of a record that holds the time of its last change.
    pub changed_at: Option<Decided<String>>,
    /// The parameter that restricts a list to what has changed since a time.
    pub changed_since: Option<Decided<String>>,
    /// Whether the operation changes nothing at the vendor.
    pub read_only: Decided<bool>,
    /// Whether the operation destroys data.
    pub destructive: Decided<bool>,
    /// Whether the operation may be repeated without a further effect.
    pub idempotent: Decided<bool>,
    /// What was not decided, and what would settle it; one sentence each.
    pub open_questions: Vec<String>,
}

/// What an operation does to its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Returns the records of an entity, page by page or all at once.
    List,
    /// Returns one record.
    Get,
    /// Makes a record.
    Create,
    /// Changes a record.
    Update,
    /// Removes a record.
    Delete,
    /// Returns the records that fit a query.
    Search,
    /// Returns the content of a file.
    Download,
    /// Does anything else, such as cancelling or sending something.
    #[serde(rename = "action")]
    Other,
}

/// How a list continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Paging {
    /// An opaque value of the response goes into a parameter.
    Token {
        /// The parameter, or the member of the body.
        parameter: String,
        /// Where the value stands: `$.next_page_token`, or `@header.X-Next`.
        from: String,
        /// The place that says whether there is more.
        more: Option<String>,
        /// How the size of a page is requested.
        size: Option<PageSize>,
    },
    /// The id of the last record goes into a parameter.
    LastRecord {
        /// The parameter.
        parameter: String,
        /// The member of the record, such as `id`.
        from: String,
        /// The place that says whether there is more.
        more: Option<String>,
        /// How the size of a page is requested.
        size: Option<PageSize>,
    },
    /// The number of records passed so far goes into a parameter.
    Offset {
        /// The parameter.
        parameter: String,
        /// The place that says whether there is more.
        more: Option<String>,
        /// The place of the number of all records.
        total: Option<String>,
        /// How the size of a page is requested.
        size: Option<PageSize>,
    },
    /// The number of a page goes into a parameter.
    Page {
        /// The parameter.
        parameter: String,
        /// The number of the first page.
        start: u64,
        /// The place that says whether there is more.
        more: Option<String>,
        /// The place of the number of all records.
        total: Option<String>,
        /// How the size of a page is requested.
        size: Option<PageSize>,
    },
    /// The response has the complete address of the next page, which is requested.
    Link {
        /// Where the address stands: `$.next`, or `@link.next` for the header `Link`.
        from: String,
        /// How the size of a page is requested.
        size: Option<PageSize>,
    },
    /// The list comes whole.
    None,
    /// The document does not say enough.
    Unknown,
}

/// How the size of a page is requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSize {
    /// The parameter.
    pub parameter: String,
    /// The size of a page if none is requested.
    pub default: Option<u64>,
    /// The largest size that the vendor serves.
    pub maximum: Option<u64>,
}
