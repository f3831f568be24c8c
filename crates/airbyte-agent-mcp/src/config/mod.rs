//! What an operator configures, and how it is read from a TOML file.
//!
//! ```toml
//! expose = "connectors"                 # operations, connectors or search
//! read_only = true
//! deny = ["*.delete"]
//! timeout = 60                          # seconds for a call
//! concurrency = 8
//! audit = "/var/log/airbyte-agent.jsonl"
//!
//! [rate_limits]
//! "github:*.*" = "60/min"
//!
//! [accounts.github]
//! credentials = { token = "${GITHUB_TOKEN}" }
//!
//! [accounts.shop-eu]
//! connector = "stripe"
//! credentials = { api_key = "${STRIPE_EU_KEY}" }
//! allow = ["invoices.*"]
//!
//! [accounts.work]
//! connector = "github"
//! stored = "work"                       # as `airbyte-agent login` stored it
//!
//! [accounts.crm]
//! connector = "salesforce"
//! hosted = { workspace = "customer-123" }
//! ```
//!
//! The file is the operator's word, like the command line that names it: whoever writes it decides
//! which variables of the environment go where, by `${NAME}`, `via`, `spec` and `hosted.base_url`.
//! It is never looked for in the working directory, and what a variable holds is not expanded once
//! more. A `base_url` gets a client id and a secret that stand beside it, never ones that the
//! environment supplies unasked.
//!
//! Knows no connector: the caller finds a description for the name or spec of an account.

mod account;
mod environment;
pub(crate) mod file;
mod sources;
mod unavailable;

use std::path::{Path, PathBuf};

use airbyte_agent_core::tools::{Exposure, Policy, ResultLimits};
use airbyte_agent_core::{Client, Description, Error, ErrorKind, Result, suggestion};

pub use self::account::{Account, Direct, Origin, Reach};
use self::file::{Source, Table};
pub use self::sources::{EnvironmentOnly, Sources};
use crate::audit::Audit;
use crate::http::HttpOptions;
use crate::limits::Limits;
use crate::quota::Quota;
use crate::server::{Server, ServerBuilder};

/// What an operator configures.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// The accounts, in the order in which their tools are listed.
    pub accounts: Vec<Account>,
    /// How operations are shown; by the number of connectors unless set.
    pub expose: Option<Exposure>,
    /// What may be done, with every account.
    pub policy: Rules,
    /// What a call may take.
    pub limits: Limits,
    /// How much a model is given to read.
    pub results: ResultLimits,
    /// How often operations may be called.
    pub quotas: Vec<Quota>,
    /// Where calls are written down.
    pub audit: Option<PathBuf>,
    /// How to serve over HTTP.
    pub http: HttpOptions,
}

/// What may be done, as it is written down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Only what changes nothing.
    pub read_only: bool,
    /// Patterns of what is allowed; none allows everything.
    pub allow: Vec<String>,
    /// Patterns of what is refused.
    pub deny: Vec<String>,
}

impl Rules {
    /// The policy of these rules.
    ///
    /// # Errors
    ///
    /// `Usage` when a pattern is none.
    pub fn policy(&self) -> Result<Policy> {
        let mut policy = Policy::default();
        for pattern in &self.allow {
            policy = policy.allow(pattern)?;
        }
        for pattern in &self.deny {
            policy = policy.deny(pattern)?;
        }
        Ok(if self.read_only { policy.read_only() } else { policy })
    }

    fn read(table: &mut Table<'_>) -> Result<Self> {
        let rules = Self {
            read_only: table.flag("read_only")?.unwrap_or_default(),
            allow: table.texts("allow")?,
            deny: table.texts("deny")?,
        };
        rules.policy().map_err(|error| table.error(error.message()))?;
        Ok(rules)
    }
}

