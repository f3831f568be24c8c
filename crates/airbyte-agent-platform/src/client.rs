//! The client of the platform's API, and the one way in which its operations send requests: through the
//! session, which adds token and organization, repeats what may be repeated, and reports failures as
//! errors.

use std::fmt::{self, Display};

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

/// Bytes that are percent-encoded in a segment of a path.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b':');

/// The platform's whole API, operation by operation: a method begins a request, setters fill it, and
/// `send` sends it.
///
/// # Errors
///
/// `send` fails as requests of the session do: `Authentication` for the status 401, `Permission` for 403, `Validation`
/// for 400 and 422 and for arguments that are missing or do not fit, `NotFound` for 404, `RateLimited` for
/// 429, `Vendor` for other statuses, `Network` when there is no response, and `Decode` when the response
/// does not have the form that the API promises.
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
    /// Sent in the place of the session's own token.
    token: Option<SecretString>,
}

impl Client {
    pub(crate) fn new(session: Session, token: Option<SecretString>) -> Self {
        Self { session, token }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("session", &self.session).finish_non_exhaustive()
    }
}

/// The body of a request while it is put together, or why it cannot be.
pub(crate) type Body<T> = Result<T, String>;

/// A value that was converted for a body, with the failure as a text.
pub(crate) fn converted<T, E: Display>(result: Result<T, E>) -> Body<T> {
    result.map_err(|error| error.to_string())
}

/// A request while it is put together.
#[derive(Clone)]
#[must_use]
pub(crate) struct Draft<'c> {
    client: &'c Client,
    /// The operation as messages name it.
    operation: String,
    method: Method,
    /// The path, with names of arguments in braces.
    path: &'static str,
    /// Arguments of the query that have to be set.
    required: Vec<&'static str>,
    arguments: Vec<(&'static str, Vec<String>)>,
    body: Option<Value>,
    repeatable: bool,
    without_token: bool,
    /// What is wrong with the arguments, told when the request is to be sent.
    problem: Option<String>,
}

impl<'c> Draft<'c> {
    /// Begins a request of an operation by its name.
    pub(crate) fn new(client: &'c Client, id: &str) -> Self {
        Self {
            client,
            operation: id.replace('_', " "),
            method: Method::GET,
            path: "",
            required: Vec::new(),
            arguments: Vec::new(),
            body: None,
            repeatable: false,
            without_token: false,
            problem: None,
        }
    }

    /// Reads from this path.
    pub(crate) fn get(self, path: &'static str) -> Self {
        Self { method: Method::GET, path, ..self }
    }

    /// Posts to this path.
    pub(crate) fn post(self, path: &'static str) -> Self {
        Self { method: Method::POST, path, ..self }
    }

    /// Replaces what is at this path.
    pub(crate) fn put(self, path: &'static str) -> Self {
        Self { method: Method::PUT, path, ..self }
    }

    /// Changes what is at this path.
    pub(crate) fn patch(self, path: &'static str) -> Self {
        Self { method: Method::PATCH, path, ..self }
    }

    /// Deletes what is at this path.
    pub(crate) fn delete(self, path: &'static str) -> Self {
        Self { method: Method::DELETE, path, ..self }
    }

    /// Refuses to send the request unless this argument of the query is set.
    pub(crate) fn required(mut self, name: &'static str) -> Self {
        self.required.push(name);
        self
    }

    /// Allows the session to repeat the request after a failure.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends the request without a token, for operations that tokens come from.
    pub(crate) fn without_token(mut self) -> Self {
        self.without_token = true;
        self
    }

    /// Sets an argument.
    pub(crate) fn text(self, name: &'static str, value: impl Into<String>) -> Self {
        self.set(name, vec![value.into()])
    }

    /// Sets an argument that is sent once for each of its values.
    pub(crate) fn texts(self, name: &'static str, values: impl Into<Vec<String>>) -> Self {
        self.set(name, values.into())
    }

