//! One HTTP exchange, by the client and to the origin that the user chose. Nothing else in the engine calls an
//! [`HttpClient`].

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use super::Outgoing;
use super::hop::NoAnswer;
use crate::error::{Error, Result};
use crate::http::{DefaultClient, HttpClient, HttpRequest, HttpResponse, is_public_host, through};
use crate::secret::Redactor;

/// Longest answer of a token endpoint.
const LARGEST_TOKEN_ANSWER: usize = 1024 * 1024;

/// Who sends, to which origin instead of the intended one, and which hosts may be reached.
pub(crate) struct Network {
    pub(crate) http: Arc<dyn HttpClient>,
    /// Origin that everything is sent to in the place of the intended one.
    pub(crate) via: Option<Url>,
    /// Whether addresses out of answers may be private.
    pub(crate) private_hosts: bool,
}

impl Network {
    /// By a client of the user's, else by the default one.
    pub(crate) fn new(http: Option<Arc<dyn HttpClient>>, via: Option<Url>) -> Self {
        let http = http.unwrap_or_else(|| Arc::new(DefaultClient::default()));
        Self { http, via, private_hosts: false }
    }

    /// Whether an address out of an answer may be asked, by its text. `public_only` has the client
    /// look again once the name is resolved.
    pub(super) fn may_reach(&self, url: &Url) -> bool {
        self.private_hosts || is_public_host(url)
    }

    /// Whether an origin out of an answer may get credentials: only with TLS and at a public host,
    /// unless the user says otherwise.
    pub(crate) fn may_get_credentials(&self, origin: &Url) -> bool {
        let is_safe = origin.scheme() == "https" && is_public_host(origin);
        is_safe || self.private_hosts || self.via.is_some()
    }

    /// Sends one request, whose `public_only` says that its address came out of an answer.
    pub(super) async fn exchange(
        &self,
        mut request: HttpRequest,
    ) -> Result<HttpResponse, NoAnswer> {
        request.public_only &= !self.private_hosts;
        if let Some(via) = &self.via {
            request.url =
                through(via, &request.url, &mut request.headers).map_err(NoAnswer::Forbidden)?;
            request.public_only = false;
        }
        self.http.send(request).await.map_err(NoAnswer::Failure)
    }

    /// Asks a vendor's token endpoint, once: a refresh token may be good for one request only. A
    /// redirect is not followed. Gives back status and body.
    ///
    /// # Errors
    ///
    /// `Network` when there is no answer.
    pub(crate) async fn ask_for_token(
        &self,
        outgoing: Outgoing,
        redactor: &Redactor,
    ) -> Result<(u16, Bytes)> {
        let host = outgoing.url.host_str().unwrap_or_default().to_owned();
        let request = HttpRequest {
            method: outgoing.method,
            url: outgoing.url,
            headers: outgoing.headers,
            body: outgoing.body,
            read_timeout: outgoing.read_timeout,
            public_only: false,
            asks_for_token: true,
        };
        let response = self.exchange(request).await.map_err(|end| match end {
            NoAnswer::Forbidden(error) => error,
            NoAnswer::Failure(failure) => {
                let message = redactor.clean(&failure.message);
                Error::network(format!("no answer from the token endpoint at {host}: {message}"))
            }
        })?;
        let status = response.status;
        Ok((status, response.bytes(LARGEST_TOKEN_ANSWER).await?))
    }
}
