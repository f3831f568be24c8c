//! Shortens what stands inside a record: small objects stay whole, of large ones the members that tell
//! most stay, and of long lists the first entries.

use serde_json::{Map, Value};

use super::notes::Notes;
use super::rank::{LIST_MEMBERS, Rank, rank};

/// The most members that stay of a large object inside a record.
const MOST_MEMBERS: usize = 4;

/// The length, in bytes of JSON, up to which an object inside a record stays whole.
const SMALL: usize = 96;

/// The most entries that stay of a list inside a record.
const MOST_ENTRIES: usize = 10;

/// Shortens a value inside a record at this path; `None` when nothing of it is worth showing. `depth`
/// counts the objects around it of which no plain member was shown.
pub(super) fn shrink(value: Value, path: &str, depth: usize, notes: &mut Notes) -> Option<Value> {
    match value {
        Value::Object(members) => shrink_object(members, path, depth, notes),
        Value::Array(items) => {
            let items = shorten(items, path, notes);
            let shrunk: Vec<Value> =
                items.filter_map(|item| shrink(item, path, depth, notes)).collect();
            (!shrunk.is_empty()).then_some(Value::Array(shrunk))
        }
        scalar => Some(scalar),
    }
}

/// The first entries of a list inside a record at this path.
pub(super) fn shorten(
    items: Vec<Value>,
    path: &str,
    notes: &mut Notes,
) -> impl Iterator<Item = Value> + use<> {
    if items.len() > MOST_ENTRIES {
        notes.add_shortened(path, items.len());
    }
    items.into_iter().take(MOST_ENTRIES)
}

fn shrink_object(
    members: Map<String, Value>,
    path: &str,
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
    for name in LIST_MEMBERS {
        if let Some(list) = full.get(name).filter(|value| value.is_array() || name == "node") {
            let shrunk = shrink(list.clone(), path, depth, notes)?;
            return Some(Value::Object(Map::from_iter([(name.to_owned(), shrunk)])));
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
    let best = ranked.iter().filter(|(rank, ..)| *rank <= Rank::State).count();
    let most = if best == 0 { MOST_MEMBERS / 2 } else { best.min(MOST_MEMBERS) };
    let mut chosen: Vec<_> = ranked.into_iter().take(most).collect();
    if chosen.is_empty() && depth < 2 {
        // The object has no plain member, so the first object inside it is shown instead.
        let (name, inner) = full.iter().find(|(_, value)| value.is_object())?;
        let shrunk = shrink(inner.clone(), path, depth + 1, notes)?;
        return Some(Value::Object(Map::from_iter([(name.clone(), shrunk)])));
    }
    chosen.sort_by_key(|(_, index, ..)| *index);
    let chosen: Map<String, Value> =
        chosen.into_iter().map(|(_, _, name, value)| (name.clone(), value.clone())).collect();
    if chosen.is_empty() {
        return None;
    }
    if chosen.len() < full.len() {
        notes.add_omitted(&format!("{path}.*"));
    }
    Some(Value::Object(chosen))
}

/// The value without members that are empty, at any depth.
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

/// Whether a value is `null`, or a text, a list or an object without content.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
