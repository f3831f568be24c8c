//! Statements over two small tables.

use serde_json::{Value, json};

use super::*;

fn find(name: &str) -> Result<Table, ApiError> {
    let (columns, rows) = match name {
        "customers" => (
            vec!["id", "name", "amount", "made", "address"],
            json!([
                {"id": "c1", "name": "Ann", "amount": 10, "made": "2025-01-05T00:00:00Z",
                 "address": {"city": "Rome"}},
                {"id": "c2", "name": "Bob", "amount": 25, "made": "2025-02-07T00:00:00Z",
                 "address": {"city": "Oslo"}},
                {"id": "c3", "name": "cleo", "amount": null, "made": "2025-02-09T00:00:00Z",
                 "address": {"city": "Rome"}},
            ]),
        ),
        "orders" => (
            vec!["id", "customer_id", "total"],
            json!([
                {"id": 1, "customer_id": "c1", "total": 5.5},
                {"id": 2, "customer_id": "c1", "total": 4.5},
                {"id": 3, "customer_id": "c2", "total": 7},
            ]),
        ),
        other => return Err(ApiError::bad_request(format!("no table {other}"))),
    };
    let rows = rows.as_array().unwrap().iter().map(|row| row.as_object().unwrap().clone());
    Ok(Table { columns: columns.into_iter().map(str::to_owned).collect(), rows: rows.collect() })
}

fn run_sql(sql: &str) -> Result<Value, ApiError> {
    let params = json!({"sql": sql}).as_object().unwrap().clone();
    run(&find, &params).map(|(rows, _)| rows.into())
}

#[test]
fn statements_are_run() {
    for (sql, expected) in [
        ("SELECT id FROM customers WHERE amount > 10", json!([{"id": "c2"}])),
        (
            "SELECT name AS n FROM customers ORDER BY amount DESC",
            json!([{"n": "Bob"}, {"n": "Ann"}, {"n": "cleo"}]),
        ),
        ("select count(*) from customers", json!([{"count_star()": 3}])),
        (
            "SELECT count(amount) c, sum(amount) s, avg(amount) a, max(name) m FROM customers",
            json!([{"c": 2, "s": 35, "a": 17.5, "m": "cleo"}]),
        ),
        ("SELECT count(*) n FROM customers WHERE id = 'x'", json!([{"n": 0}])),
        (
            "SELECT address.city AS city, count(*) AS n FROM customers GROUP BY 1 \
             HAVING count(*) > 1 ORDER BY n",
            json!([{"city": "Rome", "n": 2}]),
        ),
        (
            "SELECT c.name, sum(o.total) AS total FROM customers c JOIN orders o \
             ON o.customer_id = c.id GROUP BY c.name ORDER BY total DESC LIMIT 1",
            json!([{"name": "Ann", "total": 10.0}]),
        ),
        (
            "SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id \
             WHERE o.id IS NULL",
            json!([{"id": "c3"}]),
        ),
        (
            "SELECT DISTINCT date_trunc('month', made) AS m FROM customers ORDER BY m",
            json!([{"m": "2025-01-01"}, {"m": "2025-02-01"}]),
        ),
        (
            "WITH rich AS (SELECT * FROM customers WHERE amount >= 10) \
             SELECT lower(name) AS l FROM rich WHERE id IN (SELECT customer_id FROM orders) \
             ORDER BY 1 OFFSET 1",
            json!([{"l": "bob"}]),
        ),
        (
            "SELECT id FROM customers WHERE name ILIKE 'c%' OR made BETWEEN '2025-02-01' AND \
             '2025-02-08' ORDER BY id",
            json!([{"id": "c2"}, {"id": "c3"}]),
        ),
        (
            "SELECT CASE WHEN amount IS NULL THEN 'none' ELSE CAST(amount AS VARCHAR) END AS a \
             FROM customers WHERE NOT (amount = 10) OR amount IS NULL ORDER BY a",
            json!([{"a": "25"}, {"a": "none"}]),
        ),
        ("SELECT amount * 2 + 1 AS x FROM customers LIMIT 1", json!([{"x": 21}])),
        ("SELECT address->>'$.city' AS c FROM customers LIMIT 1", json!([{"c": "Rome"}])),
        ("SELECT round(10.0 / 4, 1) AS r, 1 / 0 AS z", json!([{"r": 2.5, "z": null}])),
    ] {
        let found = run_sql(sql).unwrap_or_else(|error| panic!("{sql}: {}", error.message()));
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn what_is_not_supported_is_named_in_the_error() {
    for (sql, reason) in [
        ("DELETE FROM customers", "only SELECT"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELEC 1", "sql:"),
        ("SELECT nope FROM customers", "no column `nope`"),
        ("SELECT id FROM customers, orders", "two tables"),
        ("SELECT id FROM nowhere", "no table nowhere"),
        ("SELECT sleep(1)", "sleep()"),
        ("SELECT row_number() OVER () FROM customers", "row_number"),
        ("SELECT id FROM customers UNION SELECT id FROM orders", "UNION"),
    ] {
        let error = run_sql(sql).unwrap_err();
        assert!(error.message().contains(reason), "{sql}: {}", error.message());
    }
}
