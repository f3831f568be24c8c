//! The server: accounts, policy and limits put together.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::tools::{Exposure, Policy, ResultLimits, Toolset};
use airbyte_agent_core::{Client, Result};
use rmcp::model::Tool;
use tokio::sync::Semaphore;

use crate::audit::Audit;
use crate::flight::Flight;
use crate::limits::Limits;
use crate::quota::Quota;
use crate::{answer, reference};

/// An MCP server. A clone is cheap and shares everything: limits count over all its sessions.
#[derive(Clone)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
}

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) tools: Toolset,
    /// The same accounts and policy, for the texts of the reference.
    pub(crate) describing: Toolset,
    pub(crate) exposure: Exposure,
    pub(crate) limits: Limits,
    pub(crate) quotas: Vec<Quota>,
    pub(crate) audit: Option<Audit>,
    pub(crate) turns: Semaphore,
    pub(crate) flight: Flight,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) read_only: bool,
    clients: Vec<Client>,
    listed: OnceLock<Vec<Tool>>,
}

impl Shared {
    /// The tools as the protocol lists them; made when first asked for, so that starting is quick.
    pub(crate) fn listed(&self) -> &[Tool] {
        self.listed.get_or_init(|| self.tools.definitions().into_iter().map(answer::tool).collect())
    }

    /// The connectors, each once, in the order of the accounts.
    pub(crate) fn connectors(&self) -> impl Iterator<Item = &Connector> {
        let mut seen = BTreeSet::new();
        let all = self.clients.iter().map(Client::description);
        all.filter(move |connector| seen.insert(connector.name.as_ref()))
    }
}

/// A server that is being put together.
#[derive(Debug, Clone)]
pub struct ServerBuilder {
    tools: Toolset,
    clients: Vec<Client>,
    policy: Policy,
    exposure: Option<Exposure>,
    results: ResultLimits,
    limits: Limits,
    quotas: Vec<Quota>,
    audit: Option<Audit>,
    name: String,
    version: String,
}

/// Up to this many connectors each is a tool of its own; beyond, operations are searched.
const FEW: usize = 4;

impl Server {
    /// Begins a server without accounts.
    pub fn builder() -> ServerBuilder {
        ServerBuilder {
            tools: Toolset::empty(),
            clients: Vec::new(),
            policy: Policy::default(),
            exposure: None,
            results: ResultLimits::default(),
            limits: Limits::default(),
            quotas: Vec::new(),
            audit: None,
            name: "airbyte-agent".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The tools that are served.
    pub fn tools(&self) -> &Toolset {
        &self.shared.tools
    }

    /// How operations are shown.
    pub fn exposure(&self) -> Exposure {
        self.shared.exposure
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("tools", &self.shared.tools).finish_non_exhaustive()
    }
}

impl ServerBuilder {
    /// Adds an account: a connector with credentials, under the name by which calls mean it.
    ///
    /// # Errors
    ///
    /// `Usage` when the name is empty or taken.
    pub fn account(self, name: impl Into<String>, client: Client) -> Result<Self> {
        self.account_with(name, client, Policy::default())
    }

    /// Adds an account with a policy of its own, which restricts the common one further.
    ///
    /// # Errors
    ///
    /// `Usage` when the name is empty or taken.
    pub fn account_with(
        mut self,
        name: impl Into<String>,
        client: Client,
        policy: Policy,
    ) -> Result<Self> {
        self.tools = self.tools.add_with(name, client.clone(), policy)?;
        self.clients.push(client);
        Ok(self)
    }

    /// Sets what may be done, with every account.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how operations are shown; otherwise that follows from the number of connectors: a tool
    /// each for up to four, search and execute beyond.
    #[must_use]
    pub fn exposure(mut self, exposure: Exposure) -> Self {
        self.exposure = Some(exposure);
        self
    }

    /// Sets how much a model is given to read.
    #[must_use]
    pub fn results(mut self, limits: ResultLimits) -> Self {
        self.results = limits;
        self
    }

    /// Sets what a call may take.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how often operations may be called; all that cover an operation hold.
    #[must_use]
    pub fn quotas(mut self, quotas: Vec<Quota>) -> Self {
        self.quotas = quotas;
        self
    }

    /// Writes calls down.
    #[must_use]
    pub fn audit(mut self, audit: Audit) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Sets the name and version that clients are told.
    #[must_use]
    pub fn implementation(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.name = name.into();
        self.version = version.into();
        self
    }

    /// The server.
    #[must_use]
    pub fn build(self) -> Server {
        let connectors: BTreeSet<&str> =
            self.clients.iter().map(|client| client.description().name.as_ref()).collect();
        let usual =
            if connectors.len() <= FEW { Exposure::PerConnector } else { Exposure::SearchExecute };
        let exposure = self.exposure.unwrap_or(usual);
        let read_only = self.policy.is_read_only();
        let tools = self.tools.policy(self.policy).exposure(exposure).limits(self.results);
        Server {
            shared: Arc::new(Shared {
                describing: reference::describing(&tools),
                tools,
                exposure,
                turns: Semaphore::new(self.limits.concurrency),
                limits: self.limits,
                quotas: self.quotas,
                audit: self.audit,
                flight: Flight::default(),
                name: self.name,
                version: self.version,
                read_only,
                clients: self.clients,
                listed: OnceLock::new(),
            }),
        }
    }
}
