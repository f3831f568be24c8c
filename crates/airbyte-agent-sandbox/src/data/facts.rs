//! Facts about a connector that shape its records: which entities refer to which, and which values
//! occur.

use std::collections::{HashMap, HashSet};

use airbyte_agent_description::{
    Connector, Filter, JsonPath, Kind, ParentValue, Step, SyncRule, SyncTime,
};
use serde_json::Value;

use super::{Population, initial_count, plain, singular};

/// Facts about a connector that shape its records, taken from its description once.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) connector: String,
    pub(crate) population: Population,
    /// The names of entities by their plain singular.
    entities: HashMap<String, String>,
    /// The entity that a property refers to, by the entity and the plain name of the property.
    references: HashMap<String, HashMap<String, String>>,
    /// The values that a parameter of the entity allows, by the entity and the parameter's plain name.
    /// Properties of the same name take these values.
    choices: HashMap<String, HashMap<String, Vec<Value>>>,
    /// Entities whose records are requested by a number.
    numbered: HashSet<String>,
    /// Where a record of the entity says that it is left out of lists.
    hidden_flags: HashMap<String, JsonPath>,
    /// Plain names of the properties that every record has, by the entity, or by the entity and the names of the objects
    /// that lead to them: those that identify a record, and those of which lists below it need the values.
    needed: HashMap<String, HashSet<String>>,
    /// Plain names of the properties that say when a record was changed, in the same way.
    times: HashMap<String, HashSet<String>>,
}

/// Choices of a parameter that select records and are not a value of one.
const NOT_VALUES: [&str; 5] = ["all", "any", "none", "", "*"];

/// Names of entities that are common names of properties with a text, too.
const TEXTS: [&str; 11] = [
    "note", "comment", "message", "tag", "label", "event", "status", "list", "view", "field",
    "type",
];

impl Facts {
    pub(crate) fn new(connector: &Connector, population: Population) -> Self {
        let mut facts =
            Self { connector: connector.name.to_string(), population, ..Self::default() };
        for entity in connector.entities.iter() {
            facts.entities.insert(plain(&singular(&entity.name)), entity.name.to_string());
            for operation in entity.operations.iter() {
                if let Some(Filter::Unless(path)) = &operation.response.filter {
                    facts.hidden_flags.insert(entity.name.to_string(), path.clone());
                }
                let by_number = operation.parameters.iter().any(|parameter| {
                    let name = plain(&parameter.name);
                    let own =
                        name == "id" || name == format!("{}id", plain(&singular(&entity.name)));
                    own && parameter.schema.kinds.contains(&Kind::Integer)
                        && !parameter.schema.kinds.contains(&Kind::String)
                });
                if by_number {
                    facts.numbered.insert(entity.name.to_string());
                }
                for parameter in operation.parameters.iter() {
                    let values: Vec<Value> = parameter
                        .schema
                        .choices
                        .iter()
                        .map(airbyte_agent_description::Json::value)
                        .filter(|value| !value.as_str().is_some_and(|t| NOT_VALUES.contains(&t)))
                        .collect();
                    if !values.is_empty() {
                        let known = facts.choices.entry(entity.name.to_string()).or_default();
                        known.entry(plain(&parameter.name)).or_insert(values);
                    }
                }
            }
        }
        for operation in connector.operations() {
            let Some(SyncRule::Source(source)) = &operation.sync else { continue };
            for place in source.key.iter() {
                facts.need(&operation.entity, place);
            }
            for (name, value) in source.arguments.iter() {
                let list = value.value().as_str().and_then(|text| serde_json::from_str(text).ok());
                if let Some(Value::Array(values)) = list {
                    let known = facts.choices.entry(operation.entity.to_string()).or_default();
                    known.entry(plain(name)).or_insert(values);
                }
            }
            let change = source.change.as_ref();
            let time = change.filter(|change| change.format == SyncTime::Iso8601);
            if let Some((scope, name)) =
                time.and_then(|change| last(&operation.entity, &change.field))
            {
                facts.times.entry(scope).or_default().insert(name);
            }
            for parent in source.parents.iter() {
                for (_, value) in parent.arguments.iter() {
                    if let ParentValue::Member(place) = value {
                        facts.need(&parent.entity, place);
                    }
                }
            }
        }
        for relation in connector.relationships.iter() {
            let is_known = connector.entity(&relation.target).is_some();
            if is_known && plain(&relation.target_key).ends_with("id") {
                let known = facts.references.entry(relation.source.to_string()).or_default();
                known.insert(plain(&relation.foreign_key), relation.target.to_string());
            }
        }
        facts
    }

