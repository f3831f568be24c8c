//! What the records of one connector have in common: who refers to whom, which values occur.

use std::collections::{HashMap, HashSet};

use airbyte_agent_description::{Connector, Filter, JsonPath, Kind};
use serde_json::Value;

use super::{plain, singular};

/// Facts about a connector that shape its records.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) connector: String,
    /// Entities by the plain singular of their name.
    entities: HashMap<String, String>,
    /// Target entities by entity and plain name of the referring property.
    references: HashMap<String, HashMap<String, String>>,
    /// Values that parameters of the same name allow, by entity and plain name.
    choices: HashMap<String, HashMap<String, Vec<Value>>>,
    /// Entities whose records are asked for by number.
    numbered: HashSet<String>,
    /// Places that hide a record when they are true.
    guards: HashMap<String, JsonPath>,
}

/// Choices of a parameter that are no value of a record.
const NOT_VALUES: [&str; 5] = ["all", "any", "none", "", "*"];

/// Names of texts that are names of entities, too.
const TEXTS: [&str; 11] = [
    "note", "comment", "message", "tag", "label", "event", "status", "list", "view", "field",
    "type",
];

impl World {
    pub(crate) fn new(connector: &Connector) -> Self {
        let mut world = Self { connector: connector.name.to_string(), ..Self::default() };
        for entity in connector.entities.iter() {
            world.entities.insert(plain(&singular(&entity.name)), entity.name.to_string());
            for operation in entity.operations.iter() {
                if let Some(Filter::Unless(path)) = &operation.response.filter {
                    world.guards.insert(entity.name.to_string(), path.clone());
                }
                let by_number = operation.parameters.iter().any(|parameter| {
                    let name = plain(&parameter.name);
                    let own =
                        name == "id" || name == format!("{}id", plain(&singular(&entity.name)));
                    own && parameter.schema.kinds.contains(&Kind::Integer)
                        && !parameter.schema.kinds.contains(&Kind::String)
                });
                if by_number {
                    world.numbered.insert(entity.name.to_string());
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
                        let known = world.choices.entry(entity.name.to_string()).or_default();
                        known.entry(plain(&parameter.name)).or_insert(values);
                    }
                }
            }
        }
        for relation in connector.relationships.iter() {
            let is_known = connector.entity(&relation.target).is_some();
            if is_known && plain(&relation.target_key).ends_with("id") {
                let known = world.references.entry(relation.source.to_string()).or_default();
                known.insert(plain(&relation.foreign_key), relation.target.to_string());
            }
        }
        world
    }

    /// The entity that a property of this plain name refers to.
    pub(crate) fn reference(&self, entity: &str, name: &str) -> Option<&str> {
        let declared = self.references.get(entity).and_then(|known| known.get(name));
        let by_name = || {
            let stem = name.strip_suffix("gid").or_else(|| name.strip_suffix("id"));
            let stem = match stem {
                Some(stem) => stem,
                // Without an ending it may be the text itself: `note`, `message`.
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

    /// The entity whose singular has this plain name.
    pub(crate) fn entity_called(&self, name: &str) -> Option<&str> {
        self.entities.get(name).map(String::as_str)
    }

    /// Values that a property of this plain name takes.
    pub(crate) fn choices(&self, entity: &str, name: &str) -> Option<&[Value]> {
        self.choices.get(entity)?.get(name).map(Vec::as_slice)
    }

    /// Whether the records of this entity have numbers for identifiers, whatever type carries them.
    pub(crate) fn is_numbered(&self, entity: &str) -> bool {
        self.numbered.contains(entity)
    }

    /// The place that hides records of this entity when it is true.
    pub(crate) fn guard(&self, entity: &str) -> Option<&JsonPath> {
        self.guards.get(entity)
    }
}
