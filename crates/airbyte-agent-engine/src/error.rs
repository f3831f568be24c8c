//! The error type that all crates of the workspace use.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_description::expression::ExpressionError;

/// A result whose error is [`Error`], unless another one is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The kind of an error, by which programs decide what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call names an entity, action or option that does not exist.
    Usage,
    /// An argument is missing, unknown or of a wrong type, or the vendor answered 400 or 422.
    Validation,
    /// Credentials are missing or were refused (401), or a token could not be renewed.
    Authentication,
    /// The credentials are valid but do not allow this operation (403).
    Permission,
    /// The record or the hosted connector does not exist.
    NotFound,
    /// The vendor or the platform asks the client to slow down.
    RateLimited,
    /// Any other error of the vendor or the platform, including one inside a response with a success status.
    Vendor,
    /// There is no complete response, because of the connection, TLS, a timeout or a broken body.
    Network,
    /// The response does not have the form that the spec describes.
    Decode,
    /// Storage on this machine failed: a file could not be read or written, or a token store could not load or save.
    /// [`source`](std::error::Error::source) returns the cause.
    Storage,
    /// A defect of this library or of its configuration.
    Internal,
}

impl ErrorKind {
    /// The kind as one `snake_case` word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Validation => "validation",
            Self::Authentication => "authentication",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Vendor => "vendor",
            Self::Network => "network",
            Self::Decode => "decode",
            Self::Storage => "storage",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error, with a message that says what went wrong and what helps.
///
/// Neither its message nor its debug output contains a credential: texts of vendors are cleaned of the secrets in use
/// before they are stored here. A clone is cheap and has the same cause.
///
/// ```
/// use airbyte_agent_engine::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Authentication => "sign in again",
///         ErrorKind::Permission => "ask an administrator for access",
///         _ if error.is_timeout() => "raise the timeout",
///         _ if error.is_retryable() => "try again later",
///         _ => "correct the call",
///     }
/// }
/// # assert_eq!(advice(&Error::authentication("no token")), "sign in again");
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    body: Option<String>,
    json_path: Option<String>,
    vendor_text: Option<String>,
    retryable: bool,
    timeout: bool,
    arguments: Vec<WrongArgument>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// An argument of a call that was refused before anything was sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WrongArgument {
    /// The name of the argument. If a caller passed a member of an argument as an argument of its own, this is the name
    /// of the argument that contains the member.
    pub name: String,
    /// What is wrong, in a text that names the argument.
    pub problem: String,
    /// A valid value of the argument, where its kind alone does not say enough.
    pub works: Option<serde_json::Value>,
    /// Whether the operation has no such argument, and it is not known which one was meant.
    pub is_unknown: bool,
}

impl fmt::Display for WrongArgument {
    /// Writes the problem, and the argument with a valid value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)?;
        match &self.works {
            Some(value) => write!(f, "; write {}", crate::argument_line::line(&self.name, value)),
            None => Ok(()),
        }
    }
}

