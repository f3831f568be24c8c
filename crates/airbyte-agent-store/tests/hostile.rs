//! Queries that try to write, to read what they may not, to run for ever or to fill the memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;
#[path = "hostile/views.rs"]
mod views;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use airbyte_agent_store::{Cut, Error, OpenOptions, QueryErrorKind, QueryLimits, Store};
use common::{issues, query, write};
use serde_json::{Value, json};

/// A store in a file, as those are that are attacked.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = OpenOptions::default();
    options.memory = 96 << 20;
    let store = Store::open(folder.path().join("store.db"), &options).unwrap();
    let table = store.declare(&issues()).unwrap();
    let page: Vec<Value> = (0..200)
        .map(|id| json!({"id": id, "title": format!("title {id}"), "state": "open"}))
        .collect();
    write(&store, &table, &page);
    (folder, store)
}

fn refusal(store: &Store, sql: &str, limits: &QueryLimits) -> (QueryErrorKind, String) {
    match store.query(sql, limits) {
        Err(Error::Query(error)) => (error.kind, error.to_string()),
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn queries_that_would_not_only_read_are_refused() {
    let (folder, store) = store();
    let before = std::fs::read_dir(folder.path()).unwrap().count();
    for (sql, expected) in [
        (
            "INSERT INTO github_issues VALUES (1)",
            "a query begins with SELECT or WITH, not with 'INSERT'",
        ),
        ("DELETE FROM github_issues", "not with 'DELETE'; the store can only be read"),
        ("UPDATE _rows_1 SET c1 = 1", "not with 'UPDATE'"),
        ("DROP VIEW github_issues", "not with 'DROP'"),
        ("ATTACH DATABASE '/tmp/other.db' AS other", "not with 'ATTACH'"),
        ("PRAGMA writable_schema = ON", "not with 'PRAGMA'"),
        ("VACUUM INTO '/tmp/copy.db'", "not with 'VACUUM'"),
        ("CREATE TEMP TABLE t AS SELECT 1", "not with 'CREATE'"),
        ("BEGIN", "not with 'BEGIN'"),
        (
            "WITH x AS (SELECT 1) DELETE FROM github_issues",
            "DELETE is not possible: queries can only read",
        ),
        ("WITH x AS (SELECT 1) INSERT INTO _words VALUES (1, 'a')", "INSERT is not possible"),
        ("WITH x AS (SELECT 1) UPDATE _tables SET name = 'a'", "UPDATE is not possible"),
        ("EXPLAIN DELETE FROM github_issues", "DELETE is not possible"),
        ("SELECT 1; DELETE FROM github_issues", "only one statement is possible"),
        ("SELECT load_extension('/tmp/evil.so')", "the function load_extension is not allowed"),
        ("SELECT fts3_tokenizer('simple')", "the function fts3_tokenizer is not allowed"),
        ("SELECT readfile('/etc/passwd')", "there is no function 'readfile'"),
        ("SELECT writefile('/tmp/x', 'a')", "there is no function 'writefile'"),
        ("SELECT * FROM pragma_database_list", "'pragma_database_list' cannot be read"),
        ("SELECT * FROM sqlite_schema", "'sqlite_schema' cannot be read"),
        ("SELECT * FROM main.sqlite_schema", "'sqlite_schema' cannot be read"),
        ("SELECT * FROM _rows_1", "'_rows_1' cannot be read; it is not a table of records"),
        ("SELECT * FROM \"_accounts\"", "'\"_accounts\"' cannot be read"),
        ("SELECT * FROM (_changes)", "'_changes' cannot be read"),
        ("SELECT count(*) FROM github_issues, _changes", "'_changes' cannot be read"),
        (
            "WITH github_issues AS (SELECT * FROM [_rows_1]) SELECT * FROM github_issues",
            "cannot be read",
        ),
        (
            "WITH github_issues AS (SELECT * FROM (_accounts)) SELECT * FROM github_issues",
            "cannot be read",
        ),
        ("SELECT * FROM '_rows_1'", "''_rows_1'' cannot be read"),
        ("SELECT count(*) FROM '_rows_1'", "''_rows_1'' cannot be read"),
        ("SELECT 1 IN _words", "'_words' cannot be read"),
        ("SELECT * FROM github_issues NATURAL JOIN _rows_1", "'_rows_1' cannot be read"),
        ("SELECT * FROM dbstat", "'dbstat' cannot be read"),
        ("SELECT 1 \0", "a character of value 0"),
        ("", "the query is empty"),
        ("-- nothing", "the query is empty"),
    ] {
        let (_, message) = refusal(&store, sql, &QueryLimits::default());
        assert!(message.contains(expected), "{sql}: {message}");
    }
    assert_eq!(query(&store, "SELECT count(*) FROM github_issues"), [[json!(200)]]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
}

#[test]
fn queries_that_run_for_ever_are_ended() {
    let (_folder, store) = store();
    let limits = QueryLimits::default().time(Duration::from_millis(100));
    for sql in [
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x < 0",
        "SELECT count(*) FROM github_issues a, github_issues b, github_issues c, github_issues d, github_issues e",
        "SELECT count(*) FROM github_issues a, github_issues b, github_issues c WHERE a.title LIKE '%' || b.title || '%' || c.title",
        "SELECT max(a.title) OVER (ORDER BY b.id) FROM github_issues a, github_issues b, github_issues c, github_issues d",
    ] {
        let (kind, message) = refusal(&store, sql, &limits);
        assert_eq!(kind, QueryErrorKind::Time, "{sql}: {message}");
        assert!(
            message.starts_with("the query took longer than 100 ms and was ended"),
            "{message}"
        );
    }
    let cancelled = QueryLimits::default().cancel(Arc::new(AtomicBool::new(true)));
    let endless =
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    assert_eq!(refusal(&store, endless, &cancelled).0, QueryErrorKind::Cancelled);
}

#[test]
fn queries_that_would_fill_the_memory_are_ended() {
    let (_folder, store) = store();
    let many = "(SELECT a.id FROM github_issues a, github_issues b, github_issues c)";
    let limits = QueryLimits::default().time(Duration::from_secs(60));
    for sql in [
        "SELECT zeroblob(1000000000)".to_owned(),
        "SELECT randomblob(1000000000)".to_owned(),
        "SELECT length(zeroblob(1000000000))".to_owned(),
        "SELECT printf('%.*c', 1000000000, 'x')".to_owned(),
        "SELECT replace(printf('%.*c', 30000000, 'x'), 'x', 'yyyyyyyyyy')".to_owned(),
        "SELECT hex(zeroblob(30000000))".to_owned(),
        format!("SELECT group_concat(printf('%.*c', 1000, 'x')) FROM {many}"),
        format!("SELECT json_group_array(printf('%.*c', 1000, 'x')) FROM {many}"),
        format!("SELECT list(printf('%.*c', 1000, 'x')) FROM {many}"),
        format!("SELECT count(*) FROM (SELECT DISTINCT randomblob(100000) FROM {many})"),
        format!("SELECT * FROM (SELECT randomblob(100000) AS r FROM {many}) ORDER BY r"),
    ] {
        let (kind, message) = refusal(&store, &sql, &limits);
        let is_bounded =
            kind == QueryErrorKind::Memory || message.contains("holds more than 32 MiB");
        assert!(is_bounded, "{sql}: {message}");
    }
    // The store works as before.
    assert_eq!(query(&store, "SELECT count(*) FROM github_issues"), [[json!(200)]]);
}

#[test]
fn queries_that_would_overflow_the_parser_are_refused() {
    let (_folder, store) = store();
    for sql in [
        format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000)),
        format!("SELECT {}1", "NOT ".repeat(5_000)),
        format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(5_000)),
        format!("SELECT '{}'", "x".repeat(200_000)),
        format!("SELECT 1{}", " + 1".repeat(5_000)),
    ] {
        let error = store.query(&sql, &QueryLimits::default());
        assert!(matches!(error, Err(Error::Query(_))), "{error:?}");
    }
    let long_pattern = format!("SELECT 'a' LIKE '{}'", "%a".repeat(5_000));
    assert!(store.query(&long_pattern, &QueryLimits::default()).is_err());
}

