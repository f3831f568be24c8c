//! The loop of attempts: send, decide by the result of the attempt whether to repeat it, wait.

use std::borrow::Cow;
use std::time::Duration;

use tracing::Instrument as _;
use tracing::field::Empty;

use super::hop::NoAnswer;
use super::{Outgoing, Recipient, Refused, Wire};
use crate::description::RetryPolicy;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpFailure, HttpResponse};
use crate::reply::request_id;
use crate::retry::{self, Ending};
use crate::span::note;

/// The response with its body, if the body has to be read at once.
async fn whole(response: HttpResponse, outgoing: &Outgoing) -> Result<HttpResponse> {
    let Some(limit) = outgoing.whole else { return Ok(response) };
    let (status, headers) = (response.status, response.headers.clone());
    let body = response.bytes(limit).await?;
    let body = Box::pin(futures_util::stream::once(async move { Ok(body) }));
    Ok(HttpResponse::new(status, headers, body))
}

/// How a request ended, after all attempts.
pub(crate) enum Answer {
    /// A response with a status below 400. The body has been read, or is still to be read. A
    /// redirect that is not followed is also such a response.
    Response(HttpResponse),
    /// A response with status 400 or above.
    Refused(Refused),
}

impl Wire {
    /// Sends until there is a response that needs no further attempt: one below 400, or the last
    /// one. The span `airbyte_agent.request` records how it ended and after how many attempts.
    ///
    /// # Errors
    ///
    /// `Network` when there is no response, or when a redirect leads to an address that may not be
    /// requested.
    pub(crate) async fn send(&self, outgoing: &Outgoing, recipient: &Recipient) -> Result<Answer> {
        let span = tracing::debug_span!(
            "airbyte_agent.request",
            what = %outgoing.what,
            method = %outgoing.method,
            host = outgoing.url.host_str(),
            attempts = Empty,
            status = Empty,
            request_id = Empty,
            error_kind = Empty,
        );
        let mut attempts = 1;
        let sending = self.send_until_done(outgoing, recipient, &mut attempts);
        let end = sending.instrument(span.clone()).await;
        if !span.is_disabled() {
            span.record("attempts", attempts);
            match &end {
                Ok(Answer::Response(response)) => {
                    span.record("status", response.status);
                    let request_id = request_id(&response.headers);
                    span.record("request_id", request_id.map(|id| self.redactor.clean(&id)));
                }
                Ok(Answer::Refused(refused)) => {
                    note(&span, &self.refusal(refused, outgoing));
                }
                Err(error) => note(&span, error),
            }
        }
        end
    }

    async fn send_until_done(
        &self,
        outgoing: &Outgoing,
        recipient: &Recipient,
        attempt: &mut u32,
    ) -> Result<Answer> {
        let policy = self.policy(outgoing.max_attempts);
        let mut in_doubt = false;
        loop {
            let (ending, end) = match self.follow(outgoing, recipient).await {
                Ok(response) if response.status < 400 => match whole(response, outgoing).await {
                    Ok(response) => {
                        self.budget.earn();
                        return Ok(Answer::Response(response));
                    }
                    Err(error) if error.kind() == ErrorKind::Network => {
                        let error = self.broken(outgoing, &error);
                        let timeout = error.is_timeout();
                        (Ending::Failure { never_sent: false, timeout }, Err(error))
                    }
                    Err(error) => return Err(error),
                },
                Ok(response) => {
                    let (mut refused, ending) = self.weigh(response).await;
                    refused.after_doubt = in_doubt;
                    (ending, Ok(Answer::Refused(refused)))
                }
                Err(NoAnswer::Forbidden(error)) => return Err(error),
                Err(NoAnswer::Failure(failure)) => {
                    if let Some(wait) = failure.limited_for {
                        return Err(self.held_back(outgoing, &failure, wait));
                    }
                    let error = self.unreachable(outgoing, &failure);
                    let HttpFailure { never_sent, timeout, permanent, .. } = failure;
                    if permanent {
                        return Err(error.with_retryable(false));
                    }
                    (Ending::Failure { never_sent, timeout }, Err(error))
                }
            };
            let wait = self.pause(&policy, *attempt, ending, outgoing.repeatable);
            // If the delay does not fit the deadline, the caller gets its length and decides.
            let wait = wait.filter(|wait| !retry::is_too_long(*wait, outgoing.deadline));
            let Some(wait) = wait else { return end };
            tracing::debug!(what = %outgoing.what, attempt, ?ending, ?wait, "trying again");
            in_doubt |= !outgoing.reads && ending.may_have_had_effect();
            tokio::time::sleep(wait).await;
            *attempt += 1;
        }
    }

    /// The retry policy, with another number of attempts if one is set.
    pub(crate) fn policy(&self, max_attempts: Option<u32>) -> Cow<'_, RetryPolicy> {
        match max_attempts {
            None => Cow::Borrowed(&self.policy),
            Some(attempts) => Cow::Owned(self.policy.clone().max_attempts(attempts)),
        }
    }

    /// The delay before the next attempt; `None` when there is none. `attempt` counts from one.
    pub(crate) fn pause(
        &self,
        policy: &RetryPolicy,
        attempt: u32,
        ending: Ending,
        repeatable: bool,
    ) -> Option<Duration> {
        retry::next_try(policy, &self.budget, attempt, ending, repeatable)
    }

    /// The error of a body that broke off.
    fn broken(&self, outgoing: &Outgoing, error: &Error) -> Error {
        let message = self.redactor.clean(error.message());
        Error::network(format!("{}: {message}", outgoing.what))
            .with_timeout(error.is_timeout())
            .with_retryable(outgoing.repeatable)
    }

    fn held_back(&self, outgoing: &Outgoing, failure: &HttpFailure, wait: Duration) -> Error {
        let message = self.redactor.clean(&failure.message);
        Error::new(ErrorKind::RateLimited, format!("{}: {message}", outgoing.what))
            .with_retryable(true)
            .with_retry_after(Some(wait))
    }

    fn unreachable(&self, outgoing: &Outgoing, failure: &HttpFailure) -> Error {
        let message = self.redactor.clean(&failure.message);
        let host = self.network.peer(&outgoing.url);
        let (what, peer) = (&outgoing.what, &self.peer);
        Error::network(format!("{what}: no response from {peer} at {host}: {message}"))
            .with_timeout(failure.timeout)
            .with_retryable(failure.never_sent || outgoing.repeatable)
    }
}
