//! Tests of `sync`, `sql`, `tables` and `watch`.

use std::sync::Arc;
use std::time::Duration;

use airbyte_agent::stripe::store::CustomersField as Field;
use airbyte_agent::stripe::{StripeConnector, auth};
use airbyte_agent_core::Local;
use airbyte_agent_core::context_store::{Order, StoreField as _};
use airbyte_agent_store::{OpenOptions, Store};
use airbyte_agent_sync::StoredRecords;

use crate::run::{Folder, Outcome, command, run};
use crate::sandbox::Served;
use crate::vendor::{Answer, Vendor};

pub(crate) const CREDENTIALS: &str = r#"{"api_key": "anything"}"#;

/// Entities with several pages each.
const ENTITIES: [&str; 4] = ["customers", "invoices", "charges", "products"];

fn rows(store: &str, entity: &str) -> (u64, u64) {
    let query = format!("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM stripe_{entity}");
    let found = run(&["sql", &query, "--store", store]).succeeded().json();
    let number = |name: &str| found["data"][0][name].as_u64().unwrap();
    (number("n"), number("ids"))
}

pub(crate) fn listed(url: &str, entity: &str) -> u64 {
    let args = ["exec", "stripe", entity, "list", "--all", "--via", url];
    let all = run(&[&args[..], &["--credentials", CREDENTIALS]].concat()).succeeded().json();
    all["data"].as_array().unwrap().len() as u64
}

#[test]
fn a_connector_is_copied_and_queried() {
    let folder = Folder::new("sync");
    let store = folder.file("records.db");
    let args = ["sync", "stripe", "customers", "invoices", "--sandbox", "--store", &store];
    let first = run(&args).succeeded().json();
    assert_eq!(first["meta"]["failed"], 0);
    for entity in first["data"].as_array().unwrap() {
        assert_eq!(entity["rows"], entity["inserted"], "{entity}");
        assert!(entity["rows"].as_u64().unwrap() >= 250, "{entity}");
    }
    let second = run(&args).succeeded().json();
    assert_eq!(second["data"][0]["inserted"], 0);
    assert_eq!(second["data"][0]["changed"], 0);
    let tables = run(&["tables", "--store", &store]).succeeded().json();
    assert_eq!(tables["data"][0]["table"], "stripe_customers");
    let columns = run(&["tables", "stripe_customers", "--store", &store]).succeeded().json();
    assert!(columns["data"].as_array().unwrap().iter().any(|column| column["column"] == "email"));
    let query = "SELECT id, id, email FROM stripe_customers ORDER BY id LIMIT 2";
    let found = run(&["sql", query, "--store", &store]).succeeded().json();
    assert_eq!(found["meta"]["columns"].as_array().unwrap().len(), 3);
    assert_eq!(found["data"][0]["id"], found["data"][0]["id_2"]);
    assert_eq!(found["meta"]["freshness"]["stripe_customers"][0]["account"], "sandbox");
    let csv = run(&["sql", query, "--store", &store, "--output", "csv"]).succeeded();
    assert!(csv.stdout.starts_with("id,id_2,email\n"), "{csv:?}");
}

#[test]
fn what_cannot_be_done_is_refused_with_a_code() {
    let folder = Folder::new("sync-refused");
    let store = folder.file("records.db");
    for (args, code, expected) in [
        (vec!["sql", "SELECT 1", "--store", &store], 2, "there is no store at"),
        (vec!["tables", "--store", &store], 2, "there is no store at"),
        (
            vec!["sync", "stripe", "--store", "mysql://u:s3cret@x", "--sandbox"],
            2,
            "--store mysql://…: a store is",
        ),
        (
            vec!["sync", "stripe", "--store", "postgres://u:s3cret@/x?schema=A", "--sandbox"],
            2,
            "the schema must be",
        ),
        (vec!["sync", "stripe", "custmers", "--sandbox", "--store", &store], 2, "did you mean"),
        (
            vec!["sync", "stripe", "-p", "nothing=1", "--sandbox", "--store", &store],
            2,
            "no list of",
        ),
        (vec!["sync", "stripe", "--interval", "5m", "--store", &store], 2, "--watch"),
    ] {
        let outcome = run(&args);
        assert_eq!(outcome.code, code, "{args:?}: {outcome:?}");
        assert!(outcome.stderr.contains(expected), "{args:?}: {outcome:?}");
        assert!(!outcome.stderr.contains("s3cret"), "{args:?}: {outcome:?}");
    }
    run(&["sync", "stripe", "customers", "--sandbox", "--store", &store]).succeeded();
    let outcome = run(&["sql", "DELETE FROM stripe_customers", "--store", &store]);
    assert_eq!((outcome.code, outcome.error()["kind"].as_str()), (3, Some("validation")));
}

