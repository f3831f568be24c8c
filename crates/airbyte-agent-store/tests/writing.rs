//! What is written: pages, passes, changes, and records as they come back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use airbyte_agent_store::{ChangeKind, Error, OpenOptions, Page, QueryLimits, Store, TableSpec};
use common::{counts, issues, query, records, write};
use serde_json::{Value, json};

#[test]
fn records_come_back_as_they_were_whatever_their_types() {
    let store = common::store();
    let spec = TableSpec::new("acme", "things").key(["id"]).schema(json!({"properties": {
        "id": {"type": ["integer", "null"]},
        "text": {"type": "string"},
        "real": {"type": "number"},
        "flag": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
        "nested": {"type": "object"},
        "either": {"type": ["string", "integer"]},
        "open": {},
    }}));
    let table = store.declare(&spec).unwrap();
    let values = [
        json!(null),
        json!(0),
        json!(-7),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(9_007_199_254_740_993_i64),
        json!(1.5),
        json!(10.0),
        json!(-0.0),
        json!(1e300),
        json!(0.1 + 0.2),
        json!(true),
        json!(false),
        json!(""),
        json!("007"),
        json!("12345678901234567890"),
        json!("1.50"),
        json!("0.1234567890123456789"),
        json!("1e5"),
        json!(" 5 "),
        json!("5"),
        json!("text with \0 inside"),
        json!("Grüße 世界"),
        json!("2024-01-05T10:00:00+02:00"),
        json!("2024-01-05T10:00:00Z"),
        json!("{\"a\": 1}"),
        json!(["a", 1, null]),
        json!({"z": 1, "a": {"b": [1.0, "x"]}}),
    ];
    let mut page = Vec::new();
    for (number, value) in values.iter().enumerate() {
        for field in ["text", "real", "flag", "at", "nested", "either", "open", "unknown"] {
            page.push(json!({"id": format!("{number}-{field}"), field: value, "z": null}));
        }
        if value.is_i64() {
            page.push(json!({"unknown": 1, "id": value}));
        }
    }
    write(&store, &table, &page);
    for record in &page {
        let key = record["id"].as_str().map_or_else(|| record["id"].to_string(), str::to_owned);
        let stored = store.record(&table, "default", &key).unwrap().unwrap();
        assert_eq!(stored.to_string(), record.to_string());
    }
    assert_eq!(write(&store, &table, &page).unchanged, page.len() as u64);
}

#[test]
fn numbers_that_a_column_would_round_are_texts_of_their_digits() {
    let store = common::store();
    let spec = TableSpec::new("acme", "things").key(["id"]).schema(json!({"properties": {
        "id": {"type": "string"}, "n": {"type": "integer"}, "r": {"type": "number"},
    }}));
    let table = store.declare(&spec).unwrap();
    for (value, integer, real) in [
        (json!(5), json!(5), json!(5.0)),
        (json!("5"), json!(5), json!(5.0)),
        (json!(u64::MAX), json!("18446744073709551615"), json!("18446744073709551615")),
        (
            json!("123456789012345678901"),
            json!("123456789012345678901"),
            json!("123456789012345678901"),
        ),
        (
            json!(9_007_199_254_740_993_i64),
            json!(9_007_199_254_740_993_i64),
            json!("9007199254740993"),
        ),
        (
            json!("0.12345678901234567890"),
            json!("0.12345678901234567890"),
            json!("0.12345678901234567890"),
        ),
        (json!("12.50"), json!("12.50"), json!(12.5)),
        (json!("007"), json!("007"), json!(7.0)),
        (json!(2.5), json!(2.5), json!(2.5)),
        (json!("n/a"), json!("n/a"), json!("n/a")),
    ] {
        write(&store, &table, &[json!({"id": "a", "n": value, "r": value})]);
        // Typed columns hold numbers only; the record has every value.
        let held = |value: Value, is: fn(&Value) -> bool| {
            if common::is_postgres() && !is(&value) { Value::Null } else { value }
        };
        let expected = [held(integer, Value::is_i64), held(real, Value::is_number)];
        assert_eq!(query(&store, "SELECT n, r FROM acme_things"), [expected], "{value}");
        let record = json!({"id": "a", "n": value, "r": value});
        assert_eq!(records(&store, "acme_things"), [record], "{value}");
    }
}

