//! Which fields of records are shown: those that identify a record, its names, states and times.
//!
//! They are chosen once for all records of a call, by schema and values. Whatever is left out is noted.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::compact::{is_empty, shorten, shrink, without_empties};
use super::fields::members;
use super::notes::Notes;
use super::rank::{Rank, is_container, rank};
use super::twins;

/// The fields that are shown of records.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShownFields {
    /// The fields by name. A field that contains the record itself has a choice of its own.
    by_name: BTreeMap<String, Option<ShownFields>>,
}

/// What is known of a field before the choice.
struct Candidate<'v> {
    rank: Rank,
    order: usize,
    values: Vec<&'v Value>,
    is_container: bool,
}

impl ShownFields {
    /// The fields with these dotted names. Of a field that is named as a whole, and by fields inside it,
    /// the whole is shown.
    pub(super) fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut fields = Self::default();
        for name in names {
            fields.insert(name);
        }
        fields
    }

    fn insert(&mut self, name: &str) {
        // A member whose name is the whole path, dots included, is meant as well.
        let Some((first, rest)) = name.split_once('.') else {
            self.by_name.insert(name.to_owned(), None);
            return;
        };
        let inner = self.by_name.entry(first.to_owned()).or_insert_with(|| Some(Self::default()));
        if let Some(inner) = inner {
            inner.insert(rest);
        }
        self.by_name.entry(name.to_owned()).or_insert(None);
    }

    /// Whether a record has any of these fields.
    pub(super) fn are_in(&self, record: &Value) -> bool {
        match record {
            Value::Object(members) => {
                members.iter().any(|(name, value)| match self.by_name.get(name) {
                    Some(Some(inner)) => inner.are_in(value),
                    Some(None) => !is_empty(value),
                    None => false,
                })
            }
            Value::Array(items) => items.iter().any(|item| self.are_in(item)),
            _ => false,
        }
    }

    /// Chooses the `most` fields that tell most, over all records.
    pub(super) fn choose(records: &[Value], schema: Option<&Value>, most: usize) -> Self {
        let mut remaining = most;
        Self::choose_among(&records.iter().collect::<Vec<_>>(), schema, &mut remaining)
    }

    fn choose_among(records: &[&Value], schema: Option<&Value>, remaining: &mut usize) -> Self {
        let properties = schema.and_then(members);
        let mut candidates: BTreeMap<&str, Candidate<'_>> = BTreeMap::new();
        let all = records.iter().filter_map(|record| record.as_object()).flatten();
        for (seen, (name, value)) in all.enumerate().filter(|(_, (_, value))| !is_empty(value)) {
            let property = properties.and_then(|properties| properties.get(name));
            let rank = rank(name, value, property);
            let candidate = candidates.entry(name).or_insert_with(|| Candidate {
                rank,
                // The order of the schema comes first, then the order in which fields appear.
                order: properties
                    .and_then(|properties| properties.keys().position(|known| known == name))
                    .unwrap_or(10_000 + seen),
                values: Vec::new(),
                is_container: false,
            });
            candidate.rank = candidate.rank.min(rank);
            candidate.is_container |= is_container(name, value);
            candidate.values.push(value);
        }
        let mut ranked: Vec<(&str, Candidate<'_>)> = candidates.into_iter().collect();
        ranked.sort_by_key(|(_, candidate)| (candidate.rank, candidate.order));
        let names: Vec<&str> = ranked.iter().map(|(name, _)| *name).collect();
        let worse = twins::worse(&names);
        let mut by_name = BTreeMap::new();
        for (name, candidate) in ranked {
            if candidate.rank == Rank::Noise || *remaining == 0 || worse.contains(&name) {
                continue;
            }
            let inner = candidate.is_container.then(|| {
                let property = properties.and_then(|properties| properties.get(name));
                Self::choose_among(&candidate.values, property, remaining)
            });
            if inner.is_none() {
                *remaining -= 1;
            }
            by_name.insert(name.to_owned(), inner);
        }
        Self { by_name }
    }

    /// The record with these fields only.
    pub(super) fn of_record(&self, record: Value, notes: &mut Notes) -> Value {
        match record {
            Value::Object(members) => Value::Object(self.of_members(members, "", notes)),
            other => other,
        }
    }

    /// The value inside a record at this path, with these fields of its objects only.
    fn of_value(&self, value: Value, path: &str, notes: &mut Notes) -> Value {
        match value {
            Value::Object(members) => Value::Object(self.of_members(members, path, notes)),
            Value::Array(items) => {
                let items = shorten(items, path, notes);
                items.map(|item| self.of_value(item, path, notes)).collect()
            }
            scalar => scalar,
        }
    }

    fn of_members(
        &self,
        members: Map<String, Value>,
        parent: &str,
        notes: &mut Notes,
    ) -> Map<String, Value> {
        let mut shown = Map::new();
        for (name, value) in members.into_iter().filter(|(_, value)| !is_empty(value)) {
            let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
            let value = match (self.by_name.get(&name), value) {
                (None, _) => None,
                (Some(Some(fields)), value) if value.is_object() || value.is_array() => {
                    Some(fields.of_value(value, &path, notes))
                }
                (Some(_), value) => shrink(value, &path, 0, notes),
            };
            match value.map(without_empties).filter(|value| !is_empty(value)) {
                Some(value) => {
                    shown.insert(name, value);
                }
                None => notes.add_omitted(&path),
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(given: Value, most: usize, notes: &mut Notes) -> Value {
        ShownFields::choose(std::slice::from_ref(&given), None, most).of_record(given, notes)
    }

    fn sentences(notes: &Notes) -> String {
        notes.sentences("fields", None).join(" ")
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
        let said = sentences(&notes);
        for name in ["node_id", "comments_url", "user.*", "labels.*", "reactions"] {
            assert!(said.contains(name), "{name}: {said}");
        }
    }

    #[test]
    fn containers_share_the_number_of_fields_of_the_record() {
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
        assert!(sentences(&notes).contains("fields.two"));
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
        let fields = ShownFields::choose(&given, Some(&schema), 3);
        let mut notes = Notes::default();
        let shown: Vec<Value> =
            given.into_iter().map(|record| fields.of_record(record, &mut notes)).collect();
        assert_eq!(json!(shown), json!([{"id": "1", "note": "n", "mode": "x"}, {"id": "2"}]));
    }
}
