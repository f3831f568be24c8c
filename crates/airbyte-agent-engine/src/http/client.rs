//! The default [`HttpClient`], on reqwest with rustls.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::StreamExt as _;
use rustls_platform_verifier::BuilderVerifierExt;

use super::proxy::Proxies;
use super::resolve::{PublicResolver, check_behind_proxy, check_text};
use super::{BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse};
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Connection pools, made when they are first needed, by the way that requests take.
#[derive(Default)]
pub(crate) struct DefaultClient {
    proxies: OnceLock<Proxies>,
    pools: [OnceLock<Result<reqwest::Client, String>>; 3],
}

/// A way to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Without a proxy, to whatever the name stands for: an address that the user configured.
    Direct,
    /// Without a proxy, to public addresses only: an address that came out of an answer.
    Public,
    /// By the proxy of environment or system.
    Proxy,
}

impl DefaultClient {
    /// The way of a request; one that must not be sent is refused.
    async fn way(&self, request: &HttpRequest) -> Result<Way, HttpFailure> {
        let behind = self.proxies.get_or_init(Proxies::of_system).stand_before(&request.url);
        if !request.public_only {
            return Ok(if behind { Way::Proxy } else { Way::Direct });
        }
        check_text(&request.url)?;
        if !behind {
            return Ok(Way::Public);
        }
        check_behind_proxy(&request.url).await?;
        Ok(Way::Proxy)
    }

    fn pool(&self, way: Way) -> Result<&reqwest::Client, HttpFailure> {
        self.pools[way as usize]
            .get_or_init(|| build(way))
            .as_ref()
            .map_err(|message| HttpFailure::new(message.clone()))
    }
}

fn build(way: Way) -> Result<reqwest::Client, String> {
    let builder = builder()?;
    let builder = match way {
        Way::Direct => builder.no_proxy(),
        Way::Public => builder.no_proxy().dns_resolver(Arc::new(PublicResolver)),
        Way::Proxy => builder,
    };
    builder.build().map_err(|error| format!("the HTTP client cannot be set up: {error}"))
}

fn builder() -> Result<reqwest::ClientBuilder, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| format!("TLS cannot be set up: {error}"))?
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("airbyte-agent-connectors-rust/", env!("CARGO_PKG_VERSION"))))
}

impl HttpClient for DefaultClient {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async move {
            let pool = self.pool(self.way(&request).await?)?;
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    fn request(url: &str, public_only: bool) -> HttpRequest {
        HttpRequest {
            method: http::Method::GET,
            url: url.parse().unwrap(),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            read_timeout: Duration::from_secs(5),
            public_only,
            asks_for_token: false,
        }
    }

    /// A proxy that answers everything itself, and how to send by it.
    async fn proxied() -> DefaultClient {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 1024];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(b"HTTP/1.1 299 X\r\ncontent-length: 0\r\n\r\n").await;
            }
        });
        let client = DefaultClient::default();
        let _ = client.proxies.set(Proxies::all(&address, ""));
        let proxy = reqwest::Proxy::all(&address).unwrap();
        let by_proxy = builder().unwrap().proxy(proxy).build();
        let _ = client.pools[Way::Proxy as usize].set(by_proxy.map_err(|error| error.to_string()));
        client
    }

    #[tokio::test]
    async fn what_an_answer_leads_to_is_looked_at_before_a_proxy_is_asked() {
        let client = proxied().await;
        // What the user configured is the proxy's business.
        let answer = client.send(request("http://vendor.invalid/x", false)).await.unwrap();
        assert_eq!(answer.status, 299);
        // A public address needs no look-up; a name that nobody knows here is refused.
        let answer = client.send(request("http://8.8.8.8/x", true)).await.unwrap();
        assert_eq!(answer.status, 299);
        for url in [
            "http://vendor.invalid/x",
            "http://10.0.0.1/x",
            "http://[::127.0.0.1]/x",
            "http://metadata.google.internal/x",
            "http://localhost/x",
            "http://intranet/x",
        ] {
            let failure = client.send(request(url, true)).await.unwrap_err();
            assert!(failure.never_sent && failure.permanent, "{url}: {failure:?}");
        }
    }

    #[tokio::test]
    async fn this_machine_is_reached_directly() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        drop(listener);
        let client = proxied().await;
        let started = Instant::now();
        let failure = client.send(request(&url, false)).await.unwrap_err();
        assert!(failure.never_sent && started.elapsed() < Duration::from_secs(5), "{failure:?}");
    }
}
