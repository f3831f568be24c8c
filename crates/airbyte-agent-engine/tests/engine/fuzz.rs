//! Inputs made at random: nothing panics, no forged cursor is sent, and no text leaves its place. A few
//! hundred inputs in every run; `AIRBYTE_AGENT_FUZZ_SECONDS=60 cargo test --test engine fuzz -- --nocapture`
//! goes on for a minute each and says how many there were.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airbyte_agent_engine::description::{Selection, expression};
use airbyte_agent_engine::{
    BoxFuture, Client, Cursor, CursorKey, Hosted, HttpClient, HttpFailure, HttpRequest,
    HttpResponse,
};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use crate::acme::{description, local, token};

/// Counts inputs until the time is over.
struct Run {
    name: &'static str,
    executions: u64,
    least: u64,
    until: Instant,
}

impl Run {
    fn new(name: &'static str, least: u64) -> Self {
        let seconds = std::env::var("AIRBYTE_AGENT_FUZZ_SECONDS").ok();
        let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or_default();
        Self { name, executions: 0, least, until: Instant::now() + Duration::from_secs(seconds) }
    }

    fn goes_on(&mut self) -> bool {
        self.executions += 1;
        self.executions <= self.least || Instant::now() < self.until
    }
}

impl Drop for Run {
    #[allow(clippy::print_stdout, reason = "reported for runs by hand")]
    fn drop(&mut self) {
        println!("{}: {} executions", self.name, self.executions - 1);
    }
}

/// The text with one to six changes, some of which put pieces into it that mean something.
fn damaged(text: &str, pieces: &[&str], random: &mut fastrand::Rng) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..random.usize(1..=6) {
        let at = random.usize(..=characters.len());
        match random.u8(..5) {
            0 if at < characters.len() => {
                characters.remove(at);
            }
            1 if at < characters.len() => characters[at] = random.char(' '..'\u{17F}'),
            2 => {
                let end = random.usize(at..=characters.len());
                let copy: Vec<char> = characters[at..end.min(at + 40)].to_vec();
                let to = random.usize(..=characters.len());
                characters.splice(to..to, copy);
            }
            3 => characters.truncate(at.max(1)),
            _ => {
                let piece = pieces[random.usize(..pieces.len())];
                characters.splice(at..at, piece.chars());
            }
        }
    }
    characters.into_iter().collect()
}

/// Answers every request with the same body, and counts requests.
#[derive(Clone, Default)]
struct Canned {
    body: Arc<Mutex<String>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl HttpClient for Canned {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        Box::pin(async move {
            self.requests.lock().unwrap().push(request.url.to_string());
            let body = Bytes::from(self.body.lock().unwrap().clone());
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", "application/json".parse().unwrap());
            let body = Box::pin(stream::iter([Ok(body)]));
            Ok(HttpResponse::new(200, headers, body))
        })
    }

