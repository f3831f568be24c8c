//! Opening a store, and what is said about a file that is none.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use std::time::Duration;

use airbyte_agent_store::{Error, OpenOptions, QueryLimits, Store};
use common::{issues, query, write};
use serde_json::json;

#[test]
fn what_was_written_is_there_when_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    {
        let store = Store::open(&path, &OpenOptions::default()).unwrap();
        let table = store.declare(&issues()).unwrap();
        write(&store, &table, &[json!({"id": 1, "title": "a"})]);
    }
    let store = Store::open(&path, &OpenOptions::default()).unwrap();
    let table = store.table("github", "issues").unwrap().unwrap();
    assert_eq!(store.declare(&issues()).unwrap(), table);
    assert_eq!(query(&store, "SELECT title FROM github_issues"), [[json!("a")]]);
}

#[test]
fn two_stores_on_one_file_see_what_the_other_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let stores = [(); 2].map(|()| Store::open(&path, &OpenOptions::default()).unwrap());
    let tables = stores.each_ref().map(|store| store.declare(&issues()).unwrap());
    // The one does not know the column that the other adds.
    let more = issues().schema(json!({"properties": {
        "id": {"type": "integer"}, "title": {"type": "string"}, "state": {"type": "string"},
        "author": {"type": "string"},
    }}));
    let wider = stores[1].declare(&more).unwrap();
    std::thread::scope(|scope| {
        for (number, (store, table)) in stores.iter().zip([&tables[0], &wider]).enumerate() {
            scope.spawn(move || {
                for page in 0..20 {
                    let records: Vec<_> = (0..20)
                        .map(|n| json!({"id": page * 40 + number * 20 + n, "author": format!("w{number}")}))
                        .collect();
                    write(store, table, &records);
                }
            });
        }
    });
    for store in &stores {
        let rows = query(
            store,
            "SELECT count(*), count(DISTINCT _record ->> 'author') FROM github_issues",
        );
        assert_eq!(rows, [[json!(800), json!(2)]]);
        assert_eq!(store.changes(0, 1000).unwrap().changes.len(), 800);
    }
}

#[test]
fn a_table_that_another_process_has_changed_is_written_and_read_as_it_is_now() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let stores = [(); 2].map(|()| Store::open(&path, &OpenOptions::default()).unwrap());
    let old = stores[0].declare(&issues()).unwrap();
    write(&stores[0], &old, &[json!({"id": 1, "title": "5", "state": "s3cret"})]);
    let changed = issues().left_out(["state"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "title": {"type": "integer"}, "state": {"type": "string"},
    }}));
    stores[1].declare(&changed).unwrap();
    write(&stores[0], &old, &[json!({"id": 2, "title": "6", "state": "s3cret"})]);
    assert_eq!(
        query(&stores[1], "SELECT title, _record FROM github_issues ORDER BY title"),
        [
            [json!(5), json!(r#"{"id":1,"title":"5"}"#)],
            [json!(6), json!(r#"{"id":2,"title":"6"}"#)]
        ]
    );
    let record = stores[0].record(&old, "default", "2").unwrap();
    assert_eq!(record, Some(json!({"id": 2, "title": "6"})));
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("text"),
        "this is a text and no database, but long enough to look like one".repeat(20),
    )
    .unwrap();
    let other = rusqlite::Connection::open(at("other")).unwrap();
    other.execute_batch("CREATE TABLE t (a)").unwrap();
    {
        let store = Store::open(at("newer"), &OpenOptions::default()).unwrap();
        drop(store);
        let newer = rusqlite::Connection::open(at("newer")).unwrap();
        newer.execute_batch("PRAGMA user_version = 99").unwrap();
    }
    for (name, expected) in [
        ("text", "the file is not a database; give the path of a store"),
        ("other", "the file is a database of another program; give the path of a store"),
        (
            "newer",
            "the store has version 99, this program knows versions up to 3; use a newer version",
        ),
        ("no/folder", "the store cannot be made: "),
        ("", ": "),
    ] {
        let before = std::fs::read(at(name)).ok();
        let error = Store::open(at(name), &OpenOptions::default()).unwrap_err();
        assert!(error.to_string().contains(expected), "{name}: {error}");
        assert_eq!(std::fs::read(at(name)).ok(), before, "{name}");
    }
}

#[test]
fn a_store_that_another_process_writes_to_says_so_and_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let mut options = OpenOptions::default();
    options.busy_timeout = Duration::from_millis(50);
    let store = Store::open(&path, &options).unwrap();
    let table = store.declare(&issues()).unwrap();
    write(&store, &table, &[json!({"id": 1, "title": "a"})]);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.begin_pass(&table, "default").unwrap_err();
    assert!(matches!(error, Error::Locked(_)), "{error:?}");
    assert!(
        error
            .to_string()
            .ends_with("another process is writing to the store; try again when it has finished")
    );
    assert_eq!(
        store.query("SELECT id FROM github_issues", &QueryLimits::default()).unwrap().rows.len(),
        1
    );
    other.execute_batch("ROLLBACK").unwrap();
    store.begin_pass(&table, "default").unwrap();
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("store.db"), &OpenOptions::default()).unwrap();
    let table = store.declare(&issues()).unwrap();
    write(&store, &table, &[json!({"id": 1, "title": "a"})]);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn the_log_beside_the_file_is_emptied_when_asked_and_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let log = folder.path().join("store.db-wal");
    let length = || std::fs::metadata(&log).map_or(0, |found| found.len());
    let store = Store::open(&path, &OpenOptions::default()).unwrap();
    let table = store.declare(&issues()).unwrap();
    write(&store, &table, &[json!({"id": 1, "title": "a"})]);
    query(&store, "SELECT * FROM github_issues");
    assert!(length() > 0);
    store.settle().unwrap();
    assert_eq!(length(), 0);
    write(&store, &table, &[json!({"id": 2, "title": "b"})]);
    query(&store, "SELECT * FROM github_issues");
    assert!(length() > 0);
    drop(store);
    assert_eq!(length(), 0);
    let store = Store::open(&path, &OpenOptions::default()).unwrap();
    assert_eq!(query(&store, "SELECT count(*) FROM github_issues"), [[json!(2)]]);
}
