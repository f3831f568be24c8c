//! The HTTP server: it accepts connections and reads requests.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::dispatch;
use crate::request::Request;
use crate::response::{Response, ResponseBody};
use crate::services::Services;

/// Largest request body that is read, in bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Accepts connections until the task is aborted. The connections end with it.
pub(crate) async fn serve(listener: TcpListener, services: Arc<Services>) {
    let mut connections = JoinSet::new();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::task::yield_now().await;
                continue;
            }
        };
        while connections.try_join_next().is_some() {}
        let services = Arc::clone(&services);
        connections.spawn(async move {
            let service = service_fn(move |request| handle(Arc::clone(&services), request));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
        });
    }
}

async fn handle(
    services: Arc<Services>,
    request: http::Request<Incoming>,
) -> Result<http::Response<ResponseBody>, io::Error> {
    if services.is_local
        && let Some(what) = stranger(request.headers())
    {
        tracing::warn!(what, "a request of a stranger was refused");
        let message = format!("the sandbox serves this machine only; {what} is refused\n");
        return Response::bytes(403, "text/plain", message).into_http();
    }
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::debug!(%error, "cannot read a request body");
            return Response::bytes(413, "text/plain", "the body cannot be read").into_http();
        }
    };
    dispatch::respond(&services, &request_of(head, body)).await.into_http()
}

/// What shows that a request comes from elsewhere, although only this machine can connect: from a web page
/// of another site, or by a name that leads to this machine although it belongs to somebody else.
fn stranger(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if text(header::HOST).is_some_and(|host| !is_this_machine(host)) {
        return Some("another host name");
    }
    let origin = text(header::ORIGIN)?;
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let is_own = host.is_some_and(is_this_machine);
    (!is_own).then_some("a web page of another site")
}

/// Whether a host with an optional port is this machine.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn request_of(head: http::request::Parts, body: Bytes) -> Request {
    let forwarded = head.headers.get("x-forwarded-host").and_then(|value| value.to_str().ok());
    let host = forwarded.map(|hosts| {
        let first = hosts.split(',').next().unwrap_or_default().trim();
        first.split(':').next().unwrap_or_default().to_ascii_lowercase()
    });
    Request {
        method: head.method.as_str().to_owned(),
        host: host.filter(|host| !host.is_empty()),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_told_by_host_and_origin() {
        for (host, origin, is_stranger) in [
            ("127.0.0.1:8080", None, false),
            ("localhost", None, false),
            ("[::1]:8080", Some("http://localhost:3000"), false),
            ("127.0.0.1:8080", Some("http://127.0.0.1:8080"), false),
            ("evil.test:8080", None, true),
            ("127.0.0.1.evil.test", None, true),
            ("localhost.evil.test", None, true),
            ("127.0.0.1:8080", Some("https://evil.test"), true),
            ("127.0.0.1:8080", Some("null"), true),
            ("127.0.0.1:8080", Some("http://localhost.evil.test"), true),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(stranger(&headers).is_some(), is_stranger, "{host} {origin:?}");
        }
    }
}
