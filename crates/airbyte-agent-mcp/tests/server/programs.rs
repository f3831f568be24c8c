//! The calls of a program are shown, limited, counted and written down one by one, and end in time.

use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::tools::{Exposure, Policy};
use airbyte_agent_mcp::{Audit, Limits, Quota, ServerBuilder};
use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};

use crate::approval::{self, Does, User};
use crate::audit::Log;
use crate::harness::{Answer, SECRET, Session, Vendor, connect, eventually, server, tool};
use crate::script::Script;

fn programming(vendor: &Vendor) -> ServerBuilder {
    server(vendor).programs(Arc::new(Script))
}

/// A call of the tool of the connector.
fn part(action: &str, id: &str) -> Value {
    json!(["acme", {"entity": "things", "action": action, "params": {"id": id}}])
}

async fn run(session: &Session, script: Value) -> Answer {
    tool(session, "program", json!({"code": script.to_string()})).await
}

#[tokio::test]
async fn a_program_is_offered_where_it_is_wanted_and_gives_its_answer() {
    for exposure in [Exposure::PerConnector, Exposure::SearchExecute] {
        let builder = programming(&Vendor::default()).exposure(exposure);
        let session = connect(builder.prefix("x").unwrap().build()).await;
        let script = json!({"return": {"sum": 7}}).to_string();
        let answer = tool(&session, "x_program", json!({"code": script})).await;
        assert_eq!(answer.json(), json!({"data": {"sum": 7}}));
        let instructions = session.peer_info().unwrap().instructions.clone().unwrap();
        assert!(instructions.contains("one call of x_program"), "{instructions}");
    }
    let session = connect(server(&Vendor::default()).build()).await;
    assert_eq!(run(&session, json!({})).await.error(), "unknown_tool");
    let instructions = session.peer_info().unwrap().instructions.clone().unwrap();
    assert!(!instructions.contains("program"), "{instructions}");
}

#[tokio::test]
async fn calls_are_counted_wait_for_their_turns_and_are_written_down() {
    let vendor = Vendor::default();
    let log = Log::default();
    let quotas = vec![Quota::parse("things.get", "4/min").unwrap()];
    let limits = Limits::STANDARD.concurrency(2).destructive(1);
    let builder = programming(&vendor).quotas(quotas).limits(limits).audit(Audit::to(log.clone()));
    let session = connect(builder.build()).await;
    let calls = [
        vec![part("get", "short"); 5],
        vec![part("delete", "t1"), part("delete", "t2"), part("get", "gone")],
        vec![json!(["acme", {"entity": "things", "action": "get", "params": {"id": SECRET}}])],
    ]
    .concat();
    let answer = run(&session, json!({"calls": calls, "together": true})).await.json();
    let results = answer["data"].as_array().unwrap();
    let count = |error: &str| results.iter().filter(|one| one["error"] == error).count();
    assert_eq!((count("rate_limited"), count("too_destructive")), (3, 1), "{answer}");
    assert_eq!(vendor.most_at_once(), 2);
    assert_eq!(vendor.called().len(), 5);
    assert_eq!(answer["notes"], json!(["It changed data: acme things.delete."]));

    assert!(!log.text().contains(SECRET), "{}", log.text());
    let lines = log.lines();
    let ends = |line: &&Value| line["event"] == "end" && line["part"].is_string();
    let parts: Vec<&Value> = lines.iter().filter(ends).collect();
    assert_eq!(parts.len(), 9);
    assert_eq!(parts.iter().filter(|line| line["outcome"] == "ok").count(), 5);
    assert!(parts.iter().all(|line| line["tool"] == "acme" && line["entity"] == "things"));
    let whole = lines.last().unwrap();
    assert_eq!(
        (&whole["tool"], &whole["outcome"], whole.get("part")),
        (&json!("program"), &json!("ok"), None)
    );
    // A change is written down before it is made.
    let begun = |line: &&Value| line["event"] == "begin" && line["action"] == "delete";
    assert_eq!(lines.iter().filter(begun).count(), 2);
}