#[test]
fn changes_are_printed_once_also_across_restarts() {
    let folder = Folder::new("watch");
    let store = folder.file("records.db");
    let served = Served::start(&[]);
    let connection = ["--via", &served.url, "--credentials", CREDENTIALS];
    let watch = ["watch", "stripe", "customers", "--store", &store, "--once"];
    let watch = || run(&[&watch[..], &connection].concat()).succeeded().stdout;
    assert_eq!(watch(), "");
    let create = ["exec", "stripe", "customers", "create", "-p", "email=new@example.com"];
    run(&[&create[..], &connection].concat()).succeeded();
    let lines = watch();
    let created: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(created["kind"], "created");
    assert_eq!(created["record"]["email"], "new@example.com");
    assert_eq!(watch(), "");
}

/// The program is killed at random moments. In the end the store has what the vendor has, and each record once.
#[test]
fn a_killed_sync_loses_and_doubles_nothing() {
    let folder = Folder::new("kills");
    kill_at_random(|number| folder.file(&format!("records{number}.db")));
}

/// Kills the program while it copies into stores, each of which has its number.
pub(crate) fn kill_at_random(store: impl Fn(u32) -> String) {
    let kills = std::env::var("AIRBYTE_AGENT_KILLS").ok().and_then(|text| text.parse().ok());
    let served = Served::start(&[]);
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut was_continued = false;
    for kill in 0..kills.unwrap_or(8) {
        let store = store(kill / 4);
        let args = ["sync", "stripe", "--full", "--store", &store];
        let args = [&args[..], &["--via", &served.url, "--credentials", CREDENTIALS]].concat();
        let args = [&args[..1], &["stripe"], &ENTITIES, &args[2..]].concat();
        let mut child = command(&args).stdout(std::process::Stdio::null()).spawn().unwrap();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_millis(50 + random % 900));
        child.kill().unwrap();
        child.wait().unwrap();
        if kill % 4 == 3 {
            let outcome = Outcome::from(command(&args).output().unwrap()).succeeded().json();
            let entities = outcome["data"].as_array().unwrap();
            was_continued |= entities.iter().any(|entity| entity["continued"] == true);
            for entity in ENTITIES {
                let expected = listed(&served.url, entity);
                assert_eq!(rows(&store, entity), (expected, expected), "{entity} after {kill}");
            }
        }
    }
    // How far a run comes before it is killed depends on the machine.
    eprintln!("continued: {was_continued}");
}

#[test]
fn tables_that_were_never_copied_are_read_for_the_query() {
    let folder = Folder::new("live");
    let store = folder.file("records.db");
    let sql = |query: &str, more: &[&str]| {
        run(&[&["sql", query, "--store", &store, "--sandbox"], more].concat())
    };
    let explained = sql("EXPLAIN SELECT id FROM stripe_charges LIMIT 15", &[]).succeeded().json();
    assert_eq!(explained["data"].as_array().unwrap().len(), 1, "{explained}");
    assert_eq!(explained["data"][0]["call"], "charges.list");
    assert_eq!(explained["data"][0]["pages"], 1);
    let found = sql("SELECT id FROM stripe_charges LIMIT 15", &[]).succeeded().json();
    assert_eq!(found["data"].as_array().unwrap().len(), 15);
    assert_eq!(found["meta"]["calls"], 1, "{found}");
    assert_eq!(found["meta"]["live"]["tables"][0]["origin"], "live");
    let columns = run(&["tables", "orb_invoices", "--store", &store]).succeeded().json();
    assert!(columns["data"].as_array().unwrap().iter().any(|column| column["column"] == "status"));
    let few = sql("SELECT count(*) FROM stripe_charges", &["--max-calls", "1"]);
    assert_eq!((few.code, few.error()["kind"].as_str()), (3, Some("validation")));
    assert!(few.stderr.contains("1 pages with 100 records of stripe_charges"), "{few:?}");
    let part = sql("SELECT count(*) AS n FROM stripe_refunds", &["--max-calls", "1", "--partial"]);
    let part = part.succeeded();
    assert_eq!(part.json()["data"][0]["n"], 100);
    assert_eq!(part.json()["meta"]["live"]["partial"], true);
    assert!(part.stderr.contains("warning: "), "{part:?}");
    let table = sql("SELECT count(*) AS n FROM stripe_charges", &["--output", "table"]).succeeded();
    assert!(table.stderr.contains("calls were made"), "{table:?}");
    let offline =
        run(&["sql", "SELECT count(*) AS n FROM stripe_charges", "--store", &store, "--offline"]);
    assert_eq!(offline.succeeded().json()["meta"]["calls"], 0);
    let never = run(&["sql", "SELECT 1 FROM stripe_refunds", "--store", &store, "--offline"]);
    assert!(never.succeeded().stderr.contains("never read to its end"));
}

