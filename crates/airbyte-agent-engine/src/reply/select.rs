//! Selection of fields in results: `select` and `exclude` by dotted names.

use serde_json::{Map, Value};

use crate::call_options::CallOptions;

/// The data with only the fields that the options select, or without those that they exclude.
pub(crate) fn shape(data: Value, options: &CallOptions) -> Value {
    if options.selected().is_empty() && options.excluded().is_empty() {
        return data;
    }
    match data {
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| shape_record(item, options)).collect())
        }
        Value::Object(mut members) if members.get("data").is_some_and(Value::is_array) => {
            if let Some(inner) = members.remove("data") {
                members.insert("data".to_owned(), shape(inner, options));
            }
            Value::Object(members)
        }
        one => shape_record(one, options),
    }
}

/// The length in characters beyond which texts are shortened where a caller allows it.
const LONGEST_TEXT: usize = 200;

/// Shortens long texts at any depth.
pub(super) fn cut_texts(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) {
                text.truncate(end);
                text.push_str("... [truncated: get this record to read all of it]");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut_texts),
        Value::Object(members) => members.values_mut().for_each(cut_texts),
        _ => {}
    }
}

/// One record with only the fields that the options select, or without those that they exclude.
pub(super) fn shape_record(record: Value, options: &CallOptions) -> Value {
    let Value::Object(mut members) = record else { return record };
    if options.selected().is_empty() && options.excluded().is_empty() {
        return Value::Object(members);
    }
    if options.selected().is_empty() {
        for name in options.excluded() {
            exclude(&mut members, name);
        }
        return Value::Object(members);
    }
    let mut selected = Map::new();
    for name in options.selected() {
        select(&members, name, &mut selected);
    }
    Value::Object(selected)
}

/// Looks for a member with exactly this name, dots included, first; then for a path through objects
/// and the elements of lists.
fn select(from: &Map<String, Value>, name: &str, into: &mut Map<String, Value>) {
    if let Some(value) = from.get(name) {
        into.insert(name.to_owned(), value.clone());
        return;
    }
    let Some((first, rest)) = name.split_once('.') else { return };
    let Some(found) = from.get(first).and_then(|inner| select_below(inner, rest)) else { return };
    match into.get_mut(first) {
        Some(known) => merge(known, found),
        None => {
            into.insert(first.to_owned(), found);
        }
    }
}

/// The values at a path below a value. A list keeps its length, so that the parts that several
/// paths select of one element are joined again.
fn select_below(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Object(members) => {
            let mut below = Map::new();
            select(members, name, &mut below);
            (!below.is_empty()).then_some(Value::Object(below))
        }
        Value::Array(items) => {
            let found: Vec<_> = items.iter().map(|item| select_below(item, name)).collect();
            if found.iter().all(Option::is_none) {
                return None;
            }
            let nothing = |item: &Value| match item {
                Value::Object(_) => Value::Object(Map::new()),
                _ => Value::Null,
            };
            let elements = found.into_iter().zip(items);
            Some(elements.map(|(found, item)| found.unwrap_or_else(|| nothing(item))).collect())
        }
        _ => None,
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(known), Value::Object(more)) => {
            for (name, value) in more {
                match known.get_mut(&name) {
                    Some(known) => merge(known, value),
                    None => {
                        known.insert(name, value);
                    }
                }
            }
        }
        (Value::Array(known), Value::Array(more)) if known.len() == more.len() => {
            known.iter_mut().zip(more).for_each(|(known, more)| merge(known, more));
        }
        (_, Value::Null) => {}
        (known, value) => *known = value,
    }
}

/// Removes the field in every meaning of the name: a field that a caller excludes must never be in
/// the result.
fn exclude(from: &mut Map<String, Value>, name: &str) {
    from.remove(name);
    for (dot, _) in name.match_indices('.') {
        if let Some(inner) = from.get_mut(&name[..dot]) {
            exclude_below(inner, &name[dot + 1..]);
        }
    }
}

fn exclude_below(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => exclude(members, name),
        Value::Array(items) => items.iter_mut().for_each(|item| exclude_below(item, name)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_long_texts_are_cut() {
        let mut records = json!([{"a": ["ä".repeat(201)], "b": "ä".repeat(200)}]);
        cut_texts(&mut records);
        let text = records[0]["a"][0].as_str().unwrap_or_default();
        assert!(text.starts_with(&"ä".repeat(200)) && text.contains("... [truncated"), "{text}");
        assert_eq!(records[0]["b"], "ä".repeat(200));
    }

    #[test]
    fn fields_are_chosen_and_left_out_by_path() {
        let record =
            json!({"id": 1, "a": {"b": {"c": 2, "d": 3}, "e": 4}, "x.y": 5, "list": [{"q": 1}]});
        for (select, exclude, expected) in [
            (vec!["id", "a.b.c", "a.e"], vec![], json!({"id": 1, "a": {"b": {"c": 2}, "e": 4}})),
            (vec!["x.y", "list.w", "gone"], vec!["id"], json!({"x.y": 5})),
            (vec![], vec!["a.b", "list", "x.y"], json!({"id": 1, "a": {"e": 4}})),
        ] {
            let options = CallOptions::default().select(select).exclude(exclude);
            assert_eq!(shape(json!([record]), &options), json!([expected]));
        }
    }

    #[test]
    fn paths_reach_into_the_elements_of_lists() {
        let record = json!({
            "m": [{"x": 1, "secret": 2}, {"secret": 3}, 4, [{"x": 5, "secret": 6}]],
            "a.b": {"secret": 7, "x": 8},
            "a": {"b": [{"secret": 9}]},
        });
        for (select, exclude, expected) in [
            (vec!["m.x"], vec![], json!({"m": [{"x": 1}, {}, null, [{"x": 5}]]})),
            (
                vec!["m.x", "m.secret"],
                vec![],
                json!({"m": [{"x": 1, "secret": 2}, {"secret": 3}, null, [{"x": 5, "secret": 6}]]}),
            ),
            (vec!["m.gone"], vec![], json!({})),
            (
                vec![],
                vec!["m.secret", "a.b.secret"],
                json!({"m": [{"x": 1}, {}, 4, [{"x": 5}]], "a.b": {"x": 8}, "a": {"b": [{}]}}),
            ),
        ] {
            let options = CallOptions::default().select(select).exclude(exclude);
            assert_eq!(shape(json!([record]), &options), json!([expected]));
        }
    }
}
