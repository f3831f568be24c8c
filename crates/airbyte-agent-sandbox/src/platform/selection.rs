//! Selection of fields and truncation of texts in results.

use serde_json::Value;

use super::paths::{project, remove_value};

/// Dotted paths of the fields that a result has or lacks. When there are paths to select, those to
/// exclude do not matter.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) select: Vec<String>,
    pub(crate) exclude: Vec<String>,
}

/// Length to which texts are truncated, in characters.
const LONGEST: usize = 200;

/// Applies a selection to every record of a result.
pub(crate) fn select(result: &mut Value, selection: &Selection) {
    if !selection.select.is_empty() {
        for_each_record(result, |record| {
            if let Value::Object(map) = record {
                *record = project(map, &selection.select).into();
            }
        });
    } else if !selection.exclude.is_empty() {
        for_each_record(result, |record| {
            if let Value::Object(map) = record {
                for path in &selection.exclude {
                    remove_value(map, path);
                }
            }
        });
    }
}

/// Truncates the long texts of every record.
pub(crate) fn truncate(result: &mut Value) {
    for_each_record(result, truncate_texts);
}

fn for_each_record(result: &mut Value, mut act: impl FnMut(&mut Value)) {
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

fn truncate_texts(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some((at, _)) = text.char_indices().nth(LONGEST) {
                text.truncate(at);
                text.push_str("... [truncated, use get for the whole text]");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(truncate_texts),
        Value::Object(map) => map.values_mut().for_each(truncate_texts),
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
