//! The default [`HttpClient`], on reqwest with rustls.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::runtime::{Handle, Id};

use super::pools::{self, Pools, Route, Settings};
use super::proxy::Proxies;
use super::resolve::{check_resolved, check_text};
use super::{BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse};
use crate::error::{Error, Result};

/// How many runtimes have connection pools at the same time. A program usually has one runtime; a
/// test harness has one for each test that runs.
const RUNTIMES: usize = 32;

/// The HTTP client of the engine. Clones share connections and TLS set-up.
///
/// All connectors of a process share one client, [`Http::default`], unless another one is set by
/// [`Local::http_client`](crate::Local::http_client) or
/// [`Hosted::http_client`](crate::Hosted::http_client). [`builder`](Self::builder) makes a client
/// with a proxy, certificates or a user agent of its own.
///
/// The proxies are those of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`)
/// and of the system, and are read when they are first needed. This machine is always reached
/// directly. The certificates of the system are trusted.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

struct Inner {
    settings: Settings,
    /// Address of the proxy in the settings, without credentials.
    proxy: Option<String>,
    proxies: OnceLock<Proxies>,
    tls: OnceLock<Result<rustls::ClientConfig, String>>,
    /// Pools by runtime; the one used last is at the end. A connection is bound to the runtime that
    /// made it, so requests on another runtime must not wait for it.
    pools: Mutex<VecDeque<(Option<Id>, Arc<Pools>)>>,
}

impl Default for Http {
    /// The client that all connectors of the process share.
    fn default() -> Self {
        static SHARED: OnceLock<Http> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(Settings::default(), None)).clone()
    }
}

impl Http {
    pub(super) fn new(settings: Settings, proxy: Option<String>) -> Self {
        Self(Arc::new(Inner {
            settings,
            proxy,
            proxies: OnceLock::new(),
            tls: OnceLock::new(),
            pools: Mutex::default(),
        }))
    }

    /// Sets TLS up at the first call, and returns it at later ones.
    pub(super) fn tls(&self) -> Result<&rustls::ClientConfig, String> {
        self.0.tls.get_or_init(|| pools::tls(&self.0.settings)).as_ref().map_err(Clone::clone)
    }

    /// The route of a request. A request that must not be sent is refused.
    async fn route(&self, request: &HttpRequest) -> Result<Route, HttpFailure> {
        let proxies = self.0.proxies.get_or_init(|| pools::proxies(self.0.proxy.as_deref()));
        let behind = proxies.stand_before(&request.url);
        if !request.public_only {
            return Ok(if behind { Route::Proxy } else { Route::Direct });
        }
        check_text(&request.url)?;
        if behind || self.is_configured() {
            check_resolved(&request.url).await?;
        }
        Ok(if behind { Route::Proxy } else { Route::Public })
    }

    /// Whether the user has changed how connections are made. They may then go through proxies that
    /// are not known to this module.
    #[cfg(feature = "reqwest")]
    fn is_configured(&self) -> bool {
        self.0.settings.configure.is_some()
    }

    #[cfg(not(feature = "reqwest"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    const fn is_configured(&self) -> bool {
        false
    }

    /// The pools of the runtime on which this method is called.
    fn pools(&self) -> Arc<Pools> {
        let id = Handle::try_current().ok().map(|handle| handle.id());
        let mut all = self.0.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|(runtime, _)| *runtime == id);
        let pools = known.and_then(|position| all.remove(position));
        let (_, pools) = pools.unwrap_or_else(|| (id, Arc::default()));
        if all.len() >= RUNTIMES {
            all.pop_front();
        }
        all.push_back((id, Arc::clone(&pools)));
        pools
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings { user_agent, roots, .. } = &self.0.settings;
        f.debug_struct("Http")
            .field("user_agent", user_agent)
            .field("proxy", &self.0.proxy)
            .field("root_certificates", &roots.len())
            .finish_non_exhaustive()
    }
}

impl HttpClient for Http {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async move {
            let route = self.route(&request).await?;
            let pools = self.pools();
            let pool = pools.get(route, &self.0.settings, self.tls().map_err(HttpFailure::new)?)?;
            let read_timeout = request.read_timeout;
            let mut outgoing = pool.request(request.method, request.url).headers(request.headers);
            if !request.body.is_empty() {
                outgoing = outgoing.body(request.body);
            }
            let response = match tokio::time::timeout(read_timeout, outgoing.send()).await {
                Ok(response) => response.map_err(failure)?,
                Err(_) => return Err(timed_out(read_timeout)),
            };
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let chunks = Box::pin(response.bytes_stream());
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

    fn guards_addresses(&self) -> bool {
        true
    }
}

fn broken(failure: &HttpFailure) -> Error {
    Error::network(format!("the response broke off: {}", failure.message))
        .with_timeout(failure.timeout)
}

fn timed_out(limit: Duration) -> HttpFailure {
    HttpFailure {
        timeout: true,
        ..HttpFailure::new(format!("no response within {} s", limit.as_secs_f32()))
    }
}

/// The message of a failure: its chain of causes, without the address.
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
        // The certificate will be the same at the next attempt.
        permanent: is_tls(&error),
        ..HttpFailure::new(message)
    }
}

/// Whether TLS is the cause of a failure.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<rustls::Error>() {
            return true;
        }
        // An error that an I/O error wraps is not among the sources of the I/O error.
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => inner.source(),
        };
    }
    false
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

    /// A proxy that answers every request itself, and a client that sends through it.
    async fn proxied() -> Http {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = [0; 1024];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(b"HTTP/1.1 299 X\r\ncontent-length: 0\r\n\r\n").await;
            }
        });
        Http::builder().proxy(address).build().unwrap()
    }

    #[tokio::test]
    async fn what_an_answer_leads_to_is_looked_at_before_a_proxy_is_asked() {
        let client = proxied().await;
        // If the user configured the address, the proxy resolves its name.
        let answer = client.send(request("http://vendor.invalid/x", false)).await.unwrap();
        assert_eq!(answer.status, 299);
        // A public address needs no look-up. A name that cannot be resolved on this machine is
        // refused.
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

    #[tokio::test]
    async fn the_default_client_is_one_with_pools_for_each_runtime() {
        let (one, two) = (Http::default(), Http::default());
        assert!(Arc::ptr_eq(&one.0, &two.0));
        let pools = one.pools();
        assert!(Arc::ptr_eq(&pools, &two.pools()));
        // More runtimes than have pools at the same time are used, with this one in between.
        for _ in 0..RUNTIMES * 2 {
            let client = one.clone();
            let elsewhere = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(async move { client.pools() })
            });
            assert!(!Arc::ptr_eq(&pools, &elsewhere.join().unwrap()));
            assert!(Arc::ptr_eq(&pools, &one.pools()));
        }
        assert_eq!(one.0.pools.lock().unwrap().len(), RUNTIMES);
    }
}
