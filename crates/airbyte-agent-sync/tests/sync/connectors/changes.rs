//! What happens to records at the vendor between two runs.

use std::collections::BTreeSet;

use airbyte_agent_core::description::{ParentValue, Step, SyncTime};
use airbyte_agent_store::QueryLimits;
use airbyte_agent_sync::Planned;
use serde_json::{Map, Value, json};

use super::{CHANGED, Copied};

impl Copied {
    /// Changes a record of every entity that has no parents, and gives these entities.
    pub(super) fn change(&self) -> Vec<String> {
        let mut changed = Vec::new();
        for planned in self.plan.entities.iter().filter(|one| one.source.parents.is_empty()) {
            let Some(member) = self.plain_member(planned) else { continue };
            let mut fields = Map::from_iter([(member, json!(CHANGED))]);
            if let Some(change) = &planned.source.change {
                let now = jiff::Timestamp::now().as_second() - 60;
                let text = |pattern: &str| {
                    let moment = jiff::Timestamp::from_second(now).unwrap();
                    json!(moment.strftime(pattern).to_string())
                };
                let time = match change.format {
                    SyncTime::Iso8601 => text("%Y-%m-%dT%H:%M:%SZ"),
                    SyncTime::Date => text("%Y-%m-%d"),
                    SyncTime::UnixMilliseconds => json!(now * 1000),
                    _ => json!(now),
                };
                let names = change.field.steps.iter().filter_map(|step| match step {
                    Step::Key(name) => Some(name.to_string()),
                    _ => None,
                });
                let names: Vec<String> = names.collect();
                let nested = names[1..].iter().rev().fold(time, |value, name| json!({name: value}));
                fields.insert(names[0].clone(), nested);
            }
            if self.emulated.sandbox.change(&self.slug, &planned.entity, 0, fields) {
                changed.push(planned.entity.clone());
            }
        }
        changed
    }

    /// A member with a text that identifies nothing and is no argument of any list.
    fn plain_member(&self, planned: &Planned) -> Option<String> {
        let places =
            planned.source.key.iter().chain(planned.source.change.iter().map(|c| &c.field));
        let parents = self.plan.entities.iter().flat_map(|one| one.source.parents.iter());
        let of_lists = parents.flat_map(|parent| parent.arguments.iter());
        let of_lists = of_lists.filter_map(|(_, value)| match value {
            ParentValue::Member(place) => Some(place),
            ParentValue::Argument(_) => None,
        });
        let used: BTreeSet<String> = places
            .chain(of_lists)
            .filter_map(|place| match place.steps.first() {
                Some(Step::Key(name)) => Some(name.to_string()),
                _ => None,
            })
            .collect();
        let likely = ["name", "title", "description", "subject", "note", "text", "label", "email"];
        let rows = self.members(&planned.entity);
        let is_free = |name: &&String| !used.contains(*name);
        let is_likely = |name: &&String| likely.contains(&name.to_lowercase().as_str());
        rows.iter().filter(is_free).find(is_likely).cloned()
    }

    /// The names of the members of a record that are texts.
    fn members(&self, entity: &str) -> Vec<String> {
        let table = self.store.table(&self.slug, entity).unwrap().unwrap();
        let sql = format!("SELECT _record FROM \"{}\" LIMIT 1", table.name());
        let rows = self.store.query(&sql, &QueryLimits::default()).unwrap().rows;
        let Some(row) = rows.first() else { return Vec::new() };
        let record: Value = serde_json::from_str(row[0].as_str().unwrap()).unwrap();
        let members = record.as_object().unwrap().iter();
        members.filter(|(_, value)| value.is_string()).map(|(name, _)| name.clone()).collect()
    }

    /// Removes some records of every entity that has no parents, and gives these entities. One record might be among
    /// those that the list does not show.
    pub(super) fn remove(&self) -> Vec<String> {
        let roots = self.plan.entities.iter().filter(|one| one.source.parents.is_empty());
        let sandbox = &self.emulated.sandbox;
        let removed = roots.filter(|one| {
            let gone = (1..4).filter(|number| sandbox.remove(&self.slug, &one.entity, *number));
            gone.count() > 0
        });
        removed.map(|one| one.entity.clone()).collect()
    }
}
