//! An authenticated connection to the platform.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::generation::Generation;
use super::local_transports::LocalTransports;
use super::lookups::Lookups;
use super::options::Hosted;
use super::request::{Bearer, PlatformRequest};
use super::secrets::SecretProvider;
use super::token::Tokens;
use crate::description::RetryPolicy;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{BoxFuture, HttpResponse, has_user_info, is_loopback, origin};
use crate::reply::likely_message;
use crate::retry::{self, Budget};
use crate::secret::Redactor;
use crate::wire::{Answer, Network, Redirects, Wire};

/// The moment at which the body of a response is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// At once, so that the request is repeated if the body breaks off.
    Whole,
    /// Later, by the caller that gets the response.
    Stream,
}

/// Largest response that is read into memory, in bytes.
pub(super) const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// An authenticated connection to the platform: address, token and organization.
///
/// Clones share the token. Many calls request it once, it is used until a minute before it expires,
/// and it is replaced once when the platform refuses it.
///
/// ```no_run
/// # async fn example() -> airbyte_agent_engine::Result<()> {
/// use airbyte_agent_engine::Hosted;
/// use airbyte_agent_engine::hosted::{Method, Session};
///
/// let session = Session::new(Hosted::from_env()?)?;
/// let query = [("name_contains", "customer")];
/// let (status, _, body) =
///     session.request(Method::GET, "/api/v1/workspaces", &query, None).await?;
/// assert_eq!(status, 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Session(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) options: Hosted,
    pub(super) base: Url,
    pub(super) token_base: Url,
    organization: Option<HeaderValue>,
    pub(super) wire: Wire,
    tokens: Tokens,
    pub(super) lookups: Lookups,
    /// Transports of operations that this machine executes.
    pub(super) transports: LocalTransports,
}

impl Session {
    /// A session with these options. Sends nothing.
    ///
    /// # Errors
    ///
    /// `Validation` when the address or the organization cannot be valid.
    pub fn new(options: Hosted) -> Result<Self> {
        let generation = options.generation;
        let given = options.base_url.as_deref();
        let base = address(given.unwrap_or_else(|| generation.api_host()))?;
        let token_base = address(given.unwrap_or_else(|| generation.token_host()))?;
        if options.secrets.is_some() && generation != Generation::Current {
            return Err(Error::usage("older forms of the platform cannot prepare local execution"));
        }
        let organization = options.organization.as_deref().map(HeaderValue::from_str).transpose();
        let organization = organization
            .map_err(|_| Error::validation("the organization id cannot be written as a header"))?;
        let via = options.via.as_deref().map(origin).transpose()?;
        let redactor = options.redactor.clone();
        redactor.add(options.client_secret.expose_secret());
        let wire = Wire {
            network: Network::new(options.http.clone(), via),
            policy: retry::policy(
                options.retry.clone(),
                options.max_attempts,
                &RetryPolicy::STANDARD,
            ),
            budget: Budget::default(),
            redactor,
            peer: "the Airbyte platform".to_owned(),
            vendor: None,
            // Token, secret and arguments are for nobody else.
            redirects: Redirects::SameOrigin,
            largest_refusal: LARGEST_ANSWER,
        };
        Ok(Self(Arc::new(Inner {
            base,
            token_base,
            organization,
            wire,
            tokens: Tokens::default(),
            lookups: Lookups::default(),
            transports: LocalTransports::default(),
            options,
        })))
    }

    /// The platform's address, to which paths are appended.
    pub fn base_url(&self) -> &Url {
        &self.0.base
    }

    /// The organization; `None` where none is named.
    pub fn organization(&self) -> Option<&str> {
        self.0.options.organization.as_deref()
    }

    /// The workspace to which calls are sent unless they name another one.
    pub fn workspace(&self) -> &str {
        &self.0.options.workspace
    }

    /// The form of the API that the session uses.
    pub fn generation(&self) -> Generation {
        self.0.options.generation
    }

    /// A text that identifies a connector in this session; cursors are bound to it.
    pub(super) fn identity(&self, connector_id: Option<&str>) -> Vec<u8> {
        let Hosted { client_id, workspace, organization, .. } = &self.0.options;
        let parts = (client_id, organization, workspace, connector_id);
        serde_json::to_vec(&parts).unwrap_or_default()
    }

