//! What spans tell of calls and their requests.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::instrument::WithSubscriber as _;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};

use crate::acme::client;
use crate::server::{Answer, Server};

type Fields = BTreeMap<String, String>;

/// Keeps the fields of every span, by the order in which they began.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<(&'static str, Fields)>>>);

struct Collect<'a>(&'a mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.name().starts_with("airbyte_agent.")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut Collect(&mut fields));
        let mut spans = self.0.lock().unwrap();
        spans.push((span.metadata().name(), fields));
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let position = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Collect(&mut self.0.lock().unwrap()[position].1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &tracing::Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The fields of the spans of a call and of its request.
async fn spans(server: &Server) -> (Fields, Fields) {
    let spans = Spans::default();
    let call = client(&server.url).execute("things", "list", json!({})).send();
    let _ = call.with_subscriber(spans.clone()).await;
    let all = spans.0.lock().unwrap().clone();
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["airbyte_agent.call", "airbyte_agent.request"]);
    (all[0].1.clone(), all[1].1.clone())
}

fn has(fields: &Fields, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(fields.get(*name).map(String::as_str), Some(*value), "{name}: {fields:?}");
    }
}

#[tokio::test]
async fn a_call_tells_status_and_request_id_and_its_request_the_attempts() {
    let busy = Answer::json(503, json!({}));
    let good = Answer::json(200, json!({"things": []})).header("x-request-id", "r-2");
    let server = Server::script([busy, good]).await;
    let (call, request) = spans(&server).await;
    has(&call, &[("connector", "acme"), ("entity", "things"), ("action", "list")]);
    has(&call, &[("status", "200"), ("request_id", "r-2")]);
    has(&request, &[("what", "things.list"), ("method", "GET"), ("attempts", "2")]);
    has(&request, &[("status", "200"), ("request_id", "r-2"), ("host", "127.0.0.1")]);
    assert!(!call.contains_key("error_kind") && !request.contains_key("error_kind"));
}

#[tokio::test]
async fn failures_tell_their_kind() {
    let missing = Answer::json(404, json!({})).header("x-request-id", "r-1");
    for (answer, status, kind, request_kind, attempts) in [
        (missing, Some("404"), "not_found", Some("not_found"), "1"),
        (Answer::json(200, "no JSON"), Some("200"), "decode", None, "1"),
        (Answer::json(500, json!({})), Some("500"), "vendor", Some("vendor"), "3"),
        (Answer::hang_up(), None, "network", Some("network"), "3"),
    ] {
        let server = Server::script([answer]).await;
        let (call, request) = spans(&server).await;
        assert_eq!(call.get("status").map(String::as_str), status, "{call:?}");
        assert_eq!(request.get("status").map(String::as_str), status, "{request:?}");
        has(&call, &[("error_kind", kind)]);
        assert_eq!(request.get("error_kind").map(String::as_str), request_kind, "{request:?}");
        has(&request, &[("attempts", attempts)]);
    }
}

#[tokio::test]
async fn no_secret_stands_in_a_request_id_or_a_json_path() {
    let secret = "canary-3f9a-token";
    for (status, body) in [
        (404, "{}".to_owned()),
        (400, json!({"message": "no"}).to_string()),
        (200, "no JSON".to_owned()),
        (200, json!({"things": 5}).to_string()),
        (200, format!(r#"{{"things": [{{"{secret}": {{"a": tru}}}}]}}"#)),
    ] {
        let answer = Answer::json(status, &body).header("x-request-id", secret);
        let server = Server::script([answer]).await;
        let (call, request) = spans(&server).await;
        assert!(!format!("{call:?} {request:?}").contains(secret), "{call:?} {request:?}");
        let server = Server::script([Answer::json(status, &body).header("x-request-id", secret)]);
        let client = client(&server.await.url);
        let error = client.execute("things", "list", json!({})).await.unwrap_err();
        let told = format!("{error:?} {:?} {:?}", error.request_id(), error.json_path());
        assert!(!told.contains(secret), "{told}");
        assert!(told.contains("[redacted]") || error.request_id().is_none(), "{told}");
    }
}
