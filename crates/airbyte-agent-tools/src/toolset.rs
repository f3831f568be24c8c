//! A toolset: the operations of some accounts as tools, with a policy, an exposure and limits.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::account::Account;
use super::approval::Approver;
use super::catalog::{Catalog, Definitions};
use super::cursor_memory::CursorMemory;
use super::group::Accounts;
use super::limits::ResultLimits;
use super::list_memory::ListMemory;
use super::policy::Policy;
use super::program::runner::ProgramRunner;
use super::records::Records;
use super::response_schemas::ResponseSchemas;
use super::retry_memory::RetryMemory;
use super::search::Index;
use airbyte_agent_description::{Connector, Operation};
use airbyte_agent_engine::Client;
use airbyte_agent_engine::local_store::LocalStore;
use airbyte_agent_engine::{Error, Result};

/// How operations are shown to a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposure {
    /// One tool per operation, such as `github_issues_list`. Definitions are the most precise and the
    /// longest.
    PerOperation,
    /// One tool per connector, such as `github`, that takes entity, action and parameters.
    #[default]
    PerConnector,
    /// Three tools whatever the number of connectors: `search`, `describe` and `execute`.
    SearchExecute,
}

/// The operations of some accounts as tools. A clone is cheap and shares what was prepared.
///
/// It is made by [`ClientTools::tools`] for one connector, or by [`Toolset::empty`] and
/// [`add`](Self::add) for several. Names, definitions and the search index are made when they are first
/// needed, once for a toolset and its clones.
#[derive(Debug, Clone)]
pub struct Toolset {
    accounts: Arc<Accounts>,
    policy: Arc<Policy>,
    exposure: Exposure,
    prefix: Option<Arc<str>>,
    limits: ResultLimits,
    files: Option<Arc<Path>>,
    takes_images: bool,
    batches: bool,
    programs: Option<Arc<dyn ProgramRunner>>,
    approver: Option<Approving>,
    records: Option<Arc<Records>>,
    prepared: Arc<Prepared>,
}

/// Whoever asks people. Its debug output says only that there is somebody.
#[derive(Clone)]
struct Approving(Arc<dyn Approver>);

impl fmt::Debug for Approving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Approving")
    }
}

/// What is made once for a toolset, as soon as it is needed.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) catalog: OnceLock<Catalog>,
    pub(super) definitions: OnceLock<Definitions>,
    pub(super) index: OnceLock<Index>,
    pub(super) schemas: ResponseSchemas,
    pub(super) lists: ListMemory,
    pub(super) cursors: Arc<CursorMemory>,
    pub(super) retries: RetryMemory,
}

/// Offers the operations of a [`Client`] as tools.
pub trait ClientTools {
    /// The operations of the client as tools for a language model.
    fn tools(&self) -> Toolset;
}

impl ClientTools for Client {
    fn tools(&self) -> Toolset {
        Toolset::new(self.clone())
    }
}

impl Toolset {
    /// The tools of one client. The account has the name of its connector.
    pub fn new(client: Client) -> Self {
        let name = client.description().name.to_string();
        let mut accounts = Accounts::default();
        accounts.add(Account { name, client, policy: Policy::default() });
        Self { accounts: Arc::new(accounts), ..Self::empty() }
    }

    /// A toolset without accounts, to which they can be [added](Self::add).
    pub fn empty() -> Self {
        Self {
            accounts: Arc::default(),
            policy: Arc::default(),
            exposure: Exposure::default(),
            prefix: None,
            limits: ResultLimits::STANDARD,
            files: None,
            takes_images: false,
            batches: false,
            programs: None,
            approver: None,
            records: None,
            prepared: Arc::default(),
        }
    }

    /// Adds an account: another connector, or further credentials for a connector that is there
    /// already. Where a connector has several accounts, calls have to say which one they mean.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) when the name is empty or another
    /// account has it.
    pub fn add(self, account: impl Into<String>, client: Client) -> Result<Self> {
        self.add_with(account, client, Policy::default())
    }

