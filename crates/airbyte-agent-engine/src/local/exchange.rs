//! One logical request to a vendor: credentials, redirects, retries.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret as _;
use url::Url;

use super::LocalTransport;
use crate::auth::Credential;
use crate::description::FailureKind;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpFailure, HttpRequest, HttpResponse, is_public_host, same_origin, through};
use crate::reply::{cost_wait, meaning};
use crate::retry::{self, Ending};

/// Redirects followed before giving up.
const MAX_REDIRECTS: usize = 10;

/// A request as the engine means it, before credentials.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// Whether doing it twice is harmless.
    pub(super) repeatable: bool,
    /// What it is for, in messages: `issues.list`.
    pub(super) what: String,
}

impl LocalTransport {
    /// Sends until there is an answer that needs no further try: one below 400, or the last one.
    pub(super) async fn attempts(
        &self,
        outgoing: &Outgoing,
        credential: &Credential,
        base: &Endpoint,
    ) -> Result<HttpResponse> {
        let mut attempt = 1;
        loop {
            let ending = match self.follow(outgoing, credential, base).await {
                Ok(response) if response.status < 400 => {
                    self.budget.earn();
                    return Ok(response);
                }
                Ok(response) => {
                    let (ending, response) = self.weigh(response).await;
                    match self.pause(attempt, ending, outgoing) {
                        Some(wait) => wait,
                        None => return Ok(response),
                    }
                }
                Err(Hop::Failure(failure)) => {
                    if failure.permanent {
                        return Err(self.unreachable(outgoing, &failure).with_retryable(false));
                    }
                    let (never_sent, timeout) = (failure.never_sent, failure.timeout);
                    let ending = Ending::Failure { never_sent, timeout };
                    match self.pause(attempt, ending, outgoing) {
                        Some(wait) => wait,
                        None => return Err(self.unreachable(outgoing, &failure)),
                    }
                }
                Err(Hop::Refused(error)) => return Err(error),
            };
            tokio::time::sleep(ending).await;
            attempt += 1;
        }
    }

    /// What a refusal means for another try, by its status, its headers and the code in its body.
    async fn weigh(&self, response: HttpResponse) -> (Ending, HttpResponse) {
        let connector = self.connector();
        let limits = connector.rate_limit_headers.as_ref();
        let asked = retry::asked_wait(&self.policy, limits, &response.headers);
        let (status, headers) = (response.status, response.headers.clone());
        // A body that does not come is one that says nothing.
        let body = response.bytes(self.max_answer_bytes).await.unwrap_or_default();
        let parsed = serde_json::from_slice(&body).unwrap_or_default();
        // A secondary limit comes as 403 with a wait.
        let limited = status == 403 && (asked.is_some() || retry::is_exhausted(limits, &headers));
        let meant = match meaning(connector, &parsed, None) {
            Some(FailureKind::RateLimited) => 429,
            Some(FailureKind::Unavailable) => 503,
            None if limited => 429,
            _ => status,
        };
        let asked = asked.or_else(|| cost_wait(connector, &parsed));
        let body = futures_util::stream::iter([Ok(body)]);
        (Ending::Status(meant, asked), HttpResponse::new(status, headers, Box::pin(body)))
    }

    fn pause(&self, attempt: u32, ending: Ending, outgoing: &Outgoing) -> Option<Duration> {
        let wait =
            retry::next_try(&self.policy, &self.budget, attempt, ending, outgoing.repeatable)?;
        tracing::debug!(what = %outgoing.what, attempt, ?ending, ?wait, "trying again");
        Some(wait)
    }

    pub(super) fn unreachable(&self, outgoing: &Outgoing, failure: &HttpFailure) -> Error {
        let message = self.redactor.clean(&failure.message);
        let host = outgoing.url.host_str().unwrap_or_default();
        Error::network(format!("{}: no answer from {host}: {message}", outgoing.what))
            .with_retryable(failure.never_sent || outgoing.repeatable)
    }

