//! Every connector is copied wholly from the sandbox: all entities that its spec says can be copied, again without
//! changes, and again after a change and a deletion. What the store has is compared with what the lists show.

mod changes;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use airbyte_agent_core::description::{
    Connector, JsonPath, Kind, ParentValue, SyncDeletions, SyncRule, SyncTime,
};
use airbyte_agent_store::{QueryLimits, Store};
use airbyte_agent_sync::{EntityReport, Mode, Options, Pace, Plan, Planned, Report, Runner};
use futures_util::StreamExt as _;
use serde_json::{Map, Value, json};

use crate::live::{Emulated, emulated_in};

/// Records of an entity, and of a list below a record of another one.
const POPULATION: (u64, u64) = (10, 2);

/// Entities whose lists go on by the argument that filters them by time, so that the sandbox takes it for a place in the
/// list and sends everything again.
const NOT_FILTERED: [(&str, &str); 4] = [
    ("zendesk-chat", "chats"),
    ("zendesk-chat", "conversions"),
    ("zendesk-chat", "department_events"),
    ("zendesk-support", "ticket_event_exports"),
];

/// Entities of which the sandbox shows the first record of each page with the address of a file.
const WITH_FILES: [(&str, &str); 1] = [("greenhouse", "attachments")];

/// Number of connectors that are copied at the same time.
const AT_ONCE: usize = 3;

/// What the changed member of a record says.
const CHANGED: &str = "changed at the vendor";