    /// The provider of secrets for operations on this machine; `None` where the platform executes
    /// operations.
    pub(super) fn secrets(&self) -> Option<&dyn SecretProvider> {
        self.0.options.secrets.as_deref()
    }

    /// Longest time for a request with all its attempts.
    pub fn timeout(&self) -> Duration {
        self.0.options.timeout
    }

    /// Removes this secret from every message of the session from now on.
    pub fn conceal(&self, secret: &str) {
        self.0.wire.redactor.add(secret);
    }

    /// The redactor of this session, which knows the platform's secret and tokens.
    pub fn redactor(&self) -> Redactor {
        self.0.wire.redactor.clone()
    }

    /// A text without the secrets of this session.
    pub fn redact(&self, text: &str) -> String {
        self.0.wire.redactor.clean(text)
    }

    /// The current token. It is requested if there is none.
    ///
    /// # Errors
    ///
    /// `Authentication` when the platform refuses client id and secret, and errors of the network.
    pub async fn token(&self) -> Result<SecretString> {
        self.token_instead_of(None).await
    }

    /// Makes a request, of which method, path below the platform's address, query and JSON body are
    /// given. If the token is refused, it is replaced once. Returns status, headers and body.
    ///
    /// # Errors
    ///
    /// Every status of 400 or above is an error: `Authentication` for 401, `Permission` for 403,
    /// `Validation` for 400 and 422, `NotFound` for 404, `RateLimited` for 429, `Vendor` for the
    /// others; `Network` when there is no response.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<(u16, HeaderMap, Bytes)> {
        let mut request = PlatformRequest::new(method, path);
        request.query = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        request.body = body;
        self.whole(&request).await
    }

    /// Makes a request whose response is JSON. An empty response is returned as `null`.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request), and `Decode` when the response is not JSON.
    pub async fn json(&self, request: &PlatformRequest) -> Result<Value> {
        let (_, _, body) = self.whole(request).await?;
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|_| {
            Error::decode(format!("{}: the platform's response is not JSON", request.what))
        })
    }

    /// Makes a request. The caller reads the body of the response.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    pub async fn send(&self, request: &PlatformRequest) -> Result<HttpResponse> {
        self.within_limit(request, self.authorized(request, Reading::Stream)).await
    }

    /// Longest time for a request.
    pub(super) fn limit(&self, request: &PlatformRequest) -> Duration {
        let whole = self.0.options.timeout;
        request.limit.map_or(whole, |limit| limit.min(whole))
    }

    async fn within_limit<T>(
        &self,
        request: &PlatformRequest,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let limit = self.limit(request);
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
            let seconds = limit.as_secs_f64();
            let message = format!("{}: no complete response within {seconds} s", request.what);
            Err(Error::timeout(message).with_retryable(request.repeatable))
        })
    }

    /// Makes a request and reads the response. Returns status, headers and body.
    ///
    /// # Errors
    ///
    /// Those of [`request`](Self::request).
    pub async fn whole(&self, request: &PlatformRequest) -> Result<(u16, HeaderMap, Bytes)> {
        let work = async {
            let response = self.authorized(request, Reading::Whole).await?;
            let (status, headers) = (response.status, response.headers.clone());
            Ok((status, headers, self.read(response, request).await?))
        };
        self.within_limit(request, work).await
    }

    /// The headers that every request has, without the token.
    pub(super) fn headers(&self, has_body: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.generation().names_client() {
            headers.insert("x-adp-agent-sdk", HeaderValue::from_static("airbyte-agent-sdk"));
        }
        if let Some(organization) = &self.0.organization {
            headers.insert("x-organization-id", organization.clone());
        }
        if has_body {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers
    }

    pub(super) async fn authorized(
        &self,
        request: &PlatformRequest,
        reading: Reading,
    ) -> Result<HttpResponse> {
        let outgoing = self.outgoing(request, reading)?;
        let own = match &request.bearer {
            Bearer::Session => None,
            Bearer::Given(token) => {
                self.conceal(token.expose_secret());
                Some(Some(token))
            }
            Bearer::Nobody => Some(None),
        };
        if let Some(token) = own {
            return match self.send_as(token, &outgoing, request).await? {
                Answer::Response(response) => self.accept(response, request),
                Answer::Refused(refused) => Err(self.0.wire.refusal(&refused, &outgoing)),
            };
        }
        let mut token = self.token().await?;
        let mut is_renewed = false;
        loop {
            let refused = match self.send_as(Some(&token), &outgoing, request).await? {
                Answer::Response(response) => {
                    self.0.tokens.accepted(&token);
                    return self.accept(response, request);
                }
                Answer::Refused(refused) => refused,
            };
            if refused.status != 401 {
                self.0.tokens.accepted(&token);
                return Err(self.0.wire.refusal(&refused, &outgoing));
            }
            // The platform checks the token first. But if it forwards the request to a vendor, the
            // refusal may be the vendor's, and it is not known what was done before it.
            let is_safe = request.repeatable || !request.vendor_behind;
            if is_safe && !is_renewed && self.0.tokens.may_replace(&token) {
                token = self.token_instead_of(Some(&token)).await?;
                is_renewed = true;
                continue;
            }
            self.0.tokens.drop_refused(&token);
            let error = self.0.wire.refusal(&refused, &outgoing);
            return Err(if is_safe {
                error
            } else {
                error.with_advice(
                    " (not tried again with a new token, because it may have taken effect)",
                )
            });
        }
    }

    fn accept(&self, response: HttpResponse, request: &PlatformRequest) -> Result<HttpResponse> {
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        // The response is a redirect that was not followed.
        Err(self.unfollowed(response.status, &response.headers, request))
    }

    /// Reads the body of a response. If the body breaks off, `request` decides whether another
    /// attempt is allowed.
    pub(super) async fn read(
        &self,
        response: HttpResponse,
        request: &PlatformRequest,
    ) -> Result<Bytes> {
        response.bytes(LARGEST_ANSWER).await.map_err(|error| {
            if error.kind() == ErrorKind::Network {
                let message = self.redact(error.message());
                Error::network(format!("{}: {message}", request.what))
                    .with_retryable(request.repeatable)
            } else {
                error
            }
        })
    }

    async fn token_instead_of(&self, refused: Option<&SecretString>) -> Result<SecretString> {
        let session = self.clone();
        self.0.tokens.get(refused, move || session.issue()).await
    }

    /// Requests a token from the token endpoint. The future is boxed, because requests need tokens
    /// and tokens need a request.
    fn issue(self) -> BoxFuture<'static, Result<Value>> {
        Box::pin(async move {
            let request = PlatformRequest::new(Method::POST, self.generation().token_path())
                .body(json!({
                    "client_id": self.0.options.client_id,
                    "client_secret": self.0.options.client_secret.expose_secret(),
                }))
                .repeatable(true)
                .without_token()
                .at_token_host()
                .brief()
                .what("platform token");
            let answer = self.json(&request).await.map_err(|error| {
                if error.kind() == ErrorKind::Authentication {
                    error.with_advice("; check client id and client secret")
                } else {
                    error
                }
            })?;
            if let Some(token) = answer.get("access_token").and_then(Value::as_str) {
                self.0.wire.redactor.add(token);
            } else if let Some(why) = likely_message(&answer, &|text| self.redact(text)) {
                // The platform refused with a success status.
                return Err(Error::authentication(format!(
                    "platform token: the platform refused client id and secret: {why}; check them"
                ))
                .with_vendor_text(why));
            }
            Ok(answer)
        })
    }
}

/// Reads an address of the platform from a text.
///
/// # Errors
///
/// `Validation`. The message does not repeat the text, because it may contain a password.
fn address(text: &str) -> Result<Url> {
    let wrong = |why: &str| Error::validation(format!("the platform's address {why}"));
    let url = Url::parse(text).map_err(|_| wrong("is not a URL: give https://host"))?;
    if has_user_info(&url) {
        return Err(wrong("must not hold a user name or a password: give https://host"));
    }
    let is_http = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    if !is_http || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("is not of the form https://host"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(wrong(
            "is plain http, by which client id, secret and tokens could be read on their way: \
             give https://host, or http for this machine (localhost) only; what is meant for a \
             recording proxy goes through 'via'",
        ));
    }
    Ok(url)
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("options", &self.0.options).finish_non_exhaustive()
    }
}
