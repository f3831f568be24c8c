//! Field selection and truncation of results, as the platform does them.

use serde_json::{Map, Value};

/// Fields to keep or to leave out; keeping wins.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) select: Vec<String>,
    pub(crate) exclude: Vec<String>,
}

/// Longest text that truncation leaves alone, in characters.
const LONGEST: usize = 200;

/// Applies a selection to every record of a result.
pub(crate) fn select(result: &mut Value, selection: &Selection) {
    if !selection.select.is_empty() {
        records(result, |record| {
            if let Value::Object(map) = record {
                *record = kept(map, &selection.select).into();
            }
        });
    } else if !selection.exclude.is_empty() {
        records(result, |record| {
            if let Value::Object(map) = record {
                for path in &selection.exclude {
                    drop_field(map, path);
                }
            }
        });
    }
}

/// Cuts long texts.
pub(crate) fn truncate(result: &mut Value) {
    records(result, cut);
}

fn records(result: &mut Value, mut act: impl FnMut(&mut Value)) {
    match result {
        Value::Array(items) => items.iter_mut().for_each(act),
        Value::Object(map) if map.get("data").is_some_and(Value::is_array) => {
            if let Some(Value::Array(items)) = map.get_mut("data") {
                items.iter_mut().for_each(act);
            }
        }
        one => act(one),
    }
}

fn kept(record: &Map<String, Value>, paths: &[String]) -> Map<String, Value> {
    let mut out = Map::new();
    for path in paths {
        if let Some(value) = record.get(path) {
            out.insert(path.clone(), value.clone());
            continue;
        }
        let steps: Vec<&str> = path.split('.').collect();
        let mut value = record.get(steps[0]);
        for step in &steps[1..] {
            value = value.and_then(Value::as_object).and_then(|map| map.get(*step));
        }
        if let Some(value) = value {
            put(&mut out, &steps, value.clone());
        }
    }
    out
}

fn put(map: &mut Map<String, Value>, steps: &[&str], value: Value) {
    match steps {
        [] => {}
        [last] => {
            map.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let slot = map.entry((*first).to_owned()).or_insert_with(|| Map::new().into());
            if let Value::Object(inner) = slot {
                put(inner, rest, value);
            }
        }
    }
}

fn drop_field(map: &mut Map<String, Value>, path: &str) {
    if map.shift_remove(path).is_some() {
        return;
    }
    if let Some((first, rest)) = path.split_once('.')
        && let Some(Value::Object(inner)) = map.get_mut(first)
    {
        drop_field(inner, rest);
    }
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((at, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(at);
                text.push_str("... [truncated, use get for the whole text]");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(cut),
        Value::Object(map) => map.values_mut().for_each(cut),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_kept_and_left_out_by_path() {
        let record = json!({"a": 1, "b": {"c": 2, "d": 3}, "x.y": 4, "l": [{"m": 5}]});
        for (select, exclude, expected) in [
            (vec!["b.c", "a"], vec![], json!({"b": {"c": 2}, "a": 1})),
            (vec!["x.y"], vec!["x.y"], json!({"x.y": 4})),
            (vec!["l.m", "none"], vec![], json!({})),
            (vec![], vec!["b.d", "l", "x.y"], json!({"a": 1, "b": {"c": 2}})),
        ] {
            let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
            let selection = Selection { select: owned(select), exclude: owned(exclude) };
            for wrap in [json!([record]), json!({"data": [record]}), record.clone()] {
                let mut result = wrap;
                super::select(&mut result, &selection);
                let found = result.get("data").unwrap_or(&result);
                assert_eq!(*found.get(0).unwrap_or(found), expected);
            }
        }
    }

    #[test]
    fn long_texts_are_cut_at_any_depth() {
        let mut result = json!([{"a": {"b": ["é".repeat(201), "é".repeat(200)]}}]);
        truncate(&mut result);
        let texts = &result[0]["a"]["b"];
        assert!(texts[0].as_str().unwrap().starts_with(&("é".repeat(200) + "... [truncated")));
        assert_eq!(texts[1].as_str().unwrap().chars().count(), 200);
    }
}