impl Config {
    /// Reads a TOML file. Paths in it start from its folder, `${NAME}` stands for a variable of the
    /// environment.
    ///
    /// # Errors
    ///
    /// `Usage` with the place in the file; no value of the file is repeated.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("cannot read {name}: {error}"))
        })?;
        let environment = |name: &str| std::env::var(name).ok();
        Self::parse(&text, &name, path.parent(), &environment)
    }

    /// Reads the text of a TOML file that is called `name`; paths in it start from `folder`.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(
        text: &str,
        name: &str,
        folder: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let mut table = Source { name, text, environment }.root()?;
        let place = |path: String| match folder {
            Some(folder) => folder.join(path),
            None => PathBuf::from(path),
        };
        let mut config = Self {
            expose: table.parsed("expose", exposure)?,
            policy: Rules::read(&mut table)?,
            audit: table.text("audit")?.map(place),
            ..Self::default()
        };
        if let Some(longest) = table.seconds("timeout")? {
            config.limits = config.limits.timeout(longest);
        }
        if let Some(most) = table.count("concurrency")? {
            config.limits = config.limits.concurrency(most);
        }
        if let Some(most) = table.count("max_result_bytes")? {
            config.results = config.results.bytes(most);
        }
        if let Some(most) = table.count("max_result_tokens")? {
            config.results = config.results.tokens(most);
        }
        for (pattern, rate) in table.object("rate_limits")?.unwrap_or_default() {
            let rate = rate.as_str().unwrap_or_default();
            let quota =
                Quota::parse(&pattern, rate).map_err(|error| table.error(error.message()))?;
            config.quotas.push(quota);
        }
        if let Some(http) = table.table("http")? {
            config.http = HttpOptions::read(http)?;
        }
        for (name, account) in table.tables("accounts")? {
            config.accounts.push(Account::read(name, account, &place)?);
        }
        table.end()?;
        Ok(config)
    }

    /// Puts a server together. `find` gives the description of an account's connector. What the
    /// configuration leaves open comes from the environment, by the connector's name: see
    /// [`EnvironmentOnly`].
    ///
    /// # Errors
    ///
    /// `Usage` for what cannot be: a connector that does not exist, two accounts of one name, a
    /// pattern that matches nothing, an audit log that cannot be written.
    pub fn server(&self, find: impl Fn(&Origin) -> Result<Description>) -> Result<Server> {
        self.server_with(find, |account, description| account.client(description, &EnvironmentOnly))
    }

    /// As [`server`](Self::server), with clients made by `connect`.
    ///
    /// # Errors
    ///
    /// As [`server`](Self::server), and what `connect` refuses.
    pub fn server_with(
        &self,
        find: impl Fn(&Origin) -> Result<Description>,
        connect: impl Fn(&Account, Description) -> Result<Client>,
    ) -> Result<Server> {
        let mut builder = Server::builder()
            .policy(self.policy.policy()?)
            .limits(self.limits)
            .results(self.results)
            .quotas(self.quotas.clone());
        if let Some(exposure) = self.expose {
            builder = builder.exposure(exposure);
        }
        if let Some(path) = &self.audit {
            builder = builder.audit(Audit::open(path)?);
        }
        for account in &self.accounts {
            let description = find(&account.origin)?;
            let client = connect(account, description)?;
            builder = builder.account_with(&account.name, client, account.policy.policy()?)?;
        }
        checked(builder)
    }
}

/// Refuses patterns that match nothing: they protect from nothing, either.
fn checked(builder: ServerBuilder) -> Result<Server> {
    let server = builder.build();
    let unmatched = server.tools().unmatched_patterns();
    if unmatched.is_empty() || server.shared.connectors().next().is_none() {
        return Ok(server);
    }
    let message = format!("no operation matches {}", unmatched.join(", "));
    Err(Error::new(ErrorKind::Usage, message))
}

/// The exposure of this name.
///
/// # Errors
///
/// `Usage` when there is none.
pub fn exposure(name: &str) -> Result<Exposure> {
    match name {
        "operations" => Ok(Exposure::PerOperation),
        "connectors" => Ok(Exposure::PerConnector),
        "search" => Ok(Exposure::SearchExecute),
        other => {
            let hint = suggestion(other, &["operations", "connectors", "search"]);
            Err(Error::new(ErrorKind::Usage, format!("there is no exposure '{other}'{hint}")))
        }
    }
}
