//! `sync --watch`: copies each entity again when its interval has passed. When that was, the store knows, so that a
//! restart begins no interval anew.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_store::Store;
use jiff::Timestamp;

use super::{Source, Summary, trim};
use crate::args::sync::SyncArgs;
use crate::failure::{Stop, usage_error};
use crate::records;

/// The interval of entities that have none of their own.
const USUAL: Duration = Duration::from_secs(5 * 60);

/// Goes on until the process is told to end.
pub(super) async fn run(
    args: &SyncArgs,
    store: &Arc<Store>,
    sources: &[Source],
) -> Result<(), Stop> {
    check(args, sources)?;
    // What failed is tried again after its interval, too.
    let mut tried: HashMap<(usize, String), Timestamp> = HashMap::new();
    loop {
        let mut wait = Duration::from_secs(24 * 60 * 60);
        for (number, source) in sources.iter().enumerate() {
            let plan = source.plan(&source.target.entities)?;
            let mut due = Vec::new();
            for planned in plan.entities.iter().filter(|planned| planned.is_wanted) {
                let every = interval(args, &planned.entity);
                let key = (number, planned.entity.clone());
                let last = last(store, source, &planned.entity)?.max(tried.get(&key).copied());
                let left = last.map_or(Duration::ZERO, |last| left(last, every));
                if left.is_zero() {
                    due.push(planned.entity.clone());
                    tried.insert(key, Timestamp::now());
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
        trim(args, store)?;
        tokio::time::sleep(wait).await;
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

/// When an entity was last copied.
fn last(store: &Store, source: &Source, entity: &str) -> Result<Option<Timestamp>, Stop> {
    let tables = store.tables().map_err(records::error)?;
    let connector = &source.target.description.name;
    let table = tables.into_iter().find(|summary| {
        summary.table.connector() == connector.as_ref() && summary.table.entity() == entity
    });
    let accounts = table.into_iter().flat_map(|summary| summary.accounts);
    let mut own = accounts.filter(|account| account.account == source.account);
    Ok(own.next().and_then(|account| account.synced_at?.parse().ok()))
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
