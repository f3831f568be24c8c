//! What is of Postgres alone: typed columns, queries that try to do more than read, connections that end. The tests of
//! everything else run there, too, with the same variable of the environment.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use airbyte_agent_store::{
    Cut, Error, OpenOptions, Page, QueryErrorKind, QueryLimits, Store, TableSpec, View,
};
use common::{address, issues, query, records, write};
use serde_json::{Value, json};

/// A store with a hundred issues, and its address; nothing without a database.
fn stored() -> Option<(String, Store)> {
    let address = address()?;
    let store = Store::open(&address, &OpenOptions::default()).unwrap();
    let table = store.declare(&issues()).unwrap();
    let page: Vec<Value> = (0..100)
        .map(|id| json!({"id": id, "title": format!("title {id}"), "state": "open"}))
        .collect();
    write(&store, &table, &page);
    Some((address, store))
}

fn refusal(store: &Store, sql: &str, limits: &QueryLimits) -> (QueryErrorKind, String) {
    match store.query(sql, limits) {
        Err(Error::Query(error)) => (error.kind, error.to_string()),
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn columns_have_types_and_every_value_is_in_the_record() {
    let Some((_, store)) = stored() else { return };
    let spec = TableSpec::new("acme", "things").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "amount": {"type": "number"},
        "isOpen": {"type": "boolean"}, "at": {"type": "string", "format": "date-time"},
        "owner": {"type": "object"},
    }}));
    let table = store.declare(&spec).unwrap();
    let good = json!({"id": 1, "name": "Ann", "amount": 1.5, "isOpen": true,
        "at": "2024-01-05T10:00:00.25+02:00", "owner": {"z": 1, "a": "x"}});
    let odd = json!({"id": 2, "name": "zero \0", "amount": "n/a", "isOpen": "perhaps",
        "at": "soon", "owner": {"a": "\0"}, "more": "m"});
    write(&store, &table, &[good.clone(), odd.clone()]);
    let types =
        "SELECT DISTINCT pg_typeof(id)::text, pg_typeof(name)::text, pg_typeof(amount)::text,
        pg_typeof(\"isOpen\")::text, pg_typeof(at)::text, pg_typeof(owner)::text FROM acme_things";
    assert_eq!(
        query(&store, types),
        [["bigint", "text", "double precision", "boolean", "timestamp with time zone", "jsonb"]
            .map(Value::from)]
    );
    assert_eq!(
        query(
            &store,
            "SELECT id, name, amount, \"isOpen\", at, owner ->> 'a' FROM acme_things ORDER BY 1"
        ),
        [
            [
                json!(1),
                json!("Ann"),
                json!(1.5),
                json!(true),
                json!("2024-01-05T08:00:00.25Z"),
                json!("x")
            ],
            [json!(2), json!("zero \u{fffd}"), json!(null), json!(null), json!(null), json!(null)],
        ]
    );
    assert_eq!(
        records(&store, "acme_things").iter().map(Value::to_string).collect::<Vec<_>>(),
        [good.to_string(), odd.to_string()]
    );
    // What a column cannot hold is found by filters nevertheless.
    for (filter, expected) in [
        (json!({"eq": {"amount": "n/a"}}), 2),
        (json!({"eq": {"name": "zero \0"}}), 2),
        (json!({"keyword": {"at": "soon"}}), 2),
        (json!({"gt": {"at": "2024-01-05T07:00:00Z"}}), 1),
    ] {
        let arguments = json!({"query": {"filter": filter}, "fields": ["id"]});
        let Value::Object(arguments) = arguments else { panic!() };
        let found = store.search(&table, &[], &arguments, &QueryLimits::default()).unwrap();
        assert_eq!(found.data[0], json!({"id": expected}), "{filter}");
    }
}

/// Executes statements as the owner of a schema.
fn execute(address: &str, sql: &str) {
    let (start, schema) = address.split_once("schema=").unwrap();
    let start = start.trim_end_matches(['?', '&']);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) =
            tokio_postgres::connect(start, tokio_postgres::NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("SET search_path = {schema}; {sql}")).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    });
}

