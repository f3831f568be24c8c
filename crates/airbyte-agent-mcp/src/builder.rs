//! Puts a server together.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use airbyte_agent_core::local_store::LocalStore;
use airbyte_agent_core::tools::{Exposure, Policy, ProgramRunner, ResultLimits, Toolset};
use airbyte_agent_core::{Client, Result};
use tokio::sync::Semaphore;

use crate::approval::Pending;
use crate::audit::Audit;
use crate::in_flight::InFlight;
use crate::limits::Limits;
use crate::quota::Quota;
use crate::result_form::ResultForm;
use crate::server::Server;
use crate::session::{Callers, SessionState};
use crate::shared::Shared;
use crate::sign_in::{Desk, SignIns};
use crate::tasks::Tasks;

/// Puts a [`Server`] together. [`Server::builder`] makes it.
#[derive(Clone)]
pub struct ServerBuilder {
    tools: Toolset,
    clients: Vec<Client>,
    accounts: Vec<String>,
    sign_ins: Option<Arc<dyn SignIns>>,
    policy: Policy,
    exposure: Option<Exposure>,
    batches: bool,
    runner: Option<Arc<dyn ProgramRunner>>,
    prefix: Option<String>,
    results: ResultLimits,
    form: ResultForm,
    files: Option<PathBuf>,
    limits: Limits,
    quotas: Vec<Quota>,
    audit: Option<Audit>,
    name: String,
    version: String,
}

/// The most connectors that are a tool each. The operations of more connectors are found by search.
const MOST_CONNECTOR_TOOLS: usize = 4;

