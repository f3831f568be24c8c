//! An HTTP client that keeps to a pace: for programs that make single calls beside a sync.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use airbyte_agent_core::{BoxFuture, Http, HttpClient, HttpFailure, HttpRequest, HttpResponse};
use futures_util::StreamExt as _;

use super::Pace;

/// An HTTP client that sends the requests of an account at its pace. A request that would have to wait for longer than a
/// minute is not sent: the call fails with an error of the kind
/// [`RateLimited`](airbyte_agent_core::ErrorKind::RateLimited) that says how long. Requests for tokens, and those to
/// addresses out of responses, are sent at once: the limits of the API do not count them.
#[derive(Debug, Clone)]
pub struct PacedHttp {
    inner: Http,
    pace: Arc<OnceLock<Pace>>,
}

/// Longest wait of a request. The engine waits for as long when a vendor asks to.
const LONGEST: Duration = Duration::from_secs(60);

/// A wait up to this is none.
const UNNOTICED: Duration = Duration::from_millis(1);

impl PacedHttp {
    /// A client without a pace yet. A client of a connector is made with it, and tells the account, whose pace is
    /// then [set](Self::set_pace).
    pub fn new(inner: Http) -> Self {
        Self { inner, pace: Arc::default() }
    }

    /// Sets the pace of this client and its clones. Only the first one counts.
    pub fn set_pace(&self, pace: Pace) {
        // A second pace would let through what the first one has held back.
        let _ = self.pace.set(pace);
    }

    async fn paced(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let pace = self.pace.get().filter(|_| !request.asks_for_token && !request.public_only);
        let Some(pace) = pace else { return self.inner.send(request).await };
        let begun = Instant::now();
        let turn = pace.turn_within(LONGEST).await;
        let waited = begun.elapsed();
        if waited > UNNOTICED {
            tracing::debug!(
                waited_ms = waited.as_millis(),
                "waited for the rate limit of the account"
            );
        }
        let turn = turn.map_err(|wait| {
            let seconds = wait.as_secs_f64().ceil();
            let message = format!(
                "not sent, because programs on this machine have used up what the vendor allows for this account; \
                 try again in {seconds} s"
            );
            HttpFailure::limited(message, wait)
        })?;
        let mut response = self.inner.send(request).await?;
        if turn.is_held() {
            // The request is under way until its body is read.
            let body =
                std::mem::replace(&mut response.body, Box::pin(futures_util::stream::empty()));
            response.body = Box::pin(body.inspect(move |_| {
                let _ = &turn;
            }));
        }
        Ok(response)
    }
}

impl HttpClient for PacedHttp {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(self.paced(request))
    }

    fn guards_addresses(&self) -> bool {
        self.inner.guards_addresses()
    }
}
