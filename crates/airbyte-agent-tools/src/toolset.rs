//! The tools of some accounts, and the door through which they are called.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use super::account::{Account, Group};
use super::definition::ToolDefinition;
use super::error::ToolError;
use super::expose::{self, Intent};
use super::limits::ResultLimits;
use super::output::ToolOutput;
use super::policy::Policy;
use super::progress::{Progress, Silent};
use super::run;
use super::search::Index;
use airbyte_agent_description::{Connector, Operation};
use airbyte_agent_engine::Client;
use airbyte_agent_engine::{Error, Result};

/// How operations are shown to a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposure {
    /// One tool per operation, such as `github_issues_list`: the most precise, and the longest.
    PerOperation,
    /// One tool per connector, such as `github`, that takes entity, action and parameters.
    #[default]
    PerConnector,
    /// Three tools whatever the number of connectors: `search`, `describe`, `execute`.
    SearchExecute,
}

/// The tools of some accounts. A clone is cheap.
///
/// Made by [`ClientTools::tools`] for one connector, or by [`Toolset::empty`] and [`add`](Self::add)
/// for several.
#[derive(Debug, Clone)]
pub struct Toolset {
    accounts: Arc<Vec<Account>>,
    policy: Arc<Policy>,
    exposure: Exposure,
    limits: ResultLimits,
    index: Arc<OnceLock<Index>>,
}

/// What a call would do; for logs and limits.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Target<'t> {
    /// Name of the account.
    pub account: &'t str,
    /// The connector.
    pub connector: &'t Connector,
    /// The operation.
    pub operation: &'t Operation,
}

/// Tools of a client: brings [`tools`](Self::tools) to [`Client`].
pub trait ClientTools {
    /// The operations as tools for a language model.
    fn tools(&self) -> Toolset;
}

impl ClientTools for Client {
    fn tools(&self) -> Toolset {
        Toolset::new(self.clone())
    }
}

impl Toolset {
    /// The tools of one client; the account is called like its connector.
    pub fn new(client: Client) -> Self {
        let name = client.description().name.to_string();
        let mut tools = Self::empty();
        tools.accounts = Arc::new(vec![Account { name, client, policy: Policy::default() }]);
        tools
    }

    /// No tools yet.
    pub fn empty() -> Self {
        Self {
            accounts: Arc::default(),
            policy: Arc::default(),
            exposure: Exposure::default(),
            limits: ResultLimits::STANDARD,
            index: Arc::default(),
        }
    }

    /// Adds an account: another connector, or further credentials for one that is there. With
    /// several accounts of one connector, calls say which is meant.
    ///
    /// # Errors
    ///
    /// `Usage` when the name is empty or taken.
    pub fn add(self, account: impl Into<String>, client: Client) -> Result<Self> {
        self.add_with(account, client, Policy::default())
    }

    /// Adds an account with a policy of its own, which restricts the common one further.
    ///
    /// # Errors
    ///
    /// `Usage` when the name is empty or taken.
    pub fn add_with(
        mut self,
        account: impl Into<String>,
        client: Client,
        policy: Policy,
    ) -> Result<Self> {
        let name = account.into();
        if name.trim().is_empty() {
            return Err(Error::usage("an account must have a name"));
        }
        if self.accounts.iter().any(|known| known.name == name) {
            return Err(Error::usage(format!("there are two accounts named '{name}'")));
        }
        Arc::make_mut(&mut self.accounts).push(Account { name, client, policy });
        self.index = Arc::default();
        Ok(self)
    }

    /// Sets what may be done, with every account.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// Sets how operations are shown.
    #[must_use]
    pub const fn exposure(mut self, exposure: Exposure) -> Self {
        self.exposure = exposure;
        self
    }

    /// Sets how much a model is given to read.
    #[must_use]
    pub const fn limits(mut self, limits: ResultLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The tools, in the order of accounts and specs; only such that can be called.
    pub fn definitions(&self) -> Vec<ToolDefinition> {
        expose::definitions(self)
    }

    /// What a call would do, `None` for tools that call nothing outside (`search`, `describe`).
    /// Nothing is sent.
    ///
    /// # Errors
    ///
    /// What [`call`](Self::call) refuses before anything is sent: an unknown tool, an operation
    /// that is not permitted.
    pub fn target(&self, name: &str, arguments: &Value) -> Result<Option<Target<'_>>, ToolError> {
        Ok(match expose::read(self, name, object(arguments.clone())?)? {
            Intent::Tell(_) => None,
            Intent::Run(request) => Some(Target {
                account: &request.permitted.account().name,
                connector: request.permitted.account().connector(),
                operation: request.permitted.operation(),
            }),
        })
    }

    /// Calls a tool. Dropping the future ends the call.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong, told so that a model can mend its call or give up.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<ToolOutput, ToolError> {
        self.call_with(name, arguments, &Silent).await
    }

    /// Calls a tool and tells how far it has come.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn call_with(
        &self,
        name: &str,
        arguments: Value,
        progress: &dyn Progress,
    ) -> Result<ToolOutput, ToolError> {
        match expose::read(self, name, object(arguments)?)? {
            Intent::Tell(output) => Ok(output),
            Intent::Run(request) => run::run(request, self.limits, progress).await,
        }
    }

    /// Patterns of the policies that match no operation: misspelled, most likely.
    pub fn unmatched_patterns(&self) -> Vec<String> {
        let connectors: Vec<&Connector> = self.accounts.iter().map(Account::connector).collect();
        let mut all = self.policy.unmatched(&connectors);
        for account in self.accounts.iter() {
            all.extend(account.policy.unmatched(&[account.connector()]));
        }
        all
    }

    pub(super) fn groups(&self) -> Vec<Group<'_>> {
        Group::all(&self.accounts)
    }

    pub(super) fn common_policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) const fn shown_as(&self) -> Exposure {
        self.exposure
    }

    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(self.groups().iter().map(Group::connector)))
    }
}

const NO_OBJECT: &str = "the arguments must be a JSON object";

/// Arguments as an object; models write them as text, too, or not at all.
fn object(arguments: Value) -> Result<Map<String, Value>, ToolError> {
    match arguments {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => Ok(members),
        Value::String(text) if text.trim().is_empty() => Ok(Map::new()),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Null) => Ok(Map::new()),
            Ok(Value::Object(members)) => Ok(members),
            Ok(_) => Err(ToolError::argument("arguments", NO_OBJECT)),
            Err(error) => {
                let problem = format!("the arguments are no valid JSON: {error}");
                Err(ToolError::argument("arguments", problem))
            }
        },
        _ => Err(ToolError::argument("arguments", NO_OBJECT)),
    }
}
