//! Queries that try to write, to read what they may not, to run for ever or to fill the memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use airbyte_agent_store::{
    Cut, Error, Find, OpenOptions, Page, QueryErrorKind, QueryLimits, Store, TableSpec, View,
};
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

/// Contacts of two accounts, a table that is not seen at all, and a view of the contacts of `work` without their phone
/// numbers.
fn seen_in_part() -> (Store, [View; 1]) {
    let store = Store::open_in_memory().unwrap();
    let contacts = TableSpec::new("crm", "contacts").key(["id"]).schema(json!({"properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "phone": {"type": "string"},
        "owner": {"type": "object"}, "tags": {"type": "array"},
    }}));
    let contacts = store.declare(&contacts).unwrap();
    let contact = |id: &str, name: &str| {
        json!({"id": id, "name": name, "phone": format!("555-{id}"), "tags": ["a"], "note": "n",
               "owner": {"name": "Ann", "phone": "777", "more": [{"phone": "888", "x": 1}]}})
    };
    for (account, records) in [
        ("work", [contact("w1", "Wanda"), contact("w2", "Willi")]),
        ("home", [contact("h1", "Hidden"), contact("h2", "{")]),
    ] {
        let page = Page { records: &records, ..Page::default() };
        store.write_page(&contacts, account, page).unwrap();
    }
    let payroll = store.declare(&issues()).unwrap();
    write(&store, &payroll, &[json!({"id": 1, "title": "salaries", "state": "open"})]);
    let view = View::new("crm", "contacts").accounts(["work"]);
    let withheld = ["phone", "owner.phone", "owner.more.phone"];
    (store, [view.withholding(withheld)])
}

