//! Where the vendor says what has not changed, nothing is sent again.

use std::sync::Arc;

use airbyte_agent_core::Client;
use airbyte_agent_store::{Page, Store};
use airbyte_agent_sync::{Options, Pace, Plan, Report, Runner};
use serde_json::{Map, json};

use crate::live::{Emulated, emulated, store};
use crate::vendor::of;

async fn sync(client: &Client, store: &Arc<Store>, entities: &[&str]) -> Report {
    let plan = Plan::new(client.description(), entities, &Map::new(), client.config()).unwrap();
    let mut options = Options::default();
    options.pace = Some(Pace::default());
    Runner::new(client.clone(), store.clone(), "default").options(options).run(&plan).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let Emulated { sandbox, clients } = emulated("facebook-marketing").await;
    let (client, store) = (clients.client.clone(), store());
    let entities = ["ad_accounts", "pages"];
    let first = sync(&client, &store, &entities).await;
    assert!(first.error().is_none(), "{first:#?}");
    let pages: u64 = first.entities.iter().map(|report| report.pages).sum();
    let statuses = |from: usize| -> Vec<u16> {
        sandbox.requests()[from..].iter().map(|request| request.status).collect()
    };
    let sent = sandbox.requests().len();
    assert!(first.entities.iter().all(|report| report.rows > 0), "{first:#?}");

    let second = sync(&client, &store, &entities).await;
    assert!(second.error().is_none(), "{second:#?}");
    assert_eq!(statuses(sent), vec![304; usize::try_from(pages).unwrap()]);
    for report in &second.entities {
        let rows = of(&first, &report.entity).rows;
        assert_eq!(
            (report.records, report.rows, report.counts.deleted),
            (0, rows, 0),
            "{report:#?}"
        );
        assert!(report.not_modified > 0);
    }
    // It is as fresh as after reading everything.
    let table = store.table("facebook-marketing", "ad_accounts").unwrap().unwrap();
    let state = store.account(&table, "default").unwrap().unwrap();
    let complete: i128 = state.position.unwrap()["complete"].as_str().unwrap().parse().unwrap();
    let now = jiff::Timestamp::now().as_nanosecond();
    assert!(now - complete < 60_000_000_000, "{complete} {now}");

    // What has changed is read whole, and nothing else.
    let mut position = store.account(&table, "default").unwrap().unwrap().position.unwrap();
    position["known"][1]["validator"] = json!("\"of an earlier state\"");
    let page = Page { position: Some(&position), ..Page::default() };
    store.write_page(&table, "default", page).unwrap();
    let third = sync(&client, &store, &entities).await;
    assert!(third.error().is_none(), "{third:#?}");
    for report in &third.entities {
        let is_read = report.entity == "ad_accounts";
        assert_eq!(report.records, if is_read { report.rows } else { 0 }, "{report:#?}");
        assert_eq!((report.counts.changed, report.counts.deleted), (0, 0), "{report:#?}");
    }
    let mut options = Options::default();
    (options.full, options.pace) = (true, Some(Pace::default()));
    let plan = Plan::new(client.description(), &entities, &Map::new(), client.config()).unwrap();
    let full = Runner::new(client, store, "default").options(options).run(&plan).await;
    assert!(full.entities.iter().all(|report| report.records > 0), "{full:#?}");
}
