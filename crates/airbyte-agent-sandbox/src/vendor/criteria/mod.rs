//! Criteria of a request beyond equality: ranges, conditions, and words to search for.
//!
//! A criterion is recognised by the name and the form of an argument. A criterion about a field that
//! records do not show is taken to be met, because a vendor may know more than it shows.

mod compare;
mod jql;
mod name;
mod text;

use serde_json::{Map, Value};

use crate::data::plain;
use compare::{Operator, find_field, is_operator};
pub(crate) use name::{bound, is_search};

/// Whether a record meets an argument; `None` when the argument is not such a criterion.
pub(crate) fn meets(name: &str, value: &Value, record: &Map<String, Value>) -> Option<bool> {
    match value {
        Value::Object(_) => {
            let path = if names_fields_inside(name) { vec![] } else { vec![name] };
            Some(meets_tree(&path, value, record))
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            Some(meets_tree(&[], value, record))
        }
        Value::String(text) if is_search(name) => Some(text::matches_search(text, record)),
        Value::String(text) if is_jql(name) => {
            Some(jql::parse(text).is_ok_and(|query| query.is_met(record)))
        }
        Value::String(text) if names_fields_inside(name) => {
            Some(text::meets_conditions(text, record))
        }
        Value::String(text) => {
            meets_bars(name, text, record).or_else(|| meets_range(name, value, record))
        }
        _ => meets_range(name, value, record),
    }
}

/// Whether a record meets operators and values between bars, such as `gte|2025-01-01|lt|2025-02-01`; `None` for any
/// other text.
fn meets_bars(name: &str, text: &str, record: &Map<String, Value>) -> Option<bool> {
    let parts: Vec<&str> = text.split('|').collect();
    let pairs = parts.chunks(2).map(|pair| match pair {
        [operator, value] if is_operator(operator) => Some((*operator, *value)),
        _ => None,
    });
    let pairs = pairs.collect::<Option<Vec<_>>>()?;
    let Some(field) = find_field(&[name], record) else { return Some(true) };
    let holds = |(operator, value): (&str, &str)| {
        Operator::named(operator).is_none_or(|operator| operator.is_true(field, &value.into()))
    };
    Some(pairs.into_iter().all(holds))
}

/// What is wrong with a query in a language of which the sandbox knows the grammar.
pub(crate) fn problem(name: &str, value: &Value) -> Option<String> {
    let text = value.as_str().filter(|_| is_jql(name))?;
    jql::parse(text).err()
}

fn is_jql(name: &str) -> bool {
    plain(name) == "jql"
}

/// Whether an argument of this name is a criterion even where it is required.
pub(crate) fn is_criterion(name: &str) -> bool {
    names_fields_inside(name) || is_search(name) || bound(name).is_some()
}

/// Whether an argument of this name has the names of fields in its value, as `filter` has.
fn names_fields_inside(name: &str) -> bool {
    let name = plain(name);
    let names = ["filter", "filters", "filterby", "filtergroups", "where", "criteria"];
    let more = ["conditions", "query", "search", "jql", "formula", "filterbyformula"];
    names.contains(&name.as_str()) || more.contains(&name.as_str())
}

fn meets_range(name: &str, value: &Value, record: &Map<String, Value>) -> Option<bool> {
    let bound = bound(name)?;
    compare::number(value)?;
    let field = name::bounded_field(&bound.stem, record)?;
    Some(bound.operator.is_true(field, value))
}

/// Whether a value of a filter means any value.
pub(crate) fn selects_all(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "all" | "any" | "" | "*" | "both")
}

/// Whether a record meets an object of conditions, in any of the usual forms. `path` leads to the field
/// that the conditions are about.
fn meets_tree(path: &[&str], value: &Value, record: &Map<String, Value>) -> bool {
    match value {
        Value::Object(map) => meets_object(path, map, record),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().all(|item| meets_tree(path, item, record))
        }
        leaf => {
            let Some(last) = path.last() else { return true };
            if leaf.as_str().is_some_and(selects_all) {
                return true;
            }
            let by_name = meets(last, leaf, record);
            by_name.unwrap_or_else(|| {
                find_field(path, record).is_none_or(|field| Operator::Equal.is_true(field, leaf))
            })
        }
    }
}

fn meets_object(path: &[&str], map: &Map<String, Value>, record: &Map<String, Value>) -> bool {
    if let Some(held) = meets_condition(map, record) {
        return held;
    }
    if !map.is_empty() && map.keys().all(|key| is_operator(key)) {
        let field = match path {
            [] => name::creation_time(record),
            [one] => {
                find_field(path, record).or_else(|| name::bounded_field(&name::words(one), record))
            }
            _ => find_field(path, record),
        };
        return map.iter().all(|(operator, wanted)| {
            let operator = Operator::named(operator);
            field.zip(operator).is_none_or(|(field, operator)| operator.is_true(field, wanted))
        });
    }
    map.iter().all(|(key, value)| match (plain(key).as_str(), value) {
        ("or" | "any" | "filtergroups", Value::Array(items)) => {
            items.is_empty() || items.iter().any(|item| meets_tree(path, item, record))
        }
        ("and" | "all" | "filters", inner) => meets_tree(path, inner, record),
        _ => {
            let mut inner = path.to_vec();
            inner.push(key);
            meets_tree(&inner, value, record)
        }
    })
}

