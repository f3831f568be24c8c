//! What is read: answers with less than the document promises, and failures.

use airbyte_agent_core::ErrorKind;
use serde_json::{Value, json};

use crate::calls::call;
use crate::document::operations;
use crate::recorder::Recorder;
use crate::sample::{Extent, Sample, value};

#[tokio::test]
async fn answers_may_lack_anything_and_hold_null_anywhere() {
    let recorder = Recorder::default();
    let platform = recorder.platform();
    for operation in operations() {
        let Some(schema) = operation.success.1 else { continue };
        let nothing = json!({"unheard of": [1, {"two": null}]});
        let answers = [Extent::Least, Extent::Nulls, Extent::Nothing]
            .map(|extent| value(schema, "answer", extent))
            .into_iter()
            .chain([nothing, strange(value(schema, "answer", Extent::Whole(0)))]);
        for answer in answers {
            recorder.answer(200, Some(answer.clone()));
            let sample = Sample::of(&operation, Extent::Least);
            let ended = call(platform.api(), operation.id, &sample).await.unwrap();
            assert!(ended.is_ok(), "{}: {ended:?} of {answer}", operation.id);
        }
        recorder.take();
    }
}

/// The answer with words that nobody has heard of.
fn strange(mut answer: Value) -> Value {
    fn change(value: &mut Value) {
        match value {
            Value::String(text) => "unheard of".clone_into(text),
            Value::Array(items) => items.iter_mut().for_each(change),
            Value::Object(map) => {
                map.values_mut().for_each(change);
                map.insert("unheard of".to_owned(), json!(1));
            }
            _ => {}
        }
    }
    change(&mut answer);
    answer
}

#[tokio::test]
async fn every_declared_failure_is_an_error_of_its_kind() {
    let recorder = Recorder::default();
    let platform = recorder.platform();
    for operation in operations() {
        for status in &operation.failures {
            // These are tried again, with waits between the tries; the session has its own tests.
            if matches!(status, 429 | 500) {
                continue;
            }
            // A refused token is replaced once.
            for _ in 0..2 {
                let errors = json!([{"message": "what is wrong"}]);
                recorder.answer(*status, Some(json!({"message": "all of it", "errors": errors})));
            }
            let sample = Sample::of(&operation, Extent::Least);
            let ended = call(platform.api(), operation.id, &sample).await.unwrap();
            let error = ended.unwrap_err();
            let expected = match status {
                400 | 422 => ErrorKind::Validation,
                401 => ErrorKind::Authentication,
                403 => ErrorKind::Permission,
                404 => ErrorKind::NotFound,
                _ => ErrorKind::Vendor,
            };
            assert_eq!(
                (error.kind(), error.status()),
                (expected, Some(*status)),
                "{}",
                operation.id
            );
            assert!(error.message().contains("what is wrong"), "{error}");
            assert!(error.message().contains(&operation.id.replace('_', " ")), "{error}");
            recorder.forget();
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_told_without_its_text() {
    let recorder = Recorder::default();
    let platform = recorder.platform();
    recorder.answer(200, Some(json!({"data": "token-that-is-secret"})));
    let ended = platform.api().list_connectors().send().await;
    let error = ended.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!error.message().contains("secret"), "{error}");
}

#[test]
fn secrets_stay_out_of_debug_output() {
    use airbyte_agent_platform::api::types;

    let request: types::CreateConnector = serde_json::from_value(json!({
        "workspace_name": "tenant",
        "credentials": {"api_key": "sk_live_1"},
    }))
    .unwrap();
    let text = format!("{request:?}");
    assert!(text.contains("tenant") && !text.contains("sk_live_1"), "{text}");
    let token: types::ApplicationToken =
        serde_json::from_value(json!({"access_token": "abc123"})).unwrap();
    assert!(!format!("{token:?}").contains("abc123"));
    let client: types::ApplicationTokenRequest =
        serde_json::from_value(json!({"client_id": "id", "client_secret": "abc123"})).unwrap();
    assert!(!format!("{client:?}").contains("abc123"));
}
