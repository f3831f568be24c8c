//! Records the requests to a vendor and its responses.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::cassette::{self, Body, Exchange, RecordedRequest, RecordedResponse};
use super::scrub::Scrubber;
use super::suspect::suspicions;
use crate::auth::Credentials;
use crate::error::{Error, Result};
use crate::http::{BoxFuture, Http, HttpClient, HttpFailure, HttpRequest, HttpResponse, intended};

/// Largest body that is recorded, in bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// An [`HttpClient`] that records what passes through it, for [`Replay`](super::Replay).
///
/// Secrets are not recorded. Only harmless headers are kept, never `Authorization` or cookies. The
/// account's credentials, and the tokens that are obtained with them, are replaced wherever they
/// occur, and so are members and parameters with names such as `password` or `access_token`. Bodies
/// of token endpoints are not kept at all. If anything still looks like a secret then (issued keys,
/// web tokens, private keys, long random texts), [`finish`](Self::finish) refuses to write the
/// cassette.
///
/// Personal data is not removed by itself: [`edit`](Self::edit) changes bodies before they are
/// kept.
///
/// ```no_run
/// use airbyte_agent_engine::testing::Recorder;
/// use airbyte_agent_engine::{Client, Credentials, Local};
/// # use airbyte_agent_engine::Description;
///
/// # async fn example(description: Description) -> airbyte_agent_engine::Result<()> {
/// let credentials = Credentials::from_env(&description);
/// let recorder = Recorder::new("tests/cassettes/issues.jsonl", &credentials);
/// let client = Client::local(description, Local::new(credentials).http_client(recorder.clone()))?;
/// client.execute("issues", "list", serde_json::json!({"owner": "rust-lang", "repo": "rust"})).await?;
/// recorder.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder {
    settings: Settings,
    tape: Arc<Mutex<Tape>>,
}

type Edit = dyn Fn(&mut Value) + Send + Sync;

#[derive(Clone)]
struct Settings {
    path: PathBuf,
    client: Arc<dyn HttpClient>,
    headers: BTreeSet<String>,
    allowed: BTreeSet<String>,
    edit: Option<Arc<Edit>>,
}

/// The exchanges so far. They are kept in memory only, so they may contain secrets.
struct Tape {
    scrubber: Scrubber,
    passed: Vec<Passed>,
}

struct Passed {
    request: HttpRequest,
    answer: Came,
}

enum Came {
    Answer { status: u16, headers: http::HeaderMap, body: Bytes, broken: Option<String> },
    Failure { message: String, never_sent: bool, timeout: bool },
}

impl Recorder {
    /// Records to this file what is sent with these credentials. For the hosted platform, pass
    /// client id and client secret as fields.
    pub fn new(path: impl Into<PathBuf>, credentials: &Credentials) -> Self {
        let settings = Settings {
            path: path.into(),
            client: Arc::new(Http::default()),
            headers: BTreeSet::new(),
            allowed: BTreeSet::new(),
            edit: None,
        };
        let tape = Tape { scrubber: Scrubber::of(credentials), passed: Vec::new() };
        Self { settings, tape: Arc::new(Mutex::new(tape)) }
    }

    /// Sends requests with a client of your own.
    #[must_use]
    pub fn around(mut self, client: impl HttpClient + 'static) -> Self {
        self.settings.client = Arc::new(client);
        self
    }

    /// Keeps one more header in the recording.
    #[must_use]
    pub fn keep_header(mut self, name: impl AsRef<str>) -> Self {
        self.settings.headers.insert(name.as_ref().to_ascii_lowercase());
        self
    }

    /// Allows a field (of a body, a query, or a header) to contain a text that looks like a secret.
    #[must_use]
    pub fn allow_field(mut self, name: impl Into<String>) -> Self {
        self.settings.allowed.insert(name.into());
        self
    }

    /// Sets a function that changes JSON bodies before they are kept. It can remove names and
    /// addresses of people, or write `REDACTED` for a value that differs from run to run, which
    /// matches any value in a replayed request.
    #[must_use]
    pub fn edit(mut self, edit: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        self.settings.edit = Some(Arc::new(edit));
        self
    }

