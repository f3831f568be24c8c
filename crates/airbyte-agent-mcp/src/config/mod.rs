//! The configuration of a server by its operator, and how it is read from a TOML file.
//!
//! ```toml
//! expose = "connectors"                 # operations, connectors or search
//! batch = true                          # a tool that makes several reads together
//! programs = true                       # a tool that runs programs over the other tools
//! prefix = "acme"                       # names of tools begin with acme_
//! read_only = true
//! deny = ["*.delete"]
//! ask = ["writes"]                      # writes, destructive or patterns: a person approves each call
//! max_destructive = 20                  # calls of a session that remove or overwrite data
//! hide = ["customers.email"]            # in no result and in no table
//! store = "records.db"                  # as `airbyte-agent sync` has written it; false for none
//! sign_in = false                       # never ask users to sign in on a page of this machine
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
//! records = ["work"]                    # the accounts of the store that it sees
//!
//! [accounts.crm]
//! connector = "salesforce"
//! hosted = { workspace = "customer-123" }
//! ```
//!
//! The file is trusted like the command line that names it. Whoever writes it decides to which servers
//! variables of the environment are sent, by `${NAME}`, `via`, `spec` and `hosted.base_url`. It is
//! never looked for in the working directory, and `${NAME}` inside the value of a variable is not
//! replaced. A `base_url` gets the client id and secret that are written beside it, and never those
//! that the environment supplies by itself.
//!
//! The module knows no connector: the caller finds a description for the name or the spec of an account.

mod account;
mod environment;
pub(crate) mod file;
mod sources;
mod unavailable;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use airbyte_agent_core::local_store::LocalStore;
use airbyte_agent_core::tools::{Exposure, Policy, ProgramRunner, ResultLimits, Toolset};
use airbyte_agent_core::{Client, Description, Error, ErrorKind, Result, suggestion};

pub use self::account::{Account, Direct, Origin, Reach};
use self::file::{Source, Table};
pub use self::sources::{EnvironmentOnly, Sources};
use crate::audit::Audit;
use crate::builder::ServerBuilder;
use crate::http::HttpOptions;
use crate::limits::Limits;
use crate::quota::Quota;
use crate::result_form::ResultForm;
use crate::server::Server;
use crate::sign_in::SignIns;

/// The configuration of a server.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Config {
    /// The accounts, in the order in which their tools are listed.
    pub accounts: Vec<Account>,
    /// How operations are shown. Unless it is set, the number of connectors decides.
    pub expose: Option<Exposure>,
    /// Whether there is a tool that makes several reads together.
    pub batch: bool,
    /// Whether there is a tool that runs programs over the other tools.
    pub programs: bool,
    /// What runs them. Whoever makes the server sets it.
    pub runner: Option<Arc<dyn ProgramRunner>>,
    /// The word with which the names of all tools begin; none unless it is set.
    pub prefix: Option<String>,
    /// The rules that apply to every account.
    pub policy: Rules,
    /// How long a call may take, and how many may run at the same time.
    pub limits: Limits,
    /// How much of a result a model is given to read.
    pub results: ResultLimits,
    /// In which form results are given.
    pub form: ResultForm,
    /// The file of the store of records, whose path decides whether there are tools over it.
    pub store: StoreChoice,
    /// The store that is open. Whoever makes the server opens it.
    pub local_store: Option<Arc<dyn LocalStore>>,
    /// Whether users may be asked to sign in on a page of this machine, and the port of the page: 0 for a free one.
    pub sign_in: SignInChoice,
    /// What opens these pages. Whoever makes the server sets it.
    pub sign_ins: Option<Arc<dyn SignIns>>,
    /// The folder in which downloads are stored; none unless set. It is made where it is missing.
    pub files: Option<PathBuf>,
    /// How often operations may be called. Every quota that covers an operation applies to it.
    pub quotas: Vec<Quota>,
    /// The file to which calls are written, `-` for standard error; none unless set.
    pub audit: Option<PathBuf>,
    /// How the server listens when it serves over HTTP.
    pub http: HttpOptions,
}

