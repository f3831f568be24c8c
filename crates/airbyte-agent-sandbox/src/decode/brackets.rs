//! Nested values out of keys with brackets, such as `a[b][0]=x`. Every leaf is a text.

use serde_json::{Map, Value};

/// The nested value that these pairs describe; an error says which key does not fit.
pub(super) fn nest(pairs: &[(String, String)]) -> Result<Map<String, Value>, String> {
    let mut root = Map::new();
    for (key, value) in pairs {
        let steps = steps(key).ok_or_else(|| format!("`{key}` is not a valid form key"))?;
        let Some((first, rest)) = steps.split_first() else { continue };
        let slot = root.entry(first.clone()).or_insert(Value::Null);
        insert(slot, rest, value).map_err(|why| format!("`{key}`: {why}"))?;
    }
    Ok(root.into_iter().map(|(key, value)| (key, arrays(value))).collect())
}

/// The steps of a key: `a[b][0]` has `a`, `b` and `0`. `None` when a bracket is missing.
fn steps(key: &str) -> Option<Vec<String>> {
    let Some(open) = key.find('[') else { return Some(vec![key.to_owned()]) };
    let mut steps = vec![key[..open].to_owned()];
    let mut rest = &key[open..];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[')?;
        let end = inner.find(']')?;
        steps.push(inner[..end].to_owned());
        rest = &inner[end + 1..];
    }
    (!steps[0].is_empty()).then_some(steps)
}

fn insert(slot: &mut Value, steps: &[String], value: &str) -> Result<(), &'static str> {
    let Some((first, rest)) = steps.split_first() else {
        if !slot.is_null() {
            return Err("it is given twice");
        }
        *slot = value.into();
        return Ok(());
    };
    if slot.is_null() {
        *slot = Value::Object(Map::new());
    }
    let Value::Object(map) = slot else { return Err("it is a value and an object at once") };
    let step = if first.is_empty() { map.len().to_string() } else { first.clone() };
    insert(map.entry(step).or_insert(Value::Null), rest, value)
}

/// Turns objects whose keys are 0, 1, 2 and so on into arrays.
fn arrays(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    let numbered = !map.is_empty() && map.keys().enumerate().all(|(at, k)| *k == at.to_string());
    if numbered {
        return map.into_iter().map(|(_, value)| arrays(value)).collect();
    }
    map.into_iter().map(|(key, value)| (key, arrays(value))).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::form_pairs;

    #[test]
    fn brackets_become_structure() {
        for (text, expected) in [
            ("a=1&b=x+y", json!({"a": "1", "b": "x y"})),
            ("a%5Bb%5D=1&a%5Bc%5D=2", json!({"a": {"b": "1", "c": "2"}})),
            ("l[0][p]=1&l[1][p]=2", json!({"l": [{"p": "1"}, {"p": "2"}]})),
            ("l[]=1&l[]=2", json!({"l": ["1", "2"]})),
            ("m[1]=x", json!({"m": {"1": "x"}})),
            ("empty=", json!({"empty": ""})),
        ] {
            assert_eq!(
                Value::Object(nest(&form_pairs(text.as_bytes())).unwrap()),
                expected,
                "{text}"
            );
        }
        for text in ["a=1&a=2", "a=1&a[b]=2", "a[b=1", "[x]=1"] {
            nest(&form_pairs(text.as_bytes())).unwrap_err();
        }
    }
}