    /// One try with its redirects.
    async fn follow(
        &self,
        outgoing: &Outgoing,
        credential: &Credential,
        base: &Endpoint,
    ) -> Result<HttpResponse, Hop> {
        let mut current = outgoing.clone();
        // Whoever sent it back from elsewhere does not decide what is asked with credentials.
        let mut is_own = true;
        for _ in 0..=MAX_REDIRECTS {
            is_own &= same_origin(&current.url, &base.url);
            let response = self.hop(&current, credential, base, is_own).await?;
            let Some(location) = redirect(&response) else { return Ok(response) };
            let next = current.url.join(&location).map_err(|_| {
                refused(&outgoing.what, "the vendor redirected to something that is no address")
            })?;
            let elsewhere = !same_origin(&next, &current.url);
            if !matches!(next.scheme(), "http" | "https")
                || (current.url.scheme() == "https" && next.scheme() == "http")
            {
                let message = "the vendor redirected to an address without TLS; not followed";
                return Err(refused(&outgoing.what, message));
            }
            let keeps_method = matches!(response.status, 307 | 308);
            let becomes_get = response.status == 303
                || (current.method == Method::POST && matches!(response.status, 301 | 302));
            if becomes_get && current.method != Method::GET && !keeps_method {
                current.method = Method::GET;
                current.body = Bytes::new();
                current.headers.remove(header::CONTENT_TYPE);
            }
            if elsewhere && !current.body.is_empty() {
                let host = next.host_str().unwrap_or_default();
                let message = format!(
                    "the vendor redirected a request with a body to another host ({host}); not followed"
                );
                return Err(refused(&outgoing.what, &message));
            }
            current.url = next;
        }
        let message = format!("more than {MAX_REDIRECTS} redirects");
        Err(refused(&outgoing.what, &message))
    }

    /// One request. Credentials and arguments go to the vendor's own origin only.
    async fn hop(
        &self,
        outgoing: &Outgoing,
        credential: &Credential,
        base: &Endpoint,
        own: bool,
    ) -> Result<HttpResponse, Hop> {
        if !own && !self.private_hosts && !is_public_host(&outgoing.url) {
            let host = outgoing.url.host_str().unwrap_or_default();
            let message =
                format!("the vendor's answer leads to {host}, which is not a public host");
            return Err(refused(&outgoing.what, &message));
        }
        let mut url = outgoing.url.clone();
        let mut headers = if own {
            outgoing.headers.clone()
        } else {
            for_anybody(&outgoing.headers, &outgoing.body)
        };
        if own {
            for (name, value) in &credential.headers {
                let (name, value) =
                    header(name, value.expose_secret(), true).map_err(Hop::Refused)?;
                headers.insert(name, value);
            }
            for (name, value) in &credential.query {
                url.query_pairs_mut().append_pair(name, value.expose_secret());
            }
        }
        let trusted = own && !base.from_answer;
        let (method, body) = (outgoing.method.clone(), outgoing.body.clone());
        let request = self.route(method, url, headers, body, trusted);
        self.http.send(request.map_err(Hop::Refused)?).await.map_err(Hop::Failure)
    }

    /// The request as it goes out, through `via` where that is set.
    pub(super) fn route(
        &self,
        method: Method,
        mut url: Url,
        mut headers: HeaderMap,
        body: Bytes,
        trusted: bool,
    ) -> Result<HttpRequest> {
        let mut public_only = !trusted && !self.private_hosts;
        if let Some(via) = &self.via {
            url = through(via, &url, &mut headers)?;
            public_only = false;
        }
        let read_timeout = self.read_timeout;
        let asks_for_token = false;
        Ok(HttpRequest { method, url, headers, body, read_timeout, public_only, asks_for_token })
    }
}

/// What any host may see of the headers: nothing of the account's and no argument.
fn for_anybody(headers: &HeaderMap, body: &Bytes) -> HeaderMap {
    let common = [header::ACCEPT, header::ACCEPT_ENCODING, header::USER_AGENT];
    let of_parts = [header::RANGE, header::IF_RANGE];
    let of_body = (!body.is_empty()).then_some(header::CONTENT_TYPE);
    let mut kept = HeaderMap::new();
    for name in common.into_iter().chain(of_parts).chain(of_body) {
        if let Some(value) = headers.get(&name) {
            kept.insert(name, value.clone());
        }
    }
    kept
}

/// Why a try gave no answer.
enum Hop {
    /// The network.
    Failure(HttpFailure),
    /// A redirect that must not be followed.
    Refused(Error),
}

fn refused(what: &str, message: &str) -> Hop {
    Hop::Refused(Error::new(ErrorKind::Network, format!("{what}: {message}")))
}

fn redirect(response: &HttpResponse) -> Option<String> {
    if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers.get(header::LOCATION)?;
    location.to_str().ok().map(str::to_owned)
}

/// A header, checked.
pub(super) fn header(name: &str, value: &str, secret: bool) -> Result<(HeaderName, HeaderValue)> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::internal(format!("'{name}' is not a header name")))?;
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| Error::validation(format!("the value of header '{name}' is not allowed")))?;
    value.set_sensitive(secret);
    Ok((parsed, value))
}
