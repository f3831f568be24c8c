//! Tests of `sync` and `watch` when processes are killed, disks are full and files are locked, and of the limits that
//! processes share.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::run::{Folder, Outcome, command, run};
use crate::sandbox::Served;
use crate::vendor::{Answer, Vendor};

const CREDENTIALS: &str = r#"{"api_key": "anything"}"#;

fn connection(served: &Served) -> [&str; 4] {
    ["--via", &served.url, "--credentials", CREDENTIALS]
}

fn create(served: &Served, email: &str) {
    let email = format!("email={email}");
    let args = ["exec", "stripe", "customers", "create", "-p", &email];
    run(&[&args[..], &connection(served)].concat()).succeeded();
}

fn rows(store: &str, table: &str) -> (u64, u64) {
    let query = format!("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM {table}");
    let found = run(&["sql", &query, "--store", store, "--offline"]).succeeded().json();
    let number = |name: &str| found["data"][0][name].as_u64().unwrap();
    (number("n"), number("ids"))
}

/// Kills a process as a crash does, and gives what it has printed.
fn killed(mut child: Child) -> Vec<Value> {
    child.kill().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let found = lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
    let found = found.collect();
    child.wait().unwrap();
    found
}

#[test]
fn a_watch_that_is_killed_misses_no_change() {
    let folder = Folder::new("watch-kills");
    let store = folder.file("records.db");
    let served = Served::start(&[]);
    let watch = ["watch", "stripe", "customers", "--store", &store, "--interval", "1s"];
    let watch = [&watch[..], &connection(&served)].concat();
    let once = [&watch[..], &["--once"]].concat();
    assert_eq!(run(&once).succeeded().stdout, "", "what is there the first time is not news");
    let mut printed: BTreeMap<u64, (u32, Value)> = BTreeMap::new();
    let mut note = |lines: Vec<Value>| {
        let mut again = 0;
        for line in lines {
            let found =
                printed.entry(line["sequence"].as_u64().unwrap()).or_insert((0, line.clone()));
            found.0 += 1;
            again += u32::from(found.0 > 1);
            assert_eq!(found.1, line, "a number means one change");
        }
        again
    };
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..8 {
        for number in 0..3 {
            create(&served, &format!("r{round}n{number}@example.com"));
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let child = command(&watch).stdout(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(100 + (random >> 33) % 1200));
        let again = note(killed(child));
        assert!(again <= 1, "only the line at which a process is killed may come again");
    }
    // A run that was interrupted goes on, and what has come to its first pages meanwhile arrives with the next one.
    for _ in 0..2 {
        let last = run(&once).succeeded().stdout;
        note(last.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
    }
    let mut emails: Vec<&str> =
        printed.values().filter_map(|(_, line)| line["record"]["email"].as_str()).collect();
    emails.sort_unstable();
    let expected: Vec<String> =
        (0..8).flat_map(|r| (0..3).map(move |n| format!("r{r}n{n}@example.com"))).collect();
    assert_eq!(emails, expected);
    assert!(printed.values().all(|(_, line)| line["kind"] == "created"));
}

/// The first object that `sync --watch` prints.
fn first_summary(child: &mut Child) -> Value {
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn entities(summary: &Value) -> Vec<&str> {
    summary["data"].as_array().unwrap().iter().map(|one| one["entity"].as_str().unwrap()).collect()
}

#[test]
fn a_watching_sync_goes_on_after_it_was_killed_and_keeps_its_intervals() {
    let folder = Folder::new("sync-watch");
    let store = folder.file("records.db");
    let served = Served::start(&[]);
    let sync = ["sync", "stripe", "customers", "products", "--watch", "--store", &store];
    let intervals = ["--interval", "1h", "--interval", "products=2s", "--output", "json"];
    let sync = [&sync[..], &intervals, &connection(&served)].concat();
    // Killed in the middle again and again, until the first round is over.
    for wait in [150, 300, 450, 600] {
        let child = command(&sync).stdout(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        killed(child);
    }
    let whole = ["sync", "stripe", "customers", "products", "--store", &store];
    let whole = [&whole[..], &connection(&served)].concat();
    run(&whole).succeeded();
    for entity in ["customers", "products"] {
        let list = ["exec", "stripe", entity, "list", "--all"];
        let all = run(&[&list[..], &connection(&served)].concat()).succeeded().json();
        let number = all["data"].as_array().unwrap().len() as u64;
        assert_eq!(rows(&store, &format!("stripe_{entity}")), (number, number));
    }
    // The interval of one entity is over before that of the other, also for a process that has just begun.
    std::thread::sleep(Duration::from_secs(2));
    let mut child = command(&sync).stdout(Stdio::piped()).spawn().unwrap();
    let summary = first_summary(&mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(entities(&summary), ["products"]);
}

#[test]
fn a_store_that_is_full_keeps_what_it_has_and_says_so() {
    let folder = Folder::new("sync-full");
    let store = folder.file("records.db");
    let small = ["sync", "stripe", "--sandbox", "--store", &store, "--max-bytes", "600000"];
    let outcome = run(&small);
    assert_eq!(outcome.error()["kind"], "storage", "{outcome:?}");
    assert!(outcome.message().contains("full"), "{outcome:?}");
    // What was written is readable, and a later run goes on.
    let tables = run(&["tables", "--store", &store]).succeeded().json();
    assert!(!tables["data"].as_array().unwrap().is_empty());
    run(&["sync", "stripe", "--sandbox", "--store", &store]).succeeded();
    let (number, ids) = rows(&store, "stripe_customers");
    assert!(number >= 250 && number == ids, "{number} {ids}");
}

/// Holds the lock of a database as another program does, and says when it has it.
fn holder(store: &str, seconds: u32) -> Child {
    let script = "import sqlite3, sys, time\n\
        connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        connection.execute('BEGIN IMMEDIATE')\n\
        print('locked', flush=True)\n\
        time.sleep(float(sys.argv[2]))\n\
        connection.execute('ROLLBACK')\n";
    let mut child = Command::new("python3")
        .args(["-c", script, store, &seconds.to_string()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "locked");
    child
}

#[test]
fn a_store_that_another_process_locks_is_waited_for_and_then_told() {
    let folder = Folder::new("sync-locked");
    let store = folder.file("records.db");
    let sync = ["sync", "stripe", "customers", "--sandbox", "--store", &store];
    run(&sync).succeeded();
    let before = rows(&store, "stripe_customers");
    let mut short = holder(&store, 3);
    let started = Instant::now();
    run(&sync).succeeded();
    assert!(started.elapsed() >= Duration::from_secs(2), "it has waited");
    short.wait().unwrap();
    let mut long = holder(&store, 90);
    let outcome = run(&sync);
    assert_eq!(outcome.error()["kind"], "storage", "{outcome:?}");
    assert!(outcome.message().contains("lock"), "{outcome:?}");
    assert_eq!(rows(&store, "stripe_customers"), before, "others can still read");
    long.kill().unwrap();
    long.wait().unwrap();
    run(&sync).succeeded();
    assert_eq!(rows(&store, "stripe_customers"), before);
}

/// The spec of a vendor on this machine, which allows so many requests in a second.
fn limited_spec(folder: &Folder, url: &str, requests: u32) -> String {
    let text = include_str!("acme.yaml");
    let server = "  - url: https://{region}.acme.test\n    variables:\n      region: {default: eu, enum: [eu, us]}\n";
    assert!(text.contains(server));
    let text = text.replace(server, &format!("  - url: {url}\n")).replace(
        "  x-airbyte-retry-config:",
        &format!(
            "  x-agent-rate-limits:\n    - {{requests: {requests}, per_seconds: 2, scope: account}}\n  \
             x-airbyte-retry-config:"
        ),
    );
    let list = "      x-airbyte-action: list\n";
    let text = text.replacen(list, &format!("{list}      x-agent-sync: {{key: id}}\n"), 1);
    let path = folder.file("limited.yaml");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn programs_that_use_an_account_share_what_the_vendor_allows() {
    let folder = Folder::new("limits");
    let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = times.clone();
    let vendor = Vendor::new(move |_, _| {
        seen.lock().unwrap().push(Instant::now());
        Answer::json(200, &json!({"ok": true, "things": [{"id": "1"}], "next": null}))
    });
    let spec = limited_spec(&folder, &vendor.url, 4);
    let credentials = r#"{"token": "secret"}"#;
    let started = |args: &[&str]| {
        let own = [args, &["--spec", &spec, "--credentials", credentials]].concat();
        let mut command = command(&own);
        command.env("AIRBYTE_CONFIG_DIR", folder.file("home"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = (0..9)
        .map(|number| match number % 3 {
            0 => started(&["sync", "things", "--store", &folder.file(&format!("{number}.db"))]),
            _ => started(&["exec", "things", "list"]),
        })
        .collect();
    for child in children {
        Outcome::from(child.wait_with_output().unwrap()).succeeded();
    }
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), 9);
    for (index, first) in times.iter().enumerate() {
        let end = *first + Duration::from_millis(1900);
        let inside = times[index..].iter().take_while(|time| **time < end).count();
        assert!(inside <= 4, "{inside} requests within two seconds: {times:?}");
    }
    assert!(times[8] - times[0] >= Duration::from_secs(4), "{times:?}");
}
