//! Values that are not of the type of their column are counted, and told to whoever reads the column.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use std::sync::Arc;

use airbyte_agent_store::{
    ColumnKind, Lifted, Misfit, OpenOptions, Overlay, Page, QueryLimits, Store, Table, TableSpec,
    View,
};
use common::write;
use serde_json::{Map, Value, json};

fn spec(amount: &str) -> TableSpec {
    TableSpec::new("acme", "bills").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"},
        "amount": {"type": amount},
        "paid": {"type": "boolean"},
        "due": {"type": "string", "format": "date-time"},
        "token": {"type": "integer", "writeOnly": true},
    }}))
}

fn records() -> Vec<Value> {
    vec![
        json!({"id": 1, "amount": 5, "paid": true, "due": "2026-01-01T00:00:00Z", "token": "secret"}),
        json!({"id": 2, "amount": "a secret sum", "paid": false}),
        json!({"id": 3, "amount": "n/a", "paid": "yes", "due": 1_767_225_600}),
    ]
}

/// A store with these records.
fn bills() -> (Store, Table) {
    let store = common::store();
    let table = store.declare(&spec("integer")).unwrap();
    write(&store, &table, &records());
    (store, table)
}

/// Column, what was found, and how often.
fn told(misfits: &[Misfit]) -> Vec<(String, String, u64)> {
    misfits.iter().map(|one| (one.column.clone(), one.found.clone(), one.values)).collect()
}

fn one(column: &str, found: &str, values: u64) -> (String, String, u64) {
    (column.to_owned(), found.to_owned(), values)
}

fn all() -> Vec<(String, String, u64)> {
    vec![one("amount", "text", 2), one("paid", "text", 1), one("due", "number", 1)]
}

#[test]
fn values_of_another_type_are_counted_and_their_record_is_whole() {
    let (store, table) = bills();
    let misfits = store.misfits(&table, "default").unwrap();
    assert_eq!(told(&misfits), all());
    assert_eq!(store.misfits(&table, "other").unwrap(), []);
    assert_eq!(told(&store.tables().unwrap()[0].misfits), all());
    let sentence = misfits[0].sentence();
    assert!(
        sentence.starts_with("acme_bills.amount should be an integer, but 2 values"),
        "{sentence}"
    );
    assert!(!sentence.contains("sum,") && !sentence.contains("n/a"), "{sentence}");
    // What the sentence advises.
    let (advised, texts) = if common::is_postgres() {
        ("_record #> ARRAY['amount']", [json!("5"), json!("\"a secret sum\""), json!("\"n/a\"")])
    } else {
        ("json_extract(_record, '$.\"amount\"')", [json!(5), json!("a secret sum"), json!("n/a")])
    };
    assert!(sentence.ends_with(&format!("{advised} gives what the vendor sent")), "{sentence}");
    let rows = common::query(&store, &format!("SELECT {advised} FROM acme_bills ORDER BY id"));
    assert_eq!(rows, texts.map(|text| [text]));
}

#[test]
fn the_answer_to_a_query_tells_of_the_columns_that_it_names() {
    let (store, _) = bills();
    for (sql, expected) in [
        ("SELECT sum(amount) FROM acme_bills", vec![one("amount", "text", 2)]),
        ("SELECT id FROM acme_bills AS b WHERE b.AMOUNT > 7", vec![one("amount", "text", 2)]),
        ("SELECT id FROM acme_bills ORDER BY due", vec![one("due", "number", 1)]),
        (
            "WITH b AS (SELECT paid AS p FROM acme_bills) SELECT p FROM b",
            vec![one("paid", "text", 1)],
        ),
        ("SELECT * FROM acme_bills", all()),
        ("SELECT id, _record FROM acme_bills", vec![]),
        ("SELECT count(*) FROM acme_bills", vec![]),
        ("SELECT 1", vec![]),
    ] {
        let rows = store.query(sql, &QueryLimits::default()).unwrap();
        assert_eq!(told(&rows.misfits), expected, "{sql}");
    }
}

#[test]
fn a_view_tells_of_its_own_columns_and_accounts() {
    let (store, table) = bills();
    let page = [json!({"id": 1, "amount": [5]})];
    store.write_page(&table, "other", Page { records: &page, ..Page::default() }).unwrap();
    let view = View::new("acme", "bills").named("b");
    for (view, expected) in [
        (view.clone().accounts(["default"]), vec![one("amount", "text", 2)]),
        (view.clone().accounts(["other"]), vec![one("amount", "list", 1)]),
        (view.clone().accounts(["nobody"]), vec![]),
    ] {
        let sql = "SELECT amount FROM b";
        let rows = store.query_views(sql, &[view], &QueryLimits::default()).unwrap();
        assert_eq!(told(&rows.misfits), expected);
        assert!(rows.misfits.iter().all(|one| one.table == "b"));
    }
    let withholding = view.accounts(["default"]).withholding(["amount"]);
    let sql = "SELECT * FROM b";
    let rows = store.query_views(sql, &[withholding], &QueryLimits::default()).unwrap();
    assert_eq!(told(&rows.misfits), &all()[1..]);
}

