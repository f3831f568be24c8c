//! The usual form of records: what identifies them, their names, states and times; without what is
//! empty and without large things inside. Nothing goes without a note.
//!
//! Which fields are shown is decided once for all records of a call, by schema and values.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fields::members;
use super::notes::Notes;
use super::rank::{Rank, is_container, rank};

/// Members kept of an object inside a record.
const INNER: usize = 4;

/// An object inside a record that is no longer than this stays whole, in bytes of JSON.
const SMALL: usize = 96;

/// Entries kept of a list inside a record.
const ENTRIES: usize = 10;

/// The fields shown of records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Fields by name; those of a container have a plan of their own.
    kept: BTreeMap<String, Option<Plan>>,
}

/// What is known of a field before it is chosen.
struct Candidate<'v> {
    rank: Rank,
    order: usize,
    values: Vec<&'v Value>,
    is_container: bool,
}

impl Plan {
    /// The `most` fields that tell most, over all records.
    pub(super) fn new(records: &[Value], schema: Option<&Value>, most: usize) -> Self {
        let mut room = most;
        Self::choose(&records.iter().collect::<Vec<_>>(), schema, &mut room)
    }

    fn choose(records: &[&Value], schema: Option<&Value>, room: &mut usize) -> Self {
        let properties = schema.and_then(members);
        let mut candidates: BTreeMap<&str, Candidate<'_>> = BTreeMap::new();
        let all = records.iter().filter_map(|record| record.as_object()).flatten();
        for (seen, (name, value)) in all.enumerate().filter(|(_, (_, value))| !is_empty(value)) {
            let property = properties.and_then(|properties| properties.get(name));
            let rank = rank(name, value, property);
            let known = candidates.entry(name).or_insert_with(|| Candidate {
                rank,
                // The order of the schema, then the order in which they come.
                order: properties
                    .and_then(|properties| properties.keys().position(|known| known == name))
                    .unwrap_or(10_000 + seen),
                values: Vec::new(),
                is_container: false,
            });
            known.rank = known.rank.min(rank);
            known.is_container |= is_container(name, value);
            known.values.push(value);
        }
        let mut ranked: Vec<(&str, Candidate<'_>)> = candidates.into_iter().collect();
        ranked.sort_by_key(|(_, candidate)| (candidate.rank, candidate.order));
        let mut kept = BTreeMap::new();
        for (name, candidate) in ranked {
            if candidate.rank == Rank::Noise || *room == 0 {
                continue;
            }
            let inner = candidate.is_container.then(|| {
                let property = properties.and_then(|properties| properties.get(name));
                Self::choose(&candidate.values, property, room)
            });
            if inner.is_none() {
                *room -= 1;
            }
            kept.insert(name.to_owned(), inner);
        }
        Self { kept }
    }

    /// The record by this plan.
    pub(super) fn apply(&self, record: Value, notes: &mut Notes) -> Value {
        match record {
            Value::Object(members) => Value::Object(self.members(members, "", notes)),
            other => other,
        }
    }

    fn members(
        &self,
        members: Map<String, Value>,
        path: &str,
        notes: &mut Notes,
    ) -> Map<String, Value> {
        let mut kept = Map::new();
        for (name, value) in members.into_iter().filter(|(_, value)| !is_empty(value)) {
            let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let shown = match (self.kept.get(&name), value) {
                (None, _) => None,
                (Some(Some(plan)), Value::Object(inner)) => {
                    Some(Value::Object(plan.members(inner, &place, notes)))
                }
                (Some(_), value) => shrink(value, &place, 0, notes),
            };
            match shown.map(without_empties).filter(|value| !is_empty(value)) {
                Some(value) => {
                    kept.insert(name, value);
                }
                None => notes.omit(&place),
            }
        }
        kept
    }
}

/// A value inside a record; `None` when nothing of it is worth showing.
fn shrink(value: Value, place: &str, depth: usize, notes: &mut Notes) -> Option<Value> {
    match value {
        Value::Object(members) => inner(members, place, depth, notes),
        Value::Array(items) => {
            let length = items.len();
            if length > ENTRIES {
                notes.shorten(place, length);
            }
            let items = items.into_iter().take(ENTRIES);
            let shrunk: Vec<Value> =
                items.filter_map(|item| shrink(item, place, depth, notes)).collect();
            (!shrunk.is_empty()).then_some(Value::Array(shrunk))
        }
        scalar => Some(scalar),
    }
}

fn inner(
    members: Map<String, Value>,
    place: &str,
    depth: usize,
    notes: &mut Notes,
) -> Option<Value> {
    let whole = without_empties(Value::Object(members));
    let length = whole.to_string().len();
    let Value::Object(full) = whole else { return None };
    let is_plain = |(name, value): (&String, &Value)| {
        !value.is_object() && !value.is_array() && rank(name, value, None) != Rank::Noise
    };
    if length <= SMALL && full.iter().all(is_plain) {
        return Some(Value::Object(full));
    }
    // Lists in the way of GraphQL and of envelopes.
    for name in ["nodes", "edges", "data", "items", "node"] {
        if let Some(list) = full.get(name).filter(|value| value.is_array() || name == "node") {
            let kept = shrink(list.clone(), place, depth, notes)?;
            return Some(Value::Object(Map::from_iter([(name.to_owned(), kept)])));
        }
    }
    let mut ranked: Vec<(Rank, usize, &String, &Value)> = full
        .iter()
        .enumerate()
        .map(|(index, (name, value))| (rank(name, value, None), index, name, value))
        .filter(|(rank, _, _, value)| {
            *rank <= Rank::Other && !value.is_object() && !value.is_array()
        })
        .collect();
    ranked.sort_by_key(|(rank, index, ..)| (*rank, *index));
    let telling = ranked.iter().filter(|(rank, ..)| *rank <= Rank::State).count();
    let most = if telling == 0 { INNER / 2 } else { telling.min(INNER) };
    let mut kept: Vec<_> = ranked.into_iter().take(most).collect();
    if kept.is_empty() && depth < 2 {
        // Nothing plain: what is inside may tell.
        let deeper = full.iter().find(|(_, value)| value.is_object())?;
        let shrunk = shrink(deeper.1.clone(), place, depth + 1, notes)?;
        return Some(Value::Object(Map::from_iter([(deeper.0.clone(), shrunk)])));
    }
    kept.sort_by_key(|(_, index, ..)| *index);
    let kept: Map<String, Value> =
        kept.into_iter().map(|(_, _, name, value)| (name.clone(), value.clone())).collect();
    if kept.is_empty() {
        return None;
    }
    if kept.len() < full.len() {
        notes.omit(&format!("{place}.*"));
    }
    Some(Value::Object(kept))
}

/// The record without what is empty.
pub(super) fn without_empties(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, without_empties(value)));
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_empties).collect()),
        scalar => scalar,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(given: Value, most: usize, notes: &mut Notes) -> Value {
        Plan::new(std::slice::from_ref(&given), None, most).apply(given, notes)
    }

    #[test]
    fn what_tells_stays_and_the_rest_is_named() {
        let given = json!({
            "node_id": "I_1", "id": 7, "title": "Bug", "state": "open", "body": null,
            "user": {"login": "ann", "id": 1, "avatar_url": "x", "followers_url": "https://a.example/api/users/ann/followers",
                     "site_admin": false, "gravatar_id": ""},
            "labels": [{"id": 1, "name": "bug", "color": "red", "description": "d", "default": true,
                        "url": "https://a.example/api/labels/bug/and/so/on/and/on"}],
            "comments_url": "z", "created_at": "2026-01-01", "reactions": {"a": {"b": {"c": {}}}},
        });
        let mut notes = Notes::default();
        let shown = record(given, 14, &mut notes);
        assert_eq!(
            shown,
            json!({
                "id": 7, "title": "Bug", "state": "open",
                "user": {"login": "ann", "id": 1},
                "labels": [{"id": 1, "name": "bug"}],
                "created_at": "2026-01-01",
            })
        );
        let said = notes.sentences("fields", &[]).join(" ");
        for name in ["node_id", "comments_url", "user.*", "labels.*", "reactions"] {
            assert!(said.contains(name), "{name}: {said}");
        }
    }

    #[test]
    fn containers_share_the_room_of_the_record() {
        let given = json!({
            "id": "10", "self": "https://a.example/api/10", "key": "A-1",
            "fields": {"summary": "s", "status": {"id": "1", "name": "Done"}, "one": 1, "two": 2},
        });
        let mut notes = Notes::default();
        assert_eq!(
            record(given, 5, &mut notes),
            json!({
                "id": "10", "key": "A-1",
                "fields": {"summary": "s", "status": {"id": "1", "name": "Done"}, "one": 1},
            })
        );
        assert!(notes.sentences("fields", &[]).join(" ").contains("fields.two"));
    }

    #[test]
    fn all_records_show_the_same_fields_in_the_order_of_the_schema() {
        let schema = json!({"properties": {
            "mode": {"enum": ["x", "y"]}, "note": {"type": "string"}, "id": {"type": "string"},
        }});
        let given = [
            json!({"id": "1", "note": "n", "other": 1, "mode": "x"}),
            json!({"id": "2", "more": 2, "other": 3, "note": null}),
        ];
        let plan = Plan::new(&given, Some(&schema), 3);
        let mut notes = Notes::default();
        let shown: Vec<Value> =
            given.into_iter().map(|record| plan.apply(record, &mut notes)).collect();
        assert_eq!(json!(shown), json!([{"id": "1", "note": "n", "mode": "x"}, {"id": "2"}]));
    }
}
