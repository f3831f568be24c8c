//! Serving over streamable HTTP: many clients, each in a session of its own.
//!
//! Who may ask at all is decided in `guard`; the protocol itself is rmcp's.

mod guard;
mod options;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, Result};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::guard::Guard;
pub use self::options::{HttpOptions, Token, listen};
use crate::server::Server;

/// Where the protocol is spoken.
pub const PATH: &str = "/mcp";

/// Most sessions at the same time.
const SESSIONS: usize = 1_024;

/// Most connections at the same time.
const CONNECTIONS: usize = 2_048;

/// A session that nobody used for so long ends: its client is gone without a word, most likely.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// How much longer a session lives than its longest call.
const MARGIN: Duration = Duration::from_secs(1);

/// How long the answers of the last calls take to get out.
const DELIVERY: Duration = Duration::from_millis(150);

/// How long connections may take to end once the calls have.
const LEAVE: Duration = Duration::from_secs(2);

type Body = BoxBody<Bytes, Infallible>;
type Protocol = StreamableHttpService<Server, LocalSessionManager>;

/// A server that listens. It begins to answer with [`serve`](Self::serve).
#[derive(Debug)]
pub struct HttpServer {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
    options: HttpOptions,
}

/// What every connection needs.
struct Site {
    protocol: Protocol,
    sessions: Arc<LocalSessionManager>,
    guard: Guard,
}

impl Server {
    /// Listens at the address of the options.
    ///
    /// # Errors
    ///
    /// `Usage` when the address is not a local one and there is no token, or cannot be had.
    pub async fn listen(self, options: HttpOptions) -> Result<HttpServer> {
        let wanted = options.address();
        if options.token.is_none() && !wanted.ip().is_loopback() {
            let message = format!(
                "{wanted} can be reached from outside: set a bearer token, or listen on 127.0.0.1"
            );
            return Err(Error::new(ErrorKind::Usage, message));
        }
        let listening = async {
            let listener = TcpListener::bind(wanted).await?;
            let address = listener.local_addr()?;
            Ok::<_, std::io::Error>((listener, address))
        };
        let (listener, address) = listening.await.map_err(|error| {
            Error::new(ErrorKind::Usage, format!("cannot listen on {wanted}: {error}"))
        })?;
        Ok(HttpServer { server: self, listener, address, options })
    }
}

impl HttpServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that clients are given.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Serves until `stop` is ready; calls under way are given a moment to end.
    ///
    /// # Errors
    ///
    /// `Usage` when an origin or a host of the options is none.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<()> {
        let Self { server, listener, address, options } = self;
        let guard = Guard::new(&options)?;
        let stopping = CancellationToken::new();
        let shared = Arc::clone(&server.shared);
        let mut manager = LocalSessionManager::default();
        let idle = options.idle.unwrap_or(IDLE);
        // A call under way is no use of a session for rmcp.
        manager.session_config.keep_alive = Some(idle.max(shared.limits.timeout + MARGIN));
        let sessions = Arc::new(manager);
        let config = StreamableHttpServerConfig::default()
            .with_cancellation_token(stopping.child_token())
            .disable_allowed_origins();
        let config = match options.hosts(address) {
            Some(hosts) => config.with_allowed_hosts(hosts),
            None => config.disable_allowed_hosts(),
        };
        let protocol =
            StreamableHttpService::new(move || Ok(server.clone()), Arc::clone(&sessions), config);
        let site = Arc::new(Site { protocol, sessions, guard });
        let mut connections = JoinSet::new();
        let closing = CancellationToken::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, _)) if connections.len() < CONNECTIONS => {
                    connections.spawn(connection(stream, Arc::clone(&site), closing.clone()));
                }
                Ok(_) => tracing::warn!("too many connections"),
                Err(error) => {
                    // Out of file handles, most likely: some come back as connections end.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(listener);
        shared.flight.close().await;
        closing.cancel();
        tokio::time::sleep(DELIVERY).await;
        stopping.cancel();
        let left = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(LEAVE, left).await.is_err() {
            connections.shutdown().await;
        }
        Ok(())
    }
}

async fn connection(stream: TcpStream, site: Arc<Site>, closing: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(site.answer(request).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended");
    }
}

impl Site {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let origin = match self.guard.origin(request.headers()) {
            Ok(origin) => origin,
            Err(refused) => return refused.answer(),
        };
        let mut answer = if request.method() == Method::OPTIONS && origin.is_some() {
            guard::preflight()
        } else {
            self.answer_from(request).await
        };
        if let Some(origin) = origin {
            guard::allow_reading(&mut answer, origin);
        }
        answer
    }

    async fn answer_from(&self, request: Request<Incoming>) -> Response<Body> {
        match request.uri().path() {
            PATH | "/" => {}
            "/health" => return text(StatusCode::OK, "ok"),
            _ => return text(StatusCode::NOT_FOUND, "MCP is spoken at /mcp"),
        }
        if let Err(refused) = self.guard.token(request.headers()) {
            return refused.answer();
        }
        let opens =
            request.method() == Method::POST && !request.headers().contains_key("mcp-session-id");
        if opens && self.sessions.sessions.read().await.len() >= SESSIONS {
            let mut answer = text(StatusCode::SERVICE_UNAVAILABLE, "too many sessions");
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            return answer;
        }
        let closes = request.method() == Method::DELETE;
        let mut answer = self.protocol.handle(request).await;
        if closes && answer.status() == StatusCode::ACCEPTED {
            // The session is gone by now; clients take "accepted" for "not yet".
            *answer.status_mut() = StatusCode::NO_CONTENT;
        }
        answer
    }
}

fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut answer = Response::new(Full::new(Bytes::from_static(text.as_bytes())).boxed());
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}
