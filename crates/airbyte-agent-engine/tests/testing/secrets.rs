//! No secret gets into a cassette: taken out by construction, or the recording is refused.

use std::path::Path;

use airbyte_agent_engine::testing::{Recorder, Replay};
use airbyte_agent_engine::{Client, Credentials, Local};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::acme::description;
use crate::echo::Echo;

const TOKEN: &str = "s3cr3t-t0ken/with+odd \"signs\"";

fn credentials(token: &str) -> Credentials {
    Credentials::new().field("token", token)
}

/// Sends a request to the echo by way of a recorder.
async fn passed(path: &Path, token: &str, echo: Echo, arguments: Value) -> Recorder {
    let credentials = credentials(token);
    let recorder = Recorder::new(path, &credentials).around(echo);
    let local = Local::new(credentials).http_client(recorder.clone());
    let client = Client::local(description(), local).unwrap();
    client.execute("things", "create", arguments).await.unwrap();
    recorder
}

#[tokio::test]
async fn credentials_are_replaced_wherever_they_occur() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.jsonl");
    let token = TOKEN.replace(' ', "-");
    let echo = Echo {
        also: json!({
            "password": "hunter2", "nested": [{"Client-Secret": "xyz", "accessToken": "abc"}],
            "text": format!("your token is {token}!"),
            "link": "https://u.acme.test/f?sig=qwertz&name=x",
            "token": null, "secret": 7,
        }),
        headers: vec![
            ("set-cookie", "session=abc".to_owned()),
            ("x-internal", "abc".to_owned()),
            ("x-ratelimit-remaining", "7".to_owned()),
            ("location", format!("https://acme.test/?access_token=abc&t={}", "x")),
            ("link", "<https://acme.test/?sig=qwertz&page=2>; rel=\"next\"".to_owned()),
        ],
    };
    let arguments = json!({"name": token, "note": "harmless"});
    let recorder = passed(&path, &token, echo, arguments).await;
    recorder.finish().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for secret in
        [token.as_str(), "s3cr3t", "hunter2", "xyz", "abc", "qwertz", "set-cookie", "x-internal"]
    {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    for plain in [
        "harmless",
        "REDACTED-token",
        r#"["x-ratelimit-remaining","7"]"#,
        r#""password":"REDACTED""#,
        "https://u.acme.test/f?sig=REDACTED&name=x",
        "<https://acme.test/?sig=REDACTED&page=2>; rel=\\\"next\\\"",
        r#""token":null,"secret":7"#,
    ] {
        assert!(text.contains(plain), "{plain}: {text}");
    }
    // Any token will do when it is replayed.
    let replay = Replay::open(&path).unwrap();
    let local = Local::new(credentials("other")).http_client(replay);
    let client = Client::local(description(), local).unwrap();
    let arguments = json!({"name": "whatever", "note": "harmless"});
    client.execute("things", "create", arguments).await.unwrap();
}

#[tokio::test]
async fn what_still_looks_secret_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.jsonl");
    // Put together here, so that no scanner takes this file for a leak.
    let github = ["ghp", "_0123456789abcdefghijABCDEFGHIJ012345"].concat();
    let random = ["q7Zt0pL4vXs9BnR2kY", "w8HcJ5mGd3FaT1uEoI6"].concat();
    for (also, place, field) in [
        (
            json!({"a": [{"note": github}]}),
            "the response's body at $.also.a[0].note looks like",
            "note",
        ),
        (
            json!({"blob": random}),
            "the response's body at $.also.blob holds a long random text",
            "blob",
        ),
        (
            json!({"u": format!("https://x.test/?k={random}")}),
            "query parameter 'k', holds a long",
            "k",
        ),
    ] {
        let echo = Echo { also, ..Echo::default() };
        let recorder = passed(&path, TOKEN, echo, json!({"name": "n"})).await;
        let message = recorder.finish().unwrap_err().to_string();
        assert!(message.contains(place), "{message}");
        assert!(!message.contains(&github) && !message.contains(&random), "{message}");
        assert!(!path.exists());
        // Allowed by name, edited out.
        recorder.clone().allow_field(field).finish().unwrap();
        std::fs::remove_file(&path).unwrap();
        let edited = recorder.edit(|body| {
            if let Some(also) = body.get_mut("also") {
                *also = Value::Null;
            }
        });
        assert_eq!(edited.finish().unwrap(), 1);
        std::fs::remove_file(&path).unwrap();
    }
}

#[tokio::test]
async fn a_credential_in_an_unusual_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.jsonl");
    let echo =
        Echo { also: json!({"token-in-a-name": {"long-enough-secret": 1}}), ..Echo::default() };
    let recorder = passed(&path, "long-enough-secret", echo, json!({"name": "n"})).await;
    let message = recorder.finish().unwrap_err().to_string();
    assert!(message.contains("the credential 'token' is still in it"), "{message}");
    assert!(!path.exists());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a credential is made of and wherever a vendor repeats it: it is not in the file.
    #[test]
    fn no_credential_is_ever_written(secret in "[!-~]{8,40}", before in "[ -~]{0,6}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.jsonl");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let also = json!({"a": format!("{before}{secret}"), "b": {"c": [secret.as_str()]}});
        let echo = Echo { also, ..Echo::default() };
        let arguments = json!({"name": format!("{before} {secret}"), "tags": [secret.as_str()]});
        let recorder = runtime.block_on(passed(&path, &secret, echo, arguments));
        if recorder.finish().is_ok() {
            let text = std::fs::read_to_string(&path).unwrap();
            let escaped = Value::String(secret.clone()).to_string();
            prop_assert!(!text.contains(&secret), "{}", text);
            prop_assert!(!text.contains(escaped.trim_matches('"')), "{}", text);
        }
    }
}
