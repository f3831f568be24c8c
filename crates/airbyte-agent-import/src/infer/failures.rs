//! What failed responses look like: where the code stands, and where the message.

use std::collections::{BTreeMap, HashSet};

use airbyte_agent_document::{Rest, Schema};

use super::evidence::decided;
use super::facts::Node;
use super::gather::nodes;
use super::paging::signs::last;
use super::sample::preferred;
use super::schemas::Schemas;
use crate::decision::Decided;

/// How many different responses are looked at.
const MOST: usize = 200;

const CODES: [&str; 9] = [
    "code",
    "errorcode",
    "error",
    "type",
    "errortype",
    "reason",
    "errorname",
    "statuscode",
    "name",
];
const MESSAGES: [&str; 9] = [
    "message",
    "errormessage",
    "errordescription",
    "detail",
    "description",
    "msg",
    "title",
    "error",
    "details",
];

/// The places of the code and of the message, as most failed responses have them.
pub(crate) fn failures<'a>(
    rest: &'a Rest,
    schemas: &Schemas<'a>,
) -> (Option<Decided<String>>, Option<Decided<String>>) {
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    let mut messages: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut count = 0;
    for response in rest.operations.iter().flat_map(|operation| &operation.failures) {
        let Some(schema) =
            preferred(&response.contents).and_then(|content| content.schema.as_ref())
        else {
            continue;
        };
        if !seen.insert(schema.to_string()) || seen.len() > MOST {
            continue;
        }
        let schema = Schema::One(schema);
        count += 1;
        let mut all = Vec::new();
        nodes(schemas, &schema, &mut all);
        if let Some(place) = place(schemas, &all, &CODES) {
            *codes.entry(place).or_default() += 1;
        }
        if let Some(place) = place(schemas, &all, &MESSAGES) {
            *messages.entry(place).or_default() += 1;
        }
    }
    (elected(codes, count), elected(messages, count))
}

fn elected(votes: BTreeMap<String, usize>, all: usize) -> Option<Decided<String>> {
    let (place, count) = votes.into_iter().max_by_key(|(_, count)| *count)?;
    if count * 2 < all {
        return None;
    }
    let confidence = if count * 10 >= all * 9 { 0.8 } else { 0.6 };
    Some(decided(place, confidence, format!("{count} of {all} kinds of failed responses have it")))
}

/// The first of these names at the top, in the member for the error, or in the first of several errors.
fn place<'a>(schemas: &Schemas<'a>, all: &[Node<'a>], names: &[&str]) -> Option<String> {
    let is_value = |node: &&Node<'_>| !node.is_object() && !node.is_array() && !node.is_boolean();
    let frame = |key: &str| {
        key.split('.')
            .rev()
            .skip(1)
            .all(|name| ["error", "errors", "fault", "meta", "status"].contains(&name))
    };
    for depth in [2, 1] {
        for name in names {
            let fits = |node: &&Node<'_>| {
                node.depth == depth && last(&node.key) == *name && frame(&node.key)
            };
            if let Some(node) = all.iter().filter(is_value).find(fits) {
                return Some(node.place.clone());
            }
        }
    }
    let errors = all.iter().find(|node| node.depth <= 1 && node.is_array())?;
    let shape = schemas.open(errors.items.as_ref()?);
    let name = names
        .iter()
        .find_map(|name| shape.members.keys().find(|key| super::words::key(key) == *name))?;
    Some(format!("{}[0].{name}", errors.place))
}