#[tokio::test]
async fn typed_searches_run_on_the_store() {
    let folder = Folder::new("typed-store");
    let path = folder.file("records.db");
    run(&["sync", "stripe", "customers", "--sandbox", "--store", &path]).succeeded();
    let store = Store::open(&path, &OpenOptions::default()).unwrap();
    let store = Arc::new(StoredRecords::new(Arc::new(store)));
    let local = Local::new(auth::ApiKey::new("sk_test")).local_store(store, "sandbox");
    let stripe = StripeConnector::local(local).unwrap();
    let search = stripe.customers().context_store_search().sort(Field::Email, Order::Ascending);
    let found = search.clone().filter(Field::Email.contains("OKAFOR")).limit(3).await.unwrap();
    let emails: Vec<&str> = found.data.iter().filter_map(|one| one.text(Field::Email)).collect();
    assert!(emails.len() == 3 && emails.is_sorted(), "{emails:?}");
    assert!(emails.iter().all(|email| email.contains("okafor")), "{emails:?}");
    assert_eq!(found.meta.extra["freshness"]["account"], "sandbox");
    let all = search.limit(100).items().collect().await.unwrap();
    let sql = "SELECT count(*) AS id FROM customers";
    let counted = stripe.customers().context_store_sql_query(sql).await.unwrap();
    assert_eq!(counted.data[0].get(Field::Id), Some(&serde_json::json!(all.len())));
}

/// The records of a search and whether there are more; or the kind of its error.
fn searched(place: &[&str], target: [&str; 2], arguments: &serde_json::Value) -> serde_json::Value {
    let [connector, entity] = target;
    let text = arguments.to_string();
    let args = ["exec", connector, entity, "context_store_search", "--params", &text];
    let outcome = run(&[&args[..], place].concat());
    if outcome.code != 0 {
        return outcome.error()["kind"].clone();
    }
    let found = outcome.json();
    serde_json::json!({"data": found["data"], "more": found["meta"]["has_more"]})
}

