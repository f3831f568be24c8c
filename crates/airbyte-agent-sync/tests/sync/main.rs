//! Copies an invented vendor into a store, whole and by changes, with failures and interruptions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::default_trait_access,
    missing_docs
)]

mod changes;
mod claims;
mod conditional;
mod connectors;
mod failures;
mod interruptions;
mod live;
mod pace;
mod plans;
mod troubles;
mod vendor;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use airbyte_agent_store::{OpenOptions, Store};

/// Names the Postgres database in which the tests keep their stores; without it they are in memory.
const POSTGRES: &str = "AIRBYTE_AGENT_TEST_POSTGRES";

/// Whether the tests run in Postgres.
fn is_postgres() -> bool {
    std::env::var_os(POSTGRES).is_some()
}

/// An empty store that no other test has.
#[allow(clippy::print_stdout, reason = "tells why a test does less")]
fn store() -> Arc<Store> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let Ok(address) = std::env::var(POSTGRES) else {
        println!("this test runs in SQLite only: {POSTGRES} is not set");
        return Arc::new(Store::open_in_memory().unwrap());
    };
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let sign = if address.contains('?') { '&' } else { '?' };
    let (process, now) = (std::process::id(), now.as_micros());
    let address = format!("{address}{sign}schema=s{now}_{process}_{number}");
    Arc::new(Store::open(address, &OpenOptions::default()).unwrap())
}
