//! Serves many clients over streamable HTTP, each of them in a session of its own.
//!
//! The module `guard` decides which clients may connect. The protocol itself is implemented by rmcp.

mod body;
mod guard;
mod json_rpc;
mod oauth;
mod only_json;
mod options;
mod visitors;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rmcp::model::ProtocolVersion;
use rmcp::transport::streamable_http_server::session::SessionManager as _;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::body::{Body, text};
use self::guard::Guard;
pub use self::oauth::OAuth;
use self::only_json::Accepted;
pub use self::options::{HttpOptions, Token, listen};
use self::visitors::{Bounds, Place, Visitors};
use crate::asking::OnlyJson;
use crate::caller::{NoSession, OfThisMachine, Subject};
use crate::message::{Problem, check, id_of};
use crate::server::Server;

/// The path at which the protocol is served.
pub const PATH: &str = "/mcp";

/// The most sessions at the same time, and those of one peer.
const MOST_SESSIONS: (usize, usize) = (1_024, 256);

/// The most connections at the same time, and those of one peer.
const MOST_CONNECTIONS: (usize, usize) = (2_048, 512);

/// How long a client has to send the headers of a request.
const HEADERS: Duration = Duration::from_secs(5);

/// How long a session may exist before it is used. Clients list the tools at once.
const FIRST_CALL: Duration = Duration::from_secs(60);

/// Most bytes of a message.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// How long a session may be unused before it ends. Most likely its client has gone without closing it.
const IDLE: Duration = Duration::from_secs(30 * 60);

/// How much longer a session lives than its longest call.
const MARGIN: Duration = Duration::from_secs(1);

/// How long the responses of the last calls have to be sent.
const DELIVERY: Duration = Duration::from_millis(150);

/// How long connections have to end after the calls have ended.
const CLOSING: Duration = Duration::from_secs(2);

/// The header that names the session.
const SESSION: &str = "mcp-session-id";

type Protocol = StreamableHttpService<Server, LocalSessionManager>;

/// A server that listens at an address. [`serve`](Self::serve) begins to answer requests.
#[derive(Debug)]
pub struct HttpServer {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
    options: HttpOptions,
}

/// What all connections share.
struct Site {
    protocol: Protocol,
    sessions: Arc<LocalSessionManager>,
    visitors: Arc<Visitors>,
    guard: Guard,
    has_sessions: bool,
    /// Whether only clients of this machine can connect, and none of them has a name of its own.
    is_local: bool,
}

