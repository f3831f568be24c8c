//! The calls of a batch are limited, counted and written down one by one, and end together.

use std::time::{Duration, Instant};

use airbyte_agent_core::tools::{Exposure, Policy};
use airbyte_agent_mcp::{Audit, Limits, Quota, ResultForm, ServerBuilder};
use rmcp::model::{CallToolRequest, CallToolRequestParams, ClientRequest};
use rmcp::service::PeerRequestOptions;
use serde_json::{Value, json};

use crate::audit::Log;
use crate::harness::{Answer, SECRET, Session, Vendor, connect, eventually, server, tool};

fn batching(vendor: &Vendor) -> ServerBuilder {
    server(vendor).batches(true)
}

fn get(id: &str) -> Value {
    json!({"as": id, "connector": "acme", "entity": "things", "action": "get", "params": {"id": id}})
}

fn list(name: &str) -> Value {
    json!({"as": name, "connector": "acme", "entity": "things", "action": "list"})
}

async fn batch(session: &Session, calls: Value) -> Answer {
    tool(session, "batch", json!({"calls": calls})).await
}

#[tokio::test]
async fn one_answer_has_the_result_of_every_call_in_either_form() {
    for exposure in [Exposure::PerOperation, Exposure::PerConnector, Exposure::SearchExecute] {
        for (form, is_structure) in [(ResultForm::Text, false), (ResultForm::Structure, true)] {
            let builder = batching(&Vendor::default()).exposure(exposure).result_form(form);
            let session = connect(builder.prefix("x").unwrap().build()).await;
            let calls = json!([list("all"), get("t1"), get("gone"), get("locked")]);
            let answer = tool(&session, "x_batch", json!({"calls": calls})).await;
            assert_eq!(answer.structured().is_some(), is_structure);
            assert!(!answer.is_error());
            let results = answer.json()["results"].clone();
            assert_eq!(results["all"]["data"].as_array().unwrap().len(), 2);
            assert_eq!(results["t1"]["data"]["id"], "t1");
            assert_eq!(results["gone"]["error"], "not_found");
            assert_eq!(results["locked"]["operator_problem"], true);
            let instructions = session.peer_info().unwrap().instructions.clone().unwrap();
            assert!(instructions.contains("one call of x_batch"), "{instructions}");
        }
    }
    let session = connect(server(&Vendor::default()).build()).await;
    assert_eq!(batch(&session, json!([list("all")])).await.error(), "unknown_tool");
    let instructions = session.peer_info().unwrap().instructions.clone().unwrap();
    assert!(!instructions.contains("batch"), "{instructions}");
}

#[tokio::test]
async fn calls_of_a_batch_wait_for_their_turns_like_others() {
    for (limits, most) in [(Limits::STANDARD.concurrency(3), 3), (Limits::STANDARD, 8)] {
        let vendor = Vendor::default();
        let session = connect(batching(&vendor).limits(limits).build()).await;
        let calls = (0..12).map(|n| {
            let mut call = get("short");
            call["as"] = n.to_string().into();
            call
        });
        let answer = batch(&session, calls.collect()).await;
        assert_eq!(answer.json()["results"].as_object().unwrap().len(), 12);
        assert_eq!(vendor.most_at_once(), most);
    }
    // Batches share the turns, and none of them waits for itself.
    let vendor = Vendor::default();
    let session = connect(batching(&vendor).limits(Limits::STANDARD.concurrency(1)).build()).await;
    let calls = json!([get("short"), list("all"), get("t1")]);
    let (a, b) = tokio::join!(batch(&session, calls.clone()), batch(&session, calls));
    assert!(a.json()["results"]["t1"]["data"].is_object() && !b.is_error());
    assert_eq!(vendor.most_at_once(), 1);
}

#[tokio::test]
async fn the_operators_rates_count_every_call() {
    let vendor = Vendor::default();
    let quotas = vec![Quota::parse("things.get", "2/min").unwrap()];
    let session = connect(batching(&vendor).quotas(quotas).build()).await;
    let calls = json!([get("t1"), get("t2"), get("t3"), list("all")]);
    let results = batch(&session, calls).await.json()["results"].clone();
    assert!(results["t1"]["data"].is_object() && results["t2"]["data"].is_object());
    assert_eq!(results["t3"]["error"], "rate_limited");
    assert!(results["t3"]["retry"]["after_seconds"].as_u64().unwrap() <= 31);
    assert!(results["all"]["data"].is_array());
    assert_eq!(vendor.called().len(), 3);
}