#[test]
fn a_view_shows_what_is_in_it() {
    let (store, views) = seen_in_part();
    let limits = QueryLimits::default();
    for (sql, expected) in [
        ("SELECT id FROM crm_contacts ORDER BY id", json!([["w1"], ["w2"]])),
        ("SELECT count(*) FROM crm_contacts", json!([[2]])),
        ("SELECT name AS phone FROM crm_contacts WHERE id = 'w1'", json!([["Wanda"]])),
        ("SELECT owner FROM crm_contacts LIMIT 1", json!([[r#"{"name":"Ann","more":[{"x":1}]}"#]])),
        (
            "WITH c AS (SELECT * FROM crm_contacts) SELECT _record FROM c WHERE _key = 'w2'",
            json!([[
                r#"{"id":"w2","name":"Willi","tags":["a"],"note":"n","owner":{"name":"Ann","more":[{"x":1}]}}"#
            ]]),
        ),
        ("SELECT count(*) FROM crm_contacts a JOIN CRM_Contacts b USING (id)", json!([[2]])),
        ("SELECT t.value FROM crm_contacts, json_each(tags) t LIMIT 1", json!([["a"]])),
        ("SELECT DISTINCT _account FROM crm_contacts", json!([["work"]])),
        ("SELECT 'github_issues', 'main.x'", json!([["github_issues", "main.x"]])),
    ] {
        let rows = store.query_views(sql, &views, &limits);
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(json!(rows.rows), expected, "{sql}");
    }
    let all = store.query_views("SELECT * FROM crm_contacts LIMIT 1", &views, &limits).unwrap();
    let names: Vec<&str> = all.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "owner", "tags", "_account", "_key", "_synced_at", "_record"]);
    assert_eq!(all.views, ["crm_contacts"]);
    // Nothing of it stays for others.
    assert_eq!(
        query(&store, "SELECT count(*), max(phone) FROM crm_contacts"),
        [[json!(4), json!("555-w2")]]
    );
    let table = TableSpec::new("crm", "apps").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "client_secret": {"type": "string"},
        "has_password": {"type": "boolean"}, "app": {"type": "object"},
    }}));
    let table = store.declare(&table).unwrap();
    let app = json!({"id": 1, "client_secret": "s", "has_password": true, "more": {"apiKey": "k"},
                     "app": {"name": "n", "access_token": "t"}});
    write(&store, &table, &[app]);
    let apps = [View::new("crm", "apps").accounts(["default"]).hiding_secrets(true)];
    let rows = store.query_views("SELECT * FROM crm_apps", &apps, &limits).unwrap();
    let shown = json!(rows).to_string();
    assert!(shown.contains("has_password") && shown.contains(r#"{\"name\":\"n\"}"#), "{shown}");
    for secret in ["client_secret", "apiKey", "access_token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(store.find("t", &Find::default().views(apps.to_vec())).unwrap().hits, []);
    let key = [View::new("crm", "contacts").named("people").accounts(["work"]).withholding(["id"])];
    let error = store.query_views("SELECT _key FROM people", &key, &limits).unwrap_err();
    assert!(error.to_string().contains("there is no column '_key'"), "{error}");
}

#[test]
fn what_a_view_does_not_show_does_not_exist() {
    let (store, views) = seen_in_part();
    // The last ones would tell by an error which values other accounts have.
    for sql in [
        "SELECT phone FROM crm_contacts",
        "SELECT crm_contacts.phone FROM crm_contacts",
        "SELECT c.\"phone\" FROM crm_contacts AS c",
        "SELECT 1 FROM crm_contacts WHERE phone LIKE '555%'",
        "SELECT id FROM crm_contacts ORDER BY phone",
        "SELECT count(*) FROM crm_contacts GROUP BY phone",
        "SELECT x FROM (SELECT phone AS x FROM crm_contacts)",
        "SELECT a.id FROM crm_contacts a JOIN crm_contacts b USING (phone)",
        "SELECT c3 FROM crm_contacts",
        "SELECT _rest FROM crm_contacts",
        "SELECT _shape FROM crm_contacts",
        "SELECT rowid FROM crm_contacts",
        "SELECT * FROM main.crm_contacts",
        "SELECT count(*) FROM main.crm_contacts",
        "SELECT count(*) FROM \"main\".crm_contacts",
        "SELECT count(*) FROM [MAIN] . crm_contacts",
        "SELECT count(*) FROM 'main'.crm_contacts",
        "SELECT count(*) FROM main/**/.crm_contacts",
        "SELECT * FROM github_issues",
        "SELECT count(*) FROM github_issues",
        "SELECT count(*) FROM \"GITHUB_ISSUES\"",
        "SELECT count(*) FROM 'github_issues'",
        "SELECT count(*) FROM crm_contacts, [github_issues]",
        "SELECT 1 IN github_issues",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM github_issues)",
        "WITH crm_contacts AS (SELECT * FROM github_issues) SELECT * FROM crm_contacts",
        "SELECT * FROM _rows_1",
        "SELECT count(*) FROM _rows_1",
        "SELECT count(*) FROM \u{feff}_rows_1",
        "WITH crm_contacts AS (SELECT * FROM \u{feff}_rows_1) SELECT * FROM crm_contacts",
        "WITH crm_contacts AS (SELECT * FROM '_rows_1') SELECT * FROM crm_contacts",
        "WITH c AS (SELECT * FROM `_ROWS_1`) SELECT * FROM c",
        "SELECT * FROM crm_contacts NATURAL LEFT JOIN _rows_1",
        "SELECT * FROM _text",
        "SELECT * FROM _text('salaries')",
        "SELECT count(*) FROM _text_data",
        "SELECT count(*) FROM \"_text_content\"",
        "SELECT word FROM _words",
        "SELECT * FROM _changes",
        "SELECT account FROM _accounts",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT count(*) FROM sqlite_temp_master",
        "SELECT * FROM temp.sqlite_master",
        "SELECT * FROM pragma_table_info('_rows_1')",
        "SELECT * FROM pragma_table_list",
        "SELECT * FROM dbstat",
        "EXPLAIN SELECT * FROM crm_contacts",
        "EXPLAIN QUERY PLAN SELECT * FROM crm_contacts",
        "SELECT * FROM crm_contacts UNION SELECT * FROM github_issues",
    ] {
        match store.query_views(sql, &views, &QueryLimits::default()) {
            Err(Error::Query(error)) => {
                let message = error.to_string();
                for secret in ["salaries", "555", "777", "Hidden", "github_issues?", "phone'?"] {
                    assert!(!message.contains(secret), "{sql}: {message}");
                }
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
    for sql in [
        "SELECT count(*) FROM crm_contacts WHERE json_valid(json(CASE name WHEN '{' THEN name ELSE '1' END))",
        "SELECT count(*) FROM (SELECT * FROM crm_contacts) WHERE json(CASE name WHEN '{' THEN name ELSE '1' END) = '1'",
        "SELECT count(*) FROM crm_contacts a JOIN crm_contacts b ON json(CASE a.name WHEN '{' THEN a.name ELSE '1' END) = '1' AND a.id = b.id",
    ] {
        let rows = store.query_views(sql, &views, &QueryLimits::default());
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}")).rows;
        assert_eq!(rows, [[json!(2)]], "{sql}");
    }
    let none = store.query_views("SELECT 1 FROM crm_contacts", &[], &QueryLimits::default());
    assert!(none.unwrap_err().to_string().contains("there is no table 'crm_contacts'"));
}

#[test]
fn searches_in_a_view_find_nothing_by_what_it_withholds() {
    let (store, views) = seen_in_part();
    let search = |query: Value| {
        let arguments = json!({"query": query});
        store.search_view(&views[0], arguments.as_object().unwrap(), &QueryLimits::default())
    };
    let page = search(json!({"sort": [{"id": "desc"}]})).unwrap();
    assert_eq!(page.data.len(), 2);
    assert_eq!(
        page.data[0],
        json!({"id": "w2", "name": "Willi", "tags": ["a"], "note": "n",
               "owner": {"name": "Ann", "more": [{"x": 1}]}})
    );
    for filter in [
        json!({"eq": {"owner": {"name": "Ann", "phone": "777", "more": [{"phone": "888", "x": 1}]}}}),
        json!({"contains": {"owner": "777"}}),
        json!({"any": {"owner.more": {"eq": {"phone": "888"}}}}),
    ] {
        assert_eq!(
            search(json!({"filter": filter})).unwrap().data,
            Vec::<Value>::new(),
            "{filter}"
        );
    }
    let same = json!({"eq": {"owner": {"name": "Ann", "more": [{"x": 1}]}}});
    assert_eq!(search(json!({"filter": same})).unwrap().data.len(), 2);
    for query in [
        json!({"filter": {"eq": {"phone": "555-w1"}}}),
        json!({"filter": {"eq": {"owner.phone": "777"}}}),
        json!({"filter": {"not": {"startswith": {"owner.phone": "7"}}}}),
        json!({"sort": [{"phone": "asc"}]}),
        json!({"sort": [{"owner.phone": "asc"}]}),
    ] {
        let error = search(query.clone()).unwrap_err().to_string();
        assert!(error.contains("has no field"), "{query}: {error}");
    }
    let find = |text: &str| {
        let find = Find::default().views(views.to_vec());
        store.find(text, &find).unwrap().hits
    };
    assert_eq!(find("ann").len(), 2);
    for (text, why) in [
        ("777", "inside a field"),
        ("555", "a whole field"),
        ("hidden", "another account"),
        ("salaries", "another table"),
    ] {
        assert_eq!(find(text), [], "{text}: {why}");
    }
    // What is withheld does not count, as if the record did not have it.
    assert_eq!(find("wanda 777"), find("wanda 123"));
    assert_eq!(find("wanda hidden"), find("wanda nobody"));
    let hit = &find("wanda 777 888")[0];
    assert!(!json!(hit).to_string().contains("777"), "{hit:?}");
}
