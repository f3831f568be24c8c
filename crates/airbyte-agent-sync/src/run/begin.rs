//! How a run begins: whether it continues one that was interrupted, and whether it reads everything.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use airbyte_agent_core::description::{SyncOrder, SyncSource};
use airbyte_agent_store::AccountState;

use super::Options;
use crate::arguments::Arguments;
use crate::mark;
use crate::position::{Position, Run};

/// What a run of an entity does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Beginning {
    /// Reads what the arguments of the caller select; only records are stored.
    Selected,
    /// Goes on where the last run was interrupted.
    Continued(Run),
    /// Begins anew.
    New(Run),
}

/// Decides how a run begins. A run that cannot be continued is given up in `position`.
pub(super) fn begin(
    source: &SyncSource,
    options: &Options,
    given: &Arguments,
    state: Option<&AccountState>,
    position: &mut Position,
) -> Beginning {
    if !given.is_empty() {
        return Beginning::Selected;
    }
    let plan = fingerprint(source);
    let can_continue = |run: &Run| {
        let limit = jiff::SignedDuration::try_from(options.continued_within);
        let is_fresh = run.saved.is_some_and(|saved| limit.is_ok_and(|l| mark::age(saved) <= l));
        let has_pass = state.is_some_and(|state| state.pass.is_some());
        run.plan == plan
            && is_fresh
            && run.is_full == has_pass
            && (run.is_full || !options.full)
            && options.since.is_none()
    };
    if let Some(run) = position.run.take_if(|run| can_continue(run)) {
        return Beginning::Continued(run);
    }
    let interrupted = position.run.clone();
    position.abandon();
    if let Some(run) = interrupted
        && is_ordered(source)
        && run.failures == 0
        && !run.is_full
    {
        // Everything up to the latest change that was met has been met.
        position.since = position.since.max(run.high);
    }
    let change = source.change.as_ref().filter(|_| !options.full && !source.key.is_empty());
    let from = change.and_then(|change| {
        let own =
            position.since.map(|since| since.back(change.filter_format, change.overlap_seconds));
        options.since.or(own)
    });
    Beginning::New(Run {
        is_full: from.is_none(),
        plan,
        from,
        started: Some(mark::now()),
        ..Run::default()
    })
}

/// Whether records come in the order of their changes, so that the latest one that was met is the end of what is
/// known.
pub(super) fn is_ordered(source: &SyncSource) -> bool {
    let order = source.change.as_ref().map(|change| change.order);
    source.parents.is_empty() && order == Some(SyncOrder::Ascending)
}

/// What stands for the rule by which records are copied.
fn fingerprint(source: &SyncSource) -> String {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(source).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
