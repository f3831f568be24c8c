//! How much a request looks like one for an operation, where several have the same method and path.

use std::collections::HashMap;

use airbyte_agent_description::{Body, Location, Operation, Schema, SyncRule};
use serde_json::Value;

use crate::data::{plain, singular};
use crate::decode::{Arguments, same_value};

/// How much a request looks like one for this operation: the more, the likelier.
pub(super) fn likeness(operation: &Operation, arguments: &Arguments, words: &WordCounts) -> i64 {
    let mut score = 0;
    if matches!(operation.body, Body::GraphQl(_)) {
        return score;
    }
    for parameter in operation.parameters.iter() {
        let given = arguments.values.get(parameter.name.as_ref());
        if let Some(given) = given {
            // An operation whose demands are met is likelier than one that takes anything.
            score += 2 + 350 * demands_met(&parameter.schema, given);
        }
        let Some(default) = &parameter.default else { continue };
        let default = default.value();
        let always = parameter.send_default
            || parameter.required
            || operation.download.is_some() && parameter.location == Location::Query
            || parameter.location == Location::Body;
        score += match given {
            Some(value) if covers(value, &default) => 200,
            Some(value) => words.score_of_default(value, &default),
            None if always => -100,
            None => 0,
        };
    }
    for value in arguments.values.values() {
        score += words.score_of_entity(operation, value);
    }
    score + 300 * begun_as_copied(operation, arguments)
}

/// Number of texts that begin with the one that copies of the operation's records pass, such as a query to which a
/// condition is added.
fn begun_as_copied(operation: &Operation, arguments: &Arguments) -> i64 {
    let Some(SyncRule::Source(source)) = &operation.sync else { return 0 };
    let begun = source.arguments.iter().filter(|(name, constant)| {
        let given = arguments.values.get(name.as_ref()).and_then(Value::as_str);
        let constant = constant.value();
        let rest = given.zip(constant.as_str()).and_then(|(given, own)| given.strip_prefix(own));
        rest.is_some_and(|rest| rest.starts_with(' '))
    });
    begun.map(|_| 1).sum()
}

/// Number of members that the schema requires inside of `value` and that it has.
fn demands_met(schema: &Schema, value: &Value) -> i64 {
    let Some(value) = value.as_object() else { return 0 };
    let inner = schema.properties.iter().filter_map(|property| {
        let given = value.get(property.name.as_ref())?;
        Some(i64::from(property.required) + demands_met(&property.schema, given))
    });
    inner.sum()
}

/// Whether `value` is `default`, or an object that has all of its members.
fn covers(value: &Value, default: &Value) -> bool {
    match (value, default) {
        (Value::Object(value), Value::Object(default)) => {
            default.iter().all(|(name, part)| value.get(name).is_some_and(|v| covers(v, part)))
        }
        _ => same_value(value, default),
    }
}

/// The words of defaults, with the number of operations in which they occur. A word that occurs in only
/// one of them says which one is meant.
pub(super) struct WordCounts {
    operations: usize,
    counts: HashMap<String, usize>,
}

fn words_of(text: &str) -> Vec<String> {
    let mut all: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
        .collect();
    all.sort();
    all.dedup();
    all
}

impl WordCounts {
    pub(super) fn of(operations: &[&Operation]) -> Self {
        let mut counts = HashMap::new();
        for operation in operations {
            let mut own: Vec<String> = operation
                .parameters
                .iter()
                .filter_map(|parameter| parameter.default.as_ref())
                .flat_map(|default| words_of(&default.0))
                .collect();
            own.sort();
            own.dedup();
            for word in own {
                *counts.entry(word).or_default() += 1;
            }
        }
        Self { operations: operations.len(), counts }
    }

    /// A score for the words that a value and a default share, above all for rare ones.
    fn score_of_default(&self, value: &Value, default: &Value) -> i64 {
        let (Some(value), Some(default)) = (value.as_str(), default.as_str()) else { return 0 };
        let default = words_of(default);
        let shared = words_of(value).into_iter().filter(|word| default.contains(word));
        shared.map(|word| if self.counts.get(&word) == Some(&1) { 20 } else { 1 }).sum()
    }

    /// A score for a text that names the operation's entity.
    fn score_of_entity(&self, operation: &Operation, value: &Value) -> i64 {
        let (Some(text), true) = (value.as_str(), self.operations > 1) else { return 0 };
        let entity = plain(&operation.entity);
        let one = singular(&entity);
        let found = words_of(text).iter().any(|word| *word == entity || *word == one);
        if found { 50 } else { 0 }
    }
}
