//! The body around the records: what the extraction of the description expects to find.

use airbyte_agent_description::{Connector, ErrorCheck, ErrorCondition, JsonPath, Operation, Step};
use serde_json::{Map, Value, json};

use crate::reply::Reply;

/// Puts records where `path` finds them again.
pub(crate) fn place(path: Option<&JsonPath>, records: Vec<Value>, is_array: bool) -> Value {
    let steps = path.map_or(&[][..], |path| &path.steps);
    if is_array { many(steps, records) } else { one(steps, records.into_iter().next()) }
}

fn one(steps: &[Step], record: Option<Value>) -> Value {
    let record = record.unwrap_or(Value::Null);
    steps.iter().rev().fold(record, |inner, step| match step {
        Step::Key(key) => Map::from_iter([(key.to_string(), inner)]).into(),
        Step::Index(index) => indexed(*index, inner),
        Step::Each => Value::Array(vec![inner]),
    })
}

fn indexed(index: usize, inner: Value) -> Value {
    let mut items = vec![Value::Null; index];
    items.push(inner);
    Value::Array(items)
}

fn many(steps: &[Step], mut records: Vec<Value>) -> Value {
    let Some((first, rest)) = steps.split_first() else { return Value::Array(records) };
    match first {
        Step::Key(key) => Map::from_iter([(key.to_string(), many(rest, records))]).into(),
        Step::Index(index) => indexed(*index, many(rest, records)),
        Step::Each if rest.contains(&Step::Each) => {
            // An object of arrays: the records of two groups.
            let second = records.split_off(records.len() / 2);
            let groups = [("first", records), ("second", second)];
            let groups = groups.into_iter().map(|(name, part)| (name.to_owned(), many(rest, part)));
            groups.collect::<Map<_, _>>().into()
        }
        Step::Each => records.into_iter().map(|record| one(rest, Some(record))).collect(),
    }
}

/// Sets the value at `path`, making objects and arrays on the way; gives up where another value
/// stands in the way.
pub(crate) fn set(root: &mut Value, steps: &[Step], value: Value) {
    let Some((first, rest)) = steps.split_first() else {
        *root = value;
        return;
    };
    if root.is_null() {
        *root = if matches!(first, Step::Key(_)) { json!({}) } else { json!([]) };
    }
    match (first, root) {
        (Step::Key(key), Value::Object(map)) => {
            set(map.entry(key.to_string()).or_insert(Value::Null), rest, value);
        }
        (Step::Index(index), Value::Array(items)) => {
            if items.len() <= *index {
                items.resize(index + 1, Value::Null);
            }
            set(&mut items[*index], rest, value);
        }
        (Step::Each, Value::Array(items)) => {
            for item in items {
                set(item, rest, value.clone());
            }
        }
        _ => {}
    }
}

/// Makes a successful body look successful to every error check.
pub(crate) fn mark_success(connector: &Connector, operation: &Operation, body: &mut Value) {
    for check in checks(connector, operation) {
        let found = check.path.first(body).cloned();
        match &check.when {
            ErrorCondition::Equals(bad) => {
                let bad = bad.value();
                let good = match &bad {
                    Value::Bool(flag) => Value::Bool(!flag),
                    Value::String(_) if found.as_ref() == Some(&bad) => "ok".into(),
                    _ if found.as_ref() == Some(&bad) => Value::Null,
                    _ => continue,
                };
                if body.is_object() {
                    set(body, &check.path.steps, good);
                }
            }
            ErrorCondition::NotEmpty | ErrorCondition::Alone => {
                let empty = match found {
                    Some(Value::Array(_)) => json!([]),
                    Some(Value::Object(_)) => json!({}),
                    Some(Value::String(_)) => json!(""),
                    _ => continue,
                };
                set(body, &check.path.steps, empty);
            }
        }
    }
}

fn checks<'c>(
    connector: &'c Connector,
    operation: &'c Operation,
) -> impl Iterator<Item = &'c ErrorCheck> {
    connector.errors.iter().chain(operation.response.errors.iter())
}

/// A failure as the vendor would report it.
pub(crate) fn failure(connector: &Connector, status: u16, message: &str) -> Reply {
    let kind = match status {
        400 | 422 => "invalid_request",
        401 => "unauthorized",
        404 => "not_found",
        405 => "method_not_allowed",
        409 => "conflict",
        429 => "rate_limited",
        _ => "server_error",
    };
    let mut body = json!({"error": {"type": kind, "message": message}});
    if let Some(check) = connector.errors.first()
        && let ErrorCondition::Equals(bad) = &check.when
    {
        // This vendor says in the body whether it worked.
        body = Value::Null;
        set(&mut body, &check.path.steps, bad.value());
        if let Some(place) = &check.message {
            set(&mut body, &place.steps, kind.into());
        }
        set(&mut body, &[Step::Key("detail".into())], message.into());
    }
    Reply::json(status, &body)
}

/// A failure of a GraphQL request: status 200 and `errors`.
pub(crate) fn graphql_failure(kind: &str, messages: &[String]) -> Reply {
    let errors: Vec<Value> = messages
        .iter()
        .map(|message| json!({"message": message, "extensions": {"code": kind}}))
        .collect();
    Reply::json(200, &json!({"data": null, "errors": errors}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_stand_where_the_path_finds_them() {
        for text in ["$", "$.a", "$.a.b", "$.a[0]", "$.a[0].b", "$.a[*].b", "$[*][*]", "$.a[2].b"] {
            let path = JsonPath::parse(text).unwrap();
            let records: Vec<Value> = (1..=5).map(|n| json!({"id": n})).collect();
            let body = place(Some(&path), records.clone(), true);
            let found = path.find(&body);
            let found: Vec<Value> = match found.as_slice() {
                [Value::Array(items)] => items.clone(),
                many => many.iter().map(|v| (*v).clone()).collect(),
            };
            assert_eq!(found, records, "{text}: {body}");
            let single = place(Some(&path), vec![json!({"id": 1})], false);
            assert_eq!(path.first(&single), Some(&json!({"id": 1})), "{text}: {single}");
        }
    }
}
