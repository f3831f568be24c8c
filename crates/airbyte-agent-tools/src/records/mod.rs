//! Tools over the store of this machine: `tables`, `sql` and `search_records`.
//!
//! They read copies of records, so that no vendor is asked. What they can see is decided by [`scope`] from the same
//! policy as the operations: nothing else exists for a query.

mod arguments;
mod definitions;
mod freshness;
mod run;
mod scope;
mod shown;

use std::collections::BTreeMap;
use std::sync::Arc;

use airbyte_agent_engine::local_store::LocalStore;

pub(super) use self::arguments::{RecordsCall, decide};
pub(super) use self::definitions::definition;
pub(super) use self::run::run;
use super::account::Account;

/// The account under which `sync` copies records unless it is given a name.
const DEFAULT_ACCOUNT: &str = "default";

/// One of the tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordsTool {
    /// What there is.
    Tables,
    /// A statement in SQL.
    Sql,
    /// A search by words or by a filter.
    Search,
}

impl RecordsTool {
    pub(super) const ALL: [Self; 3] = [Self::Tables, Self::Sql, Self::Search];

    /// The name of the tool.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tables => "tables",
            Self::Sql => "sql",
            Self::Search => "search_records",
        }
    }
}

/// The store of a toolset, and under which names the records of its accounts are in it.
#[derive(Debug, Clone)]
pub(super) struct Records {
    pub(super) store: Arc<dyn LocalStore>,
    /// By the name of the toolset's account, where that does not say it.
    pub(super) accounts: BTreeMap<String, Vec<String>>,
}

impl Records {
    /// The names under which the records of an account are in the store: those that were given, or its own, or the usual
    /// one for the account that has the name of its connector.
    fn names_of<'r>(&'r self, account: &'r Account) -> Vec<&'r str> {
        match self.accounts.get(&account.name) {
            Some(names) => names.iter().map(String::as_str).collect(),
            None if account.name == account.connector().name => vec![DEFAULT_ACCOUNT],
            None => vec![&account.name],
        }
    }
}
