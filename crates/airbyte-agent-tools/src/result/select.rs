//! The fields that a call names: dotted paths through objects and lists, optionally with `[from:to]` for a
//! part of a text.

use serde_json::{Map, Value};

/// A field that a call names, as a path from the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    path: String,
    /// The part of the text that is wanted: the first character, and the one after the last.
    part: Option<(usize, usize)>,
}

impl Field {
    /// Reads `a.b` or `a.b[0:4000]`.
    pub(super) fn parse(text: &str) -> Self {
        let parsed = text.strip_suffix(']').and_then(|text| {
            let (path, range) = text.rsplit_once('[')?;
            let (from, to) = range.split_once(':')?;
            let number = |text: &str, default| {
                if text.trim().is_empty() { Some(default) } else { text.trim().parse().ok() }
            };
            Some((path, (number(from, 0)?, number(to, usize::MAX)?)))
        });
        match parsed {
            Some((path, part)) => Self { path: path.to_owned(), part: Some(part) },
            None => Self { path: text.to_owned(), part: None },
        }
    }

    /// The dotted path.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// Copies the field of `from` into `into` at the same path, and says whether `from` has it.
pub(super) fn select(from: &Value, field: &Field, into: &mut Value) -> bool {
    copy(from, &field.path, field.part, into)
}

fn copy(from: &Value, path: &str, part: Option<(usize, usize)>, into: &mut Value) -> bool {
    match from {
        Value::Array(items) => {
            if !into.is_array() {
                *into = Value::Array(vec![Value::Object(Map::new()); items.len()]);
            }
            let Value::Array(copies) = into else { return false };
            let mut found = false;
            for (item, into) in items.iter().zip(copies) {
                found |= copy(item, path, part, into);
            }
            found
        }
        Value::Object(members) => {
            if !into.is_object() {
                *into = Value::Object(Map::new());
            }
            let Value::Object(copies) = into else { return false };
            // A member whose name is the whole path, dots included, comes first.
            if let Some(value) = members.get(path) {
                copies.insert(path.to_owned(), part_of(value, part));
                return true;
            }
            // Names may contain dots, so the path is divided at every dot, the first one first.
            path.match_indices('.').any(|(dot, _)| {
                let (first, rest) = (&path[..dot], &path[dot + 1..]);
                let Some(inner) = members.get(first).filter(|v| v.is_object() || v.is_array())
                else {
                    return false;
                };
                let mut below = copies.get(first).cloned().unwrap_or(Value::Null);
                let found = copy(inner, rest, part, &mut below);
                if found {
                    copies.insert(first.to_owned(), below);
                }
                found
            })
        }
        _ => false,
    }
}

/// The value, or the part of it that is wanted where it is a text.
fn part_of(value: &Value, part: Option<(usize, usize)>) -> Value {
    let (Some((from, to)), Value::String(text)) = (part, value) else { return value.clone() };
    let characters = text.chars().count();
    let part: String = text.chars().skip(from).take(to.saturating_sub(from)).collect();
    let end = to.min(characters);
    if end < characters {
        return format!("{part}… [characters {from} to {end} of {characters}]").into();
    }
    part.into()
}

/// Removes the field, and says whether it was there.
pub(super) fn exclude(from: &mut Value, path: &str) -> bool {
    match from {
        Value::Array(items) => {
            let mut found = false;
            for item in items {
                found |= exclude(item, path);
            }
            found
        }
        Value::Object(members) => {
            if members.shift_remove(path).is_some() {
                return true;
            }
            path.match_indices('.').any(|(dot, _)| {
                let (first, rest) = (&path[..dot], &path[dot + 1..]);
                members.get_mut(first).is_some_and(|inner| exclude(inner, rest))
            })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_found_through_objects_and_lists() {
        let record = json!({
            "id": 1, "a": {"b": {"c": 2, "d": 3}, "e": 4}, "x.y": {"z": 5},
            "list": [{"q": 1, "r": 2}, {"q": 3}], "text": "abcdefgh",
        });
        for (names, expected) in [
            (vec!["id", "a.b.c", "a.e"], json!({"id": 1, "a": {"b": {"c": 2}, "e": 4}})),
            (vec!["x.y.z"], json!({"x.y": {"z": 5}})),
            (vec!["list.q", "list.r"], json!({"list": [{"q": 1, "r": 2}, {"q": 3}]})),
            (vec!["text[2:4]"], json!({"text": "cd… [characters 2 to 4 of 8]"})),
            (vec!["text[6:]"], json!({"text": "gh"})),
            (vec!["gone", "a.gone", "id.x"], json!({})),
        ] {
            let mut selected = json!({});
            for name in &names {
                select(&record, &Field::parse(name), &mut selected);
            }
            assert_eq!(selected, expected, "{names:?}");
        }
    }

    #[test]
    fn fields_are_taken_out_of_objects_and_lists() {
        let mut record = json!({"id": 1, "a": {"b": 1, "c": 2}, "list": [{"q": 1, "r": 2}]});
        assert!(exclude(&mut record, "a.b") && exclude(&mut record, "list.q"));
        assert!(!exclude(&mut record, "gone"));
        assert_eq!(record, json!({"id": 1, "a": {"c": 2}, "list": [{"r": 2}]}));
    }
}
