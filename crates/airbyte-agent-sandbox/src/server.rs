//! The HTTP server: it accepts connections and reads requests.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
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
