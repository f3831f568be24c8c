//! A connector with credentials, under the name by which it is called.

use std::collections::BTreeMap;

use super::gate;
use super::policy::Policy;
use airbyte_agent_description::{Connector, Operation};
use airbyte_agent_engine::Client;

/// A connector with credentials, under the name by which it is called.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) client: Client,
    /// What may be done with it, besides what is permitted in general.
    pub(super) policy: Policy,
}

impl Account {
    pub(super) fn connector(&self) -> &Connector {
        self.client.description()
    }
}

/// The accounts of one connector.
#[derive(Debug, Clone)]
pub(super) struct Group<'t> {
    pub(super) accounts: Vec<&'t Account>,
}

impl<'t> Group<'t> {
    /// The accounts by connector, in the order in which connectors came first.
    pub(super) fn all(accounts: &'t [Account]) -> Vec<Self> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut groups: Vec<Self> = Vec::new();
        for account in accounts {
            let place = *places.entry(account.connector().name.as_ref()).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.accounts.push(account),
                None => groups.push(Self { accounts: vec![account] }),
            }
        }
        groups
    }

    /// What the accounts are accounts of; a group has at least one.
    pub(super) fn connector(&self) -> &'t Connector {
        self.accounts[0].connector()
    }

    /// The accounts with which the operation may be called.
    pub(super) fn permitting(&self, common: &Policy, operation: &Operation) -> Vec<&'t str> {
        let accounts = self.accounts.iter();
        accounts
            .filter(|account| gate::permits(common, account, operation))
            .map(|account| account.name.as_str())
            .collect()
    }

    /// The operations that may be called with at least one account.
    pub(super) fn operations(&self, common: &Policy) -> Vec<&'t Operation> {
        let all = self.connector().operations();
        all.filter(|op| self.accounts.iter().any(|a| gate::permits(common, a, op))).collect()
    }

    /// Whether a call has to say which account is meant.
    pub(super) fn is_ambiguous(&self) -> bool {
        self.accounts.len() > 1
    }
}