#[test]
fn values_that_a_column_cannot_hold_are_told_also_in_an_older_schema() {
    let Some(address) = address() else { return };
    let spec = TableSpec::new("acme", "parts").key(["id"]).schema(json!({"properties": {
        "id": {"type": "integer"}, "size": {"type": "integer"}, "owner": {"type": "object"},
        "at": {"type": "string", "format": "date-time"},
    }}));
    let records = [
        json!({"id": 1, "size": 1.5, "owner": {"a": "\0"}, "at": "2024-13-05"}),
        json!({"id": 2, "size": 2, "owner": {}, "at": "2024-01-05T10:00:00.123456789Z"}),
    ];
    let expected = [
        ("size", "number with a fraction", 1),
        ("owner", "value with the character NUL", 1),
        ("at", "text", 1),
    ];
    let told = |store: &Store| {
        let rows = store.query("SELECT * FROM acme_parts", &QueryLimits::default()).unwrap();
        let told = rows.misfits.iter();
        told.map(|one| (one.column.clone(), one.found.clone(), one.values)).collect::<Vec<_>>()
    };
    let expected = expected.map(|(column, found, n)| (column.to_owned(), found.to_owned(), n));
    {
        let store = Store::open(&address, &OpenOptions::default()).unwrap();
        let table = store.declare(&spec).unwrap();
        write(&store, &table, &records);
        assert_eq!(told(&store), expected);
        let sentence = store.misfits(&table, "default").unwrap()[0].sentence();
        assert!(sentence.contains("the column is null in place of it"), "{sentence}");
    }
    execute(&address, "DROP TABLE _misfits; UPDATE _store SET version = 1");
    let store = Store::open(&address, &OpenOptions::default()).unwrap();
    assert_eq!(told(&store), expected);
}

#[test]
fn queries_that_would_do_more_than_read_are_refused() {
    let Some((_, store)) = stored() else { return };
    let limits = QueryLimits::default().time(Duration::from_secs(2));
    for (sql, expected) in [
        ("DELETE FROM github_issues", "begins with SELECT or WITH"),
        ("COPY github_issues TO '/tmp/x'", "begins with SELECT or WITH"),
        ("COPY (SELECT 1) TO PROGRAM 'id'", "begins with SELECT or WITH"),
        ("SET ROLE postgres", "begins with SELECT or WITH"),
        ("RESET ROLE", "begins with SELECT or WITH"),
        ("DO $$ BEGIN END $$", "begins with SELECT or WITH"),
        ("SELECT 1; RESET ROLE", "only one statement"),
        ("WITH gone AS (DELETE FROM github_issues RETURNING 1) SELECT * FROM gone", "only read"),
        ("SELECT * INTO stolen FROM github_issues", "only read"),
        ("SELECT * FROM github_issues FOR UPDATE", "only read"),
        ("SELECT set_config('role', 'none', false)", "can be neither called nor read"),
        ("SELECT set_config('statement_timeout', '0', true)", "can be neither called nor read"),
        ("SELECT pg_sleep(1000)", "can be neither called nor read"),
        ("SELECT pg_read_file('/etc/passwd')", "can be neither called nor read"),
        ("SELECT pg_ls_dir('/')", "can be neither called nor read"),
        ("SELECT lo_import('/etc/passwd')", "can be neither called nor read"),
        ("SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t (a int)", "can be neither"),
        ("SELECT query_to_xml('DELETE FROM github_issues', true, true, '')", "can be neither"),
        ("SELECT nextval('x')", "can be neither called nor read"),
        ("SELECT pg_terminate_backend(1)", "can be neither called nor read"),
        ("SELECT * FROM pg_authid", "can be neither called nor read"),
        ("SELECT * FROM information_schema.tables", "can be neither called nor read"),
        ("SELECT * FROM _rows_1", "permission denied"),
        ("SELECT * FROM _tables", "permission denied"),
        ("SELECT _grant('github_issues')", "permission denied"),
    ] {
        let (kind, message) = refusal(&store, sql, &limits);
        assert_eq!(kind, QueryErrorKind::Refused, "{sql}: {message}");
        assert!(message.contains(expected), "{sql}: {message}");
    }
    assert_eq!(query(&store, "SELECT count(*) FROM github_issues"), [[json!(100)]]);
}

#[test]
fn queries_that_run_for_ever_or_fill_the_memory_are_ended() {
    let Some((_, store)) = stored() else { return };
    let limits = QueryLimits::default().time(Duration::from_millis(500));
    let endless =
        "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t";
    let many = "SELECT count(*) FROM generate_series(1, 1000000000000) a";
    for sql in [endless, many] {
        let started = Instant::now();
        let (kind, message) = refusal(&store, sql, &limits);
        assert!(matches!(kind, QueryErrorKind::Time | QueryErrorKind::Memory), "{sql}: {message}");
        assert!(started.elapsed() < Duration::from_secs(5), "{sql}");
    }
    let cancel = Arc::new(AtomicBool::new(false));
    let limits = QueryLimits::default().time(Duration::from_secs(60)).cancel(cancel.clone());
    let ends = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        cancel.store(true, Ordering::Relaxed);
    });
    assert_eq!(refusal(&store, endless, &limits).0, QueryErrorKind::Cancelled);
    ends.join().unwrap();
    let limits = QueryLimits::default();
    assert_eq!(refusal(&store, "SELECT repeat('x', 100000000)", &limits).0, QueryErrorKind::Memory);
    // Results are cut, and the rest of them is not read.
    let many = "SELECT 1 FROM generate_series(1, 100000) a, generate_series(1, 100000) b";
    let rows = store.query(many, &limits.rows(10)).unwrap();
    assert_eq!((rows.rows.len(), rows.cut), (10, Some(Cut::Rows)));
    assert_eq!(query(&store, "SELECT 1"), [[json!(1)]]);
}

