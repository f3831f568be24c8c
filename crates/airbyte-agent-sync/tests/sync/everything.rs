//! Every connector from the sandbox: all its entities arrive, a second run changes nothing, and where the vendor says what
//! has not changed, nothing is sent again.

use std::collections::HashSet;
use std::sync::Arc;

use airbyte_agent_core::Client;
use airbyte_agent_core::description::{Action, SyncRule, SyncSource};
use airbyte_agent_store::{QueryLimits, Store};
use airbyte_agent_sync::{Options, Pace, Plan, Report, Runner};
use serde_json::{Map, Value, json};

use crate::live::{Emulated, emulated, store};

/// The slugs of the specs, without that of the platform.
fn connectors() -> Vec<String> {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let slugs = names.filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()));
    let mut slugs: Vec<String> = slugs.filter(|slug| slug != "platform").collect();
    slugs.sort();
    slugs
}

async fn sync(client: &Client, store: &Arc<Store>, entities: &[&str]) -> Report {
    let plan = Plan::new(client.description(), entities, &Map::new(), client.config()).unwrap();
    let mut options = Options::default();
    options.pace = Some(Pace::default());
    Runner::new(client.clone(), store.clone(), "default").options(options).run(&plan).await
}

fn source<'c>(client: &'c Client, entity: &str) -> (Action, &'c SyncSource) {
    let entity = client.description().entity(entity).unwrap();
    let found = entity.operations.iter().find_map(|operation| match &operation.sync {
        Some(SyncRule::Source(source)) => Some((operation.action, source)),
        _ => None,
    });
    found.unwrap()
}

/// The number of different records of a list, read without the store.
async fn listed(client: &Client, entity: &str) -> u64 {
    let (action, source) = source(client, entity);
    let mut call = client.call(entity, action);
    for (name, value) in source.arguments.iter() {
        call.set(name, value.value());
    }
    let mut pages = call.outcomes();
    let mut keys = HashSet::new();
    let mut number = 0_u64;
    while let Some(page) = pages.try_next().await.unwrap() {
        for record in page.data.as_array().unwrap() {
            let key: Vec<Option<&Value>> = source.key.iter().map(|key| key.first(record)).collect();
            if keys.insert(serde_json::to_string(&key).unwrap()) || source.key.is_empty() {
                number += 1;
            }
        }
    }
    number
}

fn count(store: &Store, table: &str) -> u64 {
    let sql = format!("SELECT count(*) FROM \"{table}\"");
    store.query(&sql, &QueryLimits::default()).unwrap().rows[0][0].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_connectors_are_copied_wholly() {
    let slugs = connectors();
    assert!(slugs.len() >= 21, "{slugs:?}");
    for slug in slugs {
        let Emulated { sandbox, clients } = emulated(&slug).await;
        let (client, store) = (clients.client.clone(), store());
        let first = sync(&client, &store, &[]).await;
        assert!(first.error().is_none(), "{slug}: {:#?}", first.error());
        assert!(!first.entities.is_empty(), "{slug}");
        let tables = store.tables().unwrap();
        for report in &first.entities {
            let entity = &report.entity;
            let table = tables.iter().find(|summary| summary.table.entity() == entity).unwrap();
            assert_eq!(report.rows, count(&store, table.table.name()), "{slug} {entity}");
            let (_, source) = source(&client, entity);
            let is_marked = report.counts.deleted > 0;
            let is_whole = source.parents.is_empty() && source.needs.is_empty() && !is_marked;
            // Records that are marked as deleted are listed and not kept.
            let has_flag = !matches!(
                source.deletions,
                airbyte_agent_core::description::SyncDeletions::FullPass
            );
            if is_whole && !has_flag {
                assert_eq!(report.rows, listed(&client, entity).await, "{slug} {entity}");
            }
        }
        let second = sync(&client, &store, &[]).await;
        assert!(second.error().is_none(), "{slug}: {:#?}", second.error());
        for report in &second.entities {
            let counts = report.counts;
            let changed = (counts.inserted, counts.changed, counts.deleted);
            assert_eq!(changed, (0, 0, 0), "{slug} {report:#?}");
        }
        sandbox.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again() {
    let Emulated { sandbox, clients } = emulated("facebook-marketing").await;
    let (client, store) = (clients.client.clone(), store());
    let entities = ["campaigns", "ad_accounts"];
    let first = sync(&client, &store, &entities).await;
    assert!(first.error().is_none(), "{first:#?}");
    let pages: u64 = first.entities.iter().map(|report| report.pages).sum();
    let statuses = |from: usize| -> Vec<u16> {
        sandbox.requests()[from..].iter().map(|request| request.status).collect()
    };
    let sent = sandbox.requests().len();
    let rows: Vec<u64> = first.entities.iter().map(|report| report.rows).collect();
    assert!(rows.iter().all(|rows| *rows > 0), "{first:#?}");

    let second = sync(&client, &store, &entities).await;
    assert!(second.error().is_none(), "{second:#?}");
    assert_eq!(statuses(sent), vec![304; usize::try_from(pages).unwrap()]);
    for (report, rows) in second.entities.iter().zip(rows) {
        assert_eq!(
            (report.records, report.rows, report.counts.deleted),
            (0, rows, 0),
            "{report:#?}"
        );
        assert!(report.not_modified > 0);
    }
    // It is as fresh as after reading everything.
    let table = store.table("facebook-marketing", "campaigns").unwrap().unwrap();
    let state = store.account(&table, "default").unwrap().unwrap();
    let complete: i128 = state.position.unwrap()["complete"].as_str().unwrap().parse().unwrap();
    let now = jiff::Timestamp::now().as_nanosecond();
    assert!(now - complete < 60_000_000_000, "{complete} {now}");

    // A change arrives, and what has changed is read whole.
    let campaign = "SELECT id, _parent FROM facebook_marketing_campaigns LIMIT 1";
    let row = store.query(campaign, &QueryLimits::default()).unwrap().rows.remove(0);
    let account: Value = match &row[1] {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        other => other.clone(),
    };
    let change =
        json!({"campaign_id": row[0], "name": "Another name", "account_id": account["account_id"]});
    let operation = client.description().operation("campaigns", Action::Update).unwrap();
    let known = change.as_object().unwrap().iter();
    let known: Map<String, Value> = known
        .filter(|(name, _)| operation.parameter(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    client.execute("campaigns", "update", Value::Object(known)).await.unwrap();
    let third = sync(&client, &store, &entities).await;
    let campaigns = third.entities.iter().find(|report| report.entity == "campaigns").unwrap();
    assert!(campaigns.is_complete() && campaigns.counts.changed >= 1, "{campaigns:#?}");
    assert_eq!(campaigns.counts.deleted, 0);
    let others = third.entities.iter().find(|report| report.entity == "ad_accounts").unwrap();
    assert_eq!(others.records, 0, "{others:#?}");
    let mut options = Options::default();
    (options.full, options.pace) = (true, Some(Pace::default()));
    let plan = Plan::new(client.description(), &entities, &Map::new(), client.config()).unwrap();
    let full = Runner::new(client, store, "default").options(options).run(&plan).await;
    assert!(full.entities.iter().all(|report| report.records > 0), "{full:#?}");
}