/// Which store of records has tools.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreChoice {
    /// The usual one, if it exists.
    #[default]
    Usual,
    /// That in this file.
    File(PathBuf),
    /// No store, whether there is one or not.
    None,
}

/// Whether users are asked to sign in on a page of this machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInChoice {
    /// The page is at a free port.
    #[default]
    FreePort,
    /// The page is at this port, which the app at a vendor may have to name.
    Port(u16),
    /// Users cannot sign in while the server runs.
    Never,
}

/// Which operations may be called, in the form of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Whether only operations are permitted that change nothing.
    pub read_only: bool,
    /// The patterns of operations that are allowed. Where there are none, every operation is.
    pub allow: Vec<String>,
    /// The patterns of operations that are refused.
    pub deny: Vec<String>,
    /// What a person is asked about before it is called: `writes`, `destructive`, or patterns of operations.
    pub ask: Vec<String>,
    /// The fields that are in no result, as `entity.field`.
    pub hide: Vec<String>,
}

impl Rules {
    /// The policy that these rules describe.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when a pattern cannot be understood.
    pub fn policy(&self) -> Result<Policy> {
        let mut policy = Policy::default();
        for pattern in &self.allow {
            policy = policy.allow(pattern)?;
        }
        for pattern in &self.deny {
            policy = policy.deny(pattern)?;
        }
        for which in &self.ask {
            policy = policy.ask(which)?;
        }
        for pattern in &self.hide {
            policy = policy.hide(pattern)?;
        }
        Ok(if self.read_only { policy.read_only() } else { policy })
    }

    /// Reads the rules of a table.
    fn read(table: &mut Table<'_>) -> Result<Self> {
        let rules = Self {
            read_only: table.flag("read_only")?.unwrap_or_default(),
            allow: table.texts("allow")?,
            deny: table.texts("deny")?,
            ask: table.texts("ask")?,
            hide: table.texts("hide")?,
        };
        rules.policy().map_err(|error| table.error(error.message()))?;
        Ok(rules)
    }
}