#[test]
fn mistakes_are_told_with_their_place_and_what_would_be_right() {
    let Some((_, store)) = stored() else { return };
    for (sql, kind, expected) in [
        (
            "SELECT * FROM github_isues",
            QueryErrorKind::UnknownTable,
            "line 1, column 15: there is no table 'github_isues', did you mean 'github_issues'?",
        ),
        (
            "SELECT id,\n  titel FROM github_issues",
            QueryErrorKind::UnknownColumn,
            "line 2, column 3: there is no column 'titel', did you mean 'title'?",
        ),
        (
            "SELECT nothing(1)",
            QueryErrorKind::UnknownFunction,
            "function nothing(integer) does not exist",
        ),
        ("SELECT 1 +", QueryErrorKind::Syntax, "syntax error"),
        ("SELECT 1/0", QueryErrorKind::Failed, "division by zero"),
    ] {
        let (found, message) = refusal(&store, sql, &QueryLimits::default());
        assert_eq!(found, kind, "{sql}: {message}");
        assert!(message.contains(expected), "{sql}: {message}");
    }
}

#[test]
fn a_schema_of_another_program_is_refused_and_left_as_it_is() {
    let Some(address) = address() else { return };
    let first = Store::open(&address, &OpenOptions::default()).unwrap();
    let table = first.declare(&issues()).unwrap();
    write(&first, &table, &[json!({"id": 1, "title": "a"})]);
    // Another process sees what was written, and waits for nobody but writers.
    let second = Store::open(&address, &OpenOptions::default()).unwrap();
    assert_eq!(second.table("github", "issues").unwrap().as_ref(), Some(&table));
    assert_eq!(records(&second, "github_issues").len(), 1);
    let name = second.path().display().to_string();
    assert!(name.starts_with("postgres://") && name.contains("?schema=t"), "{name}");
    let wrong = address.replace("127.0.0.1", "127.0.0.2");
    let error = Store::open(
        wrong.replace("?schema=", "?connect_timeout=1&schema="),
        &OpenOptions::default(),
    );
    let message = error.unwrap_err().to_string();
    assert!(message.contains("no connection to the database"), "{message}");
}

#[test]
fn a_page_that_makes_the_store_too_large_is_not_written() {
    let Some(address) = address() else { return };
    let mut options = OpenOptions::default();
    options.most_bytes = Some(1_500_000);
    let store = Store::open(&address, &options).unwrap();
    let table = store.declare(&issues()).unwrap();
    write(&store, &table, &[json!({"id": 0, "title": "first"})]);
    // Texts that cannot be compressed.
    let noise = || (0..2_000).map(|_| fastrand::alphanumeric()).collect::<String>();
    let many: Vec<Value> = (1..1_500).map(|id| json!({"id": id, "title": noise()})).collect();
    let page = Page { records: &many, position: Some(&json!("lost")), pass: None };
    let error = store.write_page(&table, "default", page).unwrap_err();
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    assert_eq!(query(&store, "SELECT count(*) FROM github_issues"), [[json!(1)]]);
    assert_eq!(store.account(&table, "default").unwrap().unwrap().position, None);
}

