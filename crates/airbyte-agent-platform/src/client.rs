//! What the generated operations stand on: a request goes out through the session, which adds token
//! and organization, tries again and turns failures into errors.

use std::fmt;

use airbyte_agent_core::hosted::{PlatformRequest, Session};
use airbyte_agent_core::{Error, ErrorKind};
use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use airbyte_agent_core::Result;

/// What stays as it is in a segment of a path.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// The whole API, operation by operation: a method begins a request, setters fill it, `send` sends
/// it.
///
/// Errors are what the session reports: `Authentication` for 401, `Permission` for 403, `Validation`
/// for 400, 422 and requests that lack something, `NotFound` for 404, `RateLimited` for 429, `Vendor` for other
/// statuses, `Network` without an answer, `Decode` for one that makes no sense.
///
/// ```no_run
/// # async fn example(platform: airbyte_agent_platform::Platform) -> airbyte_agent_core::Result<()> {
/// let numbers = platform.api().get_workspace_stats().send().await?;
/// println!("{:?} workspaces", numbers.total_count);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    session: Session,
    /// Takes the place of the session's own token.
    token: Option<SecretString>,
}

impl Client {
    pub(crate) fn new(session: Session, token: Option<SecretString>) -> Self {
        Self { session, token }
    }

    /// Begins a request of the operation of this name.
    pub(crate) fn draft(&self, id: &str, method: Method) -> Draft<'_> {
        let what = id.replace('_', " ");
        Draft {
            client: self,
            what,
            method,
            path: String::new(),
            query: Vec::new(),
            body: None,
            repeatable: false,
            open: false,
            wrong: None,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("session", &self.session).finish_non_exhaustive()
    }
}

/// A request being put together.
#[must_use]
pub(crate) struct Draft<'c> {
    client: &'c Client,
    what: String,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    repeatable: bool,
    open: bool,
    /// Why it cannot be sent.
    wrong: Option<Error>,
}

impl Draft<'_> {
    /// Segments of the path that are always the same.
    pub(crate) fn fixed(mut self, segments: &str) -> Self {
        self.path.push('/');
        self.path.push_str(segments);
        self
    }

    /// A segment that the caller gives.
    pub(crate) fn segment(mut self, segment: &str) -> Self {
        // Servers and URL parsers resolve dots even when they are encoded.
        if matches!(segment, "" | "." | "..") {
            let message = format!("{}: an identifier is empty or made of dots", self.what);
            self.wrong = Some(Error::new(ErrorKind::Validation, message));
        }
        let segment = utf8_percent_encode(segment, SEGMENT).to_string();
        self.fixed(&segment)
    }

    /// A parameter: nothing for `None`, several of a name for a list.
    pub(crate) fn query(mut self, name: &str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(Value::Null) => {}
            Ok(Value::Array(items)) => {
                self.query.extend(items.into_iter().map(|item| (name.to_owned(), text(item))));
            }
            Ok(value) => self.query.push((name.to_owned(), text(value))),
            Err(error) => self.wrong = Some(self.unwritable(&error)),
        }
        self
    }

    /// The body.
    pub(crate) fn body(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_value(body) {
            Ok(body) => self.body = Some(body),
            Err(error) => self.wrong = Some(self.unwritable(&error)),
        }
        self
    }

    /// Doing it twice is harmless.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// It goes without a token.
    pub(crate) fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Sends it and reads the answer.
    pub(crate) async fn send<T: DeserializeOwned>(self) -> Result<T> {
        let what = self.what.clone();
        let body = self.answer().await?;
        serde_json::from_slice(&body).map_err(|error| {
            // The decoder's own words may repeat what it read.
            let (line, column) = (error.line(), error.column());
            let message = format!(
                "{what}: the platform's answer does not have the expected form (line {line}, \
                 column {column})"
            );
            Error::new(ErrorKind::Decode, message)
        })
    }

    /// Sends it, whatever the answer says beyond being a success.
    pub(crate) async fn done(self) -> Result<()> {
        self.answer().await.map(drop)
    }

    async fn answer(self) -> Result<Bytes> {
        if let Some(error) = self.wrong {
            return Err(error);
        }
        let mut request = PlatformRequest::new(self.method, self.path).what(self.what);
        for (name, value) in self.query {
            request = request.query(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        request = request.repeatable(self.repeatable);
        request = match &self.client.token {
            _ if self.open => request.without_token(),
            Some(token) => request.bearer(token.clone()),
            None => request,
        };
        let (_, _, body) = self.client.session.whole(&request).await?;
        Ok(body)
    }

    fn unwritable(&self, error: &serde_json::Error) -> Error {
        let message = format!("{}: the request cannot be written: {error}", self.what);
        Error::new(ErrorKind::Internal, message)
    }
}

/// The error for a member that is missing or cannot be right.
pub(crate) fn invalid(message: String) -> Error {
    Error::new(ErrorKind::Validation, message)
}

fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
