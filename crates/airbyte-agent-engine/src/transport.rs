//! The seam between calls and the two ways to run them.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::arguments::{self, Arguments, Completion};
use crate::call_options::CallOptions;
use crate::context_store::StoreQuery;
use crate::cursor::NextPage;
use crate::description::{Connector, Location, Operation};
use crate::download::Download;
use crate::dry_run::DryRun;
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::selection;

/// One call, ready to be run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Prepared<'a> {
    /// The connector.
    pub connector: &'a Connector,
    /// The operation.
    pub operation: &'a Operation,
    /// What the caller passed, unchecked.
    pub arguments: &'a Arguments,
    /// What the caller wishes besides.
    pub options: &'a CallOptions,
    /// Address of the next page, where a list continues by address.
    pub follow: Option<&'a str>,
    /// Names of the only arguments, besides those of the path and of headers, that go out.
    pub only: Option<&'a [String]>,
}

impl Prepared<'_> {
    /// The arguments, checked and completed, with what may go out of them.
    pub(crate) fn complete(
        &self,
        config: &Map<String, Value>,
        completion: Completion,
    ) -> Result<Arguments> {
        self.options.check_idempotency(self.operation, true)?;
        let arguments = self.arguments.clone();
        let mut arguments =
            arguments::complete(self.connector, self.operation, arguments, config, completion)?;
        if self.options.is_confined() {
            selection::confine(self.operation, &arguments)?;
        }
        self.narrow(&mut arguments);
        Ok(arguments)
    }

    /// Takes out of complete arguments what must not go out beside the token of a next page.
    fn narrow(&self, arguments: &mut Arguments) {
        let Some(only) = self.only else { return };
        arguments.retain(|name, _| {
            let location = self.operation.parameter(name).map(|parameter| parameter.location);
            let names = matches!(location, Some(Location::Path | Location::Header));
            names || only.contains(name)
        });
    }
}

/// The answer to one call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: http::HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Who shaped the body.
    pub layout: Layout,
    /// The arguments that were sent, defaults included; paging builds on them.
    pub arguments: Arguments,
    continuation: Continuation,
}

impl Reply {
    /// An answer made of parts.
    pub fn new(status: u16, headers: http::HeaderMap, body: Bytes, layout: Layout) -> Self {
        Self {
            status,
            headers,
            body,
            layout,
            arguments: Arguments::new(),
            continuation: Continuation::Described,
        }
    }

    /// The same answer with where the list continues, `None` for its end. Without this it is read
    /// from the answer, as the description says.
    #[must_use]
    pub fn with_next(mut self, next: Option<NextPage>) -> Self {
        self.continuation = Continuation::Known(next);
        self
    }

    pub(crate) fn continuation(&self) -> &Continuation {
        &self.continuation
    }

    /// The same answer with the arguments that led to it.
    #[must_use]
    pub fn with_arguments(mut self, arguments: Arguments) -> Self {
        self.arguments = arguments;
        self
    }
}

/// How to tell where a list continues.
#[derive(Debug, Clone)]
pub(crate) enum Continuation {
    /// As the description says.
    Described,
    /// The transport knows.
    Known(Option<NextPage>),
}

/// Who shaped the body of a [`Reply`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// The vendor: records and metadata stand where the description says.
    Vendor,
    /// The platform: records under `result`, metadata under `connector_metadata`.
    Platform,
}

/// A way to run calls. There are two, [`Local`](crate::Local) and [`Hosted`](crate::Hosted); a
/// test may bring its own.
pub trait Transport: Send + Sync {
    /// Runs a call whose answer is JSON.
    fn send<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Reply>>;

    /// Runs a call whose answer is a file.
    fn download<'a>(&'a self, call: Prepared<'a>) -> BoxFuture<'a, Result<Download>>;

    /// Asks the hosted platform's context store. Only the hosted transport can.
    fn context_store<'a>(&'a self, query: StoreQuery<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move { Err(hosted_only(query.action)) })
    }

    /// What would be sent, secrets masked.
    fn dry_run(&self, call: Prepared<'_>) -> Result<DryRun>;

    /// How long a call may take when the caller does not say.
    fn default_timeout(&self) -> Duration;

    /// Text without the secrets in use.
    fn redact(&self, text: &str) -> String;

    /// What tells the account from others, in any form: cursors are bound to it. It is only used
    /// under a secret key, so it may be made of secrets. Empty when there is nothing to tell.
    fn account_identity(&self) -> Vec<u8> {
        Vec::new()
    }

    /// How long to wait before a call is made again whose answer was a success and yet told a
    /// passing failure; `None` when it is not to be made again. `attempt` counts from one.
    fn pause(&self, attempt: u32, error: &Error, options: &CallOptions) -> Option<Duration> {
        let _ = (attempt, error, options);
        None
    }
}

/// The error for an action that only the platform knows.
pub(crate) fn hosted_only(action: &str) -> Error {
    Error::usage(format!("'{action}' runs on the hosted platform only"))
}
