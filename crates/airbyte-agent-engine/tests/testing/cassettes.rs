//! What was recorded is replayed: answers, failures, files, tokens.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use airbyte_agent_engine::testing::{Recorder, Replay};
use airbyte_agent_engine::{Client, Credentials, ErrorKind, HttpClient, Local, Result};
use serde_json::{Value, json};

use crate::acme::{description, impatient, oauth, token};
use crate::server::{Answer, Seen, Server};

struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("deep/cassette.jsonl")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.path()).unwrap()
    }
}

fn local(credentials: Credentials, http: impl HttpClient + 'static) -> Local {
    Local::new(credentials).retry(impatient()).http_client(http)
}

/// A client whose requests go to the server by way of the recorder.
fn recording(server: &Server, credentials: Credentials, recorder: &Recorder) -> Client {
    let local = local(credentials, recorder.clone()).via(&server.url).allow_private_hosts();
    Client::local(description(), local).unwrap()
}

fn replaying(path: &Path, credentials: Credentials) -> (Client, Replay) {
    let replay = Replay::open(path).unwrap();
    (Client::local(description(), local(credentials, replay.clone())).unwrap(), replay)
}

async fn data(client: &Client, entity: &str, action: &str, arguments: Value) -> Result<Value> {
    client.execute(entity, action, arguments).await.map(|outcome| outcome.data)
}

fn other_token() -> Credentials {
    Credentials::new().field("token", "something-else")
}

fn vendor(seen: &Seen, before: usize) -> Answer {
    match (seen.method.as_str(), seen.target.as_str()) {
        ("GET", "/things?limit=1") => {
            Answer::json(200, json!({"things": [{"id": "1"}], "next": "c2", "total": 2}))
        }
        ("GET", "/things?cursor=c2&limit=1" | "/things?limit=1&cursor=c2") => {
            Answer::json(200, json!({"things": [{"id": "2"}], "total": 2}))
        }
        ("POST", "/things") => Answer::json(200, json!({"id": format!("new-{before}")})),
        ("GET", "/things/gone") => Answer::json(404, json!({"error": "no such thing"})),
        ("GET", "/files/7") => Answer::json(
            200,
            json!({"file": {"url": "https://files.acme.test/x?X-Amz-Signature=abc&part=1"}}),
        ),
        ("GET", target) if target.starts_with("/x?") => {
            Answer { body: vec![0xff, 0, 1, 2], ..Answer::json(200, "") }
                .header("content-disposition", "attachment")
        }
        _ => Answer::json(500, json!({"error": "broken"})),
    }
}

