//! The interface between calls and the transports that execute them.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Map, Value};
use url::Url;

use crate::arguments::{Arguments, Completion};
use crate::call_options::CallOptions;
use crate::cursor::NextPage;
use crate::description::{Connector, JsonPath, Operation, Step};
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::http::{BoxFuture, HttpResponse};
use crate::layout::Layout;
use crate::secret::Redactor;

/// One request of a call: an operation with arguments that are checked and complete.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CheckedCall<'a> {
    /// The connector to which the operation belongs.
    pub connector: &'a Connector,
    /// The operation that is executed.
    pub operation: &'a Operation,
    /// The name of the action, for example `list`.
    pub action: &'a str,
    /// The name of the operation in messages, for example `issues.list`.
    pub name: &'a str,
    /// Exactly the arguments that are sent; [`Transport::completion`] says with what they were
    /// completed.
    pub arguments: &'a Arguments,
    /// Timeout, idempotency key, selection of fields and other options of this call.
    pub options: &'a CallOptions,
    /// The address of the requested page; `None` unless the list continues by address.
    pub follow: Option<&'a str>,
    /// The time at which the caller stops waiting. A transport that would have to wait longer fails
    /// at once.
    pub deadline: Option<Instant>,
}

/// The response to one call.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply {
    /// HTTP status of the response, below 400.
    pub status: u16,
    /// Headers of the response.
    pub headers: http::HeaderMap,
    /// The whole body, as it was received.
    pub body: Bytes,
    /// The places of records and metadata in the body.
    pub layout: Layout,
    next: Continuation,
    answered_by: Option<Arc<dyn Transport>>,
    base: Option<Url>,
}

/// How to find out where a list continues.
#[derive(Debug, Clone)]
pub(crate) enum Continuation {
    /// By the rules of the description.
    Described,
    /// The transport has said so.
    Known(Option<Box<NextPage>>),
}

impl Reply {
    /// A reply made of these parts.
    pub fn new(status: u16, headers: http::HeaderMap, body: Bytes, layout: Layout) -> Self {
        let next = Continuation::Described;
        Self { status, headers, body, layout, next, answered_by: None, base: None }
    }

    /// A reply without records, which replaces a failure that means that there are none. The
    /// metadata in the failure's body, such as a token for the next call, is its metadata.
    pub(crate) fn of_nothing(failure: &Error) -> Self {
        const NONE: &str = "$none";
        let body = failure.body().and_then(|text| serde_json::from_str(text).ok());
        let mut body: Map<String, Value> = body.unwrap_or_default();
        body.insert(NONE.to_owned(), Value::Array(Vec::new()));
        let records = JsonPath { steps: vec![Step::Key(NONE.into())].into() };
        let (body, layout) = (Value::Object(body).to_string(), Layout::wrapped(records));
        Self::new(200, http::HeaderMap::new(), body.into(), layout).with_next(None)
    }

    /// A response that is this record, which several calls have made.
    pub(crate) fn of_record(record: &Value) -> Self {
        let root = JsonPath { steps: Vec::new().into() };
        let layout = Layout { is_unselected: true, ..Layout::wrapped(root) };
        Self::new(200, http::HeaderMap::new(), record.to_string().into(), layout)
    }

    /// This reply, with the next page of its list; `None` for the end of the list. Without this,
    /// the next page is found in the response by the rules of the description.
    #[must_use]
    pub fn with_next(mut self, next: Option<NextPage>) -> Self {
        self.next = Continuation::Known(next.map(Box::new));
        self
    }

    /// This reply, with the transport that produced it, if it is another one than the one that was
    /// called. The settings and the retry policy of that transport apply.
    pub(crate) fn answered_by(mut self, transport: Arc<dyn Transport>) -> Self {
        self.answered_by = Some(transport);
        self
    }

    /// This reply, with the server that sent it. Addresses of next pages may not lead to another
    /// server.
    pub(crate) fn given_by(mut self, base: Option<Url>) -> Self {
        self.base = base;
        self
    }

    /// The server that sent the response; `None` where it does not matter.
    pub(crate) fn base(&self) -> Option<&Url> {
        self.base.as_ref()
    }

    pub(crate) fn continuation(&self) -> &Continuation {
        &self.next
    }

    /// The transport that answered; `None` if it is the one that was called.
    pub(crate) fn transport(&self) -> Option<&dyn Transport> {
        self.answered_by.as_deref()
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .field("layout", &self.layout)
            .finish_non_exhaustive()
    }
}

