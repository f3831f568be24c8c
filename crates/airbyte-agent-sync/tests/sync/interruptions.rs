//! Runs that end in the middle, and what the next one does.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_sync::Options;
use serde_json::json;

use crate::vendor::{Office, is_fine, of};

#[tokio::test]
async fn a_run_goes_on_where_the_last_page_was_written() {
    let office = Office::new();
    office.vendor.fail("events", ErrorKind::Network, 1);
    let report = office.sync_with(Options::default(), &["events"]).await;
    assert_eq!(of(&report, "events").rows, 3);
    office.vendor.recover();
    office.vendor.calls();
    let report = office.sync_with(Options::default(), &["events"]).await;
    is_fine(&report);
    assert!(of(&report, "events").is_continued);
    assert_eq!((of(&report, "events").records, of(&report, "events").rows), (5, 8));
    assert_eq!(office.vendor.calls()[0].1["page"], "3");
}

#[tokio::test]
async fn a_place_that_the_vendor_has_forgotten_begins_the_list_anew() {
    for entity in ["events", "colors", "tasks"] {
        let office = Office::new();
        is_fine(&office.sync_with(Options::default(), &["projects"]).await);
        office.vendor.fail(entity, ErrorKind::Network, 1);
        office.sync_with(Options::default(), &[entity]).await;
        office.vendor.recover();
        // One call with the forgotten place, and then the list is read from its beginning.
        office.vendor.0.lock().unwrap().forgotten = Some(entity.to_owned());
        let report = office.sync_with(Options::default(), &[entity]).await;
        is_fine(&report);
        office.agrees_on(entity);
    }
}

/// The vendor fails after any number of calls, in any entity; records come and go meanwhile. In the end the store
/// has what the vendor has.
#[tokio::test]
async fn runs_that_end_anywhere_lose_and_double_nothing() {
    let random = fastrand::Rng::with_seed(5);
    let mut random = random;
    let rounds = if std::env::var_os("AIRBYTE_AGENT_FUZZ_SECONDS").is_some() { 300 } else { 40 };
    for round in 0..rounds {
        let office = Office::new();
        for step in 0..random.usize(1..5) {
            let entity = crate::vendor::ALL[random.usize(..crate::vendor::ALL.len())];
            office.vendor.fail(entity, ErrorKind::Network, random.usize(..4));
            let mut options = Options::default();
            options.full = random.u8(..4) == 0;
            office.sync_with(options, &[]).await;
            office.vendor.recover();
            let day = 10 + step;
            let at = format!("2026-03-{day}T00:00:00Z");
            let project = format!("p{}", random.usize(..6));
            office.vendor.put("projects", &project, json!({"name": at}));
            let task = json!({"project": project, "title": at, "state": "open", "updated_at": at});
            office.vendor.put("tasks", &format!("t{}", random.usize(..40)), task);
            office.vendor.put(
                "notes",
                &format!("n{}", random.usize(10..30)),
                json!({"updated_at": at}),
            );
        }
        let mut options = Options::default();
        options.full = round % 2 == 0;
        is_fine(&office.sync_with(options, &[]).await);
        // A task that has moved to another project is still listed below the old one's rows until then.
        is_fine(&office.sync().await);
        office.agrees();
    }
}