    /// Whether the property of this plain name is a moment, although its schema may not say so.
    pub(crate) fn is_time(&self, entity: &str, name: &str) -> bool {
        self.times.get(entity).is_some_and(|names| names.contains(name))
    }

    fn need(&mut self, entity: &str, place: &JsonPath) {
        let mut scope = entity.to_owned();
        for step in place.steps.iter() {
            let Step::Key(name) = step else { return };
            self.needed.entry(scope.clone()).or_default().insert(plain(name));
            scope = format!("{scope}.{name}");
        }
    }

    /// Whether every record of the entity has the property of this plain name.
    pub(crate) fn is_needed(&self, entity: &str, name: &str) -> bool {
        self.needed.get(entity).is_some_and(|names| names.contains(name))
    }

    /// Number of records that an entity has at the start.
    pub(crate) fn initial_count(&self, entity: &str) -> u64 {
        let usual = initial_count(&self.connector, entity);
        self.population.most.map_or(usual, |most| usual.min(most.max(1)))
    }

    /// The entity that a property of this plain name refers to, by a relationship of the description or
    /// by its name.
    pub(crate) fn reference(&self, entity: &str, name: &str) -> Option<&str> {
        let declared = self.references.get(entity).and_then(|known| known.get(name));
        let by_name = || {
            let stem = name.strip_suffix("gid").or_else(|| name.strip_suffix("id"));
            let stem = match stem {
                Some(stem) => stem,
                // Without an ending the property may hold the text itself: `note`, `message`.
                None if TEXTS.iter().any(|text| name.ends_with(text)) => return None,
                None => name,
            };
            let whole = self.entities.get(stem);
            // `primaryUserId` names a user.
            let ends = |one: &&String| stem.len() < name.len() && stem.ends_with(one.as_str());
            let long = || self.entities.keys().filter(|one| one.len() > 3).filter(ends);
            let part = || self.entities.get(long().max_by_key(|one| one.len())?);
            whole.or_else(part)
        };
        declared.or_else(by_name).map(String::as_str)
    }

    /// The entity whose plain singular is this.
    pub(crate) fn entity_called(&self, name: &str) -> Option<&str> {
        self.entities.get(name).map(String::as_str)
    }

    /// The values that a property of this plain name takes, where the description lists them.
    pub(crate) fn choices(&self, entity: &str, name: &str) -> Option<&[Value]> {
        self.choices.get(entity)?.get(name).map(Vec::as_slice)
    }

    /// Whether records of this entity are identified by numbers, which may be written as texts.
    pub(crate) fn is_numbered(&self, entity: &str) -> bool {
        self.numbered.contains(entity)
    }

    /// Where a record of this entity says that it is left out of lists: it is when the value is true.
    pub(crate) fn hidden_flag(&self, entity: &str) -> Option<&JsonPath> {
        self.hidden_flags.get(entity)
    }
}

/// The entity with the names of the objects that lead to the last property of a place, and the plain name of this.
fn last(entity: &str, place: &JsonPath) -> Option<(String, String)> {
    let name = |step: &Step| match step {
        Step::Key(name) => Some(name.to_string()),
        Step::Index(_) | Step::Each => None,
    };
    let names = place.steps.iter().map(name).collect::<Option<Vec<_>>>()?;
    let (last, before) = names.split_last()?;
    let scope = before.iter().fold(entity.to_owned(), |scope, name| format!("{scope}.{name}"));
    Some((scope, plain(last)))
}
