//! What all sessions of a server share.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use airbyte_agent_core::Client;
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::tools::{Exposure, ToolError, Toolset};
use rmcp::model::Tool;
use tokio::sync::Semaphore;

use crate::approval::Pending;
use crate::audit::Audit;
use crate::in_flight::InFlight;
use crate::limits::Limits;
use crate::quota::Quota;
use crate::response;
use crate::result_form::ResultForm;
use crate::session::Callers;
use crate::sign_in::Desk;
use crate::tasks::Tasks;

/// What all sessions of a server share.
pub(crate) struct Shared {
    pub(crate) tools: Toolset,
    /// A toolset with the same accounts and policy that has the tool `describe`, for the reference.
    pub(crate) describing: Toolset,
    pub(crate) exposure: Exposure,
    /// The word with which the names of tools begin; empty for none.
    pub(crate) prefix: String,
    pub(crate) limits: Limits,
    /// In which form results are given.
    pub(crate) form: ResultForm,
    pub(crate) quotas: Vec<Quota>,
    pub(crate) audit: Option<Audit>,
    /// A permit for each call that may run at the same time.
    pub(crate) turns: Semaphore,
    pub(crate) in_flight: InFlight,
    /// The questions that were given to clients as results and have no answer yet.
    pub(crate) pending: Pending,
    pub(crate) tasks: Tasks,
    /// The sessions of clients that have no connection of their own.
    pub(crate) callers: Callers,
    /// The name that clients are told.
    pub(crate) name: String,
    /// The version that clients are told.
    pub(crate) version: String,
    pub(crate) read_only: bool,
    /// Whether there are tools over the store of this machine.
    pub(crate) has_records: bool,
    pub(crate) clients: Vec<Client>,
    /// The names of the accounts, in the order of the clients.
    pub(crate) accounts: Vec<String>,
    /// Where users sign in, if they can.
    pub(crate) desk: Option<Desk>,
    /// The tools as the protocol lists them, made when a client first asks for them.
    pub(crate) listed: OnceLock<Vec<Tool>>,
}

impl Shared {
    /// The tools as the protocol lists them.
    pub(crate) fn listed(&self) -> &[Tool] {
        let tools = self.tools.definitions().into_iter();
        let tools = || tools.map(|tool| response::tool(tool, self.form)).collect();
        self.listed.get_or_init(tools)
    }

    /// Tells the operator of an error that nobody else can correct.
    pub(crate) fn warn_of(&self, tool: &str, error: &ToolError) {
        if error.is_operator_problem() {
            tracing::warn!(tool, "{}", self.tools.clean(error.message()));
        }
    }

    /// Whether an operation starts a job at a vendor.
    pub(crate) fn has_jobs(&self) -> bool {
        self.connectors().any(|connector| connector.operations().any(|op| op.job.is_some()))
    }

    /// The title of the connector of an account; its name where there is no such account.
    pub(crate) fn title_of<'s>(&'s self, account: &'s str) -> &'s str {
        let mut all = self.accounts.iter().zip(&self.clients);
        all.find(|(name, _)| *name == account)
            .map_or(account, |(_, client)| client.description().title.as_ref())
    }

    /// Whether calls wait for people.
    pub(crate) fn waits_for_people(&self) -> bool {
        self.tools.asks() || self.desk.is_some()
    }

    /// The connectors, each of them once, in the order of the accounts.
    pub(crate) fn connectors(&self) -> impl Iterator<Item = &Connector> {
        let mut seen = BTreeSet::new();
        let all = self.clients.iter().map(Client::description);
        all.filter(move |connector| seen.insert(connector.name.as_ref()))
    }
}
