//! The accounts of a toolset, grouped by connector.

use super::account::Account;
use super::error::ToolError;
use super::gate;
use super::policy::Policy;
use airbyte_agent_description::{Connector, Operation};

/// The accounts of a toolset, in the order in which they were added.
#[derive(Debug, Clone, Default)]
pub(super) struct Accounts {
    all: Vec<Account>,
    /// For each connector, in the order of its first account: the positions of its accounts in `all`.
    by_connector: Vec<Vec<usize>>,
}

/// The accounts of one connector. There is at least one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'t> {
    connector: &'t Connector,
    all: &'t [Account],
    members: &'t [usize],
}

impl Accounts {
    /// Adds an account.
    pub(super) fn add(&mut self, account: Account) {
        let position = self.all.len();
        let name = &account.connector().name;
        let of_same_connector = self.by_connector.iter_mut().find(|members| {
            let first = members.first().and_then(|first| self.all.get(*first));
            first.is_some_and(|first| first.connector().name == *name)
        });
        match of_same_connector {
            Some(members) => members.push(position),
            None => self.by_connector.push(vec![position]),
        }
        self.all.push(account);
    }

    /// All accounts, in the order in which they were added.
    pub(super) fn all(&self) -> &[Account] {
        &self.all
    }

    /// The accounts by connector, in the order in which connectors came first.
    pub(super) fn groups(&self) -> impl Iterator<Item = Group<'_>> + Clone {
        self.by_connector.iter().filter_map(|members| self.group_of(members))
    }

    /// The group at a position in the order of [`groups`](Self::groups).
    pub(super) fn group(&self, position: usize) -> Option<Group<'_>> {
        self.group_of(self.by_connector.get(position)?)
    }

    fn group_of<'t>(&'t self, members: &'t [usize]) -> Option<Group<'t>> {
        let first = self.all.get(*members.first()?)?;
        Some(Group { connector: first.connector(), all: &self.all, members })
    }
}

impl<'t> Group<'t> {
    /// The connector of the accounts.
    pub(super) fn connector(&self) -> &'t Connector {
        self.connector
    }

    /// The accounts, in the order in which they were added.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &'t Account> + use<'t> {
        let all = self.all;
        self.members.iter().filter_map(move |member| all.get(*member))
    }

    /// The account of this name.
    pub(super) fn account(&self, name: &str) -> Option<&'t Account> {
        self.accounts().find(|account| account.name == name)
    }

    /// The names of the accounts.
    pub(super) fn names(&self) -> Vec<&'t str> {
        self.accounts().map(|account| account.name.as_str()).collect()
    }

    /// The error of calls with the first account, where no account can make any.
    pub(super) fn obstacle(&self) -> Option<ToolError> {
        let mut obstacles = self.accounts().map(Account::obstacle);
        let first = obstacles.next()??;
        obstacles.all(|obstacle| obstacle.is_some()).then_some(first)
    }

    /// Whether there are several accounts, so that a call has to say which one it means.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.members.len() > 1
    }

    /// The names of the accounts with which the operation may be called.
    pub(super) fn permitting(&self, common: &Policy, operation: &Operation) -> Vec<&'t str> {
        self.accounts()
            .filter(|account| gate::permits(common, account, operation))
            .map(|account| account.name.as_str())
            .collect()
    }

    /// The names of the accounts with which any operation may be called.
    pub(super) fn usable(&self, common: &Policy) -> Vec<&'t str> {
        let permits_any = |account: &&Account| {
            let mut all = account.connector().operations();
            all.any(|operation| gate::permits(common, account, operation))
        };
        self.accounts().filter(permits_any).map(|account| account.name.as_str()).collect()
    }

    /// Whether the operation may be called with at least one account.
    pub(super) fn permits(&self, common: &Policy, operation: &Operation) -> bool {
        self.accounts().any(|account| gate::permits(common, account, operation))
    }

    /// The operations that may be called with at least one account.
    pub(super) fn operations(&self, common: &Policy) -> Vec<&'t Operation> {
        let all = self.connector.operations();
        all.filter(|operation| self.permits(common, operation)).collect()
    }
}
