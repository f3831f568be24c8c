//! Sends what the exporters have written to the collector, by the HTTP client of the workspace.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Http, HttpClient as _, HttpRequest};
use futures_util::TryStreamExt as _;
use http::{Request, Response};
use hyper::body::Bytes;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::{Builder, Handle};
use url::Url;

/// The longest wait for the collector, unless `OTEL_EXPORTER_OTLP_TIMEOUT` ends it before.
const LONGEST: Duration = Duration::from_secs(10);

/// The longest response of a collector, in bytes.
const LONGEST_RESPONSE: usize = 1024 * 1024;

/// A client with a thread of its own, because the exporters run outside of the runtime of a command, also at its end.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    http: Arc<Http>,
    runtime: Handle,
}

impl Collector {
    pub(super) fn start() -> std::io::Result<Self> {
        let http = Http::builder().build().map_err(std::io::Error::other)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        // It ends with the process.
        std::thread::Builder::new()
            .name("telemetry".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
        Ok(Self { http: Arc::new(http), runtime: handle })
    }
}

async fn send(http: Arc<Http>, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (head, body) = request.into_parts();
    let mut request = HttpRequest::get(Url::parse(&head.uri.to_string())?, LONGEST);
    (request.method, request.headers, request.body) = (head.method, head.headers, body);
    let response = http.send(request).await.map_err(|failure| failure.message)?;
    let mut received = Vec::new();
    let mut pieces = response.body;
    while let Some(piece) = pieces.try_next().await? {
        if received.len() + piece.len() > LONGEST_RESPONSE {
            return Err("the response of the collector is too long".into());
        }
        received.extend_from_slice(&piece);
    }
    let mut answer = Response::builder().status(response.status).body(Bytes::from(received))?;
    *answer.headers_mut() = response.headers;
    Ok(answer)
}

impl HttpClient for Collector {
    fn send_bytes<'c, 'f>(
        &'c self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        let sending = self.runtime.spawn(send(Arc::clone(&self.http), request));
        Box::pin(async move { sending.await? })
    }
}
