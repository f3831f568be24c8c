//! What fails is told, removes nothing, and leaves the rest alone.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_sync::Options;
use serde_json::json;

use crate::vendor::{Office, is_fine, of};

#[tokio::test]
async fn a_failing_entity_keeps_its_rows_and_the_others_go_on() {
    let office = Office::new();
    office.vendor.put("projects", "p4", json!({"name": "P"}));
    is_fine(&office.sync().await);
    office.vendor.remove("projects", "p4");
    office.vendor.remove("colors", "0");
    office.vendor.fail("projects", ErrorKind::Vendor, 1);
    let report = office.sync().await;
    assert_eq!(of(&report, "projects").rows, 5);
    assert_eq!(of(&report, "projects").troubles.len(), 1);
    assert_eq!(of(&report, "colors").rows, 4);
    // What is below a parent that failed is read, and nothing is removed there either.
    assert_eq!(of(&report, "labels").rows, 8);
    office.vendor.recover();
    is_fine(&office.sync().await);
    office.agrees_on("projects");
}

#[tokio::test]
async fn a_list_that_goes_on_but_cannot_be_read_fails_and_removes_nothing() {
    let office = Office::new();
    is_fine(&office.sync().await);
    office.vendor.0.lock().unwrap().dead_ends.push("projects".to_owned());
    let report = office.sync().await;
    let projects = of(&report, "projects");
    assert_eq!(projects.rows, 4);
    let told = projects.troubles[0].error.to_string();
    assert!(told.contains("the list is cut"), "{told}");
}

#[tokio::test]
async fn one_forbidden_parent_does_not_keep_the_others_from_being_read() {
    let office = Office::new();
    office.vendor.fail("labels", ErrorKind::Permission, 3);
    let report = office.sync().await;
    let labels = of(&report, "labels");
    assert_eq!((labels.lists, labels.rows, labels.troubles.len()), (4, 6, 1), "{labels:#?}");
    assert_eq!(labels.troubles[0].arguments["project_id"], "p3");
    office.vendor.recover();
    is_fine(&office.sync().await);
    office.agrees();
}

#[tokio::test]
async fn a_parent_that_is_gone_takes_its_records_with_it() {
    let office = Office::new();
    is_fine(&office.sync().await);
    office.vendor.fail("labels", ErrorKind::NotFound, 0);
    let report = office.sync().await;
    is_fine(&report);
    assert_eq!((of(&report, "labels").gone, of(&report, "labels").rows), (4, 0));
}

#[tokio::test]
async fn refused_credentials_end_everything() {
    let office = Office::new();
    for entity in ["projects", "events", "logs", "deleted_notes", "colors"] {
        office.vendor.fail(entity, ErrorKind::Authentication, 0);
    }
    let report = office.sync().await;
    assert!(report.skipped.iter().any(|left| left.reason.starts_with("not tried")), "{report:#?}");
    assert_eq!(report.error().unwrap().kind(), ErrorKind::Authentication);
}

#[tokio::test]
async fn records_without_their_key_are_told() {
    let office = Office::new();
    office.vendor.put("events", "e1", json!({"number": 1}));
    office.vendor.0.lock().unwrap().records.get_mut("events").unwrap().get_mut("e1").unwrap()["id"] =
        json!(null);
    let report = office.sync_with(Options::default(), &["events"]).await;
    let told = of(&report, "events").troubles[0].error.to_string();
    assert!(told.contains("it has no 'id'"), "{told}");
}