/// Whether a record meets an object that names field, operator and value, or that joins such objects;
/// `None` for any other object.
fn meets_condition(map: &Map<String, Value>, record: &Map<String, Value>) -> Option<bool> {
    let get = |names: &[&str]| {
        map.iter().find(|(key, _)| names.contains(&plain(key).as_str())).map(|(_, value)| value)
    };
    let operator = get(&["operator", "op", "comparator", "comparison"])?.as_str()?;
    let wanted = get(&["value", "values"]);
    if let Some(Value::Array(items)) = wanted
        && items.iter().any(Value::is_object)
    {
        let mut held = items.iter().map(|item| meets_tree(&[], item, record));
        let is_or = operator.eq_ignore_ascii_case("or");
        return Some(if is_or { held.any(|held| held) } else { held.all(|held| held) });
    }
    let field = get(&["field", "property", "propertyname", "fieldname", "attribute", "name"])?;
    let field = find_field(&field.as_str()?.split('.').collect::<Vec<_>>(), record);
    let operator = Operator::named(operator);
    let nothing = Value::Null;
    let held = field
        .zip(operator)
        .is_none_or(|(field, operator)| operator.is_true(field, wanted.unwrap_or(&nothing)));
    Some(held)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record() -> Map<String, Value> {
        let record = json!({
            "id": "usr_1", "name": "Ada Keller", "email": "ada@example.com", "age": 36,
            "status": "open", "created_at": "2025-06-01T12:00:00Z", "updated": 1_748_779_200,
            "labels": ["red", "blue"], "team": {"id": "t1", "name": "Core"},
            "properties": {"amount": "250", "city": null}, "ts": "1748779200.000100",
        });
        record.as_object().unwrap().clone()
    }

    #[test]
    fn arguments_are_held_against_records() {
        let may = "2025-05-01";
        for (name, value, expected) in [
            ("created_after", json!(may), Some(true)),
            ("created_at_max", json!(may), Some(false)),
            ("createdBefore", json!("2025-06-01T12:00:00Z"), Some(false)),
            ("created_at_max", json!("2025-06-01"), Some(true)),
            ("created_at", json!("gte|2025-05-01|lt|2025-07-01"), Some(true)),
            ("created_at", json!("gte|2025-07-01"), Some(false)),
            ("updated_since", json!(1_748_779_200), Some(true)),
            ("updated_since", json!(1_748_779_200_001_i64), Some(false)),
            ("since", json!(may), Some(true)),
            ("until", json!(may), Some(false)),
            ("oldest", json!("1748779200.000200"), Some(false)),
            ("fromDateTime", json!("2025-06-02T00:00:00Z"), Some(false)),
            ("min_age", json!(36), Some(true)),
            ("age_lt", json!(36), Some(false)),
            ("created", json!({"gte": 1_748_779_200}), Some(true)),
            ("created", json!({"gt": 1_748_779_200, "lt": 4_000_000_000_i64}), Some(false)),
            ("from_email", json!("bo@example.com"), None),
            ("since_id", json!(7), None),
            ("status", json!("open"), None),
            ("query", json!("keller"), Some(true)),
            ("query", json!("ada  KELLER"), Some(true)),
            ("query", json!("keller zzz"), Some(false)),
            ("q", json!("status:open created>2025-01-01"), Some(true)),
            ("q", json!("status:closed"), Some(false)),
            ("q", json!("-status:closed name:'Ada Keller'"), Some(true)),
            ("q", json!("unknown:thing"), Some(true)),
            ("q", json!("name contains 'kel' and status = 'open'"), Some(true)),
            ("q", json!("name contains 'bob' or age >= 36"), Some(true)),
            ("q", json!("'t1' in parents and trashed = false"), Some(true)),
            ("q", json!("SELECT Id FROM User WHERE Name = 'Bob' LIMIT 5"), Some(false)),
            ("q", json!("SELECT Id FROM User"), Some(true)),
            ("jql", json!("status in (open, done) ORDER BY created"), Some(true)),
            ("jql", json!("(status = done) OR age = 1"), Some(false)),
            ("jql", json!("(status = done) OR age = 36"), Some(true)),
            ("filter", json!("equals(email,\"ada@example.com\")"), Some(true)),
            ("filter", json!("greater-than(created_at,2025-07-01)"), Some(false)),
            ("filter", json!({"team": {"name": {"eq": "core"}}}), Some(true)),
            ("filter", json!({"team": {"id": {"neq": "t1"}}}), Some(false)),
            ("filter", json!({"name": {"containsIgnoreCase": "KEL"}}), Some(true)),
            ("filter", json!({"fromDateTime": "2025-07-01T00:00:00Z"}), Some(false)),
            ("filter", json!({"or": [{"age": {"eq": 1}}, {"age": {"eq": 36}}]}), Some(true)),
            ("query", json!({"field": "email", "operator": "~", "value": "ada"}), Some(true)),
            (
                "query",
                json!({"operator": "AND", "value": [
                    {"field": "age", "operator": ">", "value": "30"},
                    {"field": "name", "operator": "=", "value": "Bob"},
                ]}),
                Some(false),
            ),
            (
                "filterGroups",
                json!([{"filters": [
                    {"propertyName": "amount", "operator": "GTE", "value": "200"},
                    {"propertyName": "city", "operator": "HAS_PROPERTY"},
                ]}]),
                Some(false),
            ),
        ] {
            assert_eq!(meets(name, &value, &record()), expected, "{name}: {value}");
        }
    }
}