impl Server {
    /// Begins a server without accounts.
    pub fn builder() -> ServerBuilder {
        ServerBuilder {
            tools: Toolset::empty(),
            clients: Vec::new(),
            accounts: Vec::new(),
            sign_ins: None,
            policy: Policy::default(),
            exposure: None,
            batches: false,
            runner: None,
            prefix: None,
            results: ResultLimits::default(),
            form: ResultForm::default(),
            files: None,
            limits: Limits::default(),
            quotas: Vec::new(),
            audit: None,
            name: "airbyte-agent".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

impl ServerBuilder {
    /// Adds an account: a connector with credentials, under the name by which calls refer to it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_core::ErrorKind::Usage) when the name is empty or another
    /// account has it.
    pub fn account(self, name: impl Into<String>, client: Client) -> Result<Self> {
        self.account_with(name, client, Policy::default())
    }

    /// Adds an account with a policy of its own. A call has to be permitted by it and by the policy of
    /// the server.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_core::ErrorKind::Usage) when the name is empty or another
    /// account has it.
    pub fn account_with(
        mut self,
        name: impl Into<String>,
        client: Client,
        policy: Policy,
    ) -> Result<Self> {
        let name = name.into();
        self.tools = self.tools.add_with(name.clone(), client.clone(), policy)?;
        self.clients.push(client);
        self.accounts.push(name);
        Ok(self)
    }

    /// Lets users sign in on pages of this machine, where credentials are missing or were refused and the client can
    /// open pages. Over HTTP only clients of this machine are asked, and none where an authorization server tells
    /// callers apart: they share the accounts.
    #[must_use]
    pub fn sign_ins(mut self, sign_ins: Arc<dyn SignIns>) -> Self {
        self.sign_ins = Some(sign_ins);
        self
    }

    /// Adds tools over the store of this machine, which see what the policies permit; see
    /// [`Toolset::local_store`].
    #[must_use]
    pub fn local_store(mut self, store: Arc<dyn LocalStore>) -> Self {
        self.tools = self.tools.local_store(store);
        self
    }

    /// Sets under which names the records of an account are in the store, which has to be set before.
    #[must_use]
    pub fn stored_as(
        mut self,
        account: impl Into<String>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.tools = self.tools.stored_as(account, names);
        self
    }

    /// Sets the policy, which applies to every account.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how operations are shown. Unless it is set, each connector is a tool where there are up to
    /// four of them, and operations are found by search where there are more.
    #[must_use]
    pub fn exposure(mut self, exposure: Exposure) -> Self {
        self.exposure = Some(exposure);
        self
    }

    /// Adds the tool `batch`, which makes several reads together; see [`Toolset::batches`].
    #[must_use]
    pub fn batches(mut self, batches: bool) -> Self {
        self.batches = batches;
        self
    }

    /// Adds the tool `program`, which runs programs over the other tools; see [`Toolset::programs`].
    #[must_use]
    pub fn programs(mut self, runner: Arc<dyn ProgramRunner>) -> Self {
        self.runner = Some(runner);
        self
    }

    /// Begins the names of all tools with this word and an underscore.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_core::ErrorKind::Usage) unless it is a letter with up to fifteen
    /// letters, digits and underscores behind it.
    pub fn prefix(mut self, word: impl Into<String>) -> Result<Self> {
        let word = word.into();
        // It is tried on the tools, which know what a prefix is.
        self.tools.clone().prefix(&word)?;
        self.prefix = Some(word);
        Ok(self)
    }

    /// Sets how much of a result a model is given to read.
    #[must_use]
    pub fn results(mut self, limits: ResultLimits) -> Self {
        self.results = limits;
        self
    }

    /// Sets in which form results are given.
    #[must_use]
    pub fn result_form(mut self, form: ResultForm) -> Self {
        self.form = form;
        self
    }

    /// Stores downloads in this folder, which must exist, and gives their paths instead of their bytes.
    #[must_use]
    pub fn files(mut self, folder: impl Into<PathBuf>) -> Self {
        self.files = Some(folder.into());
        self
    }

    /// Sets how long a call may take and how many may run at the same time.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how often operations may be called. Every quota that covers an operation applies to it.
    #[must_use]
    pub fn quotas(mut self, quotas: Vec<Quota>) -> Self {
        self.quotas = quotas;
        self
    }

    /// Sets the log to which calls are written.
    #[must_use]
    pub fn audit(mut self, audit: Audit) -> Self {
        self.audit = Some(audit);
        self
    }

    /// Sets the name and the version that clients are told.
    #[must_use]
    pub fn implementation(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.name = name.into();
        self.version = version.into();
        self
    }

    /// Makes the server. Nothing listens yet.
    #[must_use]
    pub fn build(self) -> Server {
        let connectors: BTreeSet<&str> =
            self.clients.iter().map(|client| client.description().name.as_ref()).collect();
        let exposure = self.exposure.unwrap_or(if connectors.len() <= MOST_CONNECTOR_TOOLS {
            Exposure::PerConnector
        } else {
            Exposure::SearchExecute
        });
        let read_only = self.policy.is_read_only();
        let tools_have_records = self.tools.has_local_store();
        let mut tools = self.tools.policy(self.policy).limits(self.results).images(true);
        if let Some(folder) = self.files {
            tools = tools.files(folder);
        }
        let describing = tools.clone().exposure(Exposure::SearchExecute);
        let mut tools = tools.exposure(exposure).batches(self.batches);
        if let Some(runner) = self.runner {
            tools = tools.programs(runner);
        }
        if let Some(prefix) = &self.prefix {
            // It was tried when it was set.
            tools = tools.clone().prefix(prefix).unwrap_or(tools);
        }
        Server {
            shared: Arc::new(Shared {
                describing,
                tools,
                prefix: self.prefix.unwrap_or_default(),
                exposure,
                turns: Semaphore::new(self.limits.concurrency),
                limits: self.limits,
                form: self.form,
                quotas: self.quotas,
                audit: self.audit,
                in_flight: InFlight::default(),
                pending: Pending::default(),
                tasks: Tasks::default(),
                callers: Callers::default(),
                name: self.name,
                version: self.version,
                read_only,
                has_records: tools_have_records,
                clients: self.clients,
                accounts: self.accounts,
                desk: self.sign_ins.map(Desk::new),
                listed: OnceLock::new(),
            }),
            session: Arc::new(SessionState::new()),
        }
    }
}

impl std::fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerBuilder").field("tools", &self.tools).finish_non_exhaustive()
    }
}
