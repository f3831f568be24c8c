//! The address on this machine to which the vendor sends the browser back (RFC 8252).
//!
//! Browsers open connections in advance and request icons, so every connection runs on a task of its
//! own, and only requests for the path of the callback count. The pages contain no scripts.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::Error;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot, watch};

use crate::failure::usage_error;

/// Size in bytes of the longest head of a request that is read.
const LONGEST_HEAD: usize = 32 * 1024;
/// Longest time to wait for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time that a connection may take, with the exchange of the code.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest time to wait until the browser has received a page.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(2);

/// The listener that the browser comes back to.
pub(super) struct Loopback {
    listener: TcpListener,
}

/// A request for the path of the callback. The browser waits for a page.
pub(super) struct Callback {
    /// The query of the address, which contains the code or the vendor's error.
    pub(super) query: String,
    page: oneshot::Sender<Page>,
    /// Its sender is dropped when the connection has been closed.
    closed: watch::Receiver<()>,
}

/// A page that the browser shows.
pub(super) struct Page {
    status: StatusCode,
    title: String,
    text: String,
}

impl Loopback {
    /// Listens on a port of this machine, which cannot be reached from others. Port 0 stands for a
    /// free one.
    pub(super) async fn bind(port: u16) -> Result<Self, Error> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address).await.map_err(|error| {
            usage_error(format!(
                "cannot wait for the browser on {address}: {error}; choose a --port"
            ))
        })?;
        Ok(Self { listener })
    }

    /// The port that it listens on.
    pub(super) fn port(&self) -> Result<u16, Error> {
        let address = self.listener.local_addr();
        address.map(|address| address.port()).map_err(|error| usage_error(error.to_string()))
    }

    /// Sends every request for `path` to `callbacks`. Runs until it is dropped.
    pub(super) async fn listen(&self, path: &str, callbacks: mpsc::Sender<Callback>) {
        let path: Arc<str> = path.into();
        loop {
            if let Ok((stream, _)) = self.listener.accept().await {
                let connection = serve_connection(stream, Arc::clone(&path), callbacks.clone());
                tokio::spawn(tokio::time::timeout(CONNECTION_TIMEOUT, connection));
            } else {
                // The process may be out of file descriptors; the pause avoids a busy loop.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

impl Callback {
    /// A callback from a browser on another machine, whose address the user has pasted. Nobody sees
    /// its page.
    pub(super) fn pasted(query: String) -> Self {
        Self { query, page: oneshot::channel().0, closed: watch::channel(()).1 }
    }

    /// Shows a page, and waits until the browser has received it.
    pub(super) async fn show(mut self, page: Page) {
        if self.page.send(page).is_ok() {
            let _ = tokio::time::timeout(DELIVERY_TIMEOUT, self.closed.changed()).await;
        }
    }
}

impl Page {
    /// The page after a successful sign-in at the vendor with this title.
    pub(super) fn signed_in(vendor: &str) -> Self {
        let text = "You can close this window and go back to the terminal.".to_owned();
        Self { status: StatusCode::OK, title: format!("Signed in at {vendor}"), text }
    }

    /// The page after a failure.
    pub(super) fn failed(why: &str) -> Self {
        let title = "Not signed in".to_owned();
        Self { status: StatusCode::BAD_REQUEST, title, text: why.to_owned() }
    }

    fn not_found() -> Self {
        let title = "Nothing here".to_owned();
        Self { status: StatusCode::NOT_FOUND, title, text: String::new() }
    }

    fn into_response(self) -> Response<Full<Bytes>> {
        let html = format!(
            "<!doctype html><meta charset=utf-8><title>{0}</title>\
             <body style=\"font-family:sans-serif;margin:4em\"><h1>{0}</h1><p>{1}</p>\n",
            escape_html(&self.title),
            escape_html(&self.text)
        );
        let mut response = Response::new(Full::new(Bytes::from(html)));
        *response.status_mut() = self.status;
        // The address contains the code, so it is neither stored nor sent to other sites.
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Serves one request, and closes the connection.
async fn serve_connection(stream: TcpStream, path: Arc<str>, callbacks: mpsc::Sender<Callback>) {
    let (closing, closed) = watch::channel(());
    let service = service_fn(|request| {
        let (path, callbacks, closed) = (Arc::clone(&path), callbacks.clone(), closed.clone());
        async move {
            let page = page_for(&request, &path, callbacks, closed).await;
            Ok::<_, Infallible>(page.into_response())
        }
    });
    // An error concerns this connection only; the browser can try again.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LONGEST_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    drop(closing);
}

async fn page_for(
    request: &Request<Incoming>,
    path: &str,
    callbacks: mpsc::Sender<Callback>,
    closed: watch::Receiver<()>,
) -> Page {
    if request.method() != Method::GET || request.uri().path() != path {
        return Page::not_found();
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (sender, page) = oneshot::channel();
    let ended = || Page::failed("The program has ended.");
    if callbacks.send(Callback { query, page: sender, closed }).await.is_err() {
        return ended();
    }
    page.await.unwrap_or_else(|_| ended())
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn send(port: u16, head: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }

    #[tokio::test]
    async fn only_the_callback_counts_and_idle_connections_do_not_disturb() {
        let loopback = Loopback::bind(0).await.unwrap();
        let port = loopback.port().unwrap();
        assert!(Loopback::bind(port).await.is_err());
        let (sender, mut callbacks) = mpsc::channel(1);
        tokio::spawn(async move { loopback.listen("/callback", sender).await });
        let _idle = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let long = format!("GET /callback?{} HTTP/1.1\r\n\r\n", "x".repeat(2 * LONGEST_HEAD));
        for (head, status) in [
            ("GET /favicon.ico HTTP/1.1\r\n\r\n", "404"),
            ("POST /callback?code=x HTTP/1.1\r\n\r\n", "404"),
            ("GET /callback/more?code=x HTTP/1.1\r\n\r\n", "404"),
            ("\u{1}\r\n\r\n", "400"),
            (long.as_str(), "4"),
        ] {
            let response = send(port, head).await;
            assert!(response.starts_with(&format!("HTTP/1.1 {status}")), "{head} {response}");
        }
        let browser = tokio::spawn(async move {
            send(port, "GET /callback?code=a&state=b HTTP/1.1\r\nhost: x\r\n\r\n").await
        });
        let callback = callbacks.recv().await.unwrap();
        assert_eq!(callback.query, "code=a&state=b");
        callback.show(Page::failed("<script>")).await;
        let response = browser.await.unwrap();
        assert!(
            response.starts_with("HTTP/1.1 400") && response.contains("&lt;script&gt;"),
            "{response}"
        );
        assert!(response.contains("no-store") && response.contains("no-referrer"), "{response}");
    }
}