impl Error {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            status: None,
            request_id: None,
            retry_after: None,
            body: None,
            json_path: None,
            vendor_text: None,
            retryable: kind == ErrorKind::RateLimited,
            timeout: false,
            arguments: Vec::new(),
            source: None,
        }))
    }

    /// The parts of this error, for changing them; its clones stay unchanged.
    fn inner(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// An error of the kind [`Usage`](ErrorKind::Usage).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// An error of the kind [`Validation`](ErrorKind::Validation).
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Validation, message)
    }

    /// An error of the kind [`Validation`](ErrorKind::Validation) for arguments of a call of `operation`, such
    /// as `issues.list`.
    pub(crate) fn of_arguments(operation: &str, arguments: Vec<WrongArgument>) -> Self {
        let told: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let mut error = Self::validation(format!("{operation}: {}", told.join("; ")));
        error.inner().arguments = arguments;
        error
    }

    /// An error of the kind [`Authentication`](ErrorKind::Authentication).
    pub fn authentication(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Authentication, message)
    }

    /// An error of the kind [`Decode`](ErrorKind::Decode).
    pub fn decode(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Decode, message)
    }

    /// An error of the kind [`Network`](ErrorKind::Network), after which another attempt may succeed.
    pub fn network(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Network, message).with_retryable(true)
    }

    /// An error of the kind [`Network`](ErrorKind::Network) for a time limit that was exceeded.
    pub fn timeout(message: impl Into<String>) -> Self {
        Self::network(message).with_timeout(true)
    }

    /// An error of the kind [`Storage`](ErrorKind::Storage), with its cause.
    pub fn storage(
        message: impl Into<String>,
        cause: impl StdError + Send + Sync + 'static,
    ) -> Self {
        Self::new(ErrorKind::Storage, message).with_source(cause)
    }

    /// An error of the kind [`Internal`](ErrorKind::Internal).
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// The error of an expression that has no value. This is not a `From`, because a second one would make every `?` on
    /// an error of unknown type ambiguous.
    #[expect(clippy::needless_pass_by_value, reason = "so that it fits `map_err`")]
    pub(crate) fn of_expression(error: ExpressionError) -> Self {
        Self::decode(error.to_string())
    }

    /// This error, with its texts cleaned once more.
    pub(crate) fn cleaned(mut self, clean: impl Fn(&str) -> String) -> Self {
        let inner = self.inner();
        inner.message = clean(&inner.message);
        let inner_texts =
            [&mut inner.body, &mut inner.request_id, &mut inner.json_path, &mut inner.vendor_text];
        for text in inner_texts {
            *text = text.take().map(|text| clean(&text));
        }
        for wrong in &mut inner.arguments {
            wrong.problem = clean(&wrong.problem);
            let text = wrong.works.take().map(|value| clean(&value.to_string()));
            wrong.works = text.and_then(|text| serde_json::from_str(&text).ok());
        }
        self
    }

    /// This error, with advice appended to its message.
    pub(crate) fn with_advice(mut self, advice: &str) -> Self {
        self.inner().message.push_str(advice);
        self
    }

    /// This error, with a message that begins with what was being done.
    #[must_use]
    pub fn context(mut self, doing: &str) -> Self {
        self.inner().message.insert_str(0, &format!("{doing}: "));
        self
    }

    /// This error, with the HTTP status of the response.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.inner().status = Some(status);
        self
    }

    /// This error, with the vendor's identifier of the request.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<String>) -> Self {
        self.inner().request_id = id;
        self
    }

    /// This error, with the time that the vendor asks the client to wait.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.inner().retry_after = wait;
        self
    }

    /// This error, with the body of the vendor's response, which must contain no secret.
    #[must_use]
    pub fn with_body(mut self, body: String) -> Self {
        self.inner().body = Some(body);
        self
    }

    /// This error, with the part of its message that others wrote, exactly as the message contains it.
    #[must_use]
    pub(crate) fn with_vendor_text(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.inner().vendor_text = Some(text).filter(|text| !text.is_empty());
        self
    }

    /// This error, with the place in the response where decoding failed, for example `$.users[3].id`.
    #[must_use]
    pub fn with_json_path(mut self, path: String) -> Self {
        self.inner().json_path = Some(path);
        self
    }

    /// This error, with a statement whether the same call may succeed later without any change.
    #[must_use]
    pub fn with_retryable(mut self, retryable: bool) -> Self {
        self.inner().retryable = retryable;
        self
    }

    /// This error, with a statement whether a time limit was exceeded.
    #[must_use]
    pub(crate) fn with_timeout(mut self, timeout: bool) -> Self {
        self.inner().timeout = timeout;
        self
    }

    /// This error, with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.inner().source = Some(Arc::new(source));
        self
    }

    /// The kind of the error, by which programs decide what to do.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message: what was tried, what came back, and what to do.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The arguments that were refused before anything was sent; empty for other errors.
    pub fn arguments(&self) -> &[WrongArgument] {
        &self.0.arguments
    }

    /// HTTP status of the response; `None` when there was no response.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The vendor's identifier of the request, which the vendor's support may ask for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the vendor asks the client to wait; `None` when it does not say.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The part of the message that the vendor or the platform wrote, exactly as the message contains it; `None` where
    /// this library wrote the whole message. A program that hands messages to a language model marks this part as data.
    pub fn vendor_text(&self) -> Option<&str> {
        self.0.vendor_text.as_deref()
    }

    /// The body of the vendor's response (at most 8 KiB of it), without the secrets in use.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// The place in the response where decoding failed, for example `$.users[37].settings`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// Whether the call was refused because of what it asks for, so that the very same call would be refused again.
    pub fn refuses_call(&self) -> bool {
        let is_about_call = matches!(self.0.kind, ErrorKind::Validation | ErrorKind::NotFound);
        is_about_call && self.0.status.is_some()
    }

    /// Whether the vendor asks the client to slow down.
    pub fn is_rate_limited(&self) -> bool {
        self.0.kind == ErrorKind::RateLimited
    }

    /// Whether the record or the connector does not exist.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Whether the same call may succeed later without any change.
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// Whether a time limit was exceeded before the response had arrived: that of the call, of connecting, or of
    /// waiting for the vendor's next bytes. A vendor's own 408 or 504 is not such a timeout.
    pub fn is_timeout(&self) -> bool {
        self.0.timeout
    }

    /// Whether the credentials are valid but do not allow this operation: the vendor answered 403.
    pub fn is_permission(&self) -> bool {
        self.0.kind == ErrorKind::Permission
    }

    /// Whether the user has to provide or renew credentials.
    pub fn needs_reauth(&self) -> bool {
        self.0.kind == ErrorKind::Authentication
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(status) = self.0.status {
            out.field("status", &status);
        }
        if let Some(id) = &self.0.request_id {
            out.field("request_id", id);
        }
        if let Some(wait) = self.0.retry_after {
            out.field("retry_after", &wait);
        }
        if let Some(path) = &self.0.json_path {
            out.field("json_path", path);
        }
        out.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_everything_and_changes_on_its_own() {
        let disk = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = Error::storage("a.csv cannot be written", disk)
            .with_status(500)
            .with_body("body".to_owned())
            .with_timeout(true);
        let clone = error.clone().context("saving");
        assert_eq!(error.message(), "a.csv cannot be written");
        assert_eq!(clone.message(), "saving: a.csv cannot be written");
        assert_eq!((clone.kind(), clone.status()), (ErrorKind::Storage, Some(500)));
        assert_eq!((clone.body(), clone.is_timeout()), (Some("body"), true));
        let cause = clone.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
        assert_eq!(cause.map(std::io::Error::kind), Some(std::io::ErrorKind::StorageFull));
    }
}