/// Executes calls. The engine has two transports, which [`Local`](crate::Local) and
/// [`Hosted`](crate::Hosted) describe; [`Client::new`](crate::Client::new) takes any other.
///
/// Arguments are checked and completed before a transport gets them, and responses are read after
/// it has returned them. A transport has to send requests, to repeat them where that is harmless,
/// and to turn refusals into errors.
///
/// ```
/// use std::time::Duration;
///
/// use airbyte_agent_engine::{
///     BoxFuture, CheckedCall, Client, Error, ErrorKind, Layout, Reply, Result, Transport,
/// };
/// # use airbyte_agent_engine::Description;
///
/// /// Answers from a table in memory.
/// struct Table {
///     users: &'static str,
/// }
///
/// impl Transport for Table {
///     fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
///         Box::pin(async move {
///             if call.name != "users.list" {
///                 let message = format!("{}: the table is busy", call.name);
///                 return Err(Error::new(ErrorKind::Vendor, message)
///                     .with_status(503)
///                     .with_retryable(call.operation.hints.read_only)
///                     .with_retry_after(Some(Duration::from_secs(5)))
///                     .with_request_id(Some("request-1".to_owned())));
///             }
///             let headers = Default::default();
///             Ok(Reply::new(200, headers, self.users.into(), Layout::described()))
///         })
///     }
/// }
///
/// # async fn example(description: Description) -> Result<()> {
/// let client = Client::new(description, Table { users: r#"{"users": [{"id": "1"}]}"# });
/// let users = client.execute("users", "list", serde_json::json!({})).await?;
/// assert_eq!(users.data[0]["id"], "1");
/// # Ok(())
/// # }
/// ```
pub trait Transport: Send + Sync {
    /// Executes a call whose response is JSON, and returns this response. Refusals are errors.
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>>;

    /// Executes a call whose response is a file. The default implementation refuses such calls.
    fn open<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move {
            Err(Error::usage(format!("{}: this transport opens no files", call.name)))
        })
    }

    /// The request that [`send`](Self::send) or [`open`](Self::open) would send, with secrets
    /// masked. The default implementation refuses dry runs.
    fn preview(&self, call: CheckedCall<'_>) -> Result<DryRun> {
        Err(Error::usage(format!("{}: this transport cannot show what it would send", call.name)))
    }

    /// Whether idempotency keys of calls reach the vendor. By default they do not.
    fn carries_idempotency_keys(&self) -> bool {
        false
    }

    /// With what the engine completes the arguments of a call before the transport gets them, or
    /// the reason why no call can be executed at all. By default, these are the scoping rules and
    /// defaults of the description.
    fn completion(&self) -> Result<Completion<'_>> {
        Ok(Completion::Engine(self.settings()))
    }

    /// The settings of the connector as the user gave them, which expressions of computed fields can
    /// use.
    fn settings(&self) -> &Map<String, Value> {
        static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        &NONE
    }

    /// How long a call may take when the caller does not set a time; two minutes by default.
    fn timeout(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// How many bytes of memory the values of one response may take when the caller does not set a
    /// limit; 1 GiB by default.
    fn max_held_bytes(&self) -> usize {
        1024 * 1024 * 1024
    }

    /// A text without the secrets that the transport uses. By default, the text is unchanged.
    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }

    /// The redactor that knows the secrets that the transport uses, including those that it obtains
    /// later. By default, it knows none.
    fn redactor(&self) -> Redactor {
        Redactor::new()
    }

    /// Bytes that identify the account, in any form; cursors are bound to them. They are only used
    /// together with a secret key, so they may be made of secrets. They are empty when there is
    /// only one account.
    fn identity(&self) -> Vec<u8> {
        Vec::new()
    }

    /// How long to wait before a call is repeated whose response has a success status and reports a
    /// temporary failure; `None` when the call is not repeated. `attempt` counts from one.
    fn pause(&self, attempt: u32, error: &Error, options: &CallOptions) -> Option<Duration> {
        let _ = (attempt, error, options);
        None
    }

    /// Whether the transport executes the operations of the [context store](crate::context_store).
    fn has_context_store(&self) -> bool {
        false
    }

    /// Whether this context store may contain any entity and field, so that only the store knows
    /// whether a name is right. Otherwise it contains those that the description names.
    fn stores_everything(&self) -> bool {
        false
    }

    /// Whether [`send`](Self::send) answers a download whose arguments request a part of the file
    /// as JSON. Otherwise the engine opens the file and makes the JSON of this part.
    fn serves_file_parts(&self) -> bool {
        false
    }
}

impl From<HttpResponse> for Download {
    /// The file whose bytes are the body.
    fn from(response: HttpResponse) -> Self {
        Self::new(response)
    }
}