#[test]
fn long_results_are_cut_and_say_so() {
    let (_folder, store) = store();
    let rows =
        store.query("SELECT id FROM github_issues", &QueryLimits::default().rows(10)).unwrap();
    assert_eq!((rows.rows.len(), rows.cut), (10, Some(Cut::Rows)));
    let rows =
        store.query("SELECT id FROM github_issues", &QueryLimits::default().rows(200)).unwrap();
    assert_eq!((rows.rows.len(), rows.cut), (200, None));
    let rows = store
        .query("SELECT _record FROM github_issues", &QueryLimits::default().bytes(1_000))
        .unwrap();
    assert!(rows.rows.len() < 30);
    assert_eq!(rows.cut, Some(Cut::Bytes));
}

#[test]
fn mistakes_are_told_with_their_place_and_what_would_be_right() {
    let (_folder, store) = store();
    for (sql, kind, expected) in [
        (
            "SELECT * FROM github_isues",
            QueryErrorKind::UnknownTable,
            "there is no table 'github_isues', did you mean 'github_issues'?",
        ),
        (
            "SELECT * FROM github.issues",
            QueryErrorKind::UnknownTable,
            "there is no table 'github.issues', did you mean 'github_issues'?",
        ),
        (
            "SELECT\n  titel FROM github_issues",
            QueryErrorKind::UnknownColumn,
            "line 2, column 3: there is no column 'titel', did you mean 'title'?",
        ),
        (
            "SELECT i.staet FROM github_issues i",
            QueryErrorKind::UnknownColumn,
            "line 1, column 8: there is no column 'i.staet', did you mean 'state'?",
        ),
        (
            "SELECT id FROM github_issues WHERE state = \"open\"",
            QueryErrorKind::UnknownColumn,
            "texts are written in single quotes",
        ),
        (
            "SELECT id FORM github_issues",
            QueryErrorKind::Syntax,
            "line 1, column 16: the query cannot be read at 'github_issues'",
        ),
        ("SELECT id FROM github_issues WHERE", QueryErrorKind::Syntax, "incomplete input"),
        (
            "SELECT date_trnc('day', 1)",
            QueryErrorKind::UnknownFunction,
            "there is no function 'date_trnc', did you mean 'date_trunc'?",
        ),
        (
            "SELECT strptime('1', '%d')",
            QueryErrorKind::UnknownFunction,
            "there is no function 'strptime'; write to_timestamp(x)",
        ),
        (
            "SELECT split_part('a')",
            QueryErrorKind::UnknownFunction,
            "wrong number of arguments to function split_part()",
        ),
        (
            "SELECT date_trunc('eon', '2024-01-01')",
            QueryErrorKind::Failed,
            "date_trunc knows year, quarter",
        ),
        (
            "SELECT date_trunc('day', 'soon')",
            QueryErrorKind::Failed,
            "'soon' is no moment of ISO 8601",
        ),
        (
            "SELECT id::text FROM github_issues",
            QueryErrorKind::Refused,
            "line 1, column 10: '::' is not known here; write CAST(id AS TEXT)",
        ),
        (
            "SELECT id FROM github_issues WHERE title MATCH 'a'",
            QueryErrorKind::Refused,
            "MATCH is not known here; use LIKE",
        ),
        (
            "SELECT now() - INTERVAL '1 day'",
            QueryErrorKind::Refused,
            "INTERVAL is not known here; write for example datetime(x, '-7 days')",
        ),
        (
            "SELECT DISTINCT ON (id) id FROM github_issues",
            QueryErrorKind::Refused,
            "DISTINCT ON is not known here",
        ),
        (
            "SELECT * EXCLUDE (id) FROM github_issues",
            QueryErrorKind::Refused,
            "* EXCLUDE is not known here",
        ),
        (
            "SELECT state, count(*) FROM github_issues GROUP BY ALL",
            QueryErrorKind::Refused,
            "write the columns instead of ALL",
        ),
        ("SELECT TOP 5 id FROM github_issues", QueryErrorKind::Refused, "write LIMIT at the end"),
        (
            "SELECT 'a' REGEXP '('",
            QueryErrorKind::Failed,
            "the pattern of the regular expression is wrong",
        ),
    ] {
        let (found, message) = refusal(&store, sql, &QueryLimits::default());
        assert!(message.contains(expected), "{sql}: {message}");
        assert_eq!(found, kind, "{sql}: {message}");
    }
}
