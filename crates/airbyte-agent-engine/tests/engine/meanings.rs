//! What a failure means by its code, whatever its status.

use std::time::Duration;

use airbyte_agent_engine::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::acme::client;
use crate::server::{Answer, Server};

fn page() -> Answer {
    Answer::json(200, json!({"things": [{"id": "a"}]}))
}

async fn get(
    answers: Vec<Answer>,
    entity: &str,
    action: &str,
    arguments: Value,
) -> (Result<Value, Error>, usize) {
    let server = Server::script(answers).await;
    let outcome = client(&server.url).execute(entity, action, arguments).await;
    (outcome.map(|outcome| outcome.data), server.seen().len())
}

#[tokio::test]
async fn a_code_says_more_than_the_status() {
    use ErrorKind::{Authentication, NotFound, Permission, RateLimited, Validation, Vendor};
    let coded = |code: i64| json!({"error": {"code": code, "message": "no"}});
    for (status, body, kind, retryable) in [
        (400, coded(17), RateLimited, true),
        (400, coded(80004), RateLimited, true),
        (403, coded(80014), RateLimited, true),
        (400, coded(80015), Validation, false),
        (400, coded(190), Authentication, false),
        (400, coded(1), Validation, false),
        (500, coded(17), RateLimited, true),
        (403, json!([{"errorCode": "slow_down", "message": "no"}]), RateLimited, true),
        (403, json!([{"errorCode": "FORBIDDEN", "message": "no"}]), Permission, false),
        (403, json!({"error": {"errors": [{"reason": "slow_down"}]}}), RateLimited, true),
        (400, json!({"error": {"code": "busy"}}), Vendor, true),
        (400, json!({"error": {"code": "no_such_thing"}}), NotFound, false),
        (
            400,
            json!({"errors": [{"message": "x", "extensions": {"code": "RATELIMITED"}}]}),
            RateLimited,
            true,
        ),
        (
            400,
            json!({"errors": [{"message": "Entity not found: Issue", "extensions": {"code": "INPUT_ERROR"}}]}),
            NotFound,
            false,
        ),
        (
            400,
            json!({"errors": [{"message": "x", "extensions": {"code": "AUTHENTICATION_ERROR"}}]}),
            Authentication,
            false,
        ),
    ] {
        let shown = format!("{status} {body}");
        let (result, _) = get(vec![Answer::json(status, body)], "things", "list", json!({})).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{shown}: {error}");
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let limited = json!({"error": {"code": 17}});
    let busy = json!({"error": {"code": "busy"}});
    let throttled = json!({
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"needed": 100, "available": 100, "rate": 50}},
    });
    let viewer = Answer::json(200, json!({"data": {"viewer": {"login": "a"}}}));
    let inside = json!({"ok": false, "error": "slow_down"});
    let failing = json!({"ok": false, "error": "busy"});
    let thing = || json!({"name": "x"});
    for (first, then, entity, action, arguments, tries) in [
        (Answer::json(400, limited.clone()), page(), "things", "list", json!({}), 2),
        // Refused before anything happened, so a write is tried again too.
        (Answer::json(400, limited), page(), "things", "create", thing(), 2),
        (Answer::json(400, busy.clone()), page(), "things", "list", json!({}), 2),
        (Answer::json(400, busy), page(), "things", "create", thing(), 1),
        // Inside a success.
        (Answer::json(200, inside), page(), "things", "list", json!({}), 2),
        (Answer::json(200, failing.clone()), page(), "things", "list", json!({}), 2),
        (Answer::json(200, failing), page(), "things", "create", thing(), 1),
        (Answer::json(200, throttled), viewer, "viewer", "get", json!({}), 2),
    ] {
        let shown = format!("{entity}.{action} after {}", String::from_utf8_lossy(&first.body));
        let (result, count) = get(vec![first, then], entity, action, arguments).await;
        assert_eq!((result.is_ok(), count), (tries == 2, tries), "{shown}: {result:?}");
    }
}

#[tokio::test]
async fn the_cost_of_a_request_says_how_long_to_wait() {
    let body = json!({
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {"cost": {"needed": 10_000, "available": 100, "rate": 50}},
    });
    let (result, count) = get(vec![Answer::json(200, body)], "viewer", "get", json!({})).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), count), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(198)));
}

#[tokio::test]
async fn a_window_used_up_makes_a_403_a_limit() {
    let refused = Answer::json(403, json!({"message": "no"}));
    for (used, kind) in [("40/40", ErrorKind::RateLimited), ("39/40", ErrorKind::Permission)] {
        let answer = refused.clone().header("x-used", used).header("x-reset", "3600");
        let (result, count) = get(vec![answer], "things", "list", json!({})).await;
        assert_eq!((result.unwrap_err().kind(), count), (kind, 1), "{used}");
    }
}

#[tokio::test]
async fn a_mutation_that_was_refused_in_any_of_its_lists_fails() {
    let told = json!([{"message": "taken"}]);
    for (viewer, general, own, refused) in [
        (json!(null), json!([]), json!([]), false),
        (json!(null), told.clone(), json!([]), true),
        (json!(null), json!([]), told.clone(), true),
        (json!(null), told.clone(), told.clone(), true),
        // Something came back: the refusals are a part of it.
        (json!({"login": "a"}), json!([]), told.clone(), false),
    ] {
        let update = json!({"viewer": viewer, "userErrors": general, "viewerUserErrors": own});
        let shown = update.to_string();
        let answer = Answer::json(200, json!({"data": {"viewerUpdate": update}}));
        let (result, _) = get(vec![answer], "profile", "update", json!({"login": "a"})).await;
        assert_eq!(result.is_err(), refused, "{shown}: {result:?}");
        if let Err(error) = result {
            assert!(error.message().contains("taken"), "{error}");
        }
    }
}
