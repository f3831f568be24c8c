//! One HTTP exchange, with the client and the origin that the user chose. No other module of the
//! engine calls an [`HttpClient`].

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use super::Outgoing;
use super::hop::NoAnswer;
use crate::auth::TokenResponse;
use crate::description::RetryPolicy;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{
    Http, HttpClient, HttpFailure, HttpRequest, HttpResponse, check_public, is_public_host, through,
};
use crate::retry::{self, Budget, Ending};
use crate::secret::Redactor;

/// Largest response of a token endpoint, in bytes.
const LARGEST_TOKEN_ANSWER: usize = 1024 * 1024;

/// The client that sends, the origin that replaces the intended one, and the hosts that may be
/// reached.
pub(crate) struct Network {
    pub(crate) http: Arc<dyn HttpClient>,
    /// The origin to which all requests are sent instead of the intended one.
    pub(crate) via: Option<Url>,
    /// Whether addresses from responses may be private.
    pub(crate) private_hosts: bool,
}

impl Network {
    /// A network with a client of the user, or with the client that all connectors of the process
    /// share.
    pub(crate) fn new(http: Option<Arc<dyn HttpClient>>, via: Option<Url>) -> Self {
        let http = http.unwrap_or_else(|| Arc::new(Http::default()));
        Self { http, via, private_hosts: false }
    }

    /// Whether an address from a response may be requested, according to its text. With
    /// `public_only`, the client checks it again after its name is resolved.
    pub(super) fn may_reach(&self, url: &Url) -> bool {
        self.private_hosts || is_public_host(url)
    }

    /// Whether an origin from a response may get credentials: only with TLS and at a public host,
    /// unless the user allows others.
    pub(crate) fn may_get_credentials(&self, origin: &Url) -> bool {
        let is_safe = origin.scheme() == "https" && is_public_host(origin);
        is_safe || self.private_hosts || self.via.is_some()
    }

    /// Sends one request. Its `public_only` says that its address comes from a response.
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
        if request.public_only && !self.http.guards_addresses() {
            check_public(&request.url).await.map_err(NoAnswer::Failure)?;
        }
        self.http.send(request).await.map_err(NoAnswer::Failure)
    }

    /// The host for which an address is intended, and the one to which the request is sent if that
    /// differs.
    pub(super) fn peer(&self, url: &Url) -> String {
        let host = url.host_str().unwrap_or_default();
        match self.via.as_ref().map(|via| (via.host_str().unwrap_or_default(), via.port())) {
            None => host.to_owned(),
            Some((via, None)) => format!("{host}, through {via}"),
            Some((via, Some(port))) => format!("{host}, through {via}:{port}"),
        }
    }

    /// Sends a request to a vendor's token endpoint. A refresh token may be accepted only once, so
    /// the request is sent again only after a response without a success status, or if it was never
    /// sent. Redirects are not followed.
    ///
    /// # Errors
    ///
    /// `Network` when there is no response.
    pub(crate) async fn ask_for_token(
        &self,
        outgoing: &Outgoing,
        (policy, budget): (&RetryPolicy, &Budget),
        redactor: &Redactor,
    ) -> Result<TokenResponse> {
        let host = self.peer(&outgoing.url);
        let mut attempt = 1;
        loop {
            let request = HttpRequest {
                method: outgoing.method.clone(),
                url: outgoing.url.clone(),
                headers: outgoing.headers.clone(),
                body: outgoing.body.clone(),
                read_timeout: outgoing.read_timeout,
                public_only: false,
                asks_for_token: true,
            };
            let (ending, is_harmless, end) = match self.exchange(request).await {
                Ok(response) => {
                    let status = response.status;
                    let wait = retry::asked_wait(policy, None, &response.headers);
                    let body = match response.bytes(LARGEST_TOKEN_ANSWER).await {
                        // If a refusal breaks off, the part that arrived is used for the message.
                        Err(_) if status >= 400 => Bytes::new(),
                        Err(error) if error.kind() == ErrorKind::Decode => {
                            let mebibytes = LARGEST_TOKEN_ANSWER / (1024 * 1024);
                            return Err(Error::authentication(format!(
                                "the response of the token endpoint at {host} is larger than {mebibytes} MiB \
                                 and holds no token; check the address"
                            )));
                        }
                        body => body?,
                    };
                    let response = TokenResponse { status, wait, body };
                    if status < 400 {
                        return Ok(response);
                    }
                    (Ending::Status(status, wait), true, Ok(response))
                }
                Err(NoAnswer::Forbidden(error)) => return Err(error),
                Err(NoAnswer::Failure(failure)) => {
                    let HttpFailure { never_sent, timeout, permanent, .. } = failure;
                    let message = redactor.clean(&failure.message);
                    let message =
                        format!("no response from the token endpoint at {host}: {message}");
                    let error = Error::network(message).with_timeout(timeout);
                    if permanent {
                        return Err(error.with_retryable(false));
                    }
                    (Ending::Failure { never_sent, timeout }, false, Err(error))
                }
            };
            let wait = retry::next_try(policy, budget, attempt, ending, is_harmless);
            let wait = wait.filter(|wait| !retry::is_too_long(*wait, outgoing.deadline));
            let Some(wait) = wait else { return end };
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }
}
