//! Tests of how the server ends: by its client or by a signal, during a call or between calls.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Server, read};
use crate::run::{CANARY, command};
use crate::vendor::{Answer, Vendor};

/// A vendor that waits before it responds.
fn slow(pause: Duration) -> Vendor {
    Vendor::new(move |_, _| {
        std::thread::sleep(pause);
        Answer::json(200, &json!({"object": "list", "data": [{"id": "cus_1"}], "has_more": false}))
    })
}

fn start(vendor: &Vendor) -> Server {
    let args = ["--connector", "stripe", "--via", &vendor.url];
    Server::start(&args, &[("AIRBYTE_AGENT_STRIPE_API_KEY", CANARY)])
}

/// Starts a call and waits until the vendor has received the request.
fn begin(server: &mut Server, vendor: &Vendor) {
    let arguments = json!({"entity": "customers", "action": "list"});
    server.send(7, "tools/call", json!({"name": "stripe", "arguments": arguments}));
    let begun = Instant::now();
    while vendor.seen().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "the vendor was not asked");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
}

#[test]
fn a_client_that_goes_ends_the_server() {
    let vendor = slow(Duration::from_secs(30));
    let server = start(&vendor);
    let begun = Instant::now();
    assert_eq!(server.end().succeeded().stderr, "");
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let mut server = start(&vendor);
    begin(&mut server, &vendor);
    let begun = Instant::now();
    server.end().succeeded();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
#[cfg(unix)]
fn a_signal_lets_the_call_end_that_runs() {
    for name in ["TERM", "INT"] {
        let vendor = slow(Duration::from_millis(700));
        let server = start(&vendor);
        let begun = Instant::now();
        signal(&server.child, name);
        server.wait().succeeded();
        assert!(begun.elapsed() < Duration::from_secs(2), "{name} {:?}", begun.elapsed());

        let mut server = start(&vendor);
        begin(&mut server, &vendor);
        signal(&server.child, name);
        let answer = server.answer(7);
        assert_eq!(read(&answer)["data"][0]["id"], "cus_1", "{answer}");
        let outcome = server.wait().succeeded();
        assert!(!outcome.stderr.contains(CANARY), "{outcome:?}");
    }
}

#[test]
#[cfg(unix)]
fn a_signal_ends_a_server_over_http() {
    let args = ["mcp", "--connector", "stripe", "--http", "127.0.0.1:0"];
    let mut command = command(&args);
    command.env("AIRBYTE_AGENT_MCP_TOKEN", format!("bearer-{CANARY}"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
    let lines = told.by_ref().map(Result::unwrap);
    let listening = lines.take_while(|line| !line.contains("mcp listening on")).collect::<String>();
    signal(&child, "TERM");
    let rest: String = told.map(Result::unwrap).collect();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{listening} {rest}");
    assert!(ended.stdout.is_empty() && !format!("{listening}{rest}").contains(CANARY));
}
