//! Changes that are repeated because nobody knows what became of the first one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use airbyte_agent_tools::{Exposure, ToolOutput, Toolset};
use serde_json::{Value, json};

use crate::library::{call, tools};
use crate::server::{Answer, Server};

async fn lend(tools: &Toolset, session: u64, book: u64) -> Result<ToolOutput, String> {
    let params = json!({"book": book});
    let (name, given) = call(Exposure::PerConnector, "loans", "create", params, json!({}));
    let plan = tools.plan(&name, given).unwrap().in_session(session);
    assert!(plan.is_repeatable());
    plan.run().await.map_err(|error| error.to_string())
}

/// The keys of the requests in their order, as numbers: the same key has the same number.
fn keys(server: &Server) -> Vec<usize> {
    let mut known: Vec<String> = Vec::new();
    let keys = server.seen().into_iter().map(|request| {
        let key = request.header("idempotency-key").unwrap().to_owned();
        assert!(key.len() >= 32, "{key}");
        known.iter().position(|earlier| *earlier == key).unwrap_or_else(|| {
            known.push(key);
            known.len() - 1
        })
    });
    keys.collect()
}

fn loan() -> Answer {
    Answer::json(200, json!({"loan": "L1"}))
}

#[tokio::test]
async fn a_call_whose_outcome_is_not_known_has_the_same_key_when_it_is_repeated() {
    for (first, session, book, is_same) in [
        // No response came: the same call has the same key.
        (Answer::hang_up(), 1, 7, true),
        (Answer::json(502, "down"), 1, 7, true),
        // Another call and another session have their own.
        (Answer::hang_up(), 1, 8, false),
        (Answer::hang_up(), 2, 7, false),
        // The outcome was told: to call again means to do it again.
        (loan(), 1, 7, false),
        (Answer::json(422, json!({"message": "no"})), 1, 7, false),
        (Answer::json(409, json!({"message": "taken"})), 1, 7, false),
    ] {
        let is_first = Arc::new(AtomicBool::new(true));
        let switch = Arc::clone(&is_first);
        let answer = first.clone();
        let server =
            Server::start(
                move |_, _| {
                    if switch.load(Ordering::SeqCst) { answer.clone() } else { loan() }
                },
            )
            .await;
        let tools = tools(&server, Exposure::PerConnector);
        let outcome = lend(&tools, 1, 7).await.err().unwrap_or_default();
        is_first.store(false, Ordering::SeqCst);
        let repeated = lend(&tools, session, book).await.unwrap();
        // The engine has sent the first one several times, with one key.
        let keys = keys(&server);
        let last = keys.last().copied();
        assert_eq!(last, Some(usize::from(!is_same)), "{keys:?} {outcome}");
        assert_eq!(repeated.text.contains("the vendor does it once"), is_same, "{}", repeated.text);
        let is_unknown = outcome.contains("within 30 minutes");
        assert!(is_unknown || !is_same, "{outcome}");
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_its_key_behind() {
    let slow = loan().pause(Duration::from_secs(5));
    let server = Server::script([slow, loan(), loan()]).await;
    let tools = tools(&server, Exposure::PerConnector);
    let short = Duration::from_millis(300);
    assert!(tokio::time::timeout(short, lend(&tools, 1, 7)).await.is_err());
    lend(&tools, 1, 7).await.unwrap();
    // The outcome is known now.
    lend(&tools, 1, 7).await.unwrap();
    assert_eq!(keys(&server), [0, 0, 1]);
}

#[tokio::test]
async fn operations_without_keys_send_none() {
    let server = Server::script([Answer::json(200, json!({"id": 7}))]).await;
    let tools = tools(&server, Exposure::PerConnector);
    let params: Value = json!({"title": "x"});
    let (name, given) = call(Exposure::PerConnector, "books", "create", params, json!({}));
    let plan = tools.plan(&name, given).unwrap();
    assert!(!plan.is_repeatable());
    plan.run().await.unwrap();
    assert!(server.seen()[0].header("idempotency-key").is_none());
}
