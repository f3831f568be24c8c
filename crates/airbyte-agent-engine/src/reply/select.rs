//! Field selection on results: `select` and `exclude` by dotted names.

use serde_json::{Map, Value};

use crate::call_options::CallOptions;

/// The data with only, or without, the fields that the options name.
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

/// Texts longer than this are cut where a caller allows it, in characters.
const LONGEST_TEXT: usize = 200;

/// Cuts long texts, however deep they stand.
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

/// One record with only, or without, the fields that the options name.
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

/// An exact name first, dots included; then a path through objects.
fn select(from: &Map<String, Value>, name: &str, into: &mut Map<String, Value>) {
    if let Some(value) = from.get(name) {
        into.insert(name.to_owned(), value.clone());
        return;
    }
    let Some((first, rest)) = name.split_once('.') else { return };
    let Some(Value::Object(inner)) = from.get(first) else { return };
    let mut below = Map::new();
    select(inner, rest, &mut below);
    if below.is_empty() {
        return;
    }
    match into.entry(first).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(known) => merge(known, below),
        other => *other = Value::Object(below),
    }
}

fn merge(into: &mut Map<String, Value>, from: Map<String, Value>) {
    for (name, value) in from {
        match (into.get_mut(&name), value) {
            (Some(Value::Object(known)), Value::Object(more)) => merge(known, more),
            (_, value) => {
                into.insert(name, value);
            }
        }
    }
}

fn exclude(from: &mut Map<String, Value>, name: &str) {
    if from.remove(name).is_some() {
        return;
    }
    if let Some((first, rest)) = name.split_once('.')
        && let Some(Value::Object(inner)) = from.get_mut(first)
    {
        exclude(inner, rest);
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
            (vec!["x.y", "list.q", "gone"], vec!["id"], json!({"x.y": 5})),
            (vec![], vec!["a.b", "list", "x.y"], json!({"id": 1, "a": {"e": 4}})),
        ] {
            let options = CallOptions::default().select(select).exclude(exclude);
            assert_eq!(shape(json!([record]), &options), json!([expected]));
        }
    }
}
