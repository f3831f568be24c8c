//! What is written down of calls, and what never is.

use std::io::Write;
use std::sync::{Arc, Mutex};

use airbyte_agent_mcp::{Audit, Limits};
use serde_json::{Value, json};

use crate::harness::{SECRET, Vendor, call, connect, server, tool};

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn calls_are_written_down_without_what_they_return() {
    let log = Log::default();
    let session = connect(server(&Vendor::default()).audit(Audit::to(log.clone())).build()).await;
    call(&session, "things", "list", json!({"color": "blue"})).await;
    let [line] = &log.lines()[..] else { panic!("{}", log.text()) };
    for (name, value) in [
        ("event", json!("end")),
        ("call", json!(1)),
        ("tool", json!("acme")),
        ("account", json!("acme")),
        ("connector", json!("acme")),
        ("entity", json!("things")),
        ("action", json!("list")),
        ("outcome", json!("ok")),
        ("records", json!(2)),
        ("arguments", json!({"entity": "things", "action": "list", "params": {"color": "blue"}})),
    ] {
        assert_eq!(line[name], value, "{name}");
    }
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
    assert!(line["ms"].is_u64() && line["bytes"].is_u64());
    assert!(!log.text().contains("One"), "{}", log.text());
}

#[tokio::test]
async fn a_change_is_written_down_before_it_is_made_and_its_contents_never() {
    let log = Log::default();
    let session = connect(server(&Vendor::default()).audit(Audit::to(log.clone())).build()).await;
    let params = json!({
        "name": "Quite Private", "note": "very private", "size": 3, "color": "red",
        "owner_id": "u1", "pin": "1234-canary",
    });
    call(&session, "things", "create", params).await;
    let lines = log.lines();
    assert_eq!((&lines[0]["event"], &lines[1]["event"]), (&json!("begin"), &json!("end")));
    let expected = json!({
        "name": "[text, 13 characters]", "note": "[text, 12 characters]", "size": 3,
        "color": "red", "owner_id": "u1", "pin": "[secret]",
    });
    assert_eq!(lines[1]["arguments"]["params"], expected);
    assert!(!log.text().to_lowercase().contains("private") && !log.text().contains("canary"));
}

#[tokio::test]
async fn secrets_are_masked_wherever_they_stand() {
    let log = Log::default();
    let session = connect(server(&Vendor::default()).audit(Audit::to(log.clone())).build()).await;
    call(&session, "things", "list", json!({"access_token": "canary"})).await;
    tool(&session, "acme", json!({"entity": "things", "action": "list", "password": "canary"}))
        .await;
    tool(
        &session,
        "acme",
        json!({"entity": "things", "action": "get",
        "params": "{\"id\": \"t1\", \"api_key\": \"canary\"}"}),
    )
    .await;
    tool(&session, "nothing", json!({"token": "canary", "params": {"x": "canary"}})).await;
    tool(&session, "acme", json!({"entity": "thing", "action": "get", "params": {"x": "canary"}}))
        .await;
    assert_eq!(log.lines().len(), 5);
    assert!(!log.text().contains("canary"), "{}", log.text());
}

#[tokio::test]
async fn every_end_is_told() {
    let log = Log::default();
    let limits = Limits::STANDARD.timeout(std::time::Duration::from_millis(50));
    let builder = server(&Vendor::default()).audit(Audit::to(log.clone())).limits(limits);
    let session = connect(builder.build()).await;
    for id in ["gone", "slow", "defect"] {
        call(&session, "things", "get", json!({"id": id})).await;
    }
    let outcomes: Vec<Value> = log.lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["error", "timeout", "internal"]);
    assert_eq!(log.lines()[0]["error"], "not_found");
}

#[tokio::test]
async fn a_cursor_is_told_by_what_it_says_wherever_it_stands() {
    let log = Log::default();
    let session = connect(server(&Vendor::default()).audit(Audit::to(log.clone())).build()).await;
    // Written by somebody else. The operation has a parameter of that name.
    let cursor = concat!(
        "eyJvIjoidGhpbmdzLmxpc3QiLCJzIjp7ImN1cnNvciI6ImM5IiwiYWNjZXNzX3Rva2VuIjoiY2",
        "FuYXJ5In0sInUiOiJodHRwczovL2FjbWUudGVzdC9zZWNyZXRzIn14eHh4eHh4eHh4eHh4eHh4",
    );
    call(&session, "things", "list", json!({"cursor": cursor})).await;
    call(&session, "things", "list", json!({"cursor": "of-the-vendor"})).await;
    let lines = log.lines();
    let said = json!({
        "operation": "things.list", "address": "https://acme.test/secrets",
        "arguments": {"cursor": "c9", "access_token": "[secret]"},
    });
    assert_eq!(lines[0]["arguments"]["params"], json!({"cursor": said}));
    assert_eq!(lines[0]["outcome"], "error");
    assert_eq!(lines[1]["arguments"]["params"], json!({"cursor": "of-the-vendor"}));
}

/// A disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_written_down_is_not_made() {
    let vendor = Vendor::default();
    let session = connect(server(&vendor).audit(Audit::to(Full)).build()).await;
    let refused = call(&session, "things", "create", json!({"name": "x"})).await;
    assert!(refused.is_error(), "{}", refused.text());
    assert_eq!(refused.error(), "not_audited");
    assert_eq!(refused.json()["retry"], "never");
    assert!(vendor.called().is_empty());
    // What changes nothing goes on.
    let list = call(&session, "things", "list", json!({})).await;
    assert!(!list.is_error(), "{}", list.text());
}

/// A model may have read a credential somewhere, and a vendor repeats what it is sent.
#[tokio::test]
async fn neither_results_nor_errors_nor_the_log_show_a_credential() {
    let log = Log::default();
    let session = connect(server(&Vendor::default()).audit(Audit::to(log.clone())).build()).await;
    // The mark at which the log shortens a text stands inside the credential.
    let long = format!("{}{SECRET}", "x".repeat(112));
    for (entity, action, params) in [
        ("things", "get", json!({"id": SECRET})),
        ("things", "get", json!({"id": long})),
        ("things", "get", json!({"id": "t1", SECRET: 1})),
        ("things", SECRET, json!({})),
        (SECRET, "get", json!({})),
    ] {
        let answer = call(&session, entity, action, params.clone()).await;
        let shown = format!("{} {}", answer.text(), answer.json());
        assert!(!shown.contains("canary"), "{entity} {action} {params}: {shown}");
    }
    assert_eq!(log.lines().len(), 5);
    assert!(!log.text().contains("canary"), "{}", log.text());
    assert!(log.text().contains("[redacted]"), "{}", log.text());
}
