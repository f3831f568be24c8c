//! What was decided about a document and its operations. Plain data: inference makes it, and the spec, the lock
//! file and the report are made from it.

use serde::{Deserialize, Serialize};

/// A decision with the reasons for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided<T> {
    /// The value that was chosen of those that the document allows.
    pub value: T,
    /// How likely the decision is right, from 0 to 1.
    pub confidence: f64,
    /// What in the document speaks for the decision, one short sentence each, with the place where it stands.
    pub evidence: Vec<String>,
}

/// Below this confidence a decision is not made: its value is what is assumed until somebody says better.
pub const THRESHOLD: f64 = 0.5;

impl<T> Decided<T> {
    /// Whether the evidence is sufficient. If not, the value is an assumption, which reports do not give as a decision.
    pub fn is_made(&self) -> bool {
        self.confidence >= THRESHOLD
    }
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
    /// Whether it returns records page by page or all at once, whatever else it does.
    pub list: Decided<bool>,
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
    /// Returns one record, by its identifier.
    Get,
    /// Makes a record that was not there before.
    Create,
    /// Changes a record that is there.
    Update,
    /// Removes a record, or marks it as removed.
    Delete,
    /// Returns the records that fit a query.
    Search,
    /// Returns the content of a file.
    Download,
    /// Does anything else, such as cancelling or sending something.
    #[serde(rename = "action")]
    Other,
}

impl Action {
    /// The name as reports have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Search => "search",
            Self::Download => "download",
            Self::Other => "action",
        }
    }
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
        /// Name of the parameter that takes the size.
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
        /// The value for the first page: 0, or 1 where records are counted from one.
        start: u64,
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
    /// Name of the parameter that takes the size.
    pub parameter: String,
    /// The size of a page if none is requested.
    pub default: Option<u64>,
    /// The largest size that the vendor serves.
    pub maximum: Option<u64>,
}

/// What was decided about a whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentDecision {
    /// The title, as the document states it; empty if it states none.
    pub title: String,
    /// A name for the connector, in lower case with hyphens.
    pub slug: Decided<String>,
    /// Where requests go to, the preferred one first.
    pub servers: Vec<ServerDecision>,
    /// The schemes that authenticate, the preferred one first.
    pub auth: Vec<Decided<AuthScheme>>,
    /// How many requests the vendor allows, where the document states it.
    pub rate_limits: Vec<Decided<RateLimit>>,
    /// Where a failed response holds a code that programs compare, such as `$.error.code`.
    pub error_code: Option<Decided<String>>,
    /// Where a failed response says in words what is wrong, such as `$.error.message`.
    pub error_message: Option<Decided<String>>,
    /// The operations in the order of the document.
    pub operations: Vec<OperationDecision>,
    /// What was not decided about the whole document, and what would settle it; one sentence each.
    pub open_questions: Vec<String>,
}

/// An address to which requests go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDecision {
    /// The address, with `{name}` for variables.
    pub url: String,
    /// What the document says about it; empty if it says nothing.
    pub description: String,
    /// The variables in the order of the address.
    pub variables: Vec<ServerVariable>,
}

/// A part of the address of a server that the user gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerVariable {
    /// The name in the address.
    pub name: String,
    /// The value that is meant if none is given.
    pub default: Option<String>,
    /// The only values that are allowed; empty if all are.
    pub choices: Vec<String>,
    /// What the document says about it; empty if it says nothing.
    pub description: String,
}

/// A scheme by which requests authenticate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthScheme {
    /// The name in the document, or one made from the kind if it declares none.
    pub name: String,
    /// What is sent, and where.
    pub kind: AuthKind,
}

/// What authenticates a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuthKind {
    /// A key in a header, behind `prefix`, which includes its space.
    Header {
        /// The name of the header.
        name: String,
        /// What stands before the key; empty if nothing does.
        prefix: String,
    },
    /// A key in the query.
    Query {
        /// The name of the parameter.
        name: String,
    },
    /// A key in a cookie.
    Cookie {
        /// The name of the cookie.
        name: String,
    },
    /// A name and a password, by HTTP Basic.
    Basic,
    /// A token, as `Authorization: Bearer`.
    Bearer,
    /// OAuth 2: a bearer token that is obtained and renewed at addresses of the vendor.
    OAuth2 {
        /// Where users agree, in flows with a browser.
        authorization_url: Option<String>,
        /// Where tokens are obtained.
        token_url: Option<String>,
        /// Where tokens are renewed, if it is another address.
        refresh_url: Option<String>,
        /// Whether tokens are obtained without a user, from a client's id and secret.
        client_credentials: bool,
        /// The scopes that the document lists.
        scopes: Vec<String>,
    },
    /// A scheme that the document names and that is none of the others.
    Other {
        /// What the document calls it.
        name: String,
    },
}

/// How many requests the vendor allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// The number of requests.
    pub requests: u64,
    /// The time in which they are allowed, in seconds.
    pub seconds: u64,
}