impl Config {
    /// Reads a TOML file. Paths in it are relative to its folder, and `${NAME}` stands for a variable of the
    /// environment.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] with the position in the file. Variables that are not set and keys that do not exist
    /// are reported all at once. The message repeats no value of the file.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("cannot read {name}: {error}"))
        })?;
        let environment = |name: &str| std::env::var(name).ok();
        Self::parse(&text, &name, path.parent(), &environment)
    }

    /// Reads the text of a TOML file. Messages call it `name`, paths in it are relative to `folder`, and
    /// `environment` gives the values of variables.
    ///
    /// # Errors
    ///
    /// The same as [`read`](Self::read).
    pub fn parse(
        text: &str,
        name: &str,
        folder: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let problems = RefCell::new(Vec::new());
        let source = Source { name, text, environment, problems: &problems };
        source.conclude(source.root().and_then(|table| Self::read_table(table, folder)))
    }

    fn read_table(mut table: Table<'_>, folder: Option<&Path>) -> Result<Self> {
        let resolve = |path: String| match folder {
            Some(folder) => folder.join(path),
            None => PathBuf::from(path),
        };
        let mut config = Self {
            expose: table.parsed("expose", exposure)?,
            batch: table.flag("batch")?.unwrap_or_default(),
            programs: table.flag("programs")?.unwrap_or_default(),
            prefix: table.parsed("prefix", prefix)?,
            policy: Rules::read(&mut table)?,
            audit: table.text("audit")?.map(resolve),
            files: table.text("files")?.map(resolve),
            store: match table.text_or_flag("store")? {
                None | Some(Err(true)) => StoreChoice::Usual,
                Some(Err(false)) => StoreChoice::None,
                // The address of a database is no path.
                Some(Ok(address)) if address.contains("://") => StoreChoice::File(address.into()),
                Some(Ok(path)) => StoreChoice::File(resolve(path)),
            },
            sign_in: match table.flag("sign_in")? {
                Some(false) => SignInChoice::Never,
                _ => SignInChoice::default(),
            },
            form: table.parsed("results", ResultForm::parse)?.unwrap_or_default(),
            ..Self::default()
        };
        if let Some(port) = table.count("sign_in_port")? {
            let port = u16::try_from(port);
            let port = port.map_err(|_| table.error("'sign_in_port' is a port, up to 65535"))?;
            if config.sign_in != SignInChoice::Never {
                config.sign_in = SignInChoice::Port(port);
            }
        }
        if let Some(longest) = table.seconds("timeout")? {
            config.limits = config.limits.timeout(longest);
        }
        if let Some(most) = table.count("concurrency")? {
            config.limits = config.limits.concurrency(most);
        }
        if let Some(longest) = table.seconds("approval_timeout")? {
            config.limits = config.limits.approval(longest);
        }
        if let Some(most) = table.count("max_destructive")? {
            config.limits = config.limits.destructive(u32::try_from(most).unwrap_or(u32::MAX));
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
            config.accounts.push(Account::read(name, account, &resolve)?);
        }
        table.end();
        Ok(config)
    }

    /// Makes the server. `find` gives the description of an account's connector. Credentials and settings
    /// that the configuration does not contain come from the environment, by the name of the
    /// connector; see [`EnvironmentOnly`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when a connector does not exist, two accounts have the same name, a pattern
    /// matches no operation, programs are wanted and nothing runs them, or the audit log cannot be written.
    pub fn server(&self, find: impl Fn(&Origin) -> Result<Description>) -> Result<Server> {
        self.server_with(find, |account, description| account.client(description, &EnvironmentOnly))
    }

    /// Makes the server with clients that `connect` makes.
    ///
    /// # Errors
    ///
    /// The same as [`server`](Self::server), and the errors of `connect`.
    pub fn server_with(
        &self,
        find: impl Fn(&Origin) -> Result<Description>,
        connect: impl Fn(&Account, Description) -> Result<Client>,
    ) -> Result<Server> {
        let mut builder = Server::builder()
            .policy(self.policy.policy()?)
            .limits(self.limits)
            .results(self.results)
            .result_form(self.form)
            .batches(self.batch)
            .quotas(self.quotas.clone());
        if let Some(exposure) = self.expose {
            builder = builder.exposure(exposure);
        }
        if self.programs {
            let runner = self.runner.as_ref().ok_or_else(|| {
                Error::new(ErrorKind::Usage, "'programs' is set, and nothing here can run programs")
            })?;
            builder = builder.programs(Arc::clone(runner));
        }
        if let Some(prefix) = &self.prefix {
            builder = builder.prefix(prefix)?;
        }
        if let Some(folder) = &self.files {
            std::fs::create_dir_all(folder).map_err(|error| {
                let name = folder.display();
                Error::new(ErrorKind::Usage, format!("cannot make the folder {name}: {error}"))
            })?;
            builder = builder.files(folder);
        }
        if let Some(path) = &self.audit {
            builder = builder.audit(Audit::open(path)?);
        }
        if let Some(sign_ins) = &self.sign_ins {
            builder = builder.sign_ins(Arc::clone(sign_ins));
        }
        if let Some(store) = &self.local_store {
            builder = builder.local_store(Arc::clone(store));
        }
        for account in &self.accounts {
            if let Some(names) = account.stored_as() {
                builder = builder.stored_as(&account.name, names);
            }
            let description = find(&account.origin)?;
            let client = connect(account, description)?;
            builder = builder.account_with(&account.name, client, account.policy.policy()?)?;
        }
        checked(builder)
    }
}

/// Makes the server unless a pattern matches no operation: such a rule would protect from nothing.
fn checked(builder: ServerBuilder) -> Result<Server> {
    let server = builder.build();
    let unmatched = server.tools().unmatched_patterns();
    if unmatched.is_empty() || server.shared.connectors().next().is_none() {
        return Ok(server);
    }
    let message = format!("no operation matches {}", unmatched.join(", "));
    Err(Error::new(ErrorKind::Usage, message))
}

/// A word that can begin the names of tools.
fn prefix(word: &str) -> Result<String> {
    Toolset::empty().prefix(word).map(|_| word.to_owned())
}

/// The exposure with this name: `operations`, `connectors` or `search`.
///
/// # Errors
///
/// [`ErrorKind::Usage`] for any other name.
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
