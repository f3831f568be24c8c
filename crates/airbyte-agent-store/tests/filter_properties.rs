//! Filters at random, held against a plain evaluation of the same grammar in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use airbyte_agent_store::{QueryLimits, Store, TableSpec};
use common::write;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The plain evaluation: no columns, no index, no SQL.
fn holds(filter: &Value, record: &Value) -> bool {
    filter.as_object().unwrap().iter().all(|(operator, operand)| match operator.as_str() {
        "and" => operand.as_array().unwrap().iter().all(|part| holds(part, record)),
        "or" => operand.as_array().unwrap().iter().any(|part| holds(part, record)),
        "not" => !holds(operand, record),
        "any" => operand.as_object().unwrap().iter().all(|(path, condition)| {
            let elements = at(record, path).as_array().cloned().unwrap_or_default();
            elements.iter().any(|element| element.is_object() && holds(condition, element))
        }),
        name => operand
            .as_object()
            .unwrap()
            .iter()
            .all(|(path, wanted)| test(name, &at(record, path), wanted)),
    })
}

fn at(record: &Value, path: &str) -> Value {
    path.split('.').try_fold(record, |value, step| value.get(step)).cloned().unwrap_or_default()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).is_some_and(std::cmp::Ordering::is_eq)
        }
        (Value::String(_), Value::Number(_) | Value::Bool(_))
        | (Value::Number(_) | Value::Bool(_), Value::String(_)) => text(a) == text(b),
        _ => a == b,
    }
}

fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(words).collect(),
        Value::Object(members) => members.values().flat_map(words).collect(),
        plain => text(plain)
            .unwrap_or_default()
            .to_lowercase()
            .replace(['ü', 'é'], "~")
            .replace('~', "u")
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
    }
}

/// Edits of one letter, or two neighbours that have changed places, by dynamic programming.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len()][b.len()]
}

fn meant(word: &str, wanted: &str) -> bool {
    let tolerance = match wanted.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    word.starts_with(wanted)
        || (tolerance > 0
            && word.chars().all(char::is_alphabetic)
            && word.chars().count() >= 3
            && distance(word, wanted) <= tolerance)
}

fn test(operator: &str, value: &Value, wanted: &Value) -> bool {
    let order = || match (value, wanted) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::String(b)) => a.as_f64().partial_cmp(&Some(b.parse().ok()?)),
        (Value::String(a), Value::Number(b)) => {
            Some(a.parse::<f64>().ok()?).partial_cmp(&b.as_f64())
        }
        _ => None,
    };
    let texts = |is: fn(&str, &str) -> bool| match (text(value), text(wanted)) {
        (Some(a), Some(b)) => is(&a, &b),
        _ => false,
    };
    let all_words = |fits: &dyn Fn(&str, &str) -> bool| {
        let (has, wanted) = (words(value), words(wanted));
        !wanted.is_empty() && wanted.iter().all(|wanted| has.iter().any(|word| fits(word, wanted)))
    };
    match operator {
        "eq" => same(value, wanted),
        "neq" => !same(value, wanted),
        "gt" => order().is_some_and(std::cmp::Ordering::is_gt),
        "gte" => order().is_some_and(std::cmp::Ordering::is_ge),
        "lt" => order().is_some_and(std::cmp::Ordering::is_lt),
        "lte" => order().is_some_and(std::cmp::Ordering::is_le),
        "in" => wanted.as_array().unwrap().iter().any(|one| same(value, one)),
        "startswith" => texts(|a, b| a.starts_with(b)),
        "endswith" => texts(|a, b| a.ends_with(b)),
        "contains" => texts(|a, b| a.to_lowercase().contains(&b.to_lowercase())),
        "array_contains" => {
            value.as_array().is_some_and(|all| all.iter().any(|one| same(one, wanted)))
        }
        "keyword" => all_words(&|word, wanted| word == wanted),
        "fuzzy" => all_words(&meant),
        other => panic!("{other}"),
    }
}

const WORDS: [&str; 14] = [
    "",
    "smith",
    "smiht",
    "Smithers",
    "jon",
    "Jon Smith",
    "Müller",
    "muller",
    "a-b c",
    "5",
    "0.5",
    "true",
    "open",
    "smith jon",
];

