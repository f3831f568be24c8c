//! Clocks that are set back, and specs that change between two runs.

use airbyte_agent_core::local_store::{Limits, LocalStore as _};
use airbyte_agent_core::{Client, CursorKey, ErrorKind};
use airbyte_agent_store::{Page, QueryLimits};
use airbyte_agent_sync::{Options, Plan, Runner, StoredRecords};
use serde_json::{Map, Value, json};

use crate::vendor::{ALL, Office, is_fine, of};

/// Adds days to all times of a position that this machine's clock has made.
fn moved(position: &mut Value, days: i128) {
    let Value::Object(members) = position else { return };
    for (name, value) in members {
        match value {
            Value::String(text) if matches!(name.as_str(), "complete" | "started" | "saved") => {
                let time: i128 = text.parse().unwrap();
                *text = (time + days * 86_400_000_000_000).to_string();
            }
            other => moved(other, days),
        }
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_or_forward_loses_nothing() {
    for days in [-400, 1, 400] {
        for entity in ["tasks", "events", "notes", "logs"] {
            let office = Office::new();
            is_fine(&office.sync().await);
            // Also in the middle of a run.
            office.vendor.fail(entity, ErrorKind::Network, 1);
            let mut options = Options::default();
            options.full = true;
            office.sync_with(options, &[]).await;
            office.vendor.recover();
            for name in ALL {
                let table = office.store.table("office", name).unwrap().unwrap();
                let state = office.store.account(&table, "default").unwrap().unwrap();
                let mut position = state.position.unwrap();
                moved(&mut position, days);
                let page = Page { position: Some(&position), ..Page::default() };
                office.store.write_page(&table, "default", page).unwrap();
            }
            let at = "2026-04-01T00:00:00Z";
            let task = json!({"project": "p1", "title": "New", "state": "open", "updated_at": at});
            office.vendor.put("tasks", "t99", task);
            office.vendor.put("notes", "n99", json!({"updated_at": at}));
            office.vendor.put("events", "e99", json!({"number": 99}));
            office.vendor.put("logs", "l99", json!({"at": 1_700_000_099}));
            // What has come to a page that was read before the interruption arrives with the next run.
            is_fine(&office.sync().await);
            is_fine(&office.sync().await);
            office.agrees();
        }
    }
}

#[tokio::test]
async fn a_spec_that_changes_between_runs_adds_columns_and_loses_no_row() {
    let office = Office::new();
    office.vendor.put("projects", "p0", json!({"name": "P", "budget": 7, "open": true}));
    is_fine(&office.sync().await);
    // The second spec knows more members, and one of them in another type.
    let text = include_str!("office.yaml").replacen(
        "{id: {type: string}, name: {type: string}, updated_at: {type: string, format: date-time}}",
        "{id: {type: string}, name: {type: integer}, budget: {type: integer}, open: {type: boolean}}",
        1,
    );
    assert!(text.contains("budget"));
    let connector = airbyte_agent_spec::Spec::parse(&text).unwrap().lower().unwrap();
    let plan = Plan::new(&connector, &[] as &[&str], &Map::new(), &Map::new()).unwrap();
    let client = Client::new(connector, office.vendor.clone());
    let client = client.with_cursor_key(CursorKey::new(&[7; 32]));
    // The run under the old spec was interrupted.
    office.vendor.fail("projects", ErrorKind::Network, 1);
    office.sync_with(Options::default(), &["projects"]).await;
    office.vendor.recover();
    let report = Runner::new(client, office.store.clone(), "default").run(&plan).await;
    is_fine(&report);
    assert_eq!(of(&report, "projects").rows, 4);
    office.agrees();
    // A column of Postgres has values of its type only, and the record has every value.
    let (name, is_open) =
        if crate::is_postgres() { ("_record ->> 'name'", json!(true)) } else { ("name", json!(1)) };
    let sql = format!("SELECT {name}, budget, open FROM office_projects WHERE id = 'p0'");
    let rows = office.store.query(&sql, &QueryLimits::default()).unwrap().rows;
    assert_eq!(rows, [[json!("P"), json!(7), is_open]]);
}

#[tokio::test]
async fn a_text_where_the_schema_has_a_number_is_told_by_sync_and_by_queries() {
    let office = Office::new();
    office.vendor.put("events", "e12", json!({"number": "a dozen"}));
    for _ in 0..2 {
        let report = office.sync_with(Options::default(), &["events"]).await;
        is_fine(&report);
        let [misfit] = of(&report, "events").misfits.as_slice() else { panic!("{report:#?}") };
        assert_eq!((misfit.column.as_str(), misfit.found.as_str()), ("number", "text"));
        assert_eq!(misfit.values, 1);
        assert!(!misfit.sentence().contains("dozen"), "{misfit:?}");
    }
    assert_eq!(office.rows("events").iter().filter(|row| row["number"] == "a dozen").count(), 1);

    let stored = StoredRecords::new(office.store.clone());
    let tables = stored.tables(None).await.unwrap();
    let table = tables.iter().find(|table| table.entity == "events").unwrap();
    let column = table.columns.iter().find(|column| column.name == "number").unwrap();
    assert!(column.remarks[0].text.contains("should be an integer"), "{column:?}");
    let view = table.view(["default"]);
    let limits = Limits::default();
    for (sql, expected) in
        [("SELECT max(number) FROM office_events", 1), ("SELECT id FROM office_events", 0)]
    {
        let rows = stored.query(sql, std::slice::from_ref(&view), &limits).await.unwrap();
        assert_eq!(rows.remarks.len(), expected, "{sql}");
    }
    let arguments = json!({"query": {"filter": {"gt": {"number": 11}}}});
    let page = stored.search(&view, arguments.as_object().unwrap(), &limits).await.unwrap();
    assert_eq!(page.remarks.len(), 1, "{page:?}");
}
