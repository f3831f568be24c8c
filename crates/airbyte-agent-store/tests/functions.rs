//! Functions and operators that people know from other dialects.

mod common;

use airbyte_agent_store::{Store, TableSpec};
use common::{query, write};
use serde_json::{Value, json};

#[test]
fn functions_of_other_dialects_work() {
    let store = Store::open_in_memory().unwrap();
    for (sql, expected) in [
        ("date_trunc('month', '2024-05-17T10:20:30Z')", json!("2024-05-01T00:00:00Z")),
        ("date_trunc('week', '2024-05-17T10:20:30Z')", json!("2024-05-13T00:00:00Z")),
        ("date_trunc('quarter', '2024-05-17')", json!("2024-04-01T00:00:00Z")),
        ("date_trunc('hour', '2024-05-17T10:20:30.5+02:00')", json!("2024-05-17T08:00:00Z")),
        ("date_trunc('year', 1715941230)", json!("2024-01-01T00:00:00Z")),
        ("date_trunc('day', NULL)", json!(null)),
        ("date_part('year', '2024-05-17')", json!(2024)),
        ("date_part('dow', '2024-05-17')", json!(5)),
        ("date_part('epoch', '1970-01-02')", json!(86400)),
        ("extract(month FROM '2024-05-17')", json!(5)),
        ("EXTRACT(doy FROM date('2024-02-01'))", json!(32)),
        ("year('2024-05-17')", json!(2024)),
        ("date_diff('day', '2024-02-28', '2024-03-01')", json!(2)),
        ("date_diff('month', '2023-12-31', '2024-01-01')", json!(1)),
        ("date_diff('week', '2024-05-12', '2024-05-13')", json!(1)),
        ("date_diff('hour', '2024-05-12T00:59:00Z', '2024-05-12T01:00:00Z')", json!(1)),
        ("to_timestamp(0)", json!("1970-01-01T00:00:00Z")),
        ("to_timestamp(1.5)", json!("1970-01-01T00:00:01.500Z")),
        ("to_timestamp('2024-05-17 10:00:00+02')", json!("2024-05-17T08:00:00Z")),
        ("now() > '2024-01-01'", json!(1)),
        ("length(now())", json!(24)),
        ("strftime('%Y', '2024-05-17')", json!("2024")),
        ("split_part('a@b.c', '@', 2)", json!("b.c")),
        ("split_part('a,b,c', ',', -1)", json!("c")),
        ("split_part('a', ',', 2)", json!("")),
        ("greatest(1, 3.5, NULL, 2)", json!(3.5)),
        ("least('b', 'a')", json!("a")),
        ("greatest(NULL)", json!(null)),
        ("concat('a', NULL, 1)", json!("a1")),
        ("concat_ws('-', 'a', 'b')", json!("a-b")),
        ("left('größe', 3)", json!("grö")),
        ("right('größe', 2)", json!("ße")),
        ("left('abc', -1)", json!("ab")),
        ("reverse('abc')", json!("cba")),
        ("lower('GRÖSSE')", json!("grösse")),
        ("upper('é')", json!("É")),
        ("contains('abc', 'b')", json!(1)),
        ("starts_with('abc', 'b')", json!(0)),
        ("'Müller GmbH' ILIKE 'MÜLLER%'", json!(1)),
        ("'abc' NOT ILIKE '_B_'", json!(0)),
        ("'100%' ILIKE '100!%' ESCAPE '!'", json!(1)),
        ("NULL ILIKE 'a'", json!(null)),
        ("'abc123' REGEXP '^[a-z]+\\d+$'", json!(1)),
        ("regexp_matches('abc', 'B')", json!(0)),
        ("regexp_replace('a-b-c', '-(.)', '+$1')", json!("a+b+c")),
        ("floor(2.7)", json!(2.0)),
        ("ceil(-2.5)", json!(-2.0)),
        ("power(2, 10)", json!(1024.0)),
        ("mod(7, 3)", json!(1)),
        ("round(2.345, 2)", json!(2.35)),
        ("json_extract('{\"a\": {\"b\": [1, 2]}}', '$.a.b[1]')", json!(2)),
        ("'{\"a\": {\"b\": \"x\"}}' -> '$.a' ->> '$.b'", json!("x")),
        ("CAST('12' AS INTEGER)", json!(12)),
    ] {
        assert_eq!(query(&store, &format!("SELECT {sql}")), [[expected]], "{sql}");
    }
}

#[test]
fn aggregates_of_other_dialects_work() {
    let store = Store::open_in_memory().unwrap();
    let spec = TableSpec::new("acme", "sales").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "who": {"type": "string"}, "amount": {"type": "number"},
        "paid": {"type": "boolean"},
    }}));
    let table = store.declare(&spec).unwrap();
    let sales = [("ann", json!(10), true), ("bob", json!(2.5), false), ("ann", json!(4), true), ("eve", json!(null), true)];
    let page: Vec<Value> = sales
        .iter()
        .enumerate()
        .map(|(id, (who, amount, paid))| json!({"id": id, "who": who, "amount": amount, "paid": paid}))
        .collect();
    write(&store, &table, &page);
    for (sql, expected) in [
        ("string_agg(who, '/' ORDER BY id)", json!("ann/bob/ann/eve")),
        ("group_concat(DISTINCT who)", json!("ann,bob,eve")),
        ("list(who ORDER BY id)", json!("[\"ann\",\"bob\",\"ann\",\"eve\"]")),
        ("array_agg(amount ORDER BY id)", json!("[10.0,2.5,4.0,null]")),
        ("median(amount)", json!(4.0)),
        ("any_value(amount)", json!(10.0)),
        ("count_if(amount > 3)", json!(2)),
        ("bool_and(paid)", json!(0)),
        ("bool_or(paid)", json!(1)),
        ("sum(amount) FILTER (WHERE paid)", json!(14.0)),
        ("list(who) FILTER (WHERE id > 100)", json!(null)),
    ] {
        let rows = query(&store, &format!("SELECT {sql} FROM acme_sales"));
        assert_eq!(rows, [[expected]], "{sql}");
    }
}
