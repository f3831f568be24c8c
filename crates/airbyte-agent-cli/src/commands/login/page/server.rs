//! Serves a page at 127.0.0.1 until it has ended.
//!
//! Browsers open connections in advance, so every connection runs on a task of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::flow::{Flow, Visit};
use super::html::Page;

/// Most bytes of the head and of the body of a request.
const LONGEST: (usize, usize) = (32 * 1024, 64 * 1024);

/// Longest time to wait for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest time that a connection may take, with the trial of the credentials.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(90);

/// Longest time to wait until the browser has received the last page.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(2);

/// Most connections at the same time.
const MOST_CONNECTIONS: usize = 32;

/// Serves the page until it has ended, its time is over, or nobody waits for it any more.
pub(super) async fn serve(
    listener: TcpListener,
    flow: Arc<Flow>,
    longest: Duration,
    mut waiting: oneshot::Sender<Result<(), Error>>,
) {
    let mut connections = JoinSet::new();
    let ended = tokio::select! {
        biased;
        () = waiting.closed() => return,
        ended = flow.ended() => ended,
        () = accept(&listener, &flow, &mut connections) => return,
        () = tokio::time::sleep(longest) => {
            Err(Error::new(ErrorKind::Authentication, "the page was not completed in time"))
        }
    };
    // Whoever has gone meanwhile needs no answer.
    let _ = waiting.send(ended);
    drop(listener);
    let delivered = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(DELIVERY_TIMEOUT, delivered).await;
}

/// Accepts connections. Runs until it is dropped.
async fn accept(listener: &TcpListener, flow: &Arc<Flow>, connections: &mut JoinSet<()>) {
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) if connections.len() < MOST_CONNECTIONS => {
                let connection = serve_connection(stream, Arc::clone(flow));
                connections.spawn(async move {
                    let _ = tokio::time::timeout(CONNECTION_TIMEOUT, connection).await;
                });
            }
            Ok(_) => {}
            // The process may be out of file descriptors; the pause avoids a busy loop.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Serves one request, and closes the connection.
async fn serve_connection(stream: TcpStream, flow: Arc<Flow>) {
    let service = service_fn(|request| {
        let flow = Arc::clone(&flow);
        async move { Ok::<_, Infallible>(respond(request, &flow).await) }
    });
    // An error concerns this connection only; the browser can try again.
    let _ = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LONGEST.0)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(request: Request<Incoming>, flow: &Flow) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LONGEST.1).collect().await else {
        let page = Page::told(StatusCode::PAYLOAD_TOO_LARGE, "Too long", "The form is too long.");
        return page.into_response();
    };
    let body = body.to_bytes();
    let visit = Visit {
        method: &head.method,
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default(),
        headers: &head.headers,
        body: &body,
    };
    flow.respond(visit).await.into_response()
}
