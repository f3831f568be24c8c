//! Returns the responses of a cassette.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::stream;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use serde_json::json;

use super::cassette::{self, Body, Exchange, RecordedRequest, RecordedResponse};
use super::compare::difference;
use super::scrub::Scrubber;
use crate::error::{Error, Result};
use crate::http::{BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse, intended};

/// An [`HttpClient`] that answers from a cassette which [`Recorder`](super::Recorder) wrote,
/// without a network.
///
/// A request gets the response of the first recorded request with the same method, host, path,
/// query, range and body that was not used yet, or the last of these again if all were used. A
/// secret that was replaced in the recording matches any text, so any credentials can be used. A
/// request for a token gets an invented token; if the base address comes with the token, it has to
/// be configured.
///
/// A request that the cassette does not contain fails and is not repeated. The error says how it
/// differs from the most similar recorded one.
///
/// ```no_run
/// use airbyte_agent_engine::testing::Replay;
/// use airbyte_agent_engine::{Client, Credentials, Local};
/// # use airbyte_agent_engine::Description;
///
/// # async fn example(description: Description) -> airbyte_agent_engine::Result<()> {
/// let replay = Replay::open("tests/cassettes/issues.jsonl")?;
/// let local = Local::new(Credentials::new().field("token", "any")).http_client(replay.clone());
/// let client = Client::local(description, local)?;
/// client.execute("issues", "list", serde_json::json!({"owner": "rust-lang", "repo": "rust"})).await?;
/// assert!(replay.unused().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Replay {
    name: String,
    exchanges: Arc<Vec<Exchange>>,
    used: Arc<Mutex<Vec<bool>>>,
}

impl Replay {
    /// Reads a cassette.
    ///
    /// # Errors
    ///
    /// `Usage` when the file cannot be read or is not a cassette.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let exchanges = cassette::read(path)?;
        let used = Arc::new(Mutex::new(vec![false; exchanges.len()]));
        Ok(Self { name: path.display().to_string(), exchanges: Arc::new(exchanges), used })
    }

    /// The recorded requests that were not made so far, as method and address.
    pub fn unused(&self) -> Vec<String> {
        let used = self.lock();
        let unused = self.exchanges.iter().zip(used.iter()).filter(|(_, used)| !**used);
        unused.map(|(exchange, _)| shown(&exchange.request)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<bool>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: &HttpRequest) -> Result<RecordedResponse, HttpFailure> {
        let scrubber = Scrubber::default();
        let sent = RecordedRequest {
            method: request.method.to_string(),
            url: scrubber.address(intended(request).as_str()),
            headers: scrubber.headers(&request.headers, &std::collections::BTreeSet::new()),
            body: if request.asks_for_token {
                Body::Withheld
            } else {
                scrubber.body(&request.body)
            },
        };
        let mut nearest: Option<(u8, String, &RecordedRequest)> = None;
        let mut fitting = Vec::new();
        for (index, exchange) in self.exchanges.iter().enumerate() {
            match difference(&exchange.request, &sent) {
                None => fitting.push(index),
                Some((rank, what)) => {
                    if nearest.as_ref().is_none_or(|(known, _, _)| rank > *known) {
                        nearest = Some((rank, what, &exchange.request));
                    }
                }
            }
        }
        let mut used = self.lock();
        let fresh = fitting.iter().copied().find(|index| !used[*index]);
        if let Some(index) = fresh.or_else(|| fitting.last().copied()) {
            used[index] = true;
            return Ok(self.exchanges[index].answer.clone());
        }
        if request.asks_for_token {
            return Ok(RecordedResponse::Answer {
                status: 200,
                headers: Vec::new(),
                body: Body::Withheld,
                broken: None,
            });
        }
        let mut message =
            format!("the cassette {} has no response for {}", self.name, shown(&sent));
        if let Some((_, what, nearest)) = nearest {
            message.push_str(&format!("; nearest is {}: {what}", shown(nearest)));
        }
        Err(HttpFailure { permanent: true, never_sent: true, ..HttpFailure::new(message) })
    }
}

/// The method and the address of a request.
fn shown(request: &RecordedRequest) -> String {
    format!("{} {}", request.method, request.url)
}

impl HttpClient for Replay {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async move {
            match self.answer(&request)? {
                RecordedResponse::Failure { failure, never_sent, timeout } => {
                    Err(HttpFailure { never_sent, timeout, ..HttpFailure::new(failure) })
                }
                RecordedResponse::Answer { status, headers, body, broken } => {
                    let bytes = match body {
                        Body::Withheld => token(status),
                        body => Bytes::from(body.bytes()),
                    };
                    let mut all: HeaderMap = headers.iter().filter_map(header).collect();
                    if broken.is_none() {
                        all.insert(CONTENT_LENGTH, bytes.len().into());
                    }
                    let end = broken.map(|why| Err(Error::network(why)));
                    let chunks: Vec<_> = std::iter::once(Ok(bytes)).chain(end).collect();
                    Ok(HttpResponse::new(status, all, Box::pin(stream::iter(chunks))))
                }
            }
        })
    }

    /// This client connects to nothing, so no address has to be checked.
    fn guards_addresses(&self) -> bool {
        true
    }
}

fn header((name, value): &(String, String)) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?))
}

/// A response that a token endpoint could have sent.
fn token(status: u16) -> Bytes {
    let body = if status < 400 {
        json!({"access_token": "replayed", "token_type": "Bearer", "expires_in": 3600})
    } else {
        json!({"error": "invalid_grant"})
    };
    body.to_string().into()
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("cassette", &self.name)
            .field("exchanges", &self.exchanges.len())
            .finish_non_exhaustive()
    }
}
