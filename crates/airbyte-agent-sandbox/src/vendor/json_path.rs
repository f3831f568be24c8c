//! JSON values at the paths of a description.

use airbyte_agent_description::{JsonPath, Step};
use serde_json::{Map, Value, json};

/// A body in which `path` finds these records again. Of a body for a single record it finds the first.
pub(super) fn body_with_records(
    path: Option<&JsonPath>,
    records: Vec<Value>,
    is_array: bool,
) -> Value {
    let steps = path.map_or(&[][..], |path| &path.steps);
    if is_array { with_many(steps, records) } else { with_one(steps, records.into_iter().next()) }
}

fn with_one(steps: &[Step], record: Option<Value>) -> Value {
    let record = record.unwrap_or(Value::Null);
    steps.iter().rev().fold(record, |inner, step| match step {
        Step::Key(key) => Map::from_iter([(key.to_string(), inner)]).into(),
        Step::Index(index) => array_with(*index, inner),
        Step::Each => Value::Array(vec![inner]),
    })
}

fn array_with(index: usize, inner: Value) -> Value {
    let mut items = vec![Value::Null; index];
    items.push(inner);
    Value::Array(items)
}

fn with_many(steps: &[Step], mut records: Vec<Value>) -> Value {
    let Some((first, rest)) = steps.split_first() else { return Value::Array(records) };
    match first {
        Step::Key(key) => Map::from_iter([(key.to_string(), with_many(rest, records))]).into(),
        Step::Index(index) => array_with(*index, with_many(rest, records)),
        Step::Each if rest.contains(&Step::Each) => {
            // An object of arrays: the records are divided into two groups.
            let second = records.split_off(records.len() / 2);
            let groups = [("first", records), ("second", second)];
            let groups =
                groups.into_iter().map(|(name, part)| (name.to_owned(), with_many(rest, part)));
            groups.collect::<Map<_, _>>().into()
        }
        Step::Each => records.into_iter().map(|record| with_one(rest, Some(record))).collect(),
    }
}

/// Sets the value at a path. Objects and arrays that are missing are made; a path that leads through
/// another value changes nothing.
pub(super) fn set_at(root: &mut Value, steps: &[Step], value: Value) {
    let Some((first, rest)) = steps.split_first() else {
        *root = value;
        return;
    };
    if root.is_null() {
        *root = if matches!(first, Step::Key(_)) { json!({}) } else { json!([]) };
    }
    match (first, root) {
        (Step::Key(key), Value::Object(map)) => {
            set_at(map.entry(key.to_string()).or_insert(Value::Null), rest, value);
        }
        (Step::Index(index), Value::Array(items)) => {
            if items.len() <= *index {
                items.resize(index + 1, Value::Null);
            }
            set_at(&mut items[*index], rest, value);
        }
        (Step::Each, Value::Array(items)) => {
            for item in items {
                set_at(item, rest, value.clone());
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_where_the_path_finds_them() {
        for text in ["$", "$.a", "$.a.b", "$.a[0]", "$.a[0].b", "$.a[*].b", "$[*][*]", "$.a[2].b"] {
            let path = JsonPath::parse(text).unwrap();
            let records: Vec<Value> = (1..=5).map(|n| json!({"id": n})).collect();
            let body = body_with_records(Some(&path), records.clone(), true);
            let found = path.find(&body);
            let found: Vec<Value> = match found.as_slice() {
                [Value::Array(items)] => items.clone(),
                many => many.iter().map(|v| (*v).clone()).collect(),
            };
            assert_eq!(found, records, "{text}: {body}");
            let single = body_with_records(Some(&path), vec![json!({"id": 1})], false);
            assert_eq!(path.first(&single), Some(&json!({"id": 1})), "{text}: {single}");
        }
    }
}
