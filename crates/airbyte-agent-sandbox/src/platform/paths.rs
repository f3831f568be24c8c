//! Values at dotted paths, such as `address.city`.

use serde_json::{Map, Value};

/// The value at a path. A member whose name is the whole path comes first.
pub(super) fn value_at<'v>(object: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    value_at(object.get(first)?.as_object()?, rest)
}

/// Sets the value at a path. Objects that are missing are made; anything else on the path is replaced
/// by an object.
pub(super) fn set_value(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        object.insert(path.to_owned(), value);
        return;
    };
    let inner = object.entry(first).or_insert(Value::Null);
    if !inner.is_object() {
        *inner = Map::new().into();
    }
    if let Value::Object(inner) = inner {
        set_value(inner, rest, value);
    }
}

/// Removes the value at a path. A member whose name is the whole path comes first.
pub(super) fn remove_value(object: &mut Map<String, Value>, path: &str) {
    if object.shift_remove(path).is_some() {
        return;
    }
    if let Some((first, rest)) = path.split_once('.')
        && let Some(Value::Object(inner)) = object.get_mut(first)
    {
        remove_value(inner, rest);
    }
}

/// The object with only the values at these paths. A member whose name is the whole path keeps that
/// name; other values are put into objects again.
pub(super) fn project(object: &Map<String, Value>, paths: &[String]) -> Map<String, Value> {
    let mut out = Map::new();
    for path in paths {
        if let Some(value) = object.get(path) {
            out.insert(path.clone(), value.clone());
        } else if let Some(value) = value_at(object, path) {
            set_value(&mut out, path, value.clone());
        }
    }
    out
}

/// The last step of a path.
pub(super) fn last_step(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_set_and_removed_by_path() {
        let object = json!({"a": 1, "b": {"c": 2, "d.e": 3}, "x.y": 4});
        let object = object.as_object().unwrap();
        for (path, expected) in [
            ("a", Some(json!(1))),
            ("b.c", Some(json!(2))),
            ("b.d.e", Some(json!(3))),
            ("x.y", Some(json!(4))),
            ("a.c", None),
            ("none", None),
        ] {
            assert_eq!(value_at(object, path), expected.as_ref(), "{path}");
        }
        let mut changed = object.clone();
        set_value(&mut changed, "a.z", json!(5));
        remove_value(&mut changed, "b.c");
        remove_value(&mut changed, "x.y");
        assert_eq!(Value::from(changed), json!({"a": {"z": 5}, "b": {"d.e": 3}}));
        let paths = ["b.c".to_owned(), "x.y".to_owned(), "none".to_owned()];
        assert_eq!(Value::from(project(object, &paths)), json!({"b": {"c": 2}, "x.y": 4}));
    }
}
