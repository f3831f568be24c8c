//! `sync --watch`: copies each entity again when its interval has passed. When that was, the store knows, so that a
//! restart begins no interval anew.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind};
use airbyte_agent_store::Store;
use jiff::Timestamp;

use super::{Source, Summary, trim};
use crate::args::sync::SyncArgs;
use crate::failure::{Stop, usage_error};
use crate::{notes, records};

/// The interval of entities that have none of their own.
const USUAL: Duration = Duration::from_secs(5 * 60);

/// Longest time between two looks at what is due.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// How long to wait after the store could not be read or written, for example because the disk is full.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// Goes on until the process is told to end. What fails is told, and tried again.
pub(super) async fn run(
    args: &SyncArgs,
    store: &Arc<Store>,
    sources: &[Source],
) -> Result<(), Stop> {
    check(args, sources)?;
    let mut rounds = Rounds { args, store, sources, tried: HashMap::new() };
    loop {
        let mut wait = match rounds.once().await {
            Ok(wait) => wait,
            Err(Stop::Failed(failure)) if failure.error.kind() == ErrorKind::Storage => {
                notes::print_warnings([failure.error.to_string()]);
                AFTER_TROUBLE
            }
            Err(stop) => return Err(stop),
        };
        if let Err(error) = trim(args, store) {
            notes::print_warnings([error.to_string()]);
            wait = wait.min(AFTER_TROUBLE);
        }
        // The clock may be set meanwhile, or the machine may sleep.
        tokio::time::sleep(wait.min(LONGEST_SLEEP)).await;
    }
}

struct Rounds<'r> {
    args: &'r SyncArgs,
    store: &'r Arc<Store>,
    sources: &'r [Source],
    /// When an entity was last tried: what failed is tried again after its interval, too.
    tried: HashMap<(usize, String), Timestamp>,
}

impl Rounds<'_> {
    /// Copies what is due, and gives the time until something else is.
    async fn once(&mut self) -> Result<Duration, Stop> {
        let (args, store) = (self.args, self.store);
        let mut wait = LONGEST_SLEEP;
        for (number, source) in self.sources.iter().enumerate() {
            let plan = source.plan(&source.target.entities)?;
            let mut due = Vec::new();
            for planned in plan.entities.iter().filter(|planned| planned.is_wanted) {
                let every = interval(args, &planned.entity);
                let key = (number, planned.entity.clone());
                let last = last(store, source, &planned.entity)?.max(self.tried.get(&key).copied());
                let left = last.map_or(Duration::ZERO, |last| left(last, every));
                if left.is_zero() {
                    due.push(planned.entity.clone());
                    self.tried.insert(key, Timestamp::now());
                    wait = wait.min(every);
                } else {
                    wait = wait.min(left);
                }
            }
            if !due.is_empty() {
                let mut summary = Summary::new(store.path());
                source.copy(args, store, &source.plan(&due)?, &mut summary).await;
                summary.print(args.output)?;
            }
        }
        Ok(wait)
    }
}

/// Refuses intervals of entities that are not copied.
fn check(args: &SyncArgs, sources: &[Source]) -> Result<(), Stop> {
    for interval in &args.interval {
        let Some(entity) = &interval.entity else { continue };
        let mut known = false;
        for source in sources {
            let plan = source.plan(&source.target.entities)?;
            known |= plan.entities.iter().any(|planned| planned.entity == *entity);
        }
        if !known {
            return Err(usage_error(format!("--interval {entity}=…: it is not copied")).into());
        }
    }
    Ok(())
}

fn interval(args: &SyncArgs, entity: &str) -> Duration {
    let of = |wanted: Option<&str>| {
        args.interval.iter().rev().find(|one| one.entity.as_deref() == wanted).map(|one| one.every)
    };
    of(Some(entity)).or_else(|| of(None)).unwrap_or(USUAL)
}

/// When an entity was last copied; `None` if it never was, or if the last run was interrupted and has to go on.
fn last(store: &Store, source: &Source, entity: &str) -> Result<Option<Timestamp>, Error> {
    let connector = &source.target.description.name;
    let Some(table) = store.table(connector, entity).map_err(records::error)? else {
        return Ok(None);
    };
    let state = store.account(&table, &source.account).map_err(records::error)?;
    let Some(state) = state.filter(|state| !airbyte_agent_sync::is_interrupted(state)) else {
        return Ok(None);
    };
    Ok(state.synced_at.and_then(|moment| moment.parse().ok()))
}

/// What is left of an interval. A moment in the future, after the clock was set back, counts as now.
fn left(last: Timestamp, every: Duration) -> Duration {
    let passed = Timestamp::now().duration_since(last);
    every.saturating_sub(
        passed.unsigned_abs().min(every).mul_f64(f64::from(u8::from(!passed.is_negative()))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_ends_and_never_becomes_longer() {
        let every = Duration::from_secs(60);
        let ago = |seconds: i64| Timestamp::now() - jiff::SignedDuration::from_secs(seconds);
        assert!(left(ago(0), every) > Duration::from_secs(58));
        assert!(left(ago(50), every) <= Duration::from_secs(10));
        assert_eq!(left(ago(100), every), Duration::ZERO);
        assert_eq!(left(ago(-1_000_000), every), every);
    }
}