#[test]
fn a_page_says_what_it_inserted_changed_and_left_as_it_was() {
    let store = common::store();
    let table = store.declare(&issues()).unwrap();
    let first = [json!({"id": 1, "title": "a"}), json!({"id": 2, "title": "b"})];
    assert_eq!(counts(write(&store, &table, &first)), [2, 0, 0, 0]);
    let second = [
        json!({"title": "a", "id": 1}),
        json!({"id": 2, "title": "c"}),
        json!({"id": 3, "title": "d"}),
        json!({"id": 3, "title": "e"}),
    ];
    assert_eq!(counts(write(&store, &table, &second)), [1, 2, 1, 0]);
    assert_eq!(
        query(&store, "SELECT id, title FROM github_issues ORDER BY id"),
        [[json!(1), json!("a")], [json!(2), json!("c")], [json!(3), json!("e")]]
    );
}

#[test]
fn accounts_are_side_by_side_and_do_not_touch_each_other() {
    let store = common::store();
    let table = store.declare(&issues()).unwrap();
    for account in ["work", "home"] {
        let page = [json!({"id": 1, "title": account})];
        store.write_page(&table, account, Page { records: &page, ..Page::default() }).unwrap();
    }
    let pass = store.begin_pass(&table, "home").unwrap();
    assert_eq!(store.finish_pass(&table, "home", pass, None).unwrap().deleted, 1);
    assert_eq!(
        query(&store, "SELECT _account, title FROM github_issues"),
        [[json!("work"), json!("work")]]
    );
    assert_eq!(store.clear(&table, "work").unwrap().deleted, 1);
    assert_eq!(store.account(&table, "work").unwrap(), None);
}

#[test]
fn rows_and_position_are_written_together_or_not_at_all() {
    let store = common::store();
    let table = store.declare(&issues()).unwrap();
    let position = json!({"cursor": "one"});
    let good = [json!({"id": 1, "title": "a"})];
    let page = Page { records: &good, position: Some(&position), pass: None };
    store.write_page(&table, "default", page).unwrap();

    for (broken, why) in [
        (json!({"title": "no key"}), "it has no 'id', which identifies it"),
        (json!({"id": null}), "it has no 'id', which identifies it"),
        (json!({"id": [1]}), "its 'id', which identifies it, is a list or an object"),
        (json!("text"), "it is not a JSON object"),
    ] {
        let bad = [json!({"id": 2, "title": "b", "new member": 1}), broken];
        let position = json!({"cursor": "two"});
        let page = Page { records: &bad, position: Some(&position), pass: None };
        let error = store.write_page(&table, "default", page).unwrap_err();
        assert_eq!(error.to_string(), format!("table github_issues, record 1 of the page: {why}"));
        assert_eq!(records(&store, "github_issues"), good);
        let state = store.account(&table, "default").unwrap().unwrap();
        assert_eq!(state.position, Some(json!({"cursor": "one"})));
        assert_eq!(state.rows, 1);
        assert_eq!(store.changes(0, 10).unwrap().changes.len(), 1);
    }
    // What the failed page had learnt is forgotten: the shape of its record is written again.
    let again = [json!({"id": 2, "title": "b", "new member": 1})];
    write(&store, &table, &again);
    assert_eq!(records(&store, "github_issues"), [good[0].clone(), again[0].clone()]);
}

#[test]
fn a_pass_removes_what_it_has_not_seen_only_when_it_is_complete() {
    let store = common::store();
    let table = store.declare(&issues()).unwrap();
    let issue = |id: u32| json!({"id": id, "title": id.to_string()});
    write(&store, &table, &[issue(1), issue(2), issue(3)]);

    let pass = store.begin_pass(&table, "default").unwrap();
    let seen = |id, pass| {
        let page = Page { records: &[issue(id)], position: None, pass: Some(pass) };
        store.write_page(&table, "default", page).unwrap();
    };
    seen(1, pass);
    store.abort_pass(&table, "default").unwrap();
    assert_eq!(records(&store, "github_issues").len(), 3);
    let refused = store.finish_pass(&table, "default", pass, None).unwrap_err();
    assert!(refused.to_string().contains("the pass is not under way"), "{refused}");

    let pass = store.begin_pass(&table, "default").unwrap();
    seen(1, pass);
    // Another run continues it.
    assert_eq!(store.pass(&table, "default").unwrap(), Some(pass));
    seen(4, pass);
    let done = store.finish_pass(&table, "default", pass, Some(&json!("end"))).unwrap();
    assert_eq!(counts(done), [0, 0, 0, 2]);
    assert_eq!(records(&store, "github_issues"), [issue(1), issue(4)]);
    let state = store.account(&table, "default").unwrap().unwrap();
    assert_eq!((state.rows, state.position, state.pass), (2, Some(json!("end")), None));
    assert!(state.complete_at.is_some());
}