#[test]
fn writers_wait_for_each_other_and_say_so() {
    let Some(address) = address() else { return };
    let mut impatient = OpenOptions::default();
    impatient.busy_timeout = Duration::from_millis(50);
    let mut patient = OpenOptions::default();
    patient.busy_timeout = Duration::from_secs(600);
    let stores = [patient, impatient].map(|options| Store::open(&address, &options).unwrap());
    let table = stores[0].declare(&issues()).unwrap();
    let mut told = 0;
    std::thread::scope(|scope| {
        let large: Vec<Value> =
            (0..20_000).map(|id| json!({"id": id, "title": format!("title {id}")})).collect();
        let (first, table) = (&stores[0], &table);
        let writes = scope.spawn(move || write(first, table, &large));
        while !writes.is_finished() {
            let page = [json!({"id": -1, "title": "other"})];
            match stores[1].write_page(table, "other", Page { records: &page, ..Page::default() }) {
                Err(Error::Locked(_)) => told += 1,
                other => drop(other.unwrap()),
            }
        }
    });
    assert!(told > 0);
    assert_eq!(
        query(&stores[1], "SELECT count(*) FROM github_issues WHERE _account = 'default'"),
        [[json!(20_000)]]
    );
    let changes = stores[1].changes(0, 100_000).unwrap();
    let numbers: Vec<u64> = changes.changes.iter().map(|change| change.sequence).collect();
    assert!(!changes.are_missing);
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_view_shows_what_is_in_it_and_nothing_else_exists() {
    let Some(address) = address() else { return };
    let store = Store::open(&address, &OpenOptions::default()).unwrap();
    let contacts = TableSpec::new("crm", "contacts").key(["id"]).schema(json!({"properties": {
        "id": {"type": "string"}, "name": {"type": "string"}, "phone": {"type": "string"},
        "owner": {"type": "object"}, "client_secret": {"type": "string"},
    }}));
    let contacts = store.declare(&contacts).unwrap();
    let contact = |id: &str, name: &str| {
        json!({"id": id, "name": name, "phone": format!("555-{id}"), "client_secret": "s3cret",
               "owner": {"name": "Ann", "more": [{"phone": "888", "x": 1}], "apiKey": "s3cret"}})
    };
    for (account, records) in [
        ("work", [contact("w1", "Wanda"), contact("w2", "Willi")]),
        ("home", [contact("h1", "Hidden"), contact("h2", "{")]),
    ] {
        let page = Page { records: &records, ..Page::default() };
        store.write_page(&contacts, account, page).unwrap();
    }
    let payroll = store.declare(&issues()).unwrap();
    write(&store, &payroll, &[json!({"id": 1, "title": "salaries"})]);
    let view = View::new("crm", "contacts").accounts(["work"]).hiding_secrets(true);
    let views = [view.withholding(["phone", "owner.more.phone"])];
    let limits = QueryLimits::default();
    for (sql, expected) in [
        ("SELECT id FROM crm_contacts ORDER BY id", json!([["w1"], ["w2"]])),
        (
            "SELECT owner ->> 'name', owner -> 'more' FROM crm_contacts LIMIT 1",
            json!([["Ann", r#"[{"x": 1}]"#]]),
        ),
        (
            "SELECT _record -> 'owner' -> 'more' FROM crm_contacts LIMIT 1",
            json!([[r#"[{"x": 1}]"#]]),
        ),
        // It would fail for a record of the other account.
        (
            "SELECT count(*) FROM crm_contacts WHERE 1 / (CASE name WHEN '{' THEN 0 ELSE 1 END) = 1",
            json!([[2]]),
        ),
    ] {
        let rows = store.query_views(sql, &views, &limits);
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_eq!(json!(rows.rows), expected, "{sql}");
        assert_eq!(rows.views, ["crm_contacts"]);
    }
    let all = store.query_views("SELECT * FROM crm_contacts", &views, &limits).unwrap();
    let names: Vec<&str> = all.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "owner", "_account", "_key", "_synced_at", "_record"]);
    for secret in ["555", "888", "s3cret", "Hidden"] {
        assert!(!json!(all.rows).to_string().contains(secret), "{all:?}");
    }
    let schema = address.rsplit("schema=").next().unwrap();
    for sql in [
        "SELECT phone FROM crm_contacts",
        "SELECT client_secret FROM crm_contacts",
        "SELECT * FROM github_issues",
        "SELECT * FROM (SELECT title FROM \"github_issues\") x",
        "SELECT * FROM _rows_1",
        "SELECT * FROM _text",
        "EXPLAIN SELECT * FROM crm_contacts",
        &format!("SELECT * FROM {schema}.crm_contacts"),
        &format!("SELECT * FROM {schema}._rows_1"),
        &format!("TABLE {schema}.github_issues"),
        &format!("SELECT * FROM {schema}._changes"),
    ] {
        match store.query_views(sql, &views, &limits) {
            Err(Error::Query(error)) => {
                let message = error.to_string();
                for secret in ["salaries", "555", "Hidden", "github_issues?", "phone'?"] {
                    assert!(!message.contains(secret), "{sql}: {message}");
                }
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
    // Nothing of it stays for others.
    assert_eq!(
        query(&store, "SELECT count(*), max(phone) FROM crm_contacts"),
        [[json!(4), json!("555-w2")]]
    );
}