#[test]
fn the_store_answers_searches_as_the_platform_does() {
    let folder = Folder::new("parity");
    let store = folder.file("records.db");
    for (target, [id, text], word) in [
        (["stripe", "customers"], ["id", "email"], "okafor"),
        (["intercom", "contacts"], ["id", "email"], "okafor"),
        (["linear", "issues"], ["id", "title"], "1"),
        (["salesforce", "contacts"], ["Id", "Email"], "okafor"),
        (["gong", "users"], ["id", "emailAddress"], "okafor"),
    ] {
        let [connector, entity] = target;
        run(&["sync", connector, entity, "--sandbox", "--store", &store]).succeeded();
        let order = serde_json::json!([{id: "asc"}]);
        let query = |filter: serde_json::Value| serde_json::json!({"query": {"filter": filter, "sort": order}, "fields": [id, text], "limit": 7});
        for arguments in [
            serde_json::json!({"query": {"sort": order}, "fields": [id, text], "limit": 20}),
            serde_json::json!({"query": {"sort": [{id: "desc"}]}, "fields": [id], "limit": 5}),
            query(serde_json::json!({"contains": {text: word.to_uppercase()}})),
            query(serde_json::json!({"not": {"contains": {text: word}}})),
            query(serde_json::json!({"startswith": {text: "a"}})),
            query(serde_json::json!({"and": [{"neq": {text: null}}, {"gt": {id: "c"}}]})),
            query(serde_json::json!({"or": [{"eq": {id: "x"}}, {"in": {text: ["x"]}}]})),
            query(serde_json::json!({"eq": {"no_such_field_at_all": 1}})),
            serde_json::json!({"query": {"filter": {"equals": {id: 1}}}}),
            serde_json::json!({"query": {"sort": [{id: "up"}]}}),
            serde_json::json!({"query": {}, "limit": 0}),
            serde_json::json!({}),
        ] {
            let local = searched(&["--store", &store], target, &arguments);
            let hosted = searched(&["--sandbox", "--hosted"], target, &arguments);
            assert_eq!(local, hosted, "{target:?} {arguments}");
        }
    }
    // Names of the platform's tables, and the way on.
    let sql = r#"{"sql": "SELECT count(*) AS n FROM customers WHERE id IN (SELECT id FROM stripe_customers)"}"#;
    let args = ["exec", "stripe", "customers", "context_store_sql_query", "--params", sql];
    let rows = run(&[&args[..], &["--store", &store]].concat()).succeeded().json();
    assert!(rows["data"][0]["n"].as_u64().unwrap() > 200, "{rows}");
    assert_eq!(rows["meta"]["freshness"]["customers"]["account"], "sandbox");
    let all = [r#"{"query": {}, "limit": 90}"#, "--all", "--store", &store];
    let args = ["exec", "stripe", "customers", "context_store_search", "--params"];
    let all = run(&[&args[..], &all].concat()).succeeded().json();
    assert_eq!(
        all["data"].as_array().unwrap().len() as u64,
        rows["data"][0]["n"].as_u64().unwrap()
    );
    for (target, extra, part) in [
        (["stripe", "charges"], vec![], "'airbyte-agent sync stripe charges' copies them"),
        (["stripe", "customers"], vec!["--account", "work"], "but for sandbox"),
    ] {
        let args =
            ["exec", target[0], target[1], "context_store_search", "--params", r#"{"query": {}}"#];
        let outcome = run(&[&args[..], &["--store", &store], &extra].concat());
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
}

/// A vendor whose customers have a text in the place of a number.
fn customers_with_texts() -> Vendor {
    Vendor::always(Answer::json(
        200,
        &serde_json::json!({"object": "list", "has_more": false, "data": [
            {"id": "cus_1", "object": "customer", "balance": 5, "created": 1_767_225_600},
            {"id": "cus_2", "object": "customer", "balance": "a secret sum", "created": 1_767_225_600},
        ]}),
    ))
}

#[test]
fn values_of_another_type_than_their_column_are_told_everywhere() {
    let folder = Folder::new("misfits");
    let store = folder.file("records.db");
    let vendor = customers_with_texts();
    let args = ["sync", "stripe", "customers", "--store", &store, "--via", &vendor.url];
    let args = [&args[..], &["--credentials", CREDENTIALS]].concat();
    let told = "stripe_customers.balance should be an integer, but 1 value";
    let synced = run(&args).succeeded();
    let misfit = &synced.json()["data"][0]["misfits"][0];
    assert_eq!((&misfit["column"], &misfit["found"]), (&"balance".into(), &"text".into()));
    assert_eq!(misfit["values"], 1);
    let table = run(&[&args[..], &["--output", "text"]].concat()).succeeded();
    assert!(table.stdout.contains(told) && !table.stdout.contains("secret sum"), "{table:?}");
    let sql = |query: &str| run(&["sql", query, "--store", &store, "--offline"]).succeeded();
    let sum = sql("SELECT sum(balance) AS total FROM stripe_customers");
    assert!(sum.stderr.contains(told) && !sum.stderr.contains("secret sum"), "{sum:?}");
    let warnings = sum.json()["meta"]["live"]["warnings"].to_string();
    assert!(warnings.contains(told), "{warnings}");
    assert_eq!(sql("SELECT id FROM stripe_customers").stderr, "");
    let columns = run(&["tables", "stripe_customers", "--store", &store]).succeeded();
    assert!(columns.stderr.contains(told), "{columns:?}");
    let columns = columns.json();
    let balance =
        columns["data"].as_array().unwrap().iter().find(|one| one["column"] == "balance").unwrap();
    assert!(balance["remarks"][0].as_str().unwrap().starts_with(told), "{balance}");
}

#[test]
fn a_second_sync_waits_and_says_for_which_process() {
    use std::io::BufRead as _;
    let folder = Folder::new("claims");
    let store = folder.file("records.db");
    let vendor = customers_with_texts();
    let args = ["sync", "stripe", "customers", "--store", &store, "--via", &vendor.url];
    let args = [&args[..], &["--credentials", CREDENTIALS]].concat();
    run(&args).succeeded();
    let claims = format!("{store}.claims");
    let claim = std::path::Path::new(&claims).join("stripe_customers.default");
    // This process stands for another sync.
    std::fs::write(&claim, std::process::id().to_string()).unwrap();
    let held = std::fs::File::open(&claim).unwrap();
    held.lock().unwrap();
    let mut second = command(&args);
    second.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut second = second.spawn().unwrap();
    let mut lines = std::io::BufReader::new(second.stderr.take().unwrap()).lines();
    let line = lines.find(|line| line.as_ref().unwrap().contains("is being copied")).unwrap();
    let expected = format!(
        "note: stripe.customers is being copied by the process {}; waiting until it has ended",
        std::process::id()
    );
    assert_eq!(line.unwrap(), expected);
    drop(held);
    assert!(second.wait_with_output().unwrap().status.success());
}
