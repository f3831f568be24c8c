//! What a request says about the records it wants beyond equality: ranges, conditions, words.
//!
//! A criterion is recognised by the name and the form of an argument. One that speaks of something
//! that records do not show holds: a vendor may know more than it shows.

mod compare;
mod name;
mod text;

use serde_json::{Map, Value};

use crate::data::plain;
use compare::{Operator, found, is_operator};
pub(crate) use name::{bound, is_search};

/// Whether a record meets an argument; `None` when the argument is no criterion of this kind.
pub(crate) fn judge(name: &str, value: &Value, record: &Map<String, Value>) -> Option<bool> {
    match value {
        Value::Object(_) => {
            let root = if is_root(name) { vec![] } else { vec![name] };
            Some(tree(&root, value, record))
        }
        Value::Array(items) if items.iter().any(Value::is_object) => Some(tree(&[], value, record)),
        Value::String(text) if is_search(name) => Some(text::holds(text, record)),
        Value::String(text) if is_root(name) => Some(text::conditions_hold(text, record)),
        _ => range(name, value, record),
    }
}

/// Whether an argument of this name is judged although the operation cannot do without it.
pub(crate) fn is_criterion(name: &str) -> bool {
    is_root(name) || is_search(name) || bound(name).is_some()
}

/// Names of arguments whose content speaks of fields by itself.
fn is_root(name: &str) -> bool {
    let name = plain(name);
    let names = ["filter", "filters", "filterby", "filtergroups", "where", "criteria"];
    let more = ["conditions", "query", "search", "jql", "formula", "filterbyformula"];
    names.contains(&name.as_str()) || more.contains(&name.as_str())
}

fn range(name: &str, value: &Value, record: &Map<String, Value>) -> Option<bool> {
    let bound = bound(name)?;
    compare::number(value)?;
    let field = name::field(&bound.stem, record)?;
    Some(bound.operator.holds(field, value))
}

/// Objects of conditions, in any of the usual forms. `path` is the way to the field spoken of.
fn tree(path: &[&str], value: &Value, record: &Map<String, Value>) -> bool {
    match value {
        Value::Object(map) => object(path, map, record),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items.iter().all(|item| tree(path, item, record))
        }
        leaf => {
            let Some(last) = path.last() else { return true };
            let by_name = judge(last, leaf, record);
            by_name.unwrap_or_else(|| {
                found(path, record).is_none_or(|field| Operator::Equal.holds(field, leaf))
            })
        }
    }
}

fn object(path: &[&str], map: &Map<String, Value>, record: &Map<String, Value>) -> bool {
    if let Some(held) = condition(map, record) {
        return held;
    }
    if !map.is_empty() && map.keys().all(|key| is_operator(key)) {
        let field = match path {
            [] => name::moment(record),
            [one] => found(path, record).or_else(|| name::field(&name::words(one), record)),
            _ => found(path, record),
        };
        return map.iter().all(|(operator, wanted)| {
            let operator = Operator::named(operator);
            field.zip(operator).is_none_or(|(field, operator)| operator.holds(field, wanted))
        });
    }
    map.iter().all(|(key, value)| match (plain(key).as_str(), value) {
        ("or" | "any" | "filtergroups", Value::Array(items)) => {
            items.is_empty() || items.iter().any(|item| tree(path, item, record))
        }
        ("and" | "all" | "filters", inner) => tree(path, inner, record),
        _ => {
            let mut inner = path.to_vec();
            inner.push(key);
            tree(&inner, value, record)
        }
    })
}

/// An object that names field, operator and value, or that joins such objects.
fn condition(map: &Map<String, Value>, record: &Map<String, Value>) -> Option<bool> {
    let get = |names: &[&str]| {
        map.iter().find(|(key, _)| names.contains(&plain(key).as_str())).map(|(_, value)| value)
    };
    let operator = get(&["operator", "op", "comparator", "comparison"])?.as_str()?;
    let wanted = get(&["value", "values"]);
    if let Some(Value::Array(items)) = wanted
        && items.iter().any(Value::is_object)
    {
        let mut held = items.iter().map(|item| tree(&[], item, record));
        let is_or = operator.eq_ignore_ascii_case("or");
        return Some(if is_or { held.any(|held| held) } else { held.all(|held| held) });
    }
    let field = get(&["field", "property", "propertyname", "fieldname", "attribute", "name"])?;
    let field = found(&field.as_str()?.split('.').collect::<Vec<_>>(), record);
    let operator = Operator::named(operator);
    let nothing = Value::Null;
    let held = field
        .zip(operator)
        .is_none_or(|(field, operator)| operator.holds(field, wanted.unwrap_or(&nothing)));
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
            ("jql", json!("(status = done) OR age = 1"), Some(true)),
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
            assert_eq!(judge(name, &value, &record()), expected, "{name}: {value}");
        }
    }
}
