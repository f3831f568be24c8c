//! The HTTP server: listening, reading requests, stopping.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_description::Connector;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming as Body;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::dispatch::World;
use crate::fault::{Fault, Faults};
use crate::incoming::Incoming;
use crate::log::{Log, LoggedRequest};
use crate::platform::{Conduct, Executor, Parts, Platform, Tenant};
use crate::reply::{Reply, ReplyBody};
use crate::vendor::Vendor;

/// Largest request body that is read.
const LARGEST: usize = 64 * 1024 * 1024;

/// A sandbox that runs. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    world: Arc<World>,
    task: JoinHandle<()>,
}

/// A sandbox that is being put together.
#[derive(Debug, Default)]
pub struct SandboxBuilder {
    listen: Option<SocketAddr>,
    platform: Parts,
}

/// A description, shared.
#[derive(Debug, Clone)]
pub struct SharedConnector(Arc<Connector>);

impl From<Connector> for SharedConnector {
    fn from(description: Connector) -> Self {
        Self(Arc::new(description))
    }
}

impl From<Arc<Connector>> for SharedConnector {
    fn from(description: Arc<Connector>) -> Self {
        Self(description)
    }
}

impl From<&'static Connector> for SharedConnector {
    /// Copies pointers only: everything in a static description is borrowed.
    fn from(description: &'static Connector) -> Self {
        Self(Arc::new(description.clone()))
    }
}

impl SandboxBuilder {
    /// Adds a vendor.
    #[must_use]
    pub fn connector(mut self, description: impl Into<SharedConnector>) -> Self {
        self.platform.kinds.push(description.into().0);
        self
    }

    /// Where to listen; a free port of 127.0.0.1 when not said.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// How the platform runs operations; without one it answers 501.
    #[must_use]
    pub fn executor(mut self, executor: impl Executor + 'static) -> Self {
        self.platform.executor = Some(Box::new(executor));
        self
    }

    /// The connector of which the workspace `crowded` has two.
    #[must_use]
    pub fn crowded(mut self, slug: impl Into<String>) -> Self {
        self.platform.crowded = Some(slug.into());
        self
    }

    /// The spec of a connector as YAML, which the platform hands to clients that carry out
    /// operations themselves; without it such a request is answered by 501.
    #[must_use]
    pub fn spec(mut self, slug: impl Into<String>, yaml: impl Into<Arc<str>>) -> Self {
        self.platform.specs.insert(slug.into(), yaml.into());
        self
    }

    /// A further client of the platform.
    #[must_use]
    pub fn tenant(mut self, tenant: Tenant) -> Self {
        self.platform.tenants.push(tenant);
        self
    }

    /// How the platform behaves where its sources disagree.
    #[must_use]
    pub fn conduct(mut self, conduct: Conduct) -> Self {
        self.platform.conduct = conduct;
        self
    }

    /// Starts to listen. Fails when the address cannot be had.
    pub async fn start(self) -> io::Result<Sandbox> {
        let listen = self.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let kinds = self.platform.kinds.iter().cloned();
        let vendors: Vec<Vendor> = kinds.map(Vendor::new).collect();
        let platform = Platform::new(self.platform, format!("http://{address}"));
        let slugs = vendors.iter().enumerate();
        let slugs = slugs.map(|(at, vendor)| (vendor.description.name.to_string(), at)).collect();
        let world = Arc::new(World {
            vendors,
            slugs,
            platform,
            faults: Faults::default(),
            log: Log::default(),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&world)));
        Ok(Sandbox { address, world, task })
    }
}

impl Sandbox {
    /// Begins a sandbox without vendors.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Its address, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the server ends, which it does not do by itself.
    pub async fn wait(mut self) {
        let _ = (&mut self.task).await;
    }

    /// Stops, open connections included.
    pub async fn shutdown(mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    /// What arrived so far, oldest first, secrets included. The control endpoints are left out.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.world.log.all()
    }

    /// Lets the next matching requests fail.
    pub fn inject(&self, fault: Fault) {
        self.world.inject(fault);
    }

    /// Lets time pass on the platform's clock: tokens expire.
    pub fn advance(&self, by: Duration) {
        self.world.platform.clock.advance(by);
    }

    /// Lets a client in, or gives one another secret. Gives the ids of its organizations.
    pub fn admit(&self, tenant: Tenant) -> Vec<String> {
        self.world.platform.admit(tenant)
    }

    /// Changes how the platform behaves where its sources disagree.
    pub fn set_conduct(&self, change: impl FnOnce(&mut Conduct)) {
        let mut conduct = self.world.platform.conduct();
        change(&mut conduct);
        self.world.platform.set_conduct(conduct);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Takes connections until it is aborted; the connections end with it.
async fn accept(listener: TcpListener, world: Arc<World>) {
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
        let world = Arc::clone(&world);
        connections.spawn(async move {
            let service = service_fn(move |request| serve(Arc::clone(&world), request));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
        });
    }
}

async fn serve(
    world: Arc<World>,
    request: Request<Body>,
) -> Result<Response<ReplyBody>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::debug!(%error, "cannot read the body");
            return Reply::bytes(413, "text/plain", "body cannot be read").into_response();
        }
    };
    let reply = world.answer(incoming(parts, body)).await;
    reply.into_response()
}

fn incoming(parts: http::request::Parts, body: Bytes) -> Incoming {
    let host = parts.headers.get("x-forwarded-host").and_then(|value| value.to_str().ok());
    let host = host.map(|host| {
        let first = host.split(',').next().unwrap_or_default().trim();
        first.split(':').next().unwrap_or_default().to_ascii_lowercase()
    });
    Incoming {
        method: parts.method.as_str().to_owned(),
        host: host.filter(|host| !host.is_empty()),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    }
}
