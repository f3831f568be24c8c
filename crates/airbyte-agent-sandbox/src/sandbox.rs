//! The sandbox as a Rust value: put together, started, steered and stopped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_description::Connector;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::data::Population;
use crate::fault::{Fault, FaultQueue};
use crate::log::{LoggedRequest, RequestLog};
use crate::platform::{Behaviour, Executor, Platform, PlatformConfig, Tenant};
use crate::server;
use crate::services::Services;
use crate::vendor::Vendors;

/// A running sandbox. Dropping it stops the server.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    services: Arc<Services>,
    server: JoinHandle<()>,
}

/// Collects what a sandbox is to consist of; [`start`](Self::start) starts it.
#[derive(Debug, Default)]
pub struct SandboxBuilder {
    listen: Option<SocketAddr>,
    platform: PlatformConfig,
    population: Population,
}

/// A connector description, shared between vendor and platform. It is made from an owned, shared
/// or static [`Connector`].
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
    /// Copies pointers only, because everything in a static description is borrowed.
    fn from(description: &'static Connector) -> Self {
        Self(Arc::new(description.clone()))
    }
}

impl SandboxBuilder {
    /// Adds a vendor, and the connector by which the platform reaches it.
    #[must_use]
    pub fn connector(mut self, description: impl Into<SharedConnector>) -> Self {
        self.platform.connectors.push(description.into().0);
        self
    }

    /// Sets the address to listen on. Without it a free port of 127.0.0.1 is taken.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Sets how the platform executes operations. Without it the platform responds to requests for
    /// execution with status 501; the vendors do not need it.
    #[must_use]
    pub fn executor(mut self, executor: impl Executor + 'static) -> Self {
        self.platform.executor = Some(Box::new(executor));
        self
    }

    /// Adds a workspace `crowded` to the platform, which contains two connectors of this slug.
    #[must_use]
    pub fn crowded(mut self, slug: impl Into<String>) -> Self {
        self.platform.crowded = Some(slug.into());
        self
    }

    /// Sets the spec of a connector, as YAML. The platform gives it to clients that execute
    /// operations themselves; without it such a request gets status 501.
    #[must_use]
    pub fn spec(mut self, slug: impl Into<String>, yaml: impl Into<Arc<str>>) -> Self {
        self.platform.specs.insert(slug.into(), yaml.into());
        self
    }

    /// Adds a client of the platform besides [`CLIENT_ID`](crate::CLIENT_ID).
    #[must_use]
    pub fn tenant(mut self, tenant: Tenant) -> Self {
        self.platform.tenants.push(tenant);
        self
    }

    /// Sets how the platform behaves where its sources disagree.
    #[must_use]
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.platform.behaviour = behaviour;
        self
    }

    /// Limits the records of every vendor: at most `most` of each entity, of which a list below a record of another
    /// entity, such as the tables of one base, shows `below`. Usually an entity has between 250 and 300 records, and
    /// each such list shows all of them, so that the records below records below records are millions. Lists also select
    /// by the time of change as the description says for copies (`x-agent-sync`), and not as the names of arguments say.
    #[must_use]
    pub fn population(mut self, most: u64, below: u64) -> Self {
        self.population =
            Population { most: Some(most), below: Some(below), selects_by_change: true };
        self
    }

    /// Starts the server on the current Tokio runtime. Fails when it cannot listen on the address.
    pub async fn start(self) -> io::Result<Sandbox> {
        let listen = self.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let vendors = Vendors::new(self.platform.connectors.iter().cloned(), self.population);
        let services = Arc::new(Services {
            vendors,
            platform: Platform::new(self.platform, format!("http://{address}")),
            faults: FaultQueue::default(),
            log: RequestLog::default(),
            is_local: address.ip().is_loopback(),
        });
        let server = tokio::spawn(server::serve(listener, Arc::clone(&services)));
        Ok(Sandbox { address, services, server })
    }
}

impl Sandbox {
    /// A builder without any vendor.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// The address of the server, `http://127.0.0.1:PORT` unless another one was chosen.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whether other machines may be able to connect. The sandbox asks nobody for a password, and shows
    /// what it was sent.
    pub fn is_reachable_from_outside(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// Waits until the server ends. It does not end by itself.
    pub async fn wait(mut self) {
        let _ = (&mut self.server).await;
    }

    /// Stops the server, closes its connections and waits until the port is free.
    pub async fn shutdown(mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// The latest 5,000 requests that arrived, oldest first, with their secrets. Requests to the
    /// control endpoints are not among them.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.services.log.all()
    }

    /// Lets the next matching requests fail.
    pub fn inject(&self, fault: Fault) {
        self.services.inject(fault);
    }

    /// Advances the platform's clock, by which its tokens expire.
    pub fn advance(&self, by: Duration) {
        self.services.platform.clock.advance(by);
    }

    /// Writes fields over those of the record with this number of an entity, as if somebody had changed it at the
    /// vendor. The records that an entity has at the start are numbered from 0. Returns whether there is such a record.
    pub fn change(
        &self,
        connector: &str,
        entity: &str,
        number: u64,
        fields: Map<String, Value>,
    ) -> bool {
        let vendor = self.services.vendors.by_slug(connector);
        vendor.is_some_and(|vendor| vendor.change(entity, number, fields))
    }

    /// Removes the record with this number of an entity, as if somebody had deleted it at the vendor. Returns whether
    /// there was such a record.
    pub fn remove(&self, connector: &str, entity: &str, number: u64) -> bool {
        let vendor = self.services.vendors.by_slug(connector);
        vendor.is_some_and(|vendor| vendor.remove(entity, number))
    }

    /// Adds a client of the platform, or gives a known client another secret. Returns the ids of
    /// its organizations.
    pub fn admit(&self, tenant: Tenant) -> Vec<String> {
        self.services.platform.admit(tenant)
    }

    /// Changes how the platform behaves where its sources disagree.
    pub fn set_behaviour(&self, change: impl FnOnce(&mut Behaviour)) {
        let mut behaviour = self.services.platform.behaviour();
        change(&mut behaviour);
        self.services.platform.set_behaviour(behaviour);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}