async fn run_as(
    session: &rmcp::service::RunningService<rmcp::RoleClient, User>,
    script: Value,
) -> Answer {
    let arguments = json!({"code": script.to_string()});
    let Value::Object(arguments) = arguments else { panic!("an object") };
    let request = CallToolRequestParams::new("program").with_arguments(arguments);
    Answer(session.call_tool(request).await.unwrap())
}

#[tokio::test]
async fn the_user_is_asked_about_each_call_and_nothing_is_sent_unapproved() {
    let both = json!({"calls": [part("delete", "t1"), part("get", "t1"), part("delete", "t2")], "together": true});
    for (does, by_result, sent, error) in [
        (Does::Approve, false, 3, None),
        (Does::Refuse, false, 1, Some("refused")),
        (Does::Close, false, 1, Some("nobody answered")),
        // A program cannot wait for the answer to a question that ends its call.
        (Does::Approve, true, 1, Some("Make this call by itself")),
    ] {
        let vendor = Vendor::default();
        let user = User::who(does);
        let policy = Policy::default().ask("writes").unwrap();
        let built = programming(&vendor).policy(policy).build();
        let session = approval::connect(built, user.clone(), by_result).await;
        let answer = run_as(&session, both.clone()).await.json();
        assert_eq!(vendor.called().len(), sent, "{does:?} {answer}");
        assert_eq!(user.questions().len(), if by_result { 0 } else { 2 });
        let results = answer["data"].as_array().unwrap();
        assert!(results[1]["data"].is_object(), "{answer}");
        for result in [&results[0], &results[2]] {
            match error {
                None => assert!(result.get("error").is_none(), "{answer}"),
                Some(part) => {
                    assert_eq!(result["error"], "not_approved", "{answer}");
                    assert!(result["message"].as_str().unwrap().contains(part), "{answer}");
                }
            }
        }
    }
}

#[tokio::test]
async fn time_in_which_the_user_is_asked_is_none_of_the_program() {
    let vendor = Vendor::default();
    let policy = Policy::default().ask("writes").unwrap();
    let limits = Limits::STANDARD.timeout(Duration::from_millis(250));
    let built = programming(&vendor).policy(policy).limits(limits).build();
    let session = approval::connect(built, User::who(Does::AnswerLate), false).await;
    let script = json!({"calls": [part("delete", "t1"), part("delete", "t2")], "return": 7});
    let answer = run_as(&session, script).await.json();
    assert_eq!(answer["data"], 7, "{answer}");
    assert_eq!(vendor.called().len(), 2);
}

#[tokio::test]
async fn a_program_ends_in_time_and_says_what_it_changed() {
    let vendor = Vendor::default();
    let limits = Limits::STANDARD.timeout(Duration::from_millis(300));
    let session = connect(programming(&vendor).limits(limits).build()).await;
    // A call that takes too long ends, and the program goes on.
    let script = json!({"calls": [part("get", "slow"), part("get", "defect"), part("get", "t1")], "together": true});
    let results = run(&session, script).await.json()["data"].clone();
    assert_eq!(
        (&results[0]["error"], &results[1]["error"]),
        (&json!("timeout"), &json!("internal"))
    );
    assert!(results[2]["data"].is_object(), "{results}");
    let answer = run(&session, json!({"calls": [part("delete", "t1")], "hang": true})).await;
    assert_eq!(answer.error(), "program_failed");
    for part in ["it was ended after 0.3 s", "It changed data: acme things.delete."] {
        assert!(answer.text().contains(part), "{}", answer.text());
    }
    // A change without an answer is not called one that was not made.
    let answer =
        run(&session, json!({"calls": [part("delete", "slow")], "return": 1})).await.json();
    let note = answer["notes"][0].as_str().unwrap();
    assert!(
        note.contains("It is not known whether it changed data by acme things.delete"),
        "{note}"
    );
    eventually(|| vendor.running() == 0).await;
}
