//! Which operation a request asks for. Operations may share method and path; then the arguments,
//! the texts they resemble and the GraphQL document decide.

use std::collections::HashMap;
use std::sync::OnceLock;

use airbyte_agent_description::{Body, Connector, Location, Operation, Schema};
use serde_json::Value;

use super::hosts::Address;
use crate::graphql::Declared;
use crate::incoming::Incoming;
use crate::pattern::Pattern;
use crate::wire::{self, Arguments, Sent, same};

/// An operation's place among the entities, and the form of its path.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) entity: usize,
    pub(crate) operation: usize,
    segments: Vec<Pattern>,
    literals: usize,
    document: OnceLock<Option<Declared>>,
}

impl Route {
    /// The operation's GraphQL document.
    fn document(&self, operation: &Operation) -> Option<&Declared> {
        let make = || match &operation.body {
            Body::GraphQl(body) => Some(Declared::new(body)),
            _ => None,
        };
        self.document.get_or_init(make).as_ref()
    }
}

/// A route whose path fits, its operation, and what stands in the path's holes.
type Fitting<'a, 'c> = (&'a Route, &'c Operation, Vec<(String, String)>);

/// The operation that was found, and what the request says in its terms.
pub(crate) struct Found<'c> {
    pub(crate) operation: &'c Operation,
    pub(crate) arguments: Arguments,
    /// Other operations of the same method and path.
    pub(crate) siblings: Vec<&'c Operation>,
}

/// Why no operation was found.
pub(crate) enum Lost {
    NoPath,
    NoMethod,
}

/// The routes of a connector.
pub(crate) fn routes(connector: &Connector) -> Vec<Route> {
    let mut all = Vec::new();
    for (entity, of) in connector.entities.iter().enumerate() {
        for (operation, described) in of.operations.iter().enumerate() {
            let pattern = Pattern::of(&described.path);
            let mut segments = pattern.split('/');
            if segments.first().is_some_and(Pattern::is_empty) {
                segments.remove(0);
            }
            let literals = pattern.literals();
            let document = OnceLock::new();
            all.push(Route { entity, operation, segments, literals, document });
        }
    }
    all
}

fn at<'c>(connector: &'c Connector, route: &Route) -> Option<&'c Operation> {
    connector.entities.get(route.entity)?.operations.get(route.operation)
}

/// Whether an operation has this method and path.
pub(crate) fn exists(
    connector: &Connector,
    bases: &[Address],
    all: &[Route],
    request: &Incoming,
) -> bool {
    let segments = Incoming::segments(&request.path);
    let fitting = bases.iter().filter(|base| base.fits_host(request.host.as_deref()));
    let mut below = fitting.filter_map(|base| base.strip(&segments));
    below.any(|rest| {
        all.iter().any(|route| {
            let method = at(connector, route).map(|operation| operation.method.as_str());
            method == Some(request.method.as_str()) && captures(route, rest).is_some()
        })
    })
}

/// Finds the operation of a request whose path is `path`.
pub(crate) fn find<'c>(
    connector: &'c Connector,
    bases: &[Address],
    all: &[Route],
    request: &Incoming,
    path: &str,
    prefix_optional: bool,
    owns: impl Fn(&Operation, &Arguments) -> Option<bool>,
) -> Result<Found<'c>, Lost> {
    let sent = Sent::new(request);
    let segments = Incoming::segments(path);
    let mut below: Vec<&[String]> = bases
        .iter()
        .filter(|base| base.fits_host(request.host.as_deref()))
        .filter_map(|base| base.strip(&segments))
        .collect();
    if prefix_optional {
        below.push(&segments);
    }
    let mut other_method = false;
    for rest in below {
        let mut fitting: Vec<Fitting<'_, 'c>> = Vec::new();
        for route in all {
            let (Some(captures), Some(operation)) = (captures(route, rest), at(connector, route))
            else {
                continue;
            };
            if operation.method.as_str() == request.method {
                fitting.push((route, operation, captures));
            } else {
                other_method = true;
            }
        }
        let Some(most) = fitting.iter().map(|(route, ..)| route.literals).max() else { continue };
        fitting.retain(|(route, ..)| route.literals == most);
        let candidates: Vec<(&Operation, Arguments)> = fitting
            .into_iter()
            .map(|(route, operation, captures)| {
                let document = route.document(operation);
                (operation, wire::decode(connector, operation, document, &sent, &captures))
            })
            .collect();
        return choose(candidates, owns).ok_or(Lost::NoPath);
    }
    Err(if other_method { Lost::NoMethod } else { Lost::NoPath })
}

