//! One request to the platform on the wire: address, redirects, tries.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::request::PlatformRequest;
use super::session::Session;
use crate::endpoint::has_dot_segment;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{HttpFailure, HttpRequest, HttpResponse, same_origin, through};
use crate::retry::{self, Ending};

/// Redirects followed before giving up.
const MAX_REDIRECTS: usize = 5;

impl Session {
    /// The absolute address of a path.
    pub(super) fn url(&self, request: &PlatformRequest) -> Result<Url> {
        if !request.path.starts_with('/') || has_dot_segment(&request.path) {
            let path = self.0.redactor.clean(&request.path);
            return Err(Error::validation(format!("'{path}' is no path of the platform")));
        }
        let mut url = self.host(request).clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), request.path);
        url.set_path(&path);
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }

    fn host(&self, request: &PlatformRequest) -> &Url {
        if request.at_token_host { &self.0.token_base } else { &self.0.base }
    }

    /// Sends until there is an answer that needs no further try, whatever its status.
    pub(super) async fn exchange(
        &self,
        request: &PlatformRequest,
        token: Option<&SecretString>,
    ) -> Result<HttpResponse> {
        let url = self.url(request)?;
        let mut headers = self.headers(request.body.is_some());
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                .map_err(|_| Error::authentication("the platform's token is unusable"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let body = request.body.as_ref().map(|body| Bytes::from(body.to_string()));
        let body = body.unwrap_or_default();
        let mut attempt = 1;
        loop {
            let (ending, end) = match self.follow(request, &url, &headers, &body).await {
                Ok(response) if response.status < 400 => {
                    self.0.budget.earn();
                    return Ok(response);
                }
                Ok(response) => {
                    let wait = retry::asked_wait(&self.0.policy, None, &response.headers);
                    (Ending::Status(response.status, wait), Ok(response))
                }
                Err(failure) => {
                    let HttpFailure { never_sent, timeout, .. } = failure;
                    let error = self.unreachable(request, &failure);
                    if failure.permanent {
                        return Err(error.with_retryable(false));
                    }
                    (Ending::Failure { never_sent, timeout }, Err(error))
                }
            };
            let next = retry::next_try(
                &self.0.policy,
                &self.0.budget,
                attempt,
                ending,
                request.repeatable,
            );
            let Some(wait) = next else { return end };
            tracing::debug!(what = %request.what, attempt, ?ending, ?wait, "trying again");
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    /// One try with its redirects. Only those within the platform's own address are followed:
    /// token, secret and arguments are for nobody else.
    async fn follow(
        &self,
        request: &PlatformRequest,
        url: &Url,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<HttpResponse, HttpFailure> {
        let mut url = url.clone();
        for _ in 0..MAX_REDIRECTS {
            let response = self.hop(request, &url, headers, body).await?;
            let Some(next) = target(&response, &request.method, &url) else { return Ok(response) };
            url = next;
        }
        self.hop(request, &url, headers, body).await
    }

    async fn hop(
        &self,
        request: &PlatformRequest,
        url: &Url,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<HttpResponse, HttpFailure> {
        let mut headers = headers.clone();
        let url = match &self.0.via {
            None => url.clone(),
            Some(via) => through(via, url, &mut headers)
                .map_err(|error| HttpFailure::new(error.message().to_owned()))?,
        };
        let outgoing = HttpRequest {
            method: request.method.clone(),
            url,
            headers,
            body: body.clone(),
            // A brief request may be tried several times within its limit.
            read_timeout: self.limit(request) / if request.limit.is_some() { 3 } else { 1 },
            public_only: false,
            asks_for_token: request.at_token_host,
        };
        self.0.http.send(outgoing).await
    }

    fn unreachable(&self, request: &PlatformRequest, failure: &HttpFailure) -> Error {
        let message = self.0.redactor.clean(&failure.message);
        let host = self.host(request).host_str().unwrap_or_default();
        Error::network(format!(
            "{}: no answer from the platform at {host}: {message}",
            request.what
        ))
        .with_retryable(failure.never_sent || request.repeatable)
    }

    /// The error of a redirect that was not followed.
    pub(super) fn unfollowed(
        &self,
        status: u16,
        headers: &HeaderMap,
        request: &PlatformRequest,
    ) -> Error {
        let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location =
            location.map_or_else(|| "nowhere".to_owned(), |to| self.0.redactor.clean(to));
        Error::new(
            ErrorKind::Network,
            format!(
                "{}: the platform redirects to {location} (HTTP {status}), which is not followed; \
                 check the platform's address",
                request.what
            ),
        )
        .with_status(status)
    }
}

/// Where a redirect leads that may be followed as the same request.
fn target(response: &HttpResponse, method: &Method, from: &Url) -> Option<Url> {
    let keeps_method = match response.status {
        301..=303 => *method == Method::GET,
        307 | 308 => true,
        _ => false,
    };
    let location = response.headers.get(header::LOCATION)?.to_str().ok()?;
    let next = from.join(location).ok()?;
    (keeps_method && same_origin(&next, from)).then_some(next)
}
