//! One call being put together, and what can be asked of it.

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

/// One call being put together.
///
/// The builders of the connector crates wrap it; [`Client::call`](crate::Client::call) gives a bare
/// one.
#[derive(Clone)]
pub struct Call {
    runtime: Runtime,
    target: Target,
    arguments: Arguments,
    options: CallOptions,
    cursor: Option<Cursor>,
    /// Whether further pages are wanted.
    pages: bool,
    /// The first argument that cannot be written as JSON.
    defect: Option<String>,
}

/// What is called.
#[derive(Clone)]
enum Target {
    Operation(OperationRef),
    /// Names that the connector does not have.
    Unknown {
        entity: String,
        action: String,
    },
}

impl Call {
    /// A call of an operation of the description. Whether it exists is told when the call is made.
    pub(crate) fn new(runtime: Runtime, entity: &str, action: Action) -> Self {
        let operation = runtime.operation(entity, action);
        Self::of_known(runtime, operation, entity, action.as_str())
    }

    /// A call by names, also of an operation of the context store.
    pub(crate) fn named(runtime: Runtime, entity: &str, action: &str) -> Self {
        let operation = runtime.find(entity, action).ok();
        Self::of_known(runtime, operation, entity, action)
    }

    /// A call of an operation that has been found.
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

    /// Starts where a cursor points instead of at the beginning.
    pub fn resume(&mut self, cursor: Cursor) {
        self.cursor = Some(cursor);
    }

    /// Says that further pages are wanted. Some vendors page only when a size is asked for; then
    /// the first request asks for the largest one, unless an argument says how to page. Streams of
    /// [`items`](Self::items) and [`pages`](Self::pages) do it by themselves.
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

    /// Executes the call once, within a time.
    async fn send(&self, call: CheckedCall<'_>, limit: Duration) -> Result<Reply> {
        let call = CheckedCall { deadline: Instant::now().checked_add(limit), ..call };
        let answer = tokio::time::timeout(limit, self.runtime.transport().send(call)).await;
        answer.unwrap_or_else(|_| {
            let seconds = self.limit().as_secs_f64();
            let message = format!("{}: no complete response within {seconds} s", call.name);
            Err(Error::timeout(message).with_retryable(call.operation.hints.read_only))
        })
    }

    /// Makes the call and reads the response; again where the response, although a success, reports a
    /// failure that passes.
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

    /// The error without secrets, whatever made it.
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
        // A list that goes on does not turn out to be empty on a later page.
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
                Err(error) if means_empty(&error) => Reply::of_nothing(),
                reply => reply?,
            };
            span.record("status", reply.status);
            let request_id = reply::request_id(&reply.headers);
            span.record("request_id", request_id.map(|id| transport.redact(&id)));
            let answered_by = reply.transport().unwrap_or(transport);
            let error = match read(&reply, &[]) {
                Err(error) if means_empty(&error) => return read(&Reply::of_nothing(), &[]),
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

    /// Makes the call; a page of records.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); nothing was sent for `Usage` and for a `Validation`
    /// without status.
    pub async fn page<T, M>(self) -> Result<Page<T, M>>
    where
        T: DeserializeOwned + 'static,
        M: DeserializeOwned + Default,
    {
        self.read_once(Part::default(), reply::decode_page).await
    }

    /// Makes the call; plain JSON.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
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

    /// Makes the call for the last time. The arguments are not copied: they may be whole files.
    async fn read_once<R>(
        mut self,
        part: Part<'_>,
        decode: impl Fn(Answer<'_>) -> Result<R>,
    ) -> Result<R> {
        let arguments = std::mem::take(&mut self.arguments);
        self.read(arguments, part, decode).await
    }

    /// The records of a list, page after page.
    pub fn items<T: DeserializeOwned + 'static>(self) -> Items<T> {
        Items::new(self.pages())
    }

    /// The pages of a list.
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

    /// The pages of a list as plain JSON.
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

    /// Makes the call; the bytes of a file. The argument `range_header` (`bytes=0-1023`) asks for
    /// a part of it.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page); a break in mid-file is an error of the stream.
    pub async fn download(self) -> Result<Download> {
        let operation = self.operation()?;
        let name = operation.qualified_name();
        if operation.download.is_none() {
            return Err(Error::usage(format!("{name} is no download")));
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
        // A time that was set for this call is meant for all of it. The time that every call has is not
        // made for files of any size.
        Ok(match deadline.filter(|_| self.options.limit().is_some()) {
            Some(deadline) => opened.until(deadline, name, limit),
            None => opened,
        })
    }

    /// What the calls that follow from this one need: the operation, the arguments and the options.
    pub(crate) fn parts(&self) -> Result<CallParts> {
        let operation = self.operation()?.clone();
        let (runtime, arguments) = (self.runtime.clone(), self.arguments.clone());
        Ok(CallParts { runtime, operation, arguments, options: self.options.clone() })
    }

    async fn file_part(mut self) -> Result<Outcome> {
        // A part is small, so the time that every call has is enough for all of it.
        let limit = self.limit();
        self.options = std::mem::take(&mut self.options).timeout(limit);
        let chunked = Chunked::from_arguments(&mut self.arguments)?;
        let file = self.download().await?;
        Ok(Outcome::of_data(chunked.read(file).await?))
    }

    /// What would be sent, every secret masked. Sends nothing.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the call.
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
        // Arguments may be private.
        f.debug_struct("Call")
            .field("connector", &self.runtime.description().name)
            .field("operation", &self.qualified_name())
            .field("arguments", &self.arguments.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
