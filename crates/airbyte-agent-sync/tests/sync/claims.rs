//! Two runs that copy the same entity of the same account at once: the second one waits for the first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airbyte_agent_core::{BoxFuture, CheckedCall, Client, CursorKey, Reply, Result, Transport};
use airbyte_agent_store::{OpenOptions, Store};
use airbyte_agent_sync::{Error, Event, Options, Plan, Runner};
use serde_json::Map;
use tokio::sync::Semaphore;

use crate::vendor::{Office, Vendor, connector, is_fine, of};

/// The vendor, whose answers wait until the test lets them go.
#[derive(Clone)]
struct Held {
    vendor: Vendor,
    turns: Arc<Semaphore>,
    calls: Arc<AtomicUsize>,
}

impl Transport for Held {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::Relaxed);
            self.turns.acquire().await.unwrap().forget();
            self.vendor.send(call).await
        })
    }
}

fn plan() -> Plan {
    Plan::new(&connector(), &["events"], &Map::new(), &Map::new()).unwrap()
}

/// A runner whose calls wait, and what holds them.
fn held(office: &Office, store: Arc<Store>) -> (Runner, Held) {
    let vendor = office.vendor.clone();
    let held =
        Held { vendor, turns: Arc::new(Semaphore::new(0)), calls: Arc::new(AtomicUsize::new(0)) };
    let client = Client::new(connector(), held.clone()).with_cursor_key(CursorKey::new(&[7; 32]));
    (Runner::new(client, store, "default"), held)
}

async fn until(is_true: impl Fn() -> bool) {
    while !is_true() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A store in memory, and one in a file that each runner opens for itself, as two processes do.
fn stores(folder: &tempfile::TempDir) -> Vec<[Arc<Store>; 2]> {
    let memory = Arc::new(Store::open_in_memory().unwrap());
    let path = folder.path().join("records.db");
    let open = || Arc::new(Store::open(&path, &OpenOptions::default()).unwrap());
    vec![[memory.clone(), memory], [open(), open()]]
}

#[tokio::test]
async fn the_second_run_waits_for_the_first_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    for [one, other] in stores(&folder) {
        let office = Office { store: other.clone(), ..Office::new() };
        let (first, calls) = held(&office, one);
        let first = tokio::spawn(async move { first.run(&plan()).await });
        until(|| calls.calls.load(Ordering::Relaxed) > 0).await;

        let told: Arc<Mutex<Vec<(String, Option<u32>)>>> = Arc::default();
        let waiting = told.clone();
        let mut options = Options::default();
        options.full = true;
        let second = office.runner().options(options).listener(move |event| {
            if let Event::Waiting { entity, process } = event {
                waiting.lock().unwrap().push((entity.to_owned(), process));
            }
        });
        let second = tokio::spawn(async move { second.run(&plan()).await });
        until(|| !told.lock().unwrap().is_empty()).await;
        assert_eq!(office.vendor.calls(), [], "the second run has called the vendor");
        calls.turns.add_permits(100);
        is_fine(&first.await.unwrap());
        let second = second.await.unwrap();
        is_fine(&second);
        assert_eq!(of(&second, "events").counts.unchanged, 8);
        let expected = [("events".to_owned(), Some(std::process::id()))];
        assert_eq!(*told.lock().unwrap(), expected);
        office.agrees_on("events");
    }
}

#[tokio::test]
async fn a_run_that_may_not_wait_says_which_process_copies_the_entity() {
    let folder = tempfile::tempdir().unwrap();
    for [one, other] in stores(&folder) {
        let office = Office { store: other.clone(), ..Office::new() };
        let (first, calls) = held(&office, one);
        let first = tokio::spawn(async move { first.run(&plan()).await });
        until(|| calls.calls.load(Ordering::Relaxed) > 0).await;
        let mut options = Options::default();
        options.patience = Some(Duration::ZERO);
        let report = office.sync_with(options.clone(), &["events", "logs"]).await;
        let error = report.error().unwrap();
        assert!(matches!(error, Error::Busy(_)), "{error:?}");
        assert!(error.to_string().contains("this process"), "{error}");
        assert!(of(&report, "logs").is_complete(), "other entities are copied");
        // A run that ends in the middle holds up nobody.
        first.abort();
        let _ = first.await;
        let report = office.sync_with(options, &["events"]).await;
        is_fine(&report);
        office.agrees_on("events");
    }
}
