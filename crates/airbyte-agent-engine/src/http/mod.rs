//! One HTTP exchange: the interface between the engine and the network.
//!
//! The engine uses [`HttpClient`]. The default implementation, [`Http`], is built on reqwest, which
//! is not part of the public API unless the feature `reqwest` is on. Redirects, retries and
//! credentials are handled by the engine and not by the client.

mod address;
mod builder;
mod client;
mod pools;
mod proxy;
mod resolve;
mod via;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt as _;

pub(crate) use address::{has_user_info, is_loopback, is_public_host, same_origin, shown};
pub use builder::HttpBuilder;
pub use client::Http;
pub(crate) use resolve::check_public;
#[cfg(feature = "testing")]
pub(crate) use via::intended;
pub use via::origin;
pub(crate) use via::through;

use crate::error::{Error, Result};

/// A boxed future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The bytes of a response as they arrive.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Largest amount of memory that is allocated for a body before it arrives, in bytes.
const LARGEST_RESERVE: usize = 4 * 1024 * 1024;

/// A request that is ready to be sent.
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// HTTP method of the request.
    pub method: http::Method,
    /// Absolute address, including the query.
    pub url: url::Url,
    /// All headers, including those with credentials.
    pub headers: http::HeaderMap,
    /// The body; empty if the request has none.
    pub body: Bytes,
    /// Longest wait for the head of the response, and between two pieces of its body.
    pub read_timeout: Duration,
    /// Whether the address comes from a response, so that it must not lead to a private network.
    pub public_only: bool,
    /// Whether the request asks for a token, so that its body and that of the response contain
    /// credentials.
    pub asks_for_token: bool,
}

impl HttpRequest {
    /// A GET request to an address, without credentials. The address counts as one that the user
    /// gave.
    pub fn get(url: url::Url, read_timeout: Duration) -> Self {
        Self {
            method: http::Method::GET,
            url,
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
            read_timeout,
            public_only: false,
            asks_for_token: false,
        }
    }
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses and headers may contain credentials.
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("host", &self.url.host_str())
            .field("path", &self.url.path())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The head of a response, and its body, which still arrives.
#[non_exhaustive]
pub struct HttpResponse {
    /// HTTP status of the response.
    pub status: u16,
    /// Headers of the response.
    pub headers: http::HeaderMap,
    /// The body as a stream of the bytes that arrive.
    pub body: BodyStream,
}

impl HttpResponse {
    /// A response made of these parts.
    pub fn new(status: u16, headers: http::HeaderMap, body: BodyStream) -> Self {
        Self { status, headers, body }
    }

    /// Reads the whole body; a body of more than `limit` bytes is an error.
    pub(crate) async fn bytes(mut self, limit: usize) -> Result<Bytes> {
        let Some(first) = self.body.next().await.transpose()? else { return Ok(Bytes::new()) };
        let mut second = self.body.next().await.transpose()?;
        if second.is_none() && first.len() <= limit {
            return Ok(first);
        }
        // The announced length avoids reallocations, but servers may announce a wrong length.
        let announced = self.headers.get(http::header::CONTENT_LENGTH);
        let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let expected = announced.unwrap_or(4 * first.len()).min(limit).min(LARGEST_RESERVE);
        let mut all = BytesMut::with_capacity(expected.max(first.len()));
        all.extend_from_slice(&first);
        while let Some(chunk) = second {
            all.extend_from_slice(&chunk);
            if all.len() > limit {
                return Err(Error::decode(format!(
                    "the response is larger than {} MiB; ask for fewer records or fields",
                    limit / (1024 * 1024)
                )));
            }
            second = self.body.next().await.transpose()?;
        }
        Ok(all.freeze())
    }
}

impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Sends one request and returns one response, whatever its status.
///
/// An implementation must not follow redirects, repeat requests, or keep cookies: the engine does
/// this where it is needed, and decides at each hop who may see the credentials. [`Http`] is an
/// implementation that can be wrapped, for example to count or log requests.
pub trait HttpClient: Send + Sync {
    /// Sends the request and waits for the head of the response.
    ///
    /// # Errors
    ///
    /// A failure when there is no response. It becomes an error of the kind
    /// [`Network`](crate::ErrorKind::Network).
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>>;

    /// Whether this client itself prevents requests with [`public_only`](HttpRequest::public_only)
    /// from reaching private networks when it connects.
    ///
    /// As long as this is `false`, the engine resolves the host of such a request first, and passes
    /// the request on only if every address of the host is public. It cannot notice a name that
    /// changes between its look-up and the client's. Only a client that filters the addresses to
    /// which it connects can do so, as [`Http`] does. A client that wraps another one returns what
    /// that one returns.
    fn guards_addresses(&self) -> bool {
        false
    }
}

/// The reason why there is no response.
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpFailure {
    /// What happened, without the address, which may contain credentials.
    pub message: String,
    /// Whether the request certainly never reached the server.
    pub never_sent: bool,
    /// Whether a time limit was exceeded.
    pub timeout: bool,
    /// Whether another attempt would fail in the same way.
    pub permanent: bool,
    /// Set if the request was held back because it would break a rate limit: how long it would have to wait. The call
    /// ends with an error of the kind [`RateLimited`](crate::ErrorKind::RateLimited), which says so.
    pub limited_for: Option<Duration>,
}

impl HttpFailure {
    /// A failure after which the server may have received the request.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            never_sent: false,
            timeout: false,
            permanent: false,
            limited_for: None,
        }
    }

    /// The failure of a request that was not sent, because it would have to wait for so long to keep to a rate limit.
    pub fn limited(message: impl Into<String>, wait: Duration) -> Self {
        Self { never_sent: true, limited_for: Some(wait), ..Self::new(message) }
    }
}
