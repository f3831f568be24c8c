//! Nested values as form fields: `key[sub]`, `key[0]`, `key[0][sub]`.

use serde_json::Value;

use crate::arguments::Arguments;

/// The fields of a form body, in the order of the arguments.
pub(crate) fn form_pairs<'a>(
    names: impl Iterator<Item = &'a str>,
    arguments: &Arguments,
) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for name in names {
        if let Some(value) = arguments.get(name) {
            bracketed(name, value, &mut pairs);
        }
    }
    pairs
}

/// Writes a value with brackets. Empty lists and objects are left out, and `null` becomes an empty
/// text.
pub(super) fn bracketed(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                bracketed(&format!("{name}[{index}]"), item, pairs);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                bracketed(&format!("{name}[{key}]"), member, pairs);
            }
        }
        value => pairs.push((name.to_owned(), scalar(value))),
    }
}

/// A scalar as a text in the form that vendors use; nested values become JSON.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_values_get_brackets() {
        for (value, expected) in [
            (json!("x"), vec![("a", "x")]),
            (json!(null), vec![("a", "")]),
            (json!({}), vec![]),
            (json!([true, 2]), vec![("a[0]", "true"), ("a[1]", "2")]),
            (json!([{"b": [1]}]), vec![("a[0][b][0]", "1")]),
            (json!({"b": {"c": "d"}}), vec![("a[b][c]", "d")]),
        ] {
            let mut pairs = Vec::new();
            bracketed("a", &value, &mut pairs);
            let got: Vec<_> = pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            assert_eq!(got, expected, "{value}");
        }
    }
}
