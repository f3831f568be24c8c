//! The responses of a mock.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::Seen;
use crate::download::Download;
use crate::error::{Error, ErrorKind};
use crate::http::HttpResponse;

/// One response of a rule.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) answer: Answer,
    pub(super) delay: Duration,
}

/// The content of a response.
#[derive(Clone)]
pub(super) enum Answer {
    /// Records or a record, page by page.
    Pages(Vec<Page>),
    /// The result of a function.
    Computed(Arc<dyn Fn(&Seen) -> Value + Send + Sync>),
    /// A file.
    File(File),
    /// A failure.
    Failure(Failure),
}

/// One page of records, or the one record.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) data: Value,
    pub(super) meta: Value,
}

/// A file to be downloaded.
#[derive(Clone)]
pub(super) struct File {
    pub(super) bytes: Bytes,
    pub(super) content_type: String,
    pub(super) cut_after: Option<usize>,
}

impl File {
    /// The file, or the part of it that is requested as `bytes=0-1023`.
    pub(super) fn download(&self, range: Option<&str>) -> Download {
        let whole = self.bytes.len();
        let part = range.and_then(|range| part(range, whole));
        let (status, first, end) = part.map_or((200, 0, whole), |(first, end)| (206, first, end));
        let mut headers = HeaderMap::new();
        let mut set = |name, value: String| {
            // A content type that is not a valid header value is left out.
            headers.extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
        };
        set(CONTENT_TYPE, self.content_type.clone());
        set(CONTENT_LENGTH, (end - first).to_string());
        set(ACCEPT_RANGES, "bytes".to_owned());
        if status == 206 {
            set(CONTENT_RANGE, format!("bytes {first}-{}/{whole}", end.saturating_sub(1)));
        }
        let bytes = self.bytes.slice(first..end);
        let chunks = match self.cut_after {
            Some(cut) if cut < bytes.len() => {
                vec![
                    Ok(bytes.slice(..cut)),
                    Err(Error::network("the response broke off: the mock cut it")),
                ]
            }
            _ => vec![Ok(bytes)],
        };
        Download::new(HttpResponse::new(status, headers, Box::pin(stream::iter(chunks))))
    }
}

/// Positions of the first byte and of the one behind the last, within the file.
fn part(range: &str, whole: usize) -> Option<(usize, usize)> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    let first: usize = first.parse().ok()?;
    let end = last.parse::<usize>().map_or(whole, |last| last.saturating_add(1)).min(whole);
    (first < end).then_some((first, end))
}

/// The failure of a mocked call: an [`ErrorKind`] and the details that a test needs.
///
/// ```
/// use airbyte_agent_engine::ErrorKind;
/// use airbyte_agent_engine::testing::Failure;
/// use std::time::Duration;
///
/// let limited = Failure::new(ErrorKind::RateLimited).status(429).retry_after(Duration::from_secs(7));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    kind: ErrorKind,
    message: Option<String>,
    status: Option<u16>,
    retry_after: Option<Duration>,
    retryable: Option<bool>,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, message: None, status: None, retry_after: None, retryable: None }
    }

    /// Sets the message of the error, behind the name of the operation.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Sets the HTTP status of the error.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets how long the error asks the client to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Sets whether the same call may succeed later. The default is `true` for `RateLimited` and
    /// `Network`.
    #[must_use]
    pub fn retryable(mut self, retryable: bool) -> Self {
        self.retryable = Some(retryable);
        self
    }

    pub(super) fn error(&self, operation: &str) -> Error {
        let message = self.message.clone();
        let message = message.unwrap_or_else(|| format!("the mock fails with {}", self.kind));
        let usual = matches!(self.kind, ErrorKind::RateLimited | ErrorKind::Network);
        let error = Error::new(self.kind, format!("{operation}: {message}"))
            .with_retry_after(self.retry_after)
            .with_retryable(self.retryable.unwrap_or(usual));
        match self.status {
            Some(status) => error.with_status(status),
            None => error,
        }
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}