#[tokio::test]
async fn a_recording_answers_in_the_place_of_the_vendor() {
    let (place, server) = (Place::new(), Server::start(vendor).await);
    let recorder = Recorder::new(place.path(), &token());
    let client = recording(&server, token(), &recorder);
    let list = json!({"limit": 1});
    let run = async |client: &Client| {
        let call = client.execute("things", "list", list.clone()).into_call().unwrap();
        let all: Vec<Value> = call.items().collect().await.unwrap();
        let new = data(client, "things", "create", json!({"name": "n"})).await.unwrap();
        let newer = data(client, "things", "create", json!({"name": "n"})).await.unwrap();
        let gone = data(client, "things", "get", json!({"id": "gone"})).await.unwrap_err();
        let file = client.execute("files", "download", json!({"id": "7"})).into_call().unwrap();
        let file = file.download().await.unwrap();
        let size = file.content_length();
        (all, new, newer, gone.to_string(), size, file.bytes().await.unwrap())
    };
    let live = run(&client).await;
    assert_eq!((live.0.len(), &live.2["id"], live.5.len()), (2, &json!("new-3"), 4));
    assert!(!place.path().exists(), "nothing is written before the end");
    assert_eq!(recorder.finish().unwrap(), 7);

    let text = place.text();
    assert!(text.starts_with(r#"{"cassette":1,"#) && text.lines().count() == 8, "{text}");
    assert!(text.contains("https://api.acme.test/things?limit=1"), "{text}");
    for secret in ["canary", "X-Amz-Signature=abc", "authorization", "127.0.0.1"] {
        assert!(!text.to_lowercase().contains(&secret.to_lowercase()), "{secret}: {text}");
    }
    let (client, replay) = replaying(&place.path(), other_token());
    assert_eq!(replay.unused().len(), 7);
    assert_eq!(run(&client).await, live);
    assert!(replay.unused().is_empty());
}

#[tokio::test]
async fn what_was_not_recorded_is_named_at_once() {
    let (place, server) = (Place::new(), Server::start(vendor).await);
    let recorder = Recorder::new(place.path(), &token());
    let client = recording(&server, token(), &recorder);
    data(&client, "things", "list", json!({"limit": 1})).await.unwrap();
    data(&client, "things", "create", json!({"name": "n"})).await.unwrap();
    recorder.finish().unwrap();

    let (client, replay) = replaying(&place.path(), token());
    for (action, arguments, part) in [
        ("list", json!({"limit": 2}), "query parameter 'limit' is '1' there, '2' here"),
        ("list", json!({}), "query parameter 'limit' is there only"),
        ("list", json!({"limit": 1, "color": "red"}), "query parameter 'color' is here only"),
        ("create", json!({"name": "m"}), "the body differs at $.name"),
        ("create", json!({"name": "n", "note": "x"}), "the body has $.note here only"),
        ("get", json!({"id": "1"}), "path is /things there"),
    ] {
        let start = Instant::now();
        let error = data(&client, "things", action, arguments).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false));
        let message = error.to_string();
        assert!(message.contains("has no response for") && message.contains(part), "{message}");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(replay.unused().len(), 2);
    // The last of equal answers is given again.
    for _ in 0..3 {
        data(&client, "things", "list", json!({"limit": 1})).await.unwrap();
    }
    assert_eq!(replay.unused(), ["POST https://api.acme.test/things"]);
}

#[tokio::test]
async fn failures_are_replayed_as_they_were() {
    let place = Place::new();
    let server = Server::start(|_, before| match before {
        0 => Answer::hang_up(),
        1 => Answer::json(429, json!({"error": "slow"})).header("retry-after", 0),
        2 => Answer::json(200, json!({"things": [{"id": "1"}]})),
        _ => Answer::json(200, json!({"things": [{"id": "1"}]})).cut_after(9),
    })
    .await;
    let recorder = Recorder::new(place.path(), &token());
    let client = recording(&server, token(), &recorder);
    data(&client, "things", "list", json!({})).await.unwrap();
    let live = data(&client, "things", "list", json!({})).await.unwrap_err();
    // The body that breaks off is requested three times.
    assert_eq!(recorder.finish().unwrap(), 6);

    let (client, replay) = replaying(&place.path(), token());
    assert_eq!(data(&client, "things", "list", json!({})).await.unwrap(), json!([{"id": "1"}]));
    let error = data(&client, "things", "list", json!({})).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string()), (live.kind(), live.to_string()));
    assert!(replay.unused().is_empty());
}

#[tokio::test]
async fn tokens_are_got_again_and_never_kept() {
    let place = Place::new();
    let server = Server::start(|seen, _| match seen.target.as_str() {
        "/token" => Answer::json(
            200,
            json!({"access_token": "fresh-canary-3f9a-access", "expires_in": 60, "scope": "all"}),
        ),
        _ if seen.header("authorization") == Some("Bearer fresh-canary-3f9a-access") => {
            // A vendor that repeats the token.
            Answer::json(200, json!({"things": [{"id": "fresh-canary-3f9a-access"}]}))
        }
        _ => Answer::json(401, json!({"error": "expired"})),
    })
    .await;
    let recorder = Recorder::new(place.path(), &oauth());
    let client = recording(&server, oauth(), &recorder);
    data(&client, "things", "list", json!({})).await.unwrap();
    recorder.finish().unwrap();
    let text = place.text();
    assert!(!text.contains("canary") && text.contains(r#""body":"withheld""#), "{text}");

    let (client, replay) = replaying(&place.path(), oauth());
    let things = data(&client, "things", "list", json!({})).await.unwrap();
    assert_eq!(things, json!([{"id": "REDACTED-access_token"}]));
    assert!(replay.unused().is_empty());
}

#[test]
fn files_that_are_no_cassettes_are_refused() {
    let place = Place::new();
    let path = place.folder.path().join("x");
    assert!(Replay::open(&path).unwrap_err().to_string().contains("cannot be read"));
    for (text, part) in [
        ("", "is no cassette"),
        ("{}\n", "is no cassette"),
        ("{\"cassette\":9}\n", "has version 9"),
        ("{\"cassette\":1}\n\n{\"request\":{}}\n", "line 3 of"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Replay::open(&path).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
