//! One call being put together, and the doors through which it is made.

use std::fmt;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::arguments::Arguments;
use crate::call_options::CallOptions;
use crate::client::Client;
use crate::cursor::{Cursor, NextPage, Seal};
use crate::description::{Action, Operation};
use crate::download::{Chunked, Download};
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::lookup::find_operation;
use crate::outcome::Outcome;
use crate::page::{Items, Page, Pages};
use crate::reply::{self, Answer};
use crate::span::note;
use crate::transport::{Prepared, Reply};

/// One call being put together.
///
/// The builders of the connector crates wrap it; [`Client::call`] gives a bare one.
#[derive(Clone)]
pub struct Call {
    client: Client,
    entity: String,
    action: Action,
    arguments: Arguments,
    options: CallOptions,
    cursor: Option<Cursor>,
    /// Whether further pages are wanted.
    pages: bool,
    /// The first argument that cannot be written as JSON.
    defect: Option<String>,
}

impl Call {
    pub(crate) fn new(client: Client, entity: &str, action: Action) -> Self {
        Self {
            client,
            entity: entity.to_owned(),
            action,
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

    /// Sets several arguments.
    pub fn set_all(&mut self, arguments: Map<String, Value>) {
        self.arguments.extend(arguments);
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

    /// `issues.list`
    pub(crate) fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    /// The operation.
    fn operation(&self) -> Result<&Operation> {
        find_operation(self.client.description(), &self.entity, self.action.as_str())
    }

    /// Arguments with those of the cursor, and what the cursor says besides.
    fn positioned(&self) -> Result<(Arguments, NextPage)> {
        if let Some(defect) = &self.defect {
            return Err(Error::validation(format!("{}: {defect}", self.place())));
        }
        let mut arguments = self.arguments.clone();
        let Some(cursor) = &self.cursor else {
            let paging = &self.operation()?.paging;
            let given = |name: &str| arguments.get(name).is_some_and(|value| !value.is_null());
            if self.pages
                && let Some((name, largest)) = paging.needed_size(given)
            {
                arguments.insert(name.to_owned(), largest.into());
            }
            return Ok((arguments, NextPage::default()));
        };
        let operation = self.operation()?;
        let mut position = self.client.seal(operation, &self.arguments)?.open(cursor)?;
        if position.behind.is_some() {
            return Err(Error::validation(
                "the cursor points inside a page: only the tool that gave it can go on there",
            ));
        }
        if position.page.follow.as_deref() == Some("") {
            return Err(Error::usage(format!(
                "{}: the list goes on, but what leads to the next page stands in the vendor's own \
                 answer only, which the platform does not hand on",
                self.place()
            )));
        }
        arguments.extend(std::mem::take(&mut position.page.set));
        Ok((arguments, position.page))
    }

    /// Runs the call. Boxed, so that the engine is not compiled anew for every record type.
    fn run(&self, limit: Duration) -> BoxFuture<'_, Result<Reply>> {
        Box::pin(self.run_once(limit))
    }

    async fn run_once(&self, limit: Duration) -> Result<Reply> {
        let operation = self.operation()?;
        if operation.download.is_some() && !self.wants_chunk() {
            return Err(Error::usage(format!(
                "{} gives the bytes of a file: download it",
                self.place()
            )));
        }
        let (arguments, page) = self.positioned()?;
        let call = self.prepared(operation, &arguments, &page);
        let transport = self.client.transport();
        let answer = tokio::time::timeout(limit, transport.send(call)).await;
        answer.unwrap_or_else(|_| {
            let seconds = self.limit().as_secs_f64();
            let message = format!("{}: no complete answer within {seconds} s", self.place());
            Err(Error::timeout(message).with_retryable(operation.hints.read_only))
        })
    }

    fn limit(&self) -> Duration {
        self.options.limit().unwrap_or_else(|| self.client.transport().default_timeout())
    }

    /// Runs the call and reads the answer; again where the answer, although a success, tells a
    /// failure that passes.
    async fn read<R>(&self, read: impl Fn(Answer<'_>) -> Result<R>) -> Result<R> {
        let span = self.span();
        let done = self.read_until_done(read, &span).instrument(span.clone()).await;
        done.inspect_err(|error| note(&span, error))
    }

    /// The span of the call; its requests have spans of their own below it.
    fn span(&self) -> Span {
        tracing::debug_span!(
            "airbyte_agent.call",
            connector = %self.client.description().name,
            entity = %self.entity,
            action = %self.action,
            status = Empty,
            request_id = Empty,
            error_kind = Empty,
        )
    }

    async fn read_until_done<R>(
        &self,
        read: impl Fn(Answer<'_>) -> Result<R>,
        span: &Span,
    ) -> Result<R> {
        let (started, limit) = (Instant::now(), self.limit());
        let redact = |text: &str| self.client.transport().redact(text);
        let seal = self.client.seal(self.operation()?, &self.arguments)?;
        let mut attempt = 1;
        loop {
            let reply = self.run(limit.saturating_sub(started.elapsed())).await?;
            span.record("status", reply.status);
            span.record("request_id", reply::request_id(&reply.headers));
            let error = match read(self.answer(&reply, &redact, &seal)?) {
                Err(error) if error.is_retryable() => error,
                done => return done,
            };
            let left = limit.saturating_sub(started.elapsed());
            let wait = self.client.transport().pause(attempt, &error, &self.options);
            let Some(wait) = wait.filter(|wait| *wait < left) else { return Err(error) };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    fn prepared<'a>(
        &'a self,
        operation: &'a Operation,
        arguments: &'a Arguments,
        page: &'a NextPage,
    ) -> Prepared<'a> {
        let connector = self.client.description();
        let (follow, only) = (page.follow.as_deref(), page.only.as_deref());
        Prepared { connector, operation, arguments, options: &self.options, follow, only }
    }

    fn answer<'a>(
        &'a self,
        reply: &'a Reply,
        redact: &'a dyn Fn(&str) -> String,
        seal: &'a Seal<'a>,
    ) -> Result<Answer<'a>> {
        let connector = self.client.description();
        Ok(Answer { connector, operation: self.operation()?, reply, redact, seal: Some(seal) })
    }

    /// Makes the call; a page of records.
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`](crate::ErrorKind); nothing was sent for `Usage` and for a `Validation`
    /// without status.
    pub async fn page<T, M>(self) -> Result<Page<T, M>>
    where
        T: DeserializeOwned,
        M: DeserializeOwned + Default,
    {
        self.read(|answer| reply::decode_page(answer, self.client.config())).await
    }

    /// Makes the call; one record.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page), and `NotFound` when the answer holds no record.
    pub async fn record<T: DeserializeOwned>(self) -> Result<T> {
        self.read(|answer| reply::decode_record(answer)).await
    }

    /// Makes the call; plain JSON.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page).
    pub async fn outcome(self) -> Result<Outcome> {
        let is_local = self.client.is_local();
        if self.wants_chunk() && is_local && self.operation()?.download.is_some() {
            return self.chunk().await;
        }
        self.read(|answer| reply::outcome(answer, self.client.config(), &self.options)).await
    }

    /// The records of a list, page after page.
    pub fn items<T: DeserializeOwned + 'static>(self) -> Items<T> {
        Items::new(self)
    }

    /// The pages of a list.
    pub fn pages<T, M>(self) -> Pages<Page<T, M>>
    where
        T: DeserializeOwned + 'static,
        M: DeserializeOwned + Default + 'static,
    {
        Pages::new(self, |call| Box::pin(call.page::<T, M>()))
    }

    /// The pages of a list as plain JSON.
    pub fn outcomes(self) -> Pages<Outcome> {
        Pages::new(self, |call| Box::pin(call.outcome()))
    }

    /// Makes the call; the bytes of a file. The argument `range_header` (`bytes=0-1023`) asks for
    /// a part of it.
    ///
    /// # Errors
    ///
    /// As [`page`](Self::page); a break in mid-file is an error of the stream.
    pub async fn download(self) -> Result<Download> {
        let operation = self.operation()?;
        if operation.download.is_none() {
            return Err(Error::usage(format!("{} is no download", self.place())));
        }
        let (arguments, page) = self.positioned()?;
        let call = self.prepared(operation, &arguments, &page);
        let transport = self.client.transport();
        let limit = self.options.limit().unwrap_or_else(|| transport.default_timeout());
        let span = self.span();
        let head = tokio::time::timeout(limit, transport.download(call));
        let head = head.instrument(span.clone()).await;
        let head = head.unwrap_or_else(|_| {
            let message = format!("{}: no answer within {} s", self.place(), limit.as_secs_f64());
            Err(Error::timeout(message))
        });
        head.inspect_err(|error| note(&span, error))
    }

    /// Whether a download is wanted as a JSON object that holds a part of the file.
    fn wants_chunk(&self) -> bool {
        self.arguments.get("_airbyte_response_type").and_then(Value::as_str) == Some("json")
    }

    async fn chunk(mut self) -> Result<Outcome> {
        let chunked = Chunked::from_arguments(&mut self.arguments)?;
        let file = self.download().await?;
        Ok(Outcome { data: chunked.read(file).await?, meta: Value::Null, next: None })
    }

    /// What would be sent, every secret masked. Sends nothing.
    ///
    /// # Errors
    ///
    /// Whatever is wrong with the call.
    pub fn dry_run(&self) -> Result<DryRun> {
        let (arguments, page) = self.positioned()?;
        let call = self.prepared(self.operation()?, &arguments, &page);
        self.client.transport().dry_run(call)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may be private.
        f.debug_struct("Call")
            .field("connector", &self.client.description().name)
            .field("entity", &self.entity)
            .field("action", &self.action)
            .field("arguments", &self.arguments.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
