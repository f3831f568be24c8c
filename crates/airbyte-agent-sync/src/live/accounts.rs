//! Which accounts a query is about, and how fresh their records are.

use std::time::Duration;

use airbyte_agent_store::{AccountState, Store, Table};
use jiff::Timestamp;

use crate::error::Result;
use crate::mark::{self, Mark};
use crate::position::Position;

/// The moment up to which the changes of an account are in the store; `None` if not all of its records ever were.
pub(super) fn as_of(state: Option<&AccountState>) -> Option<Mark> {
    let complete = state?.complete_at.as_ref()?.parse::<Timestamp>().ok()?;
    let complete = Mark::at(complete);
    Some(Position::of(state).complete.unwrap_or(complete))
}

/// Whether records as of a moment are fresh enough.
pub(super) fn is_fresh(as_of: Option<Mark>, max_age: Option<Duration>) -> bool {
    as_of.is_some_and(|mark| {
        let limit = max_age.and_then(|age| jiff::SignedDuration::try_from(age).ok());
        limit.is_none_or(|limit| mark::age(mark) <= limit)
    })
}

/// The names of the accounts of a table in the store.
pub(super) fn stored(store: &Store, table: &Table) -> Result<Vec<String>> {
    let all = store.tables()?;
    let own = all.into_iter().find(|summary| summary.table.name() == table.name());
    let accounts = own.map(|summary| summary.accounts).unwrap_or_default();
    Ok(accounts.into_iter().map(|account| account.account).collect())
}
