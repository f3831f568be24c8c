//! The loop of tries: send, weigh the end of the try, wait.

use std::time::Duration;

use super::hop::NoAnswer;
use super::{Outgoing, Recipient, Refused, Wire};
use crate::error::{Error, Result};
use crate::http::{HttpFailure, HttpResponse};
use crate::retry::{self, Ending};

/// How a request ended at last.
pub(crate) enum Answer {
    /// Below 400; the body is still to be read. A redirect that is not followed is one of these.
    Response(HttpResponse),
    /// 400 or above.
    Refused(Refused),
}

impl Wire {
    /// Sends until there is an answer that needs no further try: one below 400, or the last one.
    ///
    /// # Errors
    ///
    /// `Network` when there is no answer, or when the answer leads where it must not.
    pub(crate) async fn send(&self, outgoing: &Outgoing, recipient: &Recipient) -> Result<Answer> {
        let mut attempt = 1;
        loop {
            let (ending, end) = match self.follow(outgoing, recipient).await {
                Ok(response) if response.status < 400 => {
                    self.budget.earn();
                    return Ok(Answer::Response(response));
                }
                Ok(response) => {
                    let (refused, ending) = self.weigh(response).await;
                    (ending, Ok(Answer::Refused(refused)))
                }
                Err(NoAnswer::Forbidden(error)) => return Err(error),
                Err(NoAnswer::Failure(failure)) => {
                    let error = self.unreachable(outgoing, &failure);
                    let HttpFailure { never_sent, timeout, permanent, .. } = failure;
                    if permanent {
                        return Err(error.with_retryable(false));
                    }
                    (Ending::Failure { never_sent, timeout }, Err(error))
                }
            };
            let Some(wait) = self.pause(attempt, ending, outgoing.repeatable) else { return end };
            tracing::debug!(what = %outgoing.what, attempt, ?ending, ?wait, "trying again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// The wait before the next try; `None` when there is none. `attempt` counts from one.
    pub(crate) fn pause(&self, attempt: u32, ending: Ending, repeatable: bool) -> Option<Duration> {
        retry::next_try(&self.policy, &self.budget, attempt, ending, repeatable)
    }

    fn unreachable(&self, outgoing: &Outgoing, failure: &HttpFailure) -> Error {
        let message = self.redactor.clean(&failure.message);
        let host = outgoing.url.host_str().unwrap_or_default();
        let (what, peer) = (&outgoing.what, &self.peer);
        Error::network(format!("{what}: no answer from {peer} at {host}: {message}"))
            .with_retryable(failure.never_sent || outgoing.repeatable)
    }
}
