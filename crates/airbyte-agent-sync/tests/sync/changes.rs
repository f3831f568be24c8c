//! Whole copies, and what changes afterwards.

use airbyte_agent_sync::{Mode, Options};
use serde_json::{Map, Value, json};

use crate::vendor::{Office, is_fine, of};

#[tokio::test]
async fn everything_is_copied_and_a_second_time_only_what_a_filter_cannot_exclude() {
    let office = Office::new();
    let first = office.sync().await;
    is_fine(&first);
    office.agrees();
    assert_eq!(of(&first, "tasks").lists, 4);
    assert_eq!(of(&first, "tasks").counts.inserted, 28);
    assert_eq!(of(&first, "tasks").rows, 28);
    office.vendor.calls();
    let second = office.sync().await;
    is_fine(&second);
    office.agrees();
    for entity in &second.entities {
        let counts = entity.counts;
        assert_eq!((counts.inserted, counts.changed, counts.deleted), (0, 0, 0), "{entity:#?}");
    }
    for (entity, mode, most) in [
        ("tasks", Mode::Incremental, 4),
        ("events", Mode::Incremental, 1),
        ("notes", Mode::Incremental, 1),
        ("logs", Mode::Incremental, 3),
        ("projects", Mode::Full, 4),
    ] {
        let report = of(&second, entity);
        assert_eq!(report.mode, mode, "{entity}");
        assert!(report.records <= most, "{report:#?}");
    }
    let calls = office.vendor.calls();
    let (_, arguments) = calls.iter().find(|(entity, _)| entity == "events").unwrap();
    assert_eq!(arguments["range"], json!({"after": 16}));
    let (_, arguments) = calls.iter().find(|(entity, _)| entity == "notes").unwrap();
    assert_eq!(arguments["updated_since"], "2026-02-16T23:59:59Z");
}

#[tokio::test]
async fn changes_and_deletions_arrive() {
    let office = Office::new();
    is_fine(&office.sync().await);
    let task = json!({"project": "p1", "title": "New", "state": "open", "updated_at": "2026-03-01T00:00:00Z"});
    office.vendor.put("tasks", "t10", task.clone());
    office.vendor.put("tasks", "t99", task);
    let gone = json!({"project": "p2", "title": "T", "state": "gone", "updated_at": "2026-03-02T00:00:00Z"});
    office.vendor.put("tasks", "t20", gone);
    office.vendor.remove("comments", "ct20");
    office.vendor.put("events", "e30", json!({"number": 30}));
    office.vendor.put("logs", "l30", json!({"at": 1_700_000_030}));
    office.vendor.remove("notes", "n12");
    office.vendor.put("deleted_notes", "d1", json!({"note": "n12"}));
    office.vendor.remove("labels", "p1red");
    office.vendor.remove("colors", "0");
    let report = office.sync().await;
    is_fine(&report);
    office.agrees();
    let counts = of(&report, "tasks").counts;
    assert_eq!((counts.inserted, counts.changed, counts.deleted), (1, 1, 1));
    assert_eq!(of(&report, "notes").counts.deleted, 1);
    assert_eq!(of(&report, "labels").counts.deleted, 1);
    assert_eq!(of(&report, "events").records, 2);
    // A note that is restored stays, although the feed still names it.
    office.vendor.put("notes", "n12", json!({"updated_at": "2026-03-05T00:00:00Z"}));
    for _ in 0..2 {
        is_fine(&office.sync().await);
        office.agrees();
    }
}

#[tokio::test]
async fn what_belongs_to_a_new_parent_is_read_whole() {
    let office = Office::new();
    is_fine(&office.sync().await);
    office.vendor.put("projects", "p9", json!({"name": "P"}));
    let old = json!({"project": "p9", "title": "T", "state": "open", "updated_at": "2020-01-01T00:00:00Z"});
    for id in ["t90", "t91", "t92", "t93"] {
        office.vendor.put("tasks", id, old.clone());
    }
    is_fine(&office.sync().await);
    office.agrees();
}

#[tokio::test]
async fn deletions_without_a_trace_are_noticed_by_a_full_pass() {
    let office = Office::new();
    is_fine(&office.sync().await);
    office.vendor.remove("events", "e10");
    let report = office.sync().await;
    assert_eq!(of(&report, "events").rows, 8);
    let mut options = Options::default();
    options.full = true;
    let report = office.sync_with(options, &["events"]).await;
    is_fine(&report);
    assert_eq!((of(&report, "events").mode, of(&report, "events").rows), (Mode::Full, 7));
}

#[tokio::test]
async fn the_same_key_below_two_parents_is_two_records() {
    let office = Office::new();
    is_fine(&office.sync().await);
    let rows = office.rows("labels");
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[0]["_parent"], json!({"project_id": "p0"}));
}

#[tokio::test]
async fn arguments_select_records_and_remove_nothing() {
    let office = Office::new();
    is_fine(&office.sync().await);
    office.vendor.remove("tasks", "t00");
    let mut options = Options::default();
    options.arguments = Map::from_iter([("project_id".to_owned(), json!("p0"))]);
    office.vendor.calls();
    let report = office.sync_with(options, &["tasks"]).await;
    is_fine(&report);
    let tasks = of(&report, "tasks");
    assert_eq!((tasks.mode, tasks.lists, tasks.rows), (Mode::Selected, 1, 28));
    assert!(office.vendor.calls().iter().all(|(_, arguments)| arguments["project_id"] == "p0"));
    let mut options = Options::default();
    options.arguments = Map::from_iter([("q".to_owned(), json!("x"))]);
    office.vendor.put("found", "f1", json!({"q": "x"}));
    let report = office.sync_with(options, &["found"]).await;
    assert_eq!(of(&report, "found").rows, 1);
}

#[tokio::test]
async fn since_requests_changes_from_there_on_and_later_runs_go_on() {
    let office = Office::new();
    let mut options = Options::default();
    options.since = Some(airbyte_agent_sync::Mark::at("2026-02-14T12:00:00Z".parse().unwrap()));
    let report = office.sync_with(options, &["notes"]).await;
    is_fine(&report);
    assert_eq!((of(&report, "notes").mode, of(&report, "notes").rows), (Mode::Incremental, 3));
    let report = office.sync_with(Options::default(), &["notes"]).await;
    assert_eq!((of(&report, "notes").mode, of(&report, "notes").rows), (Mode::Incremental, 3));
}

#[tokio::test]
async fn equal_times_and_times_in_the_future_lose_nothing() {
    let office = Office::new();
    is_fine(&office.sync().await);
    let at = |time: &str| json!({"updated_at": time});
    office.vendor.put("notes", "n50", at("2026-02-20T00:00:00Z"));
    office.vendor.put("notes", "n51", at("2999-01-01T00:00:00Z"));
    is_fine(&office.sync().await);
    office.vendor.put("notes", "n52", at("2026-11-29T00:00:00Z"));
    office.vendor.put("notes", "n53", Value::Null);
    office.vendor.put("notes", "n53", json!({"updated_at": "2999-01-01T00:00:00Z"}));
    is_fine(&office.sync().await);
    assert!(office.rows("notes").iter().any(|row| row["id"] == "n53"));
    // The same time as the latest one that is known.
    office.vendor.put("events", "e17b", json!({"number": 17}));
    is_fine(&office.sync().await);
    office.agrees_on("events");
}