    /// Adds an account with a policy of its own. A call has to be permitted by it and by the policy of
    /// the toolset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) when the name is empty or another
    /// account has it.
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
        if self.accounts.all().iter().any(|known| known.name == name) {
            return Err(Error::usage(format!("there are two accounts named '{name}'")));
        }
        Arc::make_mut(&mut self.accounts).add(Account { name, client, policy });
        self.prepared = Arc::default();
        Ok(self)
    }

    /// Begins the names of all tools with this word and an underscore, for clients whose other tools have the same
    /// names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) unless it is a letter with up to fifteen
    /// letters, digits and underscores behind it.
    pub fn prefix(mut self, word: impl Into<String>) -> Result<Self> {
        let word = word.into();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let begins = word.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins || word.len() > 16 || !word.chars().all(is_plain) {
            let message = format!(
                "'{word}' is no prefix of tools: write a letter and up to fifteen letters, digits and \
                 underscores"
            );
            return Err(Error::usage(message));
        }
        self.prefix = Some(word.into());
        self.prepared = Arc::default();
        Ok(self)
    }

    /// Sets the policy, which applies to every account.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Arc::new(policy);
        self.prepared = Arc::default();
        self
    }

    /// Sets how operations are shown.
    #[must_use]
    pub fn exposure(mut self, exposure: Exposure) -> Self {
        self.exposure = exposure;
        self.prepared = Arc::default();
        self
    }

    /// Sets how much of a result a model is given to read.
    #[must_use]
    pub fn limits(mut self, limits: ResultLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Stores downloads in this folder, which must exist, and gives their paths instead of their bytes,
    /// unless a call asks for a part or for an encoding. Only the user of this process can read them, and
    /// no file is overwritten.
    #[must_use]
    pub fn files(mut self, folder: impl Into<PathBuf>) -> Self {
        self.files = Some(folder.into().into());
        self
    }

    /// Gives images as [`ToolOutput::image`](super::ToolOutput::image), for programs that hand them on.
    /// Otherwise they are base64 in the text.
    #[must_use]
    pub fn images(mut self, takes_images: bool) -> Self {
        self.takes_images = takes_images;
        self
    }

    /// Adds the tool `batch`, which makes up to twenty independent reads together and has one answer, no longer than that
    /// of one call. It is not there unless it is set, because every conversation contains its definition.
    #[must_use]
    pub fn batches(mut self, batches: bool) -> Self {
        self.batches = batches;
        self.prepared = Arc::default();
        self
    }

    /// Whether there is the tool `batch`.
    pub const fn has_batch(&self) -> bool {
        self.batches
    }

    /// Adds the tool `program`, which runs a program over the other tools and gives only what the program returns. Its
    /// calls are permitted, asked about and limited like calls by themselves. It is not there unless it is set, because
    /// every conversation contains its definition.
    #[must_use]
    pub fn programs(mut self, runner: Arc<dyn ProgramRunner>) -> Self {
        self.programs = Some(runner);
        self.prepared = Arc::default();
        self
    }

    /// Whether there is the tool `program`.
    pub const fn has_programs(&self) -> bool {
        self.programs.is_some()
    }

    /// Sets who is asked before calls about which the policy [asks](Policy::ask). Unless it is set, such calls
    /// are refused.
    #[must_use]
    pub fn approver(mut self, approver: impl Approver + 'static) -> Self {
        self.approver = Some(Approving(Arc::new(approver)));
        self
    }

    /// Whether a policy asks a person about any call.
    pub fn asks(&self) -> bool {
        self.policy.asks() || self.accounts.all().iter().any(|account| account.policy.asks())
    }

    /// Adds tools over the store of this machine: `tables`, `sql` and `search_records`. They see the tables whose lists
    /// may be called, with the records of the same accounts and without the fields that the policy hides.
    ///
    /// The records of an account are those that `sync` has copied under its name; the account that has the name of its
    /// connector has those of `default`. [`stored_as`](Self::stored_as) gives other names.
    #[must_use]
    pub fn local_store(mut self, store: Arc<dyn LocalStore>) -> Self {
        let accounts = self.records.as_ref().map(|known| known.accounts.clone());
        let accounts = accounts.unwrap_or_default();
        self.records = Some(Arc::new(Records { store, accounts }));
        self.prepared = Arc::default();
        self
    }

    /// Whether there are tools over the store of this machine.
    pub const fn has_local_store(&self) -> bool {
        self.records.is_some()
    }

    /// Sets under which names the records of an account are in the store. Without a store it changes nothing.
    #[must_use]
    pub fn stored_as(
        mut self,
        account: impl Into<String>,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        if let Some(records) = &mut self.records {
            let names = names.into_iter().map(Into::into).collect();
            Arc::make_mut(records).accounts.insert(account.into(), names);
        }
        self
    }

    /// The names of the accounts with which this operation of a connector may be called, in the order in which they
    /// were added; without an operation, of those with which any may be called. Empty where there is no such connector.
    pub fn callable_accounts(&self, connector: &str, operation: Option<&Operation>) -> Vec<&str> {
        let Some(group) = self.accounts.groups().find(|group| group.connector().name == connector)
        else {
            return Vec::new();
        };
        match operation {
            Some(operation) => group.permitting(&self.policy, operation),
            None => group.usable(&self.policy),
        }
    }

    /// The patterns of the policies that match no operation, as they were written. Most likely they are
    /// misspelled.
    pub fn unmatched_patterns(&self) -> Vec<String> {
        let accounts = self.accounts.all();
        let connectors: Vec<&Connector> = accounts.iter().map(Account::connector).collect();
        let mut all = self.policy.unmatched(&connectors);
        for account in accounts {
            all.extend(account.policy.unmatched(&[account.connector()]));
        }
        all
    }

    /// Removes the secrets of all accounts from a value that is shown or logged. Results of calls come
    /// without the secrets of their account already.
    pub fn clean_value(&self, value: &mut Value) {
        for account in self.accounts.all() {
            account.client.redactor().clean_value(value);
        }
    }

    /// The text without the secrets of all accounts.
    pub fn clean(&self, text: &str) -> String {
        let accounts = self.accounts.all().iter();
        accounts.fold(text.to_owned(), |text, account| account.client.redactor().clean(&text))
    }

    pub(super) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(super) fn common_policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn name_prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    pub(super) const fn current_exposure(&self) -> Exposure {
        self.exposure
    }

    pub(super) const fn result_limits(&self) -> ResultLimits {
        self.limits
    }

    pub(super) fn files_folder(&self) -> Option<&Path> {
        self.files.as_deref()
    }

    pub(super) const fn takes_images(&self) -> bool {
        self.takes_images
    }

    pub(super) fn current_approver(&self) -> Option<Arc<dyn Approver>> {
        self.approver.as_ref().map(|approving| Arc::clone(&approving.0))
    }

    pub(super) fn current_runner(&self) -> Option<&Arc<dyn ProgramRunner>> {
        self.programs.as_ref()
    }

    pub(super) fn records(&self) -> Option<&Records> {
        self.records.as_deref()
    }

    pub(super) fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    pub(super) fn index(&self) -> &Index {
        self.prepared
            .index
            .get_or_init(|| Index::new(self.accounts.groups().map(|group| group.connector())))
    }
}
