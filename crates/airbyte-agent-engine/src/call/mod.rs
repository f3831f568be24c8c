//! One call while it is built, and the methods that execute it.

mod complete;
mod parts;
mod record;
mod upload;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tracing::{Instrument as _, Span};

use crate::arguments::Arguments;
use crate::call_options::CallOptions;
use crate::chunked::Chunked;
use crate::cursor::{Cursor, Seal};
use crate::description::Action;
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::json::budget;
use crate::operation::OperationRef;
use crate::outcome::Outcome;
use crate::page::{Items, Page, Pages};
use crate::reply::{self, Answer};
use crate::runtime::Runtime;
use crate::span::{call_span, note};
use crate::transport::{CheckedCall, Reply};

pub(crate) use self::parts::CallParts;
use self::parts::{Part, too_large, wants_file_part};
pub use self::record::Remarked;
pub(crate) use self::record::warn;
use self::upload::Uploaded;

/// One call while it is built.
///
/// The builders of the connector crates contain one; [`Client::call`](crate::Client::call) returns one without setters.
#[derive(Clone)]
pub struct Call {
    runtime: Runtime,
    target: Target,
    arguments: Arguments,
    options: CallOptions,
    cursor: Option<Cursor>,
    /// Whether the caller wants further pages.
    pages: bool,
    /// The first argument that cannot be written as JSON.
    defect: Option<String>,
}

/// The operation that is called.
#[derive(Clone)]
enum Target {
    Operation(OperationRef),
    /// Names of an entity and an action that the connector does not have.
    Unknown {
        entity: String,
        action: String,
    },
}

impl Call {
    /// A call of an operation of the description. A name that does not exist is reported when the call is made.
    pub(crate) fn new(runtime: Runtime, entity: &str, action: Action) -> Self {
        let operation = runtime.operation(entity, action);
        Self::of_known(runtime, operation, entity, action.as_str())
    }

    /// A call by the names of entity and action, which may be those of the context store.
    pub(crate) fn named(runtime: Runtime, entity: &str, action: &str) -> Self {
        let operation = runtime.find(entity, action).ok();
        Self::of_known(runtime, operation, entity, action)
    }

    /// A call of an operation that has been looked up already.
    pub(crate) fn of_operation(runtime: Runtime, operation: OperationRef) -> Self {
        Self::of(runtime, Target::Operation(operation))
    }

    fn of_known(
        runtime: Runtime,
        operation: Option<OperationRef>,
        entity: &str,
        action: &str,
    ) -> Self {
        let unknown = || Target::Unknown { entity: entity.to_owned(), action: action.to_owned() };
        Self::of(runtime, operation.map_or_else(unknown, Target::Operation))
    }

    fn of(runtime: Runtime, target: Target) -> Self {
        Self {
            runtime,
            target,
            arguments: Arguments::new(),
            options: CallOptions::default(),
            cursor: None,
            pages: false,
            defect: None,
        }
    }

    /// Sets an argument. A value that cannot be written as JSON is reported when the call is made.
    pub fn set(&mut self, name: &str, value: impl Serialize) {
        match serde_json::to_value(value) {
            Ok(value) => {
                self.arguments.insert(name.to_owned(), value);
            }
            Err(error) => {
                self.defect.get_or_insert(format!("'{name}' cannot be written as JSON: {error}"));
            }
        }
    }

    /// Sets several arguments; they replace those of the same name.
    pub fn set_all(&mut self, arguments: Map<String, Value>) {
        if self.arguments.is_empty() {
            self.arguments = arguments;
        } else {
            self.arguments.extend(arguments);
        }
    }

    /// The options, to be changed in place.
    pub fn options(&mut self) -> &mut CallOptions {
        &mut self.options
    }

    /// Starts at the position of a cursor instead of the beginning.
    pub fn resume(&mut self, cursor: Cursor) {
        self.cursor = Some(cursor);
    }

    /// Says that further pages are wanted. Some vendors return pages only when a size is requested; for these, the
    /// first request asks for the largest page, unless an argument says how to page. The streams of
    /// [`items`](Self::items) and [`pages`](Self::pages) do this by themselves.
    pub fn want_pages(&mut self) {
        self.pages = true;
    }

    fn operation(&self) -> Result<&OperationRef> {
        match &self.target {
            Target::Operation(operation) => Ok(operation),
            Target::Unknown { entity, action } => {
                let unknown = self.runtime.find(entity, action).err();
                Err(unknown.unwrap_or_else(|| Error::internal("the operation was not found")))
            }
        }
    }

    /// Entity and action, such as `issues.list`.
    fn qualified_name(&self) -> String {
        match &self.target {
            Target::Operation(operation) => operation.qualified_name().to_owned(),
            Target::Unknown { entity, action } => format!("{entity}.{action}"),
        }
    }

    fn seal<'a>(&'a self, operation: &'a OperationRef, arguments: &Arguments) -> Result<Seal<'a>> {
        let name = operation.qualified_name().to_owned();
        self.runtime.seal(operation, name, arguments)
    }

    fn limit(&self) -> Duration {
        self.options.limit().unwrap_or_else(|| self.runtime.transport().timeout())
    }

