//! The invented vendor: records in memory, pages of at most three of them, filters, and failures on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use airbyte_agent_core::description::{Connector, Operation};
use airbyte_agent_core::{
    BoxFuture, CheckedCall, Client, CursorKey, Error, ErrorKind, Layout, Reply, Result, Transport,
};
use airbyte_agent_store::{QueryLimits, Store};
use airbyte_agent_sync::{Options, Plan, Report, Runner};
use serde_json::{Map, Value, json};

/// The connector of the vendor.
pub(crate) fn connector() -> Connector {
    let text = include_str!("office.yaml");
    airbyte_agent_spec::Spec::parse(text).unwrap().lower().unwrap()
}

#[derive(Default)]
pub(crate) struct State {
    /// Records by entity and id.
    pub(crate) records: BTreeMap<String, BTreeMap<String, Value>>,
    /// Calls, as entity and arguments.
    pub(crate) calls: Vec<(String, Map<String, Value>)>,
    /// Entities whose calls fail, with the number of calls that go well before.
    pub(crate) failures: Vec<(String, ErrorKind, usize)>,
    /// Entities whose second page is withheld, although there is one.
    pub(crate) dead_ends: Vec<String>,
    /// The token of the next page of this entity is not known any more.
    pub(crate) forgotten: Option<String>,
}

/// The vendor, which clones share.
#[derive(Clone, Default)]
pub(crate) struct Vendor(pub(crate) Arc<Mutex<State>>);

impl Vendor {
    /// With some records of each kind.
    pub(crate) fn new() -> Self {
        let vendor = Self::default();
        for project in 0..4 {
            vendor.put("projects", &format!("p{project}"), json!({"name": "P"}));
            for task in 0..7 {
                let id = format!("t{project}{task}");
                let record = json!({"project": format!("p{project}"), "title": "T", "state": "open",
                    "updated_at": format!("2026-01-0{}T00:00:00Z", task + 1)});
                vendor.put("tasks", &id, record);
                vendor.put("comments", &format!("c{id}"), json!({"task": id, "text": "C"}));
            }
            for label in ["red", "blue"] {
                let record = json!({"project": format!("p{project}"), "name": label});
                vendor.put("labels", &format!("p{project}{label}"), record);
            }
        }
        for number in 10..18 {
            vendor.put("events", &format!("e{number}"), json!({"number": number}));
            vendor.put("logs", &format!("l{number}"), json!({"at": 1_700_000_000 + number}));
            let at = format!("2026-02-{number}T00:00:00.5Z");
            vendor.put("notes", &format!("n{number}"), json!({"updated_at": at}));
        }
        for color in ["red", "red", "green", "blue", "blue"] {
            let number = vendor.0.lock().unwrap().records.get("colors").map_or(0, BTreeMap::len);
            vendor.put("colors", &format!("{number}"), json!({"name": color}));
        }
        vendor
    }

    /// Adds or replaces a record.
    pub(crate) fn put(&self, entity: &str, id: &str, mut record: Value) {
        record["id"] = id.into();
        let mut state = self.0.lock().unwrap();
        state.records.entry(entity.to_owned()).or_default().insert(id.to_owned(), record);
    }

    pub(crate) fn remove(&self, entity: &str, id: &str) {
        self.0.lock().unwrap().records.get_mut(entity).unwrap().remove(id).unwrap();
    }

    pub(crate) fn fail(&self, entity: &str, kind: ErrorKind, after: usize) {
        self.0.lock().unwrap().failures.push((entity.to_owned(), kind, after));
    }

    pub(crate) fn recover(&self) {
        let mut state = self.0.lock().unwrap();
        state.failures.clear();
        state.dead_ends.clear();
    }

