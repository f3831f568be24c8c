//! Builds what is sent to the platform, and decides who may see it; [`wire`](crate::wire) sends it.

use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::request::PlatformRequest;
use super::session::{LARGEST_ANSWER, Reading, Session};
use crate::endpoint::has_dot_segment;
use crate::error::{Error, ErrorKind, Result};
use crate::wire::{Answer, Outgoing, Recipient};

impl Session {
    /// The absolute address of a path.
    pub(super) fn url(&self, request: &PlatformRequest) -> Result<Url> {
        if !request.path.starts_with('/') || has_dot_segment(&request.path) {
            let path = self.redact(&request.path);
            return Err(Error::validation(format!("'{path}' is not a path of the platform")));
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

    /// A request in the form in which it is sent, without the token.
    pub(super) fn outgoing(&self, request: &PlatformRequest, reading: Reading) -> Result<Outgoing> {
        let body = request.body.as_ref().map(|body| Bytes::from(body.to_string()));
        Ok(Outgoing {
            method: request.method.clone(),
            url: self.url(request)?,
            headers: self.headers(body.is_some()),
            body: body.unwrap_or_default(),
            reads: request.method == Method::GET,
            repeatable: request.repeatable,
            what: request.what.clone(),
            // A brief request may be attempted several times within its time limit.
            read_timeout: self.limit(request) / if request.limit.is_some() { 3 } else { 1 },
            max_attempts: request.max_attempts,
            deadline: request.deadline.or_else(|| Instant::now().checked_add(self.limit(request))),
            whole: (reading == Reading::Whole).then_some(LARGEST_ANSWER),
            asks_for_token: request.at_token_host,
            no_redirect: None,
        })
    }

    /// Sends with this token, or with none. Only the platform's own address gets the token.
    pub(super) async fn send_as(
        &self,
        token: Option<&SecretString>,
        outgoing: &Outgoing,
        request: &PlatformRequest,
    ) -> Result<Answer> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                .map_err(|_| Error::authentication("the platform's token is unusable"))?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let origin = self.host(request).clone();
        let recipient = Recipient { origin, from_answer: false, headers, query: Vec::new() };
        self.0.wire.send(outgoing, &recipient).await
    }

    /// The error of a redirect that was not followed.
    pub(super) fn unfollowed(
        &self,
        status: u16,
        headers: &HeaderMap,
        request: &PlatformRequest,
    ) -> Error {
        let location = headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
        let location = location.map_or_else(|| "nowhere".to_owned(), |to| self.redact(to));
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