    /// Executes the call once, within a time limit.
    async fn send(&self, call: CheckedCall<'_>, limit: Duration) -> Result<Reply> {
        let call = CheckedCall { deadline: Instant::now().checked_add(limit), ..call };
        let answer = tokio::time::timeout(limit, self.runtime.transport().send(call)).await;
        answer.unwrap_or_else(|_| {
            let seconds = self.limit().as_secs_f64();
            let message = format!("{}: no complete response within {seconds} s", call.name);
            Err(Error::timeout(message).with_retryable(call.operation.hints.read_only))
        })
    }

    /// Makes the call and reads the response. Repeats the call if the response has a success status and reports a
    /// temporary failure.
    async fn read<R>(
        &self,
        arguments: Arguments,
        part: Part<'_>,
        decode: impl Fn(Answer<'_>) -> Result<R>,
    ) -> Result<R> {
        let operation = self.operation()?;
        let span = call_span(self.runtime.description(), operation);
        let read = self.read_until_done((operation, arguments), part, decode, &span);
        let read = read.instrument(span.clone());
        let read = read.await.map_err(|error| self.cleaned(error));
        let read = read.inspect_err(|error| note(&span, error));
        let is_continued = part.cursor.or(self.cursor.as_ref()).is_some();
        read.map_err(|error| {
            if !is_continued || !error.refuses_call() {
                return error;
            }
            error.with_advice(
                "; this is a further page of a list, so perhaps the vendor no longer accepts where it \
                 continues: start again without the cursor",
            )
        })
    }

    /// The error without secrets, whatever part of the engine made it.
    fn cleaned(&self, error: Error) -> Error {
        let transport = self.runtime.transport();
        error.cleaned(|text| transport.redact(text))
    }

    async fn read_until_done<R>(
        &self,
        (operation, arguments): (&OperationRef, Arguments),
        Part { cursor, most }: Part<'_>,
        decode: impl Fn(Answer<'_>) -> Result<R>,
        span: &Span,
    ) -> Result<R> {
        if operation.download.is_some() && !wants_file_part(&arguments) {
            let name = operation.qualified_name();
            return Err(Error::usage(format!("{name} gives the bytes of a file: download it")));
        }
        let (started, limit) = (Instant::now(), self.limit());
        let transport = self.runtime.transport();
        let redact = |text: &str| transport.redact(text);
        let seal = self.seal(operation, &arguments)?;
        let completed = self.complete(operation, arguments, &seal, cursor)?;
        let call = self.checked(operation, &completed);
        let held = self.options.held().unwrap_or_else(|| transport.max_held_bytes());
        // A list that continues is never taken for an empty list on a later page.
        let begins = completed.begins(operation);
        let means_empty =
            |error: &Error| begins && reply::means_empty(call.connector, operation, error);
        let read = |reply: &Reply, earlier: &[Value]| {
            let plan = self.runtime.plan(operation, &reply.layout);
            let answer = Answer {
                connector: call.connector,
                operation,
                name: call.name,
                arguments: &completed.arguments,
                options: &self.options,
                settings: reply.transport().unwrap_or(transport).settings(),
                reply,
                plan: &plan,
                redact: &redact,
                seal: Some(&seal),
                at: &completed.page,
                behind: completed.behind,
                most,
                earlier,
            };
            match budget::within(held, || decode(answer)) {
                (Err(_), true) => Err(too_large(call.name, held, reply.status)),
                (read, _) => read,
            }
        };
        if let Some(upload) = &operation.upload {
            let Uploaded { record, remarks } =
                self.upload(operation, upload, &completed.arguments).await?;
            return read(&Reply::of_record(&record), &remarks);
        }
        let mut attempt = 1;
        loop {
            let reply = match self.send(call, limit.saturating_sub(started.elapsed())).await {
                Err(error) if means_empty(&error) => Reply::of_nothing(&error),
                reply => reply?,
            };
            span.record("status", reply.status);
            let request_id = reply::request_id(&reply.headers);
            span.record("request_id", request_id.map(|id| transport.redact(&id)));
            let answered_by = reply.transport().unwrap_or(transport);
            let error = match read(&reply, &[]) {
                Err(error) if means_empty(&error) => return read(&Reply::of_nothing(&error), &[]),
                Err(error) if error.is_retryable() => error,
                done => return done,
            };
            let left = limit.saturating_sub(started.elapsed());
            let wait = answered_by.pause(attempt, &error, &self.options);
            let wait = wait.filter(|wait| *wait < left);
            let Some(wait) = wait else { return Err(error) };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// Makes the call and returns a page of records.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind). Nothing was sent for `Usage`, and for a `Validation` without a status.
    pub async fn page<T, M>(self) -> Result<Page<T, M>>
    where
        T: DeserializeOwned + 'static,
        M: DeserializeOwned + Default,
    {
        self.read_once(Part::default(), reply::decode_page).await
    }

    /// Makes the call and returns its records or its result as plain JSON.
    ///
    /// # Errors
    ///
    /// Those of [`page`](Self::page).
    pub async fn outcome(self) -> Result<Outcome> {
        self.outcome_at(Part::default()).await
    }

    async fn outcome_at(self, part: Part<'_>) -> Result<Outcome> {
        let serves_parts = self.runtime.transport().serves_file_parts();
        if wants_file_part(&self.arguments) && !serves_parts && self.operation()?.download.is_some()
        {
            return self.file_part().await;
        }
        self.read_once(part, reply::outcome).await
    }

    /// Makes the call for the last time. The arguments are moved and not copied, because they may contain whole files.
    async fn read_once<R>(
        mut self,
        part: Part<'_>,
        decode: impl Fn(Answer<'_>) -> Result<R>,
    ) -> Result<R> {
        let arguments = std::mem::take(&mut self.arguments);
        self.read(arguments, part, decode).await
    }

    /// A stream of the records of a list, from all pages.
    pub fn items<T: DeserializeOwned + 'static>(self) -> Items<T> {
        Items::new(self.pages())
    }

    /// A stream of the pages of a list.
    pub fn pages<T, M>(self) -> Pages<Page<T, M>>
    where
        T: DeserializeOwned + 'static,
        M: DeserializeOwned + Default + 'static,
    {
        self.paged(|call, cursor, most| {
            Box::pin(async move {
                let part = Part { cursor: cursor.as_ref(), most };
                call.read(call.arguments.clone(), part, reply::decode_page).await
            })
        })
    }

    /// A stream of the pages of a list as plain JSON.
    pub fn outcomes(self) -> Pages<Outcome> {
        self.paged(|call, cursor, most| {
            let call = Self::clone(&call);
            Box::pin(async move { call.outcome_at(Part { cursor: cursor.as_ref(), most }).await })
        })
    }

    fn paged<P: 'static>(
        mut self,
        fetch: fn(Arc<Self>, Option<Cursor>, Option<usize>) -> BoxFuture<'static, Result<P>>,
    ) -> Pages<P> {
        self.want_pages();
        let operation = self.qualified_name();
        let call = Arc::new(self);
        Pages::new(operation, Box::new(move |cursor, most| fetch(Arc::clone(&call), cursor, most)))
    }

    /// Makes the call and returns the bytes of a file as a stream. The argument `range_header` (`bytes=0-1023`)
    /// requests a part of it.
    ///
    /// # Errors
    ///
    /// Those of [`page`](Self::page). If the transfer breaks off in the middle of the file, the stream ends with an
    /// error.
    pub async fn download(self) -> Result<Download> {
        let operation = self.operation()?;
        let name = operation.qualified_name();
        if operation.download.is_none() {
            return Err(Error::usage(format!("{name} is not a download")));
        }
        let completed = self.complete_first(operation)?;
        let limit = self.limit();
        let deadline = Instant::now().checked_add(limit);
        let checked = CheckedCall { deadline, ..self.checked(operation, &completed) };
        let opening = self.runtime.transport().open(checked);
        let span = call_span(self.runtime.description(), operation);
        let opened = tokio::time::timeout(limit, opening).instrument(span.clone()).await;
        let opened = opened.unwrap_or_else(|_| {
            let message = format!("{name}: no response within {} s", limit.as_secs_f64());
            Err(Error::timeout(message))
        });
        let opened = opened.map_err(|error| self.cleaned(error));
        let opened = opened.inspect_err(|error| note(&span, error))?;
        let opened = opened.redacted_by(self.runtime.transport().redactor());
        // A timeout that was set for this call applies to the whole file. The default timeout does not, because a file
        // may have any size.
        Ok(match deadline.filter(|_| self.options.limit().is_some()) {
            Some(deadline) => opened.until(deadline, name, limit),
            None => opened,
        })
    }

    /// What the calls need that follow from this one: the operation, the arguments and the options.
    pub(crate) fn parts(&self) -> Result<CallParts> {
        let operation = self.operation()?.clone();
        let (runtime, arguments) = (self.runtime.clone(), self.arguments.clone());
        Ok(CallParts { runtime, operation, arguments, options: self.options.clone() })
    }

    async fn file_part(mut self) -> Result<Outcome> {
        // A part is small, so the default timeout suffices for all of it.
        let limit = self.limit();
        self.options = std::mem::take(&mut self.options).timeout(limit);
        let chunked = Chunked::from_arguments(&mut self.arguments)?;
        let file = self.download().await?;
        Ok(Outcome::of_data(chunked.read(file).await?))
    }

    /// The request that this call would send, with every secret masked. Nothing is sent.
    ///
    /// # Errors
    ///
    /// The error that the call would return before it sends anything, such as `Validation`.
    pub fn dry_run(&self) -> Result<DryRun> {
        let operation = self.operation()?;
        let completed = self.complete_first(operation)?;
        match &operation.upload {
            Some(upload) => self.upload_preview(operation, upload, &completed.arguments),
            None => self.runtime.transport().preview(self.checked(operation, &completed)),
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may be private, so that the debug output shows only their names.
        f.debug_struct("Call")
            .field("connector", &self.runtime.description().name)
            .field("operation", &self.qualified_name())
            .field("arguments", &self.arguments.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