    /// The calls since the last time, as entity and arguments.
    pub(crate) fn calls(&self) -> Vec<(String, Map<String, Value>)> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(connector(), self.clone()).with_cursor_key(CursorKey::new(&[7; 32]))
    }

    /// Number of records that lists of the entity have.
    pub(crate) fn count(&self, entity: &str) -> usize {
        let state = self.0.lock().unwrap();
        let all = state.records.get(entity).into_iter().flat_map(BTreeMap::values);
        all.filter(|record| record["state"] != "gone").count()
    }

    fn answer(&self, operation: &Operation, arguments: &Map<String, Value>) -> Result<Value> {
        let mut state = self.0.lock().unwrap();
        let entity = operation.entity.to_string();
        state.calls.push((entity.clone(), arguments.clone()));
        if let Some(failure) = state.failures.iter_mut().find(|(name, ..)| *name == entity) {
            if failure.2 == 0 {
                return Err(Error::new(failure.1, format!("{entity} fails")));
            }
            failure.2 -= 1;
        }
        let text = |name: &str| arguments.get(name).and_then(Value::as_str);
        let mut found: Vec<Value> = state
            .records
            .get(&entity)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter(|record| {
                text("project_id").is_none_or(|id| record["project"] == id)
                    && text("site").is_none_or(|site| record["site"] == site)
                    && text("task_id").is_none_or(|id| record["task"] == id)
                    && text("updated_since")
                        .is_none_or(|since| record["updated_at"].as_str() > Some(since))
                    && arguments
                        .get("range")
                        .is_none_or(|range| record["number"].as_i64() > range["after"].as_i64())
            })
            .cloned()
            .collect();
        if entity == "logs" {
            found.sort_by_key(|record| -record["at"].as_i64().unwrap());
        }
        if entity == "colors" || entity == "labels" || entity == "doors" {
            for record in &mut found {
                record.as_object_mut().unwrap().retain(|name, _| name != "id" && name != "site");
            }
        }
        let from: usize = match text("page") {
            Some(_) if state.forgotten.take_if(|forgotten| *forgotten == entity).is_some() => {
                return Err(
                    Error::new(ErrorKind::Validation, "the token is not known").with_status(400)
                );
            }
            Some(token) => token.parse().unwrap(),
            None => 0,
        };
        assert_eq!(arguments.get("limit"), Some(&json!(3)), "the largest page is requested");
        let end = (from + 3).min(found.len());
        let next = (end < found.len()).then(|| end.to_string());
        if from == 3 && state.dead_ends.contains(&entity) {
            // The same page again and again.
            return Ok(json!({"data": found[0..3], "next": "3"}));
        }
        Ok(json!({"data": found[from.min(end)..end], "next": next}))
    }
}

impl Transport for Vendor {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        let answer = self.answer(call.operation, call.arguments);
        Box::pin(async move {
            let body = serde_json::to_vec(&answer?).unwrap();
            Ok(Reply::new(200, Default::default(), body.into(), Layout::described()))
        })
    }
}

/// A store with its vendor.
pub(crate) struct Office {
    pub(crate) vendor: Vendor,
    pub(crate) store: Arc<Store>,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self { vendor: Vendor::new(), store: crate::store() }
    }

    pub(crate) fn runner(&self) -> Runner {
        Runner::new(self.vendor.client(), self.store.clone(), "default")
    }

    pub(crate) async fn sync(&self) -> Report {
        self.sync_with(Options::default(), &[]).await
    }

    pub(crate) async fn sync_with(&self, options: Options, entities: &[&str]) -> Report {
        let plan = Plan::new(&connector(), entities, &options.arguments, &Map::new()).unwrap();
        self.runner().options(options).run(&plan).await
    }

    /// The rows of a table, as JSON.
    pub(crate) fn rows(&self, entity: &str) -> Vec<Value> {
        let sql = format!("SELECT _record FROM office_{entity} ORDER BY _key");
        let rows = self.store.query(&sql, &QueryLimits::default()).unwrap().rows;
        rows.iter().map(|row| serde_json::from_str(row[0].as_str().unwrap()).unwrap()).collect()
    }

    /// Fails unless the store holds what the vendor has.
    #[track_caller]
    pub(crate) fn agrees(&self) {
        for entity in ALL {
            let rows = self.rows(entity);
            assert_eq!(rows.len(), self.vendor.count(entity), "{entity}: {rows:#?}");
        }
        let state = self.vendor.0.lock().unwrap();
        for (entity, records) in &state.records {
            for row in self.rows(entity) {
                if let Some(id) = row["id"].as_str() {
                    let mut row = row.clone();
                    row.as_object_mut().unwrap().remove("_parent");
                    assert_eq!(Some(&row), records.get(id), "{entity}");
                }
            }
        }
    }
}

/// The entities that can be copied without arguments.
pub(crate) const ALL: [&str; 9] = [
    "projects",
    "tasks",
    "labels",
    "comments",
    "events",
    "logs",
    "notes",
    "deleted_notes",
    "colors",
];

/// The report of an entity.
#[track_caller]
pub(crate) fn of<'r>(report: &'r Report, entity: &str) -> &'r airbyte_agent_sync::EntityReport {
    let found = report.entities.iter().find(|found| found.entity == entity);
    found.unwrap_or_else(|| panic!("{entity}: {report:#?}"))
}

#[track_caller]
pub(crate) fn is_fine(report: &Report) {
    assert!(report.error().is_none(), "{report:#?}");
}

impl Office {
    /// Fails unless the store holds as many records of an entity as the vendor.
    #[track_caller]
    pub(crate) fn agrees_on(&self, entity: &str) {
        assert_eq!(self.rows(entity).len(), self.vendor.count(entity), "{entity}");
    }
}
