//! The default [`HttpClient`], on reqwest with rustls.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use rustls_platform_verifier::BuilderVerifierExt;

use super::address::{is_public, is_public_host};
use super::{BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse};
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Two connection pools, made when they are first needed: one for addresses that the user
/// configured, and one, for addresses that came from an answer, which resolves names to public
/// addresses only.
#[derive(Default)]
pub(crate) struct DefaultClient {
    trusted: OnceLock<Result<reqwest::Client, String>>,
    public: OnceLock<Result<reqwest::Client, String>>,
}

impl DefaultClient {
    fn pool(&self, public_only: bool) -> Result<&reqwest::Client, HttpFailure> {
        let slot = if public_only { &self.public } else { &self.trusted };
        slot.get_or_init(|| build(public_only))
            .as_ref()
            .map_err(|message| HttpFailure::new(message.clone()))
    }
}

fn build(public_only: bool) -> Result<reqwest::Client, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_no_client_auth();
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("airbyte-agent-connectors-rust/", env!("CARGO_PKG_VERSION")));
    if public_only {
        builder = builder.dns_resolver(Arc::new(PublicResolver));
    }
    builder.build().map_err(|error| format!("the HTTP client cannot be set up: {error}"))
}

impl HttpClient for DefaultClient {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async move {
            if request.public_only && !is_public_host(&request.url) {
                let host = request.url.host_str().unwrap_or_default();
                return Err(HttpFailure {
                    never_sent: true,
                    ..HttpFailure::new(format!("the address {host} is not a public one"))
                });
            }
            let pool = self.pool(request.public_only)?;
            let read_timeout = request.read_timeout;
            let mut outgoing = pool.request(request.method, request.url).headers(request.headers);
            if !request.body.is_empty() {
                outgoing = outgoing.body(request.body);
            }
            let answer = match tokio::time::timeout(read_timeout, outgoing.send()).await {
                Ok(answer) => answer.map_err(failure)?,
                Err(_) => return Err(timed_out(read_timeout)),
            };
            let status = answer.status().as_u16();
            let headers = answer.headers().clone();
            let chunks = Box::pin(answer.bytes_stream());
            let body = futures_util::stream::unfold(Some(chunks), move |chunks| async move {
                let mut chunks = chunks?;
                match tokio::time::timeout(read_timeout, chunks.next()).await {
                    Ok(None) => None,
                    Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(chunks))),
                    Ok(Some(Err(error))) => Some((Err(broken(&failure(error))), None)),
                    Err(_) => Some((Err(broken(&timed_out(read_timeout))), None)),
                }
            });
            Ok(HttpResponse::new(status, headers, Box::pin(body)))
        })
    }
}

fn broken(failure: &HttpFailure) -> Error {
    Error::network(format!("the answer broke off: {}", failure.message))
}

fn timed_out(limit: Duration) -> HttpFailure {
    HttpFailure {
        timeout: true,
        ..HttpFailure::new(format!("no answer within {} s", limit.as_secs_f32()))
    }
}

/// The chain of causes without the address.
fn failure(error: reqwest::Error) -> HttpFailure {
    let error = error.without_url();
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = inner.source();
    }
    HttpFailure {
        never_sent: error.is_connect(),
        timeout: error.is_timeout(),
        ..HttpFailure::new(message)
    }
}

/// Resolves names to public addresses only, so that an answer cannot lead into a private network.
struct PublicResolver;

impl reqwest::dns::Resolve for PublicResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|addr| is_public(addr.ip())).collect();
            if public.is_empty() {
                let message = format!("{} has no public address", name.as_str());
                return Err(message.into());
            }
            Ok(Box::new(public.into_iter()) as reqwest::dns::Addrs)
        })
    }
}
