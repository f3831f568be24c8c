//! Fields that a call names: dotted, through objects and lists, with `[from:to]` for a part of a
//! text.

use serde_json::{Map, Value};

/// A field that a call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    path: String,
    /// Part of the text, in characters.
    part: Option<(usize, usize)>,
}

impl Field {
    /// `a.b` or `a.b[0:4000]`.
    pub(super) fn parse(text: &str) -> Self {
        let parsed = text.strip_suffix(']').and_then(|text| {
            let (path, range) = text.rsplit_once('[')?;
            let (from, to) = range.split_once(':')?;
            let number = |text: &str, none| {
                if text.trim().is_empty() { Some(none) } else { text.trim().parse().ok() }
            };
            Some((path, (number(from, 0)?, number(to, usize::MAX)?)))
        });
        match parsed {
            Some((path, part)) => Self { path: path.to_owned(), part: Some(part) },
            None => Self { path: text.to_owned(), part: None },
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// Copies the field of `from` into `into`; whether it is there.
pub(super) fn select(from: &Value, field: &Field, into: &mut Value) -> bool {
    pick(from, &field.path, field.part, into)
}

fn pick(from: &Value, path: &str, part: Option<(usize, usize)>, into: &mut Value) -> bool {
    match from {
        Value::Array(items) => {
            if !into.is_array() {
                *into = Value::Array(vec![Value::Object(Map::new()); items.len()]);
            }
            let Value::Array(places) = into else { return false };
            let mut found = false;
            for (item, place) in items.iter().zip(places) {
                found |= pick(item, path, part, place);
            }
            found
        }
        Value::Object(members) => {
            if !into.is_object() {
                *into = Value::Object(Map::new());
            }
            let Value::Object(kept) = into else { return false };
            // An exact name first, dots included.
            if let Some(value) = members.get(path) {
                kept.insert(path.to_owned(), piece(value, part));
                return true;
            }
            // Names may hold dots, so every way to split is tried, the shortest first.
            path.match_indices('.').any(|(dot, _)| {
                let (first, rest) = (&path[..dot], &path[dot + 1..]);
                let Some(inner) = members.get(first).filter(|v| v.is_object() || v.is_array())
                else {
                    return false;
                };
                let mut below = kept.get(first).cloned().unwrap_or(Value::Null);
                let found = pick(inner, rest, part, &mut below);
                if found {
                    kept.insert(first.to_owned(), below);
                }
                found
            })
        }
        _ => false,
    }
}

fn piece(value: &Value, part: Option<(usize, usize)>) -> Value {
    let (Some((from, to)), Value::String(text)) = (part, value) else { return value.clone() };
    let characters = text.chars().count();
    let kept: String = text.chars().skip(from).take(to.saturating_sub(from)).collect();
    let end = to.min(characters);
    if end < characters {
        return format!("{kept}… [characters {from} to {end} of {characters}]").into();
    }
    kept.into()
}

/// Takes the field out; whether it was there.
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
            let mut kept = json!({});
            for name in &names {
                select(&record, &Field::parse(name), &mut kept);
            }
            assert_eq!(kept, expected, "{names:?}");
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
