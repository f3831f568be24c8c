//! The usual form of a record: what identifies it, its name, its state, its times; without what is
//! empty and without large things inside. Nothing goes without a note.

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

/// The usual form of a record: at most `most` fields.
pub(super) fn record(
    value: Value,
    schema: Option<&Value>,
    most: usize,
    notes: &mut Notes,
) -> Value {
    let Value::Object(members) = value else { return value };
    let mut room = most;
    Value::Object(choose(members, schema, "", &mut room, notes))
}

/// The members that tell most, in their order. Those of a container count like the record's own.
fn choose(
    given: Map<String, Value>,
    schema: Option<&Value>,
    path: &str,
    room: &mut usize,
    notes: &mut Notes,
) -> Map<String, Value> {
    let properties = schema.and_then(members);
    let mut candidates: Vec<(Rank, usize, String, Value)> = given
        .into_iter()
        .filter(|(_, value)| !is_empty(value))
        .enumerate()
        .map(|(index, (name, value))| {
            let property = properties.and_then(|properties| properties.get(&name));
            (rank(&name, &value, property), index, name, value)
        })
        .collect();
    candidates.sort_by_key(|(rank, index, ..)| (*rank, *index));
    let mut kept: Vec<(usize, String, Value)> = Vec::new();
    for (rank, index, name, value) in candidates {
        let place = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if rank == Rank::Noise || *room == 0 {
            notes.omit(&place);
            continue;
        }
        let property = properties.and_then(|properties| properties.get(&name));
        let shrunk = if is_container(&name, &value) {
            let Value::Object(inner) = value else { continue };
            // A container takes what is left and leaves nothing for the rest.
            Some(Value::Object(choose(inner, property, &place, room, notes)))
        } else {
            *room -= 1;
            shrink(value, &place, 0, notes)
        };
        match shrunk.map(without_empties).filter(|value| !is_empty(value)) {
            Some(value) => kept.push((index, name, value)),
            None => notes.omit(&place),
        }
    }
    kept.sort_by_key(|(index, ..)| *index);
    kept.into_iter().map(|(_, name, value)| (name, value)).collect()
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
    let flat = full.values().all(|value| !value.is_object() && !value.is_array());
    if flat && length <= SMALL {
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
        let shown = record(given, None, 14, &mut notes);
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
            record(given, None, 5, &mut notes),
            json!({
                "id": "10", "key": "A-1",
                "fields": {"summary": "s", "status": {"id": "1", "name": "Done"}, "one": 1},
            })
        );
        assert!(notes.sentences("fields", &[]).join(" ").contains("fields.two"));
    }
}