/// The connectors: one for each spec, apart from that of the platform.
fn connectors() -> Vec<String> {
    let folder = format!("{}/../../specs", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let specs = files.filter(|file| file.extension().is_some_and(|kind| kind == "yaml"));
    let names = specs.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned());
    let mut all: Vec<String> = names.filter(|name| name != "platform").collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_connector_is_copied_as_the_vendor_has_it() {
    let all = connectors();
    assert!(all.len() >= 21, "{all:?}");
    let checks = all.into_iter().map(|slug| async move {
        let name = slug.clone();
        let found = tokio::spawn(async move { Copied::check(&slug).await });
        found.await.unwrap_or_else(|error| vec![format!("{name}: {error}")])
    });
    let wrong: Vec<Vec<String>> =
        futures_util::stream::iter(checks).buffer_unordered(AT_ONCE).collect().await;
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// A connector whose records are copied from the sandbox, and what was found wrong.
struct Copied {
    slug: String,
    emulated: Emulated,
    store: Arc<Store>,
    plan: Plan,
    wrong: Vec<String>,
}

/// The records of an entity, each with the arguments that came from parents.
type Listed = Vec<(Map<String, Value>, Value)>;

impl Copied {
    async fn check(slug: &str) -> Vec<String> {
        let emulated = emulated_in(slug, |sandbox| sandbox.population(POPULATION.0, POPULATION.1));
        let emulated = emulated.await;
        let client = &emulated.clients.client;
        let none: &[&str] = &[];
        let plan = Plan::new(client.description(), none, &Map::new(), client.config()).unwrap();
        let store = Arc::new(Store::open_in_memory().unwrap());
        let mut copied = Self { slug: slug.to_owned(), emulated, store, plan, wrong: Vec::new() };
        copied.everything_is_planned();

        let first = copied.sync(false).await;
        copied.is_complete(&first);
        copied.agrees("at first").await;

        let second = copied.sync(false).await;
        copied.is_complete(&second);
        for entity in &second.entities {
            copied.moves_no_more_than_it_must(entity);
        }

        let changed = copied.change();
        let third = copied.sync(false).await;
        copied.is_complete(&third);
        for entity in &changed {
            let found = third.entities.iter().find(|report| report.entity == *entity);
            let has_text = copied.rows(entity).iter().any(|row| row.contains(CHANGED));
            if found.is_none_or(|report| report.counts.changed == 0) || !has_text {
                copied.fault(entity, "the change did not arrive");
            }
        }

        let removed = copied.remove();
        let fourth = copied.sync(true).await;
        copied.is_complete(&fourth);
        copied.agrees("after a deletion").await;
        for entity in &removed {
            let found = fourth.entities.iter().find(|report| report.entity == *entity);
            if found.is_none_or(|report| report.counts.deleted == 0) {
                copied.fault(entity, "the deletion did not arrive");
            }
        }
        copied.wrong
    }

    fn fault(&mut self, entity: &str, what: &str) {
        self.wrong.push(format!("{}.{entity}: {what}", self.slug));
    }

    fn description(&self) -> &Connector {
        self.emulated.clients.client.description()
    }

    /// The plan has every entity whose spec says how it is copied, unless only the caller knows an argument.
    fn everything_is_planned(&mut self) {
        let mut missing = Vec::new();
        for operation in self.description().operations() {
            let Some(SyncRule::Source(source)) = &operation.sync else { continue };
            let is_planned = self.plan.entities.iter().any(|one| one.entity == operation.entity);
            let skipped = self.plan.skipped.iter().find(|one| one.entity == operation.entity);
            let is_for_caller =
                skipped.is_some_and(|one| one.reason.contains("it needs an argument"));
            if !is_planned && source.needs.is_empty() && !is_for_caller {
                missing
                    .push((operation.entity.to_string(), format!("is not planned: {skipped:?}")));
            }
        }
        if self.plan.entities.is_empty() {
            missing.push((String::new(), "nothing is planned".to_owned()));
        }
        for (entity, what) in missing {
            self.fault(&entity, &what);
        }
    }

    async fn sync(&self, full: bool) -> Report {
        let mut options = Options::default();
        options.full = full;
        options.pace = Some(Pace::default());
        let client = self.emulated.clients.client.clone();
        Runner::new(client, self.store.clone(), "default").options(options).run(&self.plan).await
    }

    fn is_complete(&mut self, report: &Report) {
        for entity in &report.entities {
            if let Some(trouble) = entity.troubles.first() {
                let number = entity.troubles.len();
                self.fault(&entity.entity, &format!("{number} troubles: {}", trouble.error));
            }
        }
        for skipped in report.skipped.iter().filter(|one| !self.plan.skipped.contains(one)) {
            self.wrong.push(format!("{}.{}: {}", self.slug, skipped.entity, skipped.reason));
        }
    }

    /// Compares the rows of every entity with the records that its lists show.
    async fn agrees(&mut self, when: &str) {
        let mut all: BTreeMap<String, Listed> = BTreeMap::new();
        for planned in self.plan.entities.clone() {
            let listed = self.listed(&planned, &all).await;
            let expected: BTreeMap<String, BTreeSet<String>> = by_key(&planned, &listed);
            let rows = self.rows(&planned.entity);
            let number = if planned.source.key.is_empty() { listed.len() } else { expected.len() };
            if rows.len() != number {
                let what = format!("{} rows of {number} records {when}", rows.len());
                self.fault(&planned.entity, &what);
            }
            let known: BTreeSet<&String> = expected.values().flatten().collect();
            if let Some(row) = rows.iter().find(|row| !known.contains(row)) {
                let some = known.iter().next().map_or("", |text| text.as_str());
                let what = format!("a row is no record {when}: {row:.300} (one is {some:.300})");
                self.fault(&planned.entity, &what);
            }
            if listed.is_empty() {
                self.fault(&planned.entity, "the sandbox has no records");
            }
            all.insert(planned.entity.clone(), listed);
        }
    }

    /// The records of an entity as its lists show them, for every combination of records of its parents.
    async fn listed(&mut self, planned: &Planned, known: &BTreeMap<String, Listed>) -> Listed {
        let operation = self.description().operation(&planned.entity, planned.action).unwrap();
        let mut combinations = vec![Map::new()];
        for parent in planned.source.parents.iter() {
            let records = &known[parent.entity.as_ref()];
            let with = |before: &Map<String, Value>| {
                let before = before.clone();
                records.iter().map(move |(of_parent, record)| {
                    let mut all = before.clone();
                    for (name, value) in parent.arguments.iter() {
                        let found = match value {
                            ParentValue::Member(place) => place.first(record),
                            ParentValue::Argument(own) => of_parent.get(own.as_ref()),
                        };
                        let is_text = operation.parameter(name).is_some_and(|parameter| {
                            let kinds = &parameter.schema.kinds;
                            kinds.contains(&Kind::String) && !kinds.contains(&Kind::Integer)
                        });
                        let found = found.map(|found| match found {
                            Value::Number(number) if is_text => json!(number.to_string()),
                            other => other.clone(),
                        });
                        all.extend(found.map(|found| (name.to_string(), found)));
                    }
                    all
                })
            };
            combinations = combinations.iter().flat_map(with).collect();
        }
        let distinct: BTreeMap<String, Map<String, Value>> =
            combinations.into_iter().map(|one| (json!(one).to_string(), one)).collect();
        let client = self.emulated.clients.client.clone();
        let lists = distinct.into_values().map(|of_parents| {
            let mut call = client.call(&planned.entity, planned.action);
            call.set_all(of_parents.clone());
            for (name, value) in planned.source.arguments.iter() {
                call.set(name, value.value());
            }
            async move { (of_parents, call.items::<Value>().collect().await) }
        });
        let lists: Vec<_> = futures_util::stream::iter(lists).buffered(4).collect().await;
        let mut all = Vec::new();
        for (of_parents, records) in lists {
            match records {
                Ok(records) => {
                    let present = records.into_iter().filter(|one| !is_deleted(planned, one));
                    all.extend(present.map(|record| (of_parents.clone(), record)));
                }
                Err(error) => self.fault(&planned.entity, &format!("{of_parents:?}: {error}")),
            }
        }
        all
    }

    /// The records in the store without what the store adds to them.
    fn rows(&self, entity: &str) -> Vec<String> {
        let connector = self.slug.as_str();
        let table = self.store.table(connector, entity).unwrap().unwrap();
        let sql = format!("SELECT _record FROM \"{}\"", table.name());
        let limits = QueryLimits::default().rows(1_000_000).bytes(1 << 30);
        let rows = self.store.query(&sql, &limits).unwrap();
        assert!(rows.cut.is_none());
        let record = |row: Vec<Value>| {
            let mut record: Value = serde_json::from_str(row[0].as_str().unwrap()).unwrap();
            record.as_object_mut().unwrap().remove("_parent");
            canonical(&record)
        };
        rows.rows.into_iter().map(record).collect()
    }
}

/// Whether the list shows the record as a deleted one.
fn is_deleted(planned: &Planned, record: &Value) -> bool {
    let SyncDeletions::Flag { field, equals } = &planned.source.deletions else { return false };
    match (field.first(record), equals) {
        (None | Some(Value::Null), _) => false,
        (Some(value), Some(expected)) => *value == expected.value(),
        (Some(value), None) => {
            ![json!(false), json!(""), json!(0), json!([]), json!({})].contains(value)
        }
    }
}

/// The texts of the records by what identifies them.
fn by_key(planned: &Planned, listed: &Listed) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (of_parents, record) in listed {
        let mut key: Vec<Value> =
            planned.source.key.iter().map(|place| place.first(record).cloned().into()).collect();
        if planned.source.per_parent {
            key.push(json!(of_parents));
        }
        let wrapped = if record.is_object() { record.clone() } else { json!({"value": record}) };
        all.entry(json!(key).to_string()).or_default().insert(canonical(&wrapped));
    }
    all
}

/// The record as a text that does not depend on the order of members.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, String> =
                members.iter().map(|(name, value)| (name, canonical(value))).collect();
            format!("{sorted:?}")
        }
        Value::Array(items) => format!("{:?}", items.iter().map(canonical).collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

impl Copied {
    /// Without changes nothing is written, and what the vendor can select by its time of change is not sent again.
    fn moves_no_more_than_it_must(&mut self, report: &EntityReport) {
        let counts = report.counts;
        let name = (self.slug.as_str(), report.entity.as_str());
        let is_steady = !self.has_no_key(report) && !WITH_FILES.contains(&name);
        if counts.inserted + counts.changed + counts.deleted > 0 && is_steady {
            self.fault(&report.entity, &format!("changes without a change: {counts:?}"));
        }
        let Some(planned) = self.planned(&report.entity) else { return };
        let Some(change) = planned.source.change.clone() else { return };
        let is_filtered = !change.filter.is_empty();
        if report.mode != Mode::Incremental {
            let times = self.times(&report.entity, &change.field, change.format).len();
            let what = format!(
                "the changes were not requested alone; {times} of {} records have a time, {} an unreadable one",
                report.rows, report.unreadable_times
            );
            return self.fault(&report.entity, &what);
        }
        if !is_filtered || !planned.source.parents.is_empty() {
            return;
        }
        let rows = self.times(&report.entity, &change.field, change.format);
        let Some(last) = rows.iter().copied().max() else { return };
        let overlap = i64::try_from(change.overlap_seconds).unwrap().max(1);
        let step = if change.filter_format == SyncTime::Date { 86_400 } else { overlap };
        let may_move = rows.iter().filter(|at| **at >= last - overlap.max(step)).count() as u64;
        let timeless = report.rows - rows.len() as u64;
        let is_filtered = !NOT_FILTERED.contains(&(self.slug.as_str(), report.entity.as_str()));
        if is_filtered && report.records > may_move + timeless {
            let what = format!("{} records of {} were sent again", report.records, report.rows);
            let had_to = may_move + timeless;
            self.fault(&report.entity, &format!("{what}; {had_to} had to be"));
        }
    }

    fn has_no_key(&self, report: &EntityReport) -> bool {
        self.planned(&report.entity).is_some_and(|planned| planned.source.key.is_empty())
    }

    fn planned(&self, entity: &str) -> Option<Planned> {
        self.plan.entities.iter().find(|planned| planned.entity == entity).cloned()
    }

    /// When the records in the store were changed, in seconds, or as the numbers that they have.
    fn times(&self, entity: &str, field: &JsonPath, format: SyncTime) -> Vec<i64> {
        let table = self.store.table(&self.slug, entity).unwrap().unwrap();
        let sql = format!("SELECT _record FROM \"{}\"", table.name());
        let limits = QueryLimits::default().rows(1_000_000).bytes(1 << 30);
        let rows = self.store.query(&sql, &limits).unwrap().rows;
        let time = |row: &Vec<Value>| {
            let record: Value = serde_json::from_str(row[0].as_str().unwrap()).unwrap();
            let value = field.first(&record)?;
            let number = || value.as_f64().or_else(|| value.as_str()?.parse().ok());
            #[allow(clippy::cast_possible_truncation)]
            match format {
                SyncTime::Iso8601 => {
                    let moment: jiff::Timestamp = value.as_str()?.parse().ok()?;
                    Some(moment.as_second())
                }
                SyncTime::Date => {
                    let moment: jiff::Timestamp =
                        format!("{}T00:00:00Z", value.as_str()?).parse().ok()?;
                    Some(moment.as_second())
                }
                SyncTime::UnixMilliseconds => Some((number()? / 1000.0) as i64),
                SyncTime::UnixSeconds | SyncTime::Number => Some(number()? as i64),
            }
        };
        rows.iter().filter_map(time).collect()
    }
}