    /// Writes the cassette and returns the number of exchanges in it. Nothing is written before
    /// this call.
    ///
    /// # Errors
    ///
    /// `Usage` when something still looks like a secret (the message names every place and contains
    /// no secret; nothing is written), or when the file cannot be written.
    pub fn finish(&self) -> Result<usize> {
        let tape = self.lock();
        let exchanges: Vec<Exchange> =
            tape.passed.iter().map(|passed| self.exchange(&tape.scrubber, passed)).collect();
        let mut found = Vec::new();
        for (index, exchange) in exchanges.iter().enumerate() {
            let left = tape.scrubber.left(exchange);
            let left = left.map(|name| format!("the credential '{name}' is still in it"));
            for place in suspicions(exchange, &self.settings.allowed).into_iter().chain(left) {
                found.push(format!(
                    "exchange {} ({}): {place}",
                    index + 1,
                    exchange.request.method
                ));
            }
        }
        if !found.is_empty() {
            let shown = found.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n  ");
            let more = if found.len() > 20 { "\n  …" } else { "" };
            return Err(Error::usage(format!(
                "nothing is recorded to {}: what is left looks secret. Take it out with `edit`, or \
                 allow its field with `allow_field` when it is harmless.\n  {shown}{more}",
                self.settings.path.display()
            )));
        }
        cassette::write(&self.settings.path, &exchanges)?;
        Ok(exchanges.len())
    }

    fn exchange(&self, scrubber: &Scrubber, passed: &Passed) -> Exchange {
        let Passed { request, answer } = passed;
        let withheld = request.asks_for_token;
        let body = |bytes: &[u8]| {
            if withheld {
                return Body::Withheld;
            }
            let mut body = scrubber.body(bytes);
            if let (Body::Json(value), Some(edit)) = (&mut body, &self.settings.edit) {
                edit(value);
            }
            body
        };
        let headers = |headers| scrubber.headers(headers, &self.settings.headers);
        let request = RecordedRequest {
            method: request.method.to_string(),
            url: scrubber.address(intended(request).as_str()),
            headers: headers(&request.headers),
            body: body(&request.body),
        };
        let answer = match answer {
            Came::Answer { status, headers: given, body: bytes, broken } => {
                RecordedResponse::Answer {
                    status: *status,
                    headers: headers(given),
                    body: body(bytes),
                    broken: broken.as_ref().map(|why| scrubber.text(why)),
                }
            }
            Came::Failure { message, never_sent, timeout } => RecordedResponse::Failure {
                failure: scrubber.text(message),
                never_sent: *never_sent,
                timeout: *timeout,
            },
        };
        Exchange { request, answer }
    }

    fn lock(&self) -> MutexGuard<'_, Tape> {
        // Exchanges are only added, so the list is intact even if a thread panicked while it held
        // the lock.
        self.tape.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, request: HttpRequest, answer: Came) {
        let mut tape = self.lock();
        if let (true, Came::Answer { body, .. }) = (request.asks_for_token, &answer) {
            tape.scrubber.learn_token(body);
        }
        tape.passed.push(Passed { request, answer });
    }
}

impl HttpClient for Recorder {
    /// Passes the request on. The whole response is read before it is returned.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async move {
            let mut response = match self.settings.client.send(request.clone()).await {
                Ok(response) => response,
                Err(failure) => {
                    let message = failure.message.clone();
                    let (never_sent, timeout) = (failure.never_sent, failure.timeout);
                    self.keep(request, Came::Failure { message, never_sent, timeout });
                    return Err(failure);
                }
            };
            let mut body = BytesMut::new();
            let mut broken = None;
            while let Some(chunk) = response.body.next().await {
                match chunk {
                    Ok(chunk) => body.extend_from_slice(&chunk),
                    Err(error) => {
                        broken = Some(error.message().to_owned());
                        break;
                    }
                }
                if body.len() > LARGEST {
                    let limit = LARGEST / (1024 * 1024);
                    let message = format!("a response larger than {limit} MiB cannot be recorded");
                    return Err(HttpFailure { permanent: true, ..HttpFailure::new(message) });
                }
            }
            let (status, headers, body) = (response.status, response.headers, body.freeze());
            let end = broken.clone().map(|why| Err(Error::network(why)));
            let chunks = std::iter::once(Ok(body.clone())).chain(end);
            self.keep(request, Came::Answer { status, headers: headers.clone(), body, broken });
            let chunks: Vec<_> = chunks.collect();
            Ok(HttpResponse::new(status, headers, Box::pin(stream::iter(chunks))))
        })
    }

    fn guards_addresses(&self) -> bool {
        self.settings.client.guards_addresses()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("path", &self.settings.path)
            .field("exchanges", &self.lock().passed.len())
            .finish_non_exhaustive()
    }
}