#[tokio::test]
async fn a_call_that_takes_too_long_or_panics_ends_alone() {
    let vendor = Vendor::default();
    let limits = Limits::STANDARD.timeout(Duration::from_millis(300));
    let session = connect(batching(&vendor).limits(limits).build()).await;
    let begun = Instant::now();
    let calls = json!([get("slow"), get("defect"), get("t1")]);
    let answer = batch(&session, calls).await;
    let results = answer.json()["results"].clone();
    assert_eq!(results["slow"]["error"], "timeout", "{results}");
    assert!(results["slow"]["message"].as_str().unwrap().contains("0.3 s"));
    assert_eq!(results["defect"]["error"], "internal");
    assert_eq!(results["t1"]["data"]["id"], "t1");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(vendor.running(), 0);
}

#[tokio::test]
async fn a_cancelled_batch_ends_all_of_its_calls() {
    let vendor = Vendor::default();
    let log = Log::default();
    let session = connect(batching(&vendor).audit(Audit::to(log.clone())).build()).await;
    let mut other = get("slow");
    other["as"] = "other".into();
    let Value::Object(arguments) = json!({"calls": [get("slow"), other]}) else { unreachable!() };
    let params = CallToolRequestParams::new("batch").with_arguments(arguments);
    let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
    let options = PeerRequestOptions::no_options();
    let handle = session.send_cancellable_request(request, options).await.unwrap();
    eventually(|| vendor.running() == 2).await;
    handle.cancel(None).await.unwrap();
    eventually(|| vendor.running() == 0).await;
    eventually(|| log.lines().len() == 3).await;
    assert!(log.lines().iter().all(|line| line["outcome"] == "cancelled"), "{}", log.text());
}

#[tokio::test]
async fn every_call_is_written_down_without_what_it_returns() {
    let log = Log::default();
    let policy = Policy::default().ask("things.create").unwrap();
    let builder = batching(&Vendor::default()).policy(policy).audit(Audit::to(log.clone()));
    let session = connect(builder.build()).await;
    let mut secret = get("t1");
    secret["params"]["api_key"] = "canary-1".into();
    secret["params"]["note"] = SECRET.into();
    let write = json!({"as": "new", "connector": "acme", "entity": "things", "action": "create",
                       "params": {"name": "Quite Private"}});
    let by_tool = json!({"as": "by_tool", "tool": "acme",
                         "arguments": {"entity": "things", "action": "list"}});
    batch(&session, json!([secret, get("gone"), write, by_tool])).await;
    let lines = log.lines();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
            [text("tool"), text("part"), text("action"), text("outcome"), text("error")].join(" ")
        })
        .collect();
    let mut sorted = told.clone();
    sorted.sort();
    let expected = [
        "acme by_tool list ok -",
        "batch - - ok -",
        "batch gone get error not_found",
        "batch new - error not_permitted",
        "batch t1 get error validation",
    ];
    assert_eq!(sorted, expected, "{}", log.text());
    assert_eq!(lines.last().unwrap()["arguments"], json!({"calls": "[list of 4]"}));
    assert!(lines.iter().all(|line| line["event"] == "end"), "nothing is changed");
    for part in ["canary", SECRET, "Private", "One"] {
        assert!(!log.text().contains(part), "{part}: {}", log.text());
    }
}

#[tokio::test]
async fn nothing_is_changed_and_nobody_is_asked_in_a_batch() {
    for policy in [
        Policy::default(),
        Policy::default().ask("writes").unwrap(),
        Policy::default().ask("*").unwrap(),
        Policy::default().read_only(),
    ] {
        let vendor = Vendor::default();
        let asks_about_reads = policy == Policy::default().ask("*").unwrap();
        let session = connect(batching(&vendor).policy(policy).build()).await;
        let write = |action: &str, name: &str| {
            json!({"as": name, "connector": "acme", "entity": "things", "action": action,
                   "params": {"id": "t1", "name": "x"}, "read_only": true})
        };
        let calls = json!([write("create", "a"), write("delete", "b"), get("t1"),
            {"as": "c", "tool": "acme", "arguments": write("delete", "c")},
            {"as": "d", "tool": "batch", "arguments": {"calls": [write("delete", "d")]}}]);
        let results = batch(&session, calls).await.json()["results"].clone();
        for name in ["a", "b", "c", "d"] {
            assert!(results[name]["error"].is_string(), "{results}");
        }
        let expected: &[&str] = if asks_about_reads { &[] } else { &["things.get"] };
        assert_eq!(vendor.called(), expected, "{results}");
    }
}

#[tokio::test]
async fn progress_is_told_of_all_calls_together() {
    let session = connect(batching(&Vendor::default()).build()).await;
    batch(&session, json!([list("a"), list("b")])).await;
    let listener = session.service();
    eventually(|| {
        let told = listener.told();
        let last = told.last().and_then(|report| report.message.clone()).unwrap_or_default();
        last == "4 records, 2 pages"
    })
    .await;
}