fn captures(route: &Route, segments: &[String]) -> Option<Vec<(String, String)>> {
    if route.segments.len() != segments.len() {
        return None;
    }
    let mut all = Vec::new();
    for (pattern, segment) in route.segments.iter().zip(segments) {
        all.extend(pattern.captures(segment)?);
    }
    Some(all)
}

/// Chooses among operations of one method and path. `owns` says whether the record that the
/// arguments name belongs to the operation's entity.
fn choose(
    candidates: Vec<(&Operation, Arguments)>,
    owns: impl Fn(&Operation, &Arguments) -> Option<bool>,
) -> Option<Found<'_>> {
    let operations: Vec<&Operation> = candidates.iter().map(|(operation, _)| *operation).collect();
    let rarity = Rarity::of(&operations);
    let score = |operation: &Operation, arguments: &Arguments| {
        let problems = i64::try_from(arguments.problems.len()).unwrap_or(i64::MAX / 2);
        let owned = match owns(operation, arguments).filter(|_| operations.len() > 1) {
            Some(true) => 300,
            Some(false) => -300,
            None => 0,
        };
        arguments.fit - 1_000 * problems + owned + likeness(operation, arguments, &rarity)
    };
    let best = candidates
        .iter()
        .enumerate()
        .max_by_key(|(at, (operation, arguments))| {
            (score(operation, arguments), std::cmp::Reverse(*at))
        })
        .map(|(at, _)| at)?;
    let (operation, arguments) = candidates.into_iter().nth(best)?;
    let siblings =
        operations.into_iter().filter(|other| !std::ptr::eq(*other, operation)).collect();
    Some(Found { operation, arguments, siblings })
}

/// How much a request looks like what this operation sends.
fn likeness(operation: &Operation, arguments: &Arguments, rarity: &Rarity) -> i64 {
    let mut score = 0;
    if matches!(operation.body, Body::GraphQl(_)) {
        return score;
    }
    for parameter in operation.parameters.iter() {
        let given = arguments.values.get(parameter.name.as_ref());
        if let Some(given) = given {
            // Who demands more inside and gets it is meant rather than who takes anything.
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
            Some(value) => rarity.common(value, &default),
            None if always => -100,
            None => 0,
        };
    }
    for value in arguments.values.values() {
        score += rarity.names(operation, value);
    }
    score
}

/// Number of members that the schema demands inside of `value`, and that are there.
fn demands_met(schema: &Schema, value: &Value) -> i64 {
    let Some(value) = value.as_object() else { return 0 };
    let inner = schema.properties.iter().filter_map(|property| {
        let given = value.get(property.name.as_ref())?;
        Some(i64::from(property.required) + demands_met(&property.schema, given))
    });
    inner.sum()
}

/// Whether `value` is `default` or an object that holds it.
fn covers(value: &Value, default: &Value) -> bool {
    match (value, default) {
        (Value::Object(value), Value::Object(default)) => {
            default.iter().all(|(name, part)| value.get(name).is_some_and(|v| covers(v, part)))
        }
        _ => same(value, default),
    }
}

/// Words by the number of operations in whose defaults they occur: a word that only one of them
/// has says which one is meant.
struct Rarity {
    operations: usize,
    counts: HashMap<String, usize>,
}

fn words(text: &str) -> Vec<String> {
    let mut all: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2)
        .map(str::to_lowercase)
        .collect();
    all.sort();
    all.dedup();
    all
}

impl Rarity {
    fn of(operations: &[&Operation]) -> Self {
        let mut counts = HashMap::new();
        for operation in operations {
            let mut own: Vec<String> = operation
                .parameters
                .iter()
                .filter_map(|parameter| parameter.default.as_ref())
                .flat_map(|default| words(&default.0))
                .collect();
            own.sort();
            own.dedup();
            for word in own {
                *counts.entry(word).or_default() += 1;
            }
        }
        Self { operations: operations.len(), counts }
    }

    /// Words that a value and a default share, rare ones above all.
    fn common(&self, value: &Value, default: &Value) -> i64 {
        let (Some(value), Some(default)) = (value.as_str(), default.as_str()) else { return 0 };
        let default = words(default);
        let shared = words(value).into_iter().filter(|word| default.contains(word));
        shared.map(|word| if self.counts.get(&word) == Some(&1) { 20 } else { 1 }).sum()
    }

    /// Whether a text names the operation's entity.
    fn names(&self, operation: &Operation, value: &Value) -> i64 {
        let (Some(text), true) = (value.as_str(), self.operations > 1) else { return 0 };
        let entity = crate::data::plain(&operation.entity);
        let one = crate::data::singular(&entity);
        let found = words(text).iter().any(|word| *word == entity || *word == one);
        if found { 50 } else { 0 }
    }
}
