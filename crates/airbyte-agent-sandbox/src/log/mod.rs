//! The log of requests that arrived. Tests read it as it is; over HTTP its secrets are masked.

mod mask;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::fault::Target;
use crate::request::{Request, form_pairs};

/// Number of requests that the log holds; older ones are dropped.
const CAPACITY: usize = 5_000;

/// Number of bytes in the bodies of the requests that the log holds; older ones are dropped.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A request that arrived, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The HTTP method in upper case.
    pub method: String,
    /// The host that the request was meant for (`X-Forwarded-Host`), empty when it named none.
    pub host: String,
    /// The path, still percent-encoded.
    pub path: String,
    /// The query without the question mark, still percent-encoded.
    pub query: String,
    /// The headers in the order of arrival, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as text; bytes that are not UTF-8 are replaced.
    pub body: String,
    /// The slug of the connector whose vendor the request reached, `platform` for the platform,
    /// empty when it reached neither.
    pub connector: String,
    /// The entity of the operation that was requested, empty when none was found.
    pub entity: String,
    /// The action of the operation that was requested, empty when none was found.
    pub action: String,
    /// The HTTP status of the response; 0 when the connection was closed instead.
    pub status: u16,
}

impl LoggedRequest {
    /// The value of the first header of this name, in upper or lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let wanted = name.to_ascii_lowercase();
        self.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
    }

    /// The names and values of the query, decoded.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        form_pairs(self.query.as_bytes())
    }

    pub(crate) fn new(request: &Request, target: &Target, status: u16) -> Self {
        let headers = request.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Self {
            method: request.method.clone(),
            host: request.host.clone().unwrap_or_default(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            connector: target.connector.clone(),
            entity: target.entity.clone(),
            action: target.action.clone(),
            status,
        }
    }
}

/// The requests that arrived, oldest first, up to [`CAPACITY`].
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Logged>);

#[derive(Debug, Default)]
struct Logged {
    requests: VecDeque<LoggedRequest>,
    /// The bytes in their bodies.
    bytes: usize,
}

impl RequestLog {
    pub(crate) fn add(&self, request: LoggedRequest) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.bytes += request.body.len();
        all.requests.push_back(request);
        while all.requests.len() > CAPACITY || all.requests.len() > 1 && all.bytes > MOST_BYTES {
            let dropped = all.requests.pop_front();
            all.bytes -= dropped.map_or(0, |dropped| dropped.body.len());
        }
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).requests.iter().cloned().collect()
    }

    /// All requests with everything masked that may be a secret.
    pub(crate) fn masked(&self) -> Vec<LoggedRequest> {
        self.all().into_iter().map(LoggedRequest::masked).collect()
    }

    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Logged::default();
    }
}