#[test]
fn records_without_a_key_are_known_by_their_place_in_a_pass() {
    let store = common::store();
    let table = store.declare(&TableSpec::new("acme", "lines")).unwrap();
    let one = [json!({"a": 1})];
    let refused =
        store.write_page(&table, "default", Page { records: &one, ..Page::default() }).unwrap_err();
    assert!(refused.to_string().contains("have no key"), "{refused}");

    for (records, expected) in [
        (vec![vec![json!({"a": 1}), json!({"a": 1})], vec![json!({"a": 2})]], [3, 0, 0, 0]),
        (vec![vec![json!({"a": 1})], vec![json!({"a": 5})]], [0, 1, 1, 1]),
    ] {
        let pass = store.begin_pass(&table, "default").unwrap();
        let mut total = airbyte_agent_store::Counts::default();
        for records in &records {
            let page = Page { records, position: None, pass: Some(pass) };
            total += store.write_page(&table, "default", page).unwrap();
        }
        total += store.finish_pass(&table, "default", pass, None).unwrap();
        assert_eq!(counts(total), expected);
    }
    assert_eq!(records(&store, "acme_lines"), [json!({"a": 1}), json!({"a": 5})]);
}

#[test]
fn each_change_is_told_once_and_missing_ones_are_told() {
    let store = common::store();
    let table = store.declare(&issues()).unwrap();
    write(&store, &table, &[json!({"id": 1, "title": "a"}), json!({"id": 2, "title": "b"})]);
    write(&store, &table, &[json!({"id": 1, "title": "c"}), json!({"id": 2, "title": "b"})]);
    store.delete(&table, "default", &[json!(2), json!({"id": 7})], None).unwrap();

    let mut after = 0;
    let mut told = Vec::new();
    loop {
        let found = store.changes(after, 2).unwrap();
        assert!(!found.are_missing);
        let Some(last) = found.changes.last() else { break };
        after = last.sequence;
        told.extend(found.changes.into_iter().map(|change| (change.key, change.kind)));
    }
    let expected = [
        ("1", ChangeKind::Created),
        ("2", ChangeKind::Created),
        ("1", ChangeKind::Updated),
        ("2", ChangeKind::Deleted),
    ];
    assert_eq!(told, expected.map(|(key, kind)| (key.to_owned(), kind)));
    assert_eq!(store.last_change().unwrap(), after);

    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    assert_eq!(store.trim_changes(later).unwrap(), 4);
    assert!(store.changes(2, 10).unwrap().are_missing);
    assert!(!store.changes(after, 10).unwrap().are_missing);
    write(&store, &table, &[json!({"id": 9, "title": "z"})]);
    assert_eq!(store.changes(after, 10).unwrap().changes[0].sequence, after + 1);
}

#[test]
fn secrets_and_fields_that_are_left_out_never_enter_the_store() {
    let store = common::store();
    let spec = TableSpec::new("acme", "hooks").key(["id"]).left_out(["ssn", "owner.phone"]).schema(
        json!({
            "properties": {
                "id": {"type": "integer"},
                "token": {"type": "string", "airbyte_secret": true},
                "password": {"type": "string", "format": "password"},
                "endpoints": {"type": "array", "items": {"properties": {
                    "url": {"type": "string"}, "key": {"type": "string", "writeOnly": true},
                }}},
                "ssn": {"type": "string"},
            }
        }),
    );
    let table = store.declare(&spec).unwrap();
    write(
        &store,
        &table,
        &[json!({
            "id": 1, "token": "s3cret", "password": "s3cret", "ssn": "s3cret",
            "owner": {"name": "Ann", "phone": "s3cret"},
            "endpoints": [{"url": "https://a", "key": "s3cret"}],
        })],
    );
    let expected = json!({"id": 1, "owner": {"name": "Ann"}, "endpoints": [{"url": "https://a"}]});
    assert_eq!(records(&store, "acme_hooks"), [expected]);
    let names: Vec<String> =
        store.columns("acme_hooks").unwrap().into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["id", "endpoints"]);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut options = OpenOptions::default();
    options.most_bytes = Some(400_000);
    let store = Store::open(&path, &options).unwrap();
    let table = store.declare(&issues()).unwrap();
    let first = [json!({"id": 0, "title": "first"})];
    write(&store, &table, &first);
    let many: Vec<Value> =
        (1..2_000).map(|id| json!({"id": id, "title": format!("{id} ").repeat(100)})).collect();
    let page = Page { records: &many, position: Some(&json!("lost")), pass: None };
    let error = store.write_page(&table, "default", page).unwrap_err();
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    assert_eq!(records(&store, "github_issues"), first);
    assert_eq!(store.account(&table, "default").unwrap().unwrap().position, None);
    write(&store, &table, &[json!({"id": 1, "title": "still works"})]);
    assert_eq!(records(&store, "github_issues").len(), 2);
    store.query("SELECT 1", &QueryLimits::default()).unwrap();
}
