//! Tests of the program with a store in Postgres. They need a database whose address is in
//! `AIRBYTE_AGENT_TEST_POSTGRES`, as `.ci/postgres COMMAND` starts one, and are left out without it.

use crate::run::run;
use crate::sandbox::Served;
use crate::sync::{CREDENTIALS, kill_at_random};

/// The address of a schema that no other test has; `None` without a database.
fn address(name: &str) -> Option<String> {
    let Ok(address) = std::env::var("AIRBYTE_AGENT_TEST_POSTGRES") else {
        println!("left out: AIRBYTE_AGENT_TEST_POSTGRES is not set");
        return None;
    };
    let sign = if address.contains('?') { '&' } else { '?' };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Some(format!("{address}{sign}schema=p{}_{name}", now.as_micros()))
}

#[test]
fn records_are_copied_into_postgres_queried_and_watched() {
    let Some(store) = address("copied") else { return };
    let served = Served::start(&[]);
    let connection = ["--via", &served.url, "--credentials", CREDENTIALS];
    let sync = ["sync", "stripe", "customers", "--store", &store];
    let sync = || run(&[&sync[..], &connection].concat()).succeeded().json();
    let first = sync();
    let number = first["data"][0]["rows"].as_u64().unwrap();
    assert!(number >= 250, "{first}");
    assert_eq!(sync()["data"][0]["changed"], 0);
    let tables = run(&["tables", "--store", &store]).succeeded().json();
    assert_eq!(tables["data"][0]["table"], "stripe_customers");
    let sql = |query: &str| run(&["sql", query, "--store", &store, "--offline"]);
    let found = sql("SELECT count(*) AS n, min(created)::text AS first FROM stripe_customers");
    let found = found.succeeded().json();
    assert_eq!(found["data"][0]["n"], number);
    assert!(found["data"][0]["first"].is_string(), "{found}");
    let watch = ["watch", "stripe", "customers", "--store", &store, "--once"];
    let watch = || run(&[&watch[..], &connection].concat()).succeeded().stdout;
    assert_eq!(watch(), "");
    let create = ["exec", "stripe", "customers", "create", "-p", "email=new@example.com"];
    run(&[&create[..], &connection].concat()).succeeded();
    assert!(watch().contains("new@example.com"));
    assert_eq!(watch(), "");
    let refused = sql("DELETE FROM stripe_customers");
    assert_eq!((refused.code, refused.error()["kind"].as_str()), (3, Some("validation")));
    let live =
        run(&["sql", "SELECT id FROM stripe_charges LIMIT 15", "--store", &store, "--sandbox"]);
    assert_eq!(live.succeeded().json()["data"].as_array().unwrap().len(), 15);
}

#[test]
fn a_database_that_cannot_be_reached_is_told_without_the_password() {
    if address("gone").is_none() {
        return;
    }
    for (store, expected) in [
        ("postgres://ann:s3cret@127.0.0.1:1/crm", "no connection to the database"),
        ("postgres://ann:s3cret@127.0.0.1:port/crm", "the address cannot be read"),
        ("postgres://ann:s3cret@127.0.0.1/crm?schema=public", "the schema must be"),
    ] {
        for args in
            [&["tables"][..], &["sql", "SELECT 1"], &["sync", "stripe", "customers", "--sandbox"]]
        {
            let outcome = run(&[args, &["--store", store]].concat());
            assert_eq!(outcome.code, 2, "{args:?} {outcome:?}");
            assert!(outcome.stderr.contains(expected), "{args:?} {outcome:?}");
            assert!(!outcome.stderr.contains("s3cret"), "{args:?} {outcome:?}");
        }
    }
}

#[test]
fn a_killed_sync_into_postgres_loses_and_doubles_nothing() {
    let Some(store) = address("killed") else { return };
    kill_at_random(|number| format!("{store}_{number}"));
}