    /// Sets an argument that is a number, and not a smaller one than `least`.
    pub(crate) fn number(mut self, name: &'static str, value: u64, least: u64) -> Self {
        if value < least {
            self.problem = Some(format!("'{name}' is {value}, but has to be {least} or more"));
        }
        self.text(name, value.to_string())
    }

    /// Sets an argument that is one of several words.
    pub(crate) fn word<T: Display, E: Display>(
        mut self,
        name: &'static str,
        value: Result<T, E>,
    ) -> Self {
        match value {
            Ok(value) => self.text(name, value.to_string()),
            Err(error) => {
                self.problem = Some(format!("'{name}' does not fit: {error}"));
                self
            }
        }
    }

    fn set(mut self, name: &'static str, values: Vec<String>) -> Self {
        self.arguments.retain(|(other, _)| *other != name);
        self.arguments.push((name, values));
        self
    }

    /// Sets the body.
    pub(crate) fn body<B, T>(mut self, body: Body<B>) -> Result<Self>
    where
        B: TryInto<T, Error: Display>,
        T: Serialize,
    {
        let body = body.and_then(|body| converted(body.try_into()));
        let body = body.map_err(|why| self.invalid(&format!("the body does not fit: {why}")))?;
        let body = serde_json::to_value(body).map_err(|error| {
            let message = format!("{}: the body cannot be written: {error}", self.operation);
            Error::new(ErrorKind::Internal, message)
        })?;
        self.body = Some(body);
        Ok(self)
    }

    /// Sends the request and reads the response.
    pub(crate) async fn send<T: DeserializeOwned>(self) -> Result<T> {
        let operation = self.operation.clone();
        let body = self.response().await?;
        serde_json::from_slice(&body).map_err(|error| {
            // The decoder's own words may repeat what it read.
            let (line, column) = (error.line(), error.column());
            let message = format!(
                "{operation}: the platform's response does not have the expected form (line {line}, \
                 column {column})"
            );
            Error::new(ErrorKind::Decode, message)
        })
    }

    /// Sends the request; its success is all that counts of the response.
    pub(crate) async fn done(self) -> Result<()> {
        self.response().await.map(drop)
    }

    async fn response(self) -> Result<Bytes> {
        if let Some(problem) = &self.problem {
            return Err(self.invalid(problem));
        }
        let (path, in_path) = self.filled_path()?;
        for name in &self.required {
            self.argument(name)?;
        }
        let mut request = PlatformRequest::new(self.method, path).what(self.operation);
        for (name, values) in self.arguments {
            if !in_path.contains(&name) {
                for value in values {
                    request = request.query(name, value);
                }
            }
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        request = request.repeatable(self.repeatable);
        request = match &self.client.token {
            _ if self.without_token => request.without_token(),
            Some(token) => request.bearer(token.clone()),
            None => request,
        };
        let (_, _, body) = self.client.session.whole(&request).await?;
        Ok(body)
    }

    /// The path with its arguments, and the names of these.
    fn filled_path(&self) -> Result<(String, Vec<&'static str>)> {
        let mut path = String::new();
        let mut names = Vec::new();
        for part in self.path.split('/').skip(1) {
            path.push('/');
            match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                None => path.push_str(part),
                Some(name) => {
                    let value = self.argument(name)?.join(",");
                    // Servers and parsers of addresses resolve dots even when they are encoded.
                    if matches!(value.as_str(), "" | "." | "..") {
                        return Err(self.invalid(&format!("'{name}' is empty or made of dots")));
                    }
                    path.extend(utf8_percent_encode(&value, SEGMENT));
                    names.push(name);
                }
            }
        }
        Ok((path, names))
    }

    fn argument(&self, name: &str) -> Result<&[String]> {
        let set = self.arguments.iter().find(|(other, _)| *other == name);
        set.map(|(_, values)| values.as_slice())
            .ok_or_else(|| self.invalid(&format!("'{name}' is missing")))
    }

    /// The error for arguments that are missing or do not fit.
    fn invalid(&self, why: &str) -> Error {
        Error::new(ErrorKind::Validation, format!("{}: {why}", self.operation))
    }
}