impl Server {
    /// Listens at the address of the options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when other machines can reach the address and there is no token, or when the
    /// address is not available.
    pub async fn listen(self, options: HttpOptions) -> Result<HttpServer> {
        let wanted = options.address();
        let is_guarded = options.token.is_some() || options.oauth.is_some();
        if !is_guarded && !wanted.ip().is_loopback() {
            let message = format!(
                "{wanted} can be reached from outside: set a bearer token (the program reads it from \
                 AIRBYTE_AGENT_MCP_TOKEN) or an authorization server, or listen on 127.0.0.1"
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
    /// The address at which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for clients, such as `http://127.0.0.1:8080/mcp`.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Serves until `stop` is ready. Calls that still run have five seconds to end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when an origin of the options cannot be understood.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<()> {
        let Self { server, listener, address, options } = self;
        let guard = Guard::new(&options, address)?;
        let stopping = CancellationToken::new();
        let shared = Arc::clone(&server.shared);
        let mut manager = LocalSessionManager::default();
        let idle = options.idle.unwrap_or(IDLE);
        // For rmcp a session is unused while a call of it runs.
        let longest_call = shared.limits.longest_call(shared.waits_for_people()) + MARGIN;
        manager.session_config.keep_alive = Some(idle.max(longest_call));
        let sessions = Arc::new(manager);
        let config = StreamableHttpServerConfig::default()
            .with_cancellation_token(stopping.child_token())
            .with_legacy_session_mode(options.sessions)
            .with_json_response(true)
            .disable_allowed_origins();
        let config = match options.hosts(address) {
            Some(hosts) => config.with_allowed_hosts(hosts),
            None => config.disable_allowed_hosts(),
        };
        let protocol = StreamableHttpService::new(
            move || Ok(server.for_client()),
            Arc::clone(&sessions),
            config,
        );
        let first_call = options.first_call.unwrap_or(FIRST_CALL);
        let visitors = Arc::new(Visitors::new(Bounds {
            sessions: MOST_SESSIONS.0,
            sessions_of_peer: MOST_SESSIONS.1,
            connections: MOST_CONNECTIONS.0,
            connections_of_peer: MOST_CONNECTIONS.1,
            first_call,
            longest_call,
        }));
        let has_sessions = options.sessions;
        let is_local = address.ip().is_loopback() && options.oauth.is_none();
        let site = Arc::new(Site { protocol, sessions, visitors, guard, has_sessions, is_local });
        let mut rounds = tokio::time::interval(first_call.max(MARGIN) / 4);
        let mut connections = JoinSet::new();
        let closing = CancellationToken::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                _ = rounds.tick() => {
                    site.close(site.visitors.take_unused()).await;
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, peer)) => {
                    if let Some(place) = site.visitors.admit(peer.ip()) {
                        let site = Arc::clone(&site);
                        connections.spawn(connection(
                            stream,
                            peer.ip(),
                            site,
                            closing.clone(),
                            place,
                        ));
                    } else {
                        tracing::warn!(peer = %peer.ip(), "too many connections");
                    }
                }
                Err(error) => {
                    // Most likely there are no file handles left. They are released as connections end.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(listener);
        shared.in_flight.close().await;
        closing.cancel();
        tokio::time::sleep(DELIVERY).await;
        stopping.cancel();
        let left = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(CLOSING, left).await.is_err() {
            connections.shutdown().await;
        }
        Ok(())
    }
}

/// Serves one connection until it ends, or until `closing` is cancelled and its request is answered.
async fn connection(
    stream: TcpStream,
    peer: IpAddr,
    site: Arc<Site>,
    closing: CancellationToken,
    _place: Place,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(site.respond(request, peer).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
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
    /// Responds to a request, after the origin of a web page was checked.
    async fn respond(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let origin = match self.guard.origin(request.headers()) {
            Ok(origin) => origin,
            Err(refused) => return self.guard.response(&refused),
        };
        let mut response = if request.method() == Method::OPTIONS && origin.is_some() {
            guard::preflight()
        } else {
            let response = self.respond_to_allowed(request, peer).await;
            json_rpc::with_error(response, || Value::Null).await
        };
        if let Some(origin) = origin {
            guard::allow_reading(&mut response, origin);
        }
        response
    }

    /// Responds to a request whose origin is allowed.
    async fn respond_to_allowed(
        &self,
        mut request: Request<Incoming>,
        peer: IpAddr,
    ) -> Response<Body> {
        match request.uri().path() {
            PATH | "/" => {}
            "/health" => return text(StatusCode::OK, "ok"),
            path => {
                return match self.guard.metadata_at(path) {
                    Some(metadata) if request.method() == Method::GET => {
                        body::json(StatusCode::OK, metadata.to_owned())
                    }
                    Some(_) => text(StatusCode::METHOD_NOT_ALLOWED, "only GET is allowed"),
                    None => text(StatusCode::NOT_FOUND, "MCP is spoken at /mcp"),
                };
            }
        }
        let caller = match self.guard.caller(request.headers()).await {
            Ok(caller) => caller,
            Err(refused) => return self.guard.response(&refused),
        };
        let session = request.headers().get(SESSION).and_then(|value| value.to_str().ok());
        let name = caller.as_ref().map(|subject| &*subject.0);
        if session.is_some_and(|session| !self.visitors.used(session, name)) {
            // Nobody is told that there is such a session.
            return text(StatusCode::NOT_FOUND, "Not Found: Session not found");
        }
        if let Some(caller) = caller {
            request.extensions_mut().insert(caller);
        }
        let closes = request.method() == Method::DELETE;
        let mut response = if request.method() == Method::POST && is_json(request.headers()) {
            self.respond_to_message(request, peer).await
        } else {
            self.protocol.handle(request).await
        };
        if closes && response.status() == StatusCode::ACCEPTED {
            // The session has ended already, and clients take "accepted" for "not yet".
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        response
    }

    /// Makes a place for a new session of the peer, and returns whether there is one.
    async fn make_room(&self, peer: IpAddr) -> bool {
        let room = {
            let sessions = self.sessions.sessions.read().await;
            self.visitors.make_room(peer, |id| sessions.contains_key(id))
        };
        let Some(unused) = room else { return false };
        self.close(unused).await;
        true
    }

    /// Closes sessions.
    async fn close(&self, sessions: Vec<Arc<str>>) {
        for id in sessions {
            if let Err(error) = self.sessions.close_session(&id).await {
                tracing::debug!(%error, "a session that was not used cannot be closed");
            }
        }
    }
}

impl Site {
    /// Responds to a message, which has to be one that the protocol can take.
    async fn respond_to_message(&self, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => {
                let problem = Problem::too_long(LONGEST_BODY, Value::Null);
                return refusal(StatusCode::PAYLOAD_TOO_LARGE, &problem);
            }
            // Nobody is left to read a response.
            Err(_) => return text(StatusCode::BAD_REQUEST, "the body broke off"),
        };
        if is_modern(&head.headers) && is_greeting(&body) {
            // The revision of the request has no greeting, whatever stands in it.
            let message = "there is no method initialize in this revision";
            return json_rpc::unknown_method(message, &id_of(&body));
        }
        if let Err(problem) = check(&body) {
            return refusal(StatusCode::BAD_REQUEST, &problem);
        }
        let response = self.respond_to_good(Request::from_parts(head, body.clone()), peer).await;
        json_rpc::with_error(response, || id_of(&body)).await
    }

    /// Responds to a message that the protocol can take.
    async fn respond_to_good(&self, request: Request<Bytes>, peer: IpAddr) -> Response<Body> {
        let (mut head, body) = request.into_parts();
        let opens = self.has_sessions && !head.headers.contains_key(SESSION) && is_greeting(&body);
        if opens && !self.make_room(peer).await {
            let mut response = text(StatusCode::SERVICE_UNAVAILABLE, "too many sessions");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("30"));
            return response;
        }
        if !opens && !head.headers.contains_key(SESSION) {
            head.extensions.insert(NoSession);
        }
        if self.is_local && peer.is_loopback() && guard::is_direct(&head.headers) {
            head.extensions.insert(OfThisMachine);
        }
        let owner = head.extensions.get::<Subject>().map(|subject| Arc::clone(&subject.0));
        let accepted = only_json::accepted(&head.headers);
        if accepted == Accepted::Json {
            only_json::accept_both(&mut head.headers);
            head.extensions.insert(OnlyJson);
        }
        let response = self.protocol.handle(Request::from_parts(head, Full::new(body))).await;
        let opened = response.headers().get(SESSION).and_then(|value| value.to_str().ok());
        if let Some(opened) = opened.filter(|_| opens) {
            self.visitors.opened(opened.into(), peer, owner);
        }
        if accepted == Accepted::Json { only_json::of_stream(response).await } else { response }
    }
}

/// Whether a request is one of a revision without sessions, as its headers say.
fn is_modern(headers: &HeaderMap) -> bool {
    let version = headers.get("mcp-protocol-version").and_then(|value| value.to_str().ok());
    // Revisions are dates, which are compared as texts.
    version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Whether a message opens a session.
fn is_greeting(body: &[u8]) -> bool {
    let message = serde_json::from_slice::<Value>(body).unwrap_or_default();
    message["method"] == "initialize"
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("application/json"))
}

/// The response to a message that the protocol cannot take.
fn refusal(status: StatusCode, problem: &Problem) -> Response<Body> {
    tracing::warn!(?problem, "a message of a client was refused");
    body::json(status, problem.response())
}
