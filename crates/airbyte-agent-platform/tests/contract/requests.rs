//! What is sent: method, path, query, headers and body of every operation.

use std::collections::BTreeSet;

use airbyte_agent_core::{ErrorKind, HttpRequest};
use serde_json::{Value, json};

use crate::calls::call;
use crate::document::{Operation, operations};
use crate::recorder::{ORGANIZATION, Recorder};
use crate::sample::{Extent, Sample, alternatives, value};

#[tokio::test]
async fn every_operation_sends_what_the_document_says() {
    let recorder = Recorder::default();
    let platform = recorder.platform();
    let mut tried = 0;
    for operation in operations() {
        let choices = operation.body.map_or(1, alternatives);
        let mut extents: Vec<Extent> = (0..choices).map(Extent::Whole).collect();
        extents.push(Extent::Least);
        for extent in extents {
            let sample = Sample::of(&operation, extent);
            let (status, schema) = operation.success;
            let answer = schema.map(|schema| value(schema, "answer", Extent::Whole(0)));
            recorder.answer(status, answer.clone());
            let ended = call(platform.api(), operation.id, &sample).await;
            let ended = ended.unwrap_or_else(|| panic!("no call of {}", operation.id));
            let sent = recorder.take();
            assert_eq!(sent.len(), 1, "{}", operation.id);
            check(&operation, &sample, &sent[0]);
            // All that came is there.
            assert_eq!(ended.unwrap(), answer.unwrap_or_default(), "{}", operation.id);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
    assert_eq!(recorder.tokens(), 1);
}

fn check(operation: &Operation, sample: &Sample, sent: &HttpRequest) {
    let id = operation.id;
    assert_eq!(sent.method.as_str(), operation.method, "{id}");
    let path = sent.url.path().strip_prefix("/prefix").unwrap();
    let segments: Vec<String> = path.split('/').map(decoded).collect();
    let expected: Vec<String> = operation
        .path
        .split('/')
        .map(|segment| match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => sample.text(name).unwrap(),
            None => segment.to_owned(),
        })
        .collect();
    assert_eq!(segments, expected, "{id}");

    let mut query: Vec<(String, String)> = sent.url.query_pairs().into_owned().collect();
    let mut expected = Vec::new();
    for parameter in operation.parameters.iter().filter(|parameter| parameter["in"] == "query") {
        let name = parameter["name"].as_str().unwrap();
        match sample.parameters.get(name) {
            Some(Value::Array(items)) => {
                expected.extend(items.iter().map(|item| (name.to_owned(), plain(item))));
            }
            Some(value) => expected.push((name.to_owned(), plain(value))),
            None => {}
        }
    }
    query.sort();
    expected.sort();
    assert_eq!(query, expected, "{id}");

    let mut expected = BTreeSet::from([
        ("x-adp-agent-sdk", "airbyte-agent-sdk"),
        ("x-organization-id", ORGANIZATION),
    ]);
    if operation.needs_token {
        expected.insert(("authorization", "Bearer token-1"));
    }
    if operation.body.is_some() {
        expected.insert(("content-type", "application/json"));
    }
    let headers: BTreeSet<(&str, &str)> =
        sent.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(headers, expected, "{id}");

    match &sample.body {
        Some(body) => {
            assert_eq!(*body, serde_json::from_slice::<Value>(&sent.body).unwrap(), "{id}");
        }
        None => assert!(sent.body.is_empty(), "{id}"),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8().unwrap().into_owned()
}

#[tokio::test]
async fn identifiers_cannot_lead_to_other_paths() {
    let recorder = Recorder::default();
    let platform = recorder.platform();
    for id in ["", ".", ".."] {
        let ended = platform.api().delete_connector().connector_id(id).send().await;
        let error = ended.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
    }
    assert!(recorder.take().is_empty());
    let id = "a/../b?x#y";
    let _ = platform.api().get_connector().connector_id(id).send().await;
    let sent = recorder.take();
    assert_eq!(
        sent[0].url.as_str(),
        "https://platform.test/prefix/api/v1/integrations/connectors/a%2F..%2Fb%3Fx%23y"
    );
}

#[tokio::test]
async fn another_token_takes_the_place_of_the_session_s() {
    let recorder = Recorder::default();
    let scoped = recorder.platform().with_token("scoped".into());
    recorder.answer(200, Some(json!({"workspace_name": "tenant"})));
    let info = scoped.api().get_scoped_token_info().send().await.unwrap();
    assert_eq!(info.workspace_name.as_deref(), Some("tenant"));
    assert_eq!(recorder.take()[0].headers["authorization"], "Bearer scoped");
    assert_eq!(recorder.tokens(), 0);
}