#[test]
fn values_inside_of_a_field_are_told_with_where_they_are() {
    let store = common::store();
    let member = Lifted {
        name: "team".to_owned(),
        path: vec!["_parent".to_owned(), "team".to_owned()],
        kind: ColumnKind::Integer,
        description: "Number of the team.".to_owned(),
    };
    let table = store.declare(&spec("integer").lifted([member])).unwrap();
    write(&store, &table, &[json!({"id": 1, "_parent": {"team": "red"}})]);
    let misfits = store.misfits(&table, "default").unwrap();
    assert_eq!(told(&misfits), [one("team", "text", 1)]);
    assert_eq!(misfits[0].field, "team");
    let advised = if common::is_postgres() {
        "_record #> ARRAY['_parent', 'team']"
    } else {
        "json_extract(_record, '$.\"_parent\".\"team\"')"
    };
    assert!(misfits[0].sentence().contains(advised), "{}", misfits[0].sentence());
    let rows =
        store.query(&format!("SELECT {advised}, team FROM acme_bills"), &QueryLimits::default());
    assert_eq!(told(&rows.unwrap().misfits), [one("team", "text", 1)]);
    let arguments = json!({"query": {"sort": [{"team": "asc"}]}});
    let page = store.search(&table, &[], arguments.as_object().unwrap(), &QueryLimits::default());
    assert_eq!(told(&page.unwrap().misfits), [one("team", "text", 1)]);
}

#[test]
fn a_search_tells_of_the_fields_that_it_compares() {
    let (store, table) = bills();
    for (query, expected) in [
        (json!({"filter": {"gt": {"amount": 1}}}), vec![one("amount", "text", 2)]),
        (json!({"sort": [{"due": "asc"}]}), vec![one("due", "number", 1)]),
        (
            json!({"filter": {"and": [{"eq": {"id": 1}}, {"not": {"eq": {"paid": true}}}]}}),
            vec![one("paid", "text", 1)],
        ),
        (json!({"filter": {"eq": {"id": 1}}}), vec![]),
    ] {
        let arguments = Map::from_iter([("query".to_owned(), query.clone())]);
        let page = store.search(&table, &[], &arguments, &QueryLimits::default()).unwrap();
        assert_eq!(told(&page.misfits), expected, "{query}");
    }
}

#[test]
fn what_is_corrected_removed_or_declared_anew_is_counted_no_more() {
    let (store, table) = bills();
    write(&store, &table, &[json!({"id": 2, "amount": 7, "paid": false})]);
    assert_eq!(told(&store.misfits(&table, "default").unwrap())[0], one("amount", "text", 1));
    write(&store, &table, &[json!({"id": 3, "amount": "n/a", "paid": true})]);
    assert_eq!(told(&store.misfits(&table, "default").unwrap()), [one("amount", "text", 1)]);
    store.delete(&table, "default", &[json!(3)], None).unwrap();
    assert_eq!(store.misfits(&table, "default").unwrap(), []);

    write(&store, &table, &records());
    let table = store.declare(&spec("string")).unwrap();
    assert_eq!(told(&store.misfits(&table, "default").unwrap()), &all()[1..]);
    let table = store.declare(&spec("integer")).unwrap();
    assert_eq!(told(&store.misfits(&table, "default").unwrap()).len(), 3);

    let pass = store.begin_pass(&table, "default").unwrap();
    let page = [json!({"id": 1, "amount": 5})];
    let page = Page { records: &page, pass: Some(pass), ..Page::default() };
    store.write_page(&table, "default", page).unwrap();
    store.finish_pass(&table, "default", pass, None).unwrap();
    assert_eq!(store.misfits(&table, "default").unwrap(), []);
    write(&store, &table, &records());
    store.clear(&table, "default").unwrap();
    assert_eq!(store.misfits(&table, "default").unwrap(), []);
}

#[test]
fn records_of_a_query_alone_are_counted_too() {
    let (store, table) = bills();
    let mut overlay = Overlay::new(Arc::new(store)).unwrap();
    overlay.hide(&table, "default").unwrap();
    overlay.add(&table, "default", &[json!({"id": 9, "amount": {"cents": 5}})]).unwrap();
    let sql = "SELECT amount, due FROM acme_bills";
    let rows = overlay.query(sql, &QueryLimits::default()).unwrap();
    assert_eq!(told(&rows.misfits), [one("amount", "object", 1)]);
    overlay.show(&table, "default").unwrap();
    let rows = overlay.query(sql, &QueryLimits::default()).unwrap();
    assert_eq!(told(&rows.misfits).len(), 2);
}

#[test]
fn the_rows_of_an_older_file_are_counted_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let table = {
        let store = Store::open(&path, &OpenOptions::default()).unwrap();
        let table = store.declare(&spec("integer")).unwrap();
        write(&store, &table, &records());
        table
    };
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch("DROP TABLE _misfits; PRAGMA user_version = 1;").unwrap();
    drop(old);
    let store = Store::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(told(&store.misfits(&table, "default").unwrap()), all());
}