    fn guards_addresses(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn cursors_that_are_damaged_are_refused_before_anything_is_sent() {
    let canned = Canned::default();
    *canned.body.lock().unwrap() =
        json!({"walks": [{"id": 1}], "next_page": "/walks?page=2&since=7"}).to_string();
    let options = local("https://acme.test", token()).http_client(canned.clone());
    let client = Client::local(description(), options).unwrap();
    let client = client.with_cursor_key(CursorKey::new(&[7; 32]));
    let first = client.execute("walks", "list", json!({})).await.unwrap().next.unwrap();
    let good = first.to_string();
    client.execute("walks", "list", json!({})).resume(first).await.unwrap();
    canned.requests.lock().unwrap().clear();
    let mut random = fastrand::Rng::with_seed(3);
    let mut run = Run::new("cursor", 300);
    while run.goes_on() {
        let text = damaged(&good, &["A", "==", ".", "-_", "eyJ"], &mut random);
        let Ok(cursor) = text.parse::<Cursor>() else { continue };
        let _ = cursor.unverified();
        if cursor.to_string() == good {
            continue;
        }
        let sent = client.execute("walks", "list", json!({})).resume(cursor).await;
        assert!(sent.is_err(), "{text}");
        assert!(canned.requests.lock().unwrap().is_empty(), "{text}");
    }
}

#[test]
fn expressions_end_and_do_not_panic() {
    let sources = [
        "{{ record.name | replace('a', 'b') | upper }}",
        "{{ not record.a.b }}",
        "{{ value.split('/')[0].strip().lower() }}",
        "{{ now_utc().strftime('%Y-%m-%d') }}",
        "{{ max(config.a, min(1, 2)) ~ duration('P30D') }}",
        "{% if record.a %}{{ record.b }}{% endif %}",
    ];
    let pieces = [
        "{{",
        "}}",
        "{%",
        "%}",
        "for i in range(99999999)",
        "~",
        "|",
        "record",
        "('x'*9999999)",
        ".a",
        "[-1]",
        "range(9)",
        "%",
        "loop",
        "self",
        "**",
        "9999999999",
        "'",
        "\"",
        "namespace()",
    ];
    let record = json!({"name": "banana", "a": {"b": null}, "n": 7, "list": [1, 2]});
    let config = Map::from_iter([("a".to_owned(), json!(3))]);
    let mut random = fastrand::Rng::with_seed(5);
    let mut run = Run::new("expressions", 400);
    while run.goes_on() {
        let source = damaged(sources[random.usize(..sources.len())], &pieces, &mut random);
        let began = Instant::now();
        let _ = expression::compile(&source);
        let _ = expression::keeps(&source, &record);
        let _ = expression::transform(&source, &record, &config);
        let _ = expression::default(&source, &config);
        assert!(began.elapsed() < Duration::from_secs(5), "{source}");
    }
}

#[test]
fn selections_stay_in_their_place() {
    let sources = [
        "id name owner { login }",
        "id labels(first: 10) { nodes { name } } ... on User { bio }",
        "a: title b: body(format: \"\"\"x\"\"\")",
        "edges { node { id } cursor }",
    ];
    let pieces = [
        "{",
        "}",
        "(",
        ")",
        "\"",
        "\"\"\"",
        "\\",
        "#",
        "...",
        ":",
        "@include(if: true)",
        "$x",
        "\n",
        "on Query",
        "\u{feff}",
        ",",
        "}}",
        "\\\"\"\"",
    ];
    let mut random = fastrand::Rng::with_seed(9);
    let mut run = Run::new("GraphQL selection", 2_000);
    while run.goes_on() {
        let text = damaged(sources[random.usize(..sources.len())], &pieces, &mut random);
        let Ok(selection) = Selection::parse(&text) else { continue };
        let names: Vec<String> = selection.names().map(str::to_owned).collect();
        let is_name = |name: &String| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        assert!(names.iter().all(is_name), "{text:?}: {names:?}");
        for name in &names {
            let _ = selection.below(name);
            let _ = selection.shows(&[name]);
        }
    }
}

#[tokio::test]
async fn envelopes_that_are_damaged_are_errors_or_records() {
    let bodies = [
        json!({"status": "success", "result": {"data": [{"id": "a"}], "meta": {}},
               "connector_metadata": {"next": "c"}, "execution_metadata": {}}),
        json!({"result": [{"id": "a"}, null], "connector_metadata": {"pagination": {"cursor": "x"}}}),
        json!({"status": "failed", "error": {"message": "no"}, "execution_metadata": {}}),
        json!({"access_token": "t", "expires_in": 900, "result": null}),
    ];
    let pieces = [
        "null",
        "{}",
        "[]",
        "\"",
        ",",
        ":",
        "{\"result\":",
        "}",
        "]",
        "1e999",
        "-0",
        "\\ud83d",
        "\\u0000",
        "\"$serde_json::private::RawValue\":",
        "true",
        "99999999999999999999",
        "\"status\":\"error\",",
    ];
    let canned = Canned::default();
    let options = Hosted::new("id", "secret-of-the-platform")
        .base_url("https://platform.test")
        .connector_id("c0")
        .max_attempts(1)
        .http_client(canned.clone());
    let client = Client::hosted(description(), options).unwrap();
    *canned.body.lock().unwrap() = json!({"access_token": "token-of-the-platform"}).to_string();
    let _ = client.execute("things", "list", json!({})).await;
    let mut random = fastrand::Rng::with_seed(13);
    let mut run = Run::new("hosted envelope", 300);
    while run.goes_on() {
        let body = bodies[random.usize(..bodies.len())].to_string();
        *canned.body.lock().unwrap() = damaged(&body, &pieces, &mut random);
        match client.execute("things", "list", json!({})).await {
            Ok(outcome) => assert!(
                matches!(outcome.data, Value::Array(_) | Value::Object(_) | Value::Null)
                    || outcome.data.is_string()
                    || outcome.data.is_number()
                    || outcome.data.is_boolean()
            ),
            Err(error) => assert!(!error.message().is_empty()),
        }
        canned.requests.lock().unwrap().clear();
    }
}