fn plain() -> impl Strategy<Value = Value> {
    prop_oneof![
        proptest::sample::select(&WORDS[..]).prop_map(Value::from),
        (-2_i64..8).prop_map(Value::from),
        proptest::sample::select(&[0.5, -1.5, 5.25][..]).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
}

fn record() -> impl Strategy<Value = Value> {
    let texts = || proptest::option::of(proptest::sample::select(&WORDS[..]));
    let element =
        prop_oneof![plain(), (plain(), -2_i64..8).prop_map(|(a, b)| json!({"a": a, "b": b})),];
    (
        texts(),
        proptest::option::of(-2_i64..8),
        proptest::option::of(proptest::sample::select(&[0.5, -1.5, 7.25, 5.25][..])),
        proptest::option::of(any::<bool>()),
        proptest::collection::vec(element, 0..3),
        texts(),
        proptest::option::of(plain()),
    )
        .prop_map(|(name, count, amount, open, list, inner, extra)| {
            let mut record = Map::new();
            record.insert("name".into(), name.into());
            // Missing means the same as null.
            if let Some(count) = count {
                record.insert("count".into(), count.into());
            }
            record.insert("amount".into(), amount.into());
            record.insert("open".into(), open.into());
            record.insert("list".into(), list.into());
            record.insert("owner".into(), json!({"name": inner, "deep": {"n": count}}));
            record.insert("extra".into(), extra.into());
            Value::Object(record)
        })
}

fn filter() -> impl Strategy<Value = Value> {
    let field = proptest::sample::select(
        &[
            "name",
            "count",
            "amount",
            "open",
            "list",
            "owner.name",
            "owner.deep.n",
            "owner",
            "extra",
            "extra.x",
        ][..],
    );
    let operators =
        &["gt", "gte", "lt", "lte", "startswith", "endswith", "contains", "keyword", "fuzzy"][..];
    let one = (proptest::sample::select(operators), field.clone(), plain())
        .prop_map(|(operator, field, value)| json!({operator: {field: value}}));
    let equal = (
        proptest::sample::select(&["eq", "neq", "array_contains"][..]),
        field.clone(),
        prop_oneof![4 => plain(), 1 => Just(Value::Null)],
    )
        .prop_map(|(operator, field, value)| json!({operator: {field: value}}));
    let of_list = (field.clone(), proptest::collection::vec(plain(), 0..4))
        .prop_map(|(field, values)| json!({"in": {field: values}}));
    let any = (proptest::sample::select(&["eq", "gt"][..]), plain(), -2_i64..8).prop_map(
        |(operator, a, b)| json!({"any": {"list": {operator: {"a": a}, "lte": {"b": b}}}}),
    );
    let leaf = prop_oneof![4 => one, 4 => equal, 1 => of_list, 1 => any];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|parts| json!({"and": parts})),
            proptest::collection::vec(inner.clone(), 1..3).prop_map(|parts| json!({"or": parts})),
            inner.prop_map(|part| json!({"not": part})),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn filters_find_what_a_plain_evaluation_finds(
        records in proptest::collection::vec(record(), 1..12),
        filters in proptest::collection::vec(filter(), 1..12),
    ) {
        // In Postgres one store for all cases, because each would be a schema.
        static STORE: LazyLock<Store> = LazyLock::new(common::store);
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let own = (!common::is_postgres()).then(common::store);
        let store = own.as_ref().unwrap_or_else(|| &*STORE);
        let entity = format!("things{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let spec = TableSpec::new("acme", entity).key(["id"]).schema(json!({"properties": {
            "id": {"type": "integer"}, "name": {"type": "string"}, "count": {"type": "integer"},
            "amount": {"type": "number"}, "open": {"type": "boolean"}, "list": {"type": "array"},
            "owner": {"type": "object"}, "extra": {},
        }}));
        let table = store.declare(&spec).unwrap();
        let records: Vec<Value> = records
            .into_iter()
            .enumerate()
            .map(|(id, mut record)| {
                record["id"] = json!(id);
                record
            })
            .collect();
        write(store, &table, &records);
        for filter in filters {
            let arguments = Map::from_iter([
                ("query".to_owned(), json!({"filter": filter})),
                ("limit".to_owned(), json!(100)),
            ]);
            let found = store.search(&table, &[], &arguments, &QueryLimits::default()).unwrap().data;
            let expected: Vec<Value> =
                records.iter().filter(|record| holds(&filter, record)).cloned().collect();
            prop_assert_eq!(found, expected, "{}", filter);
        }
    }
}
