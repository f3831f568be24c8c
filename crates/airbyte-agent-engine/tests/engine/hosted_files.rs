//! Files through the platform.

use crate::platform::{SECRET, client, is_silent, platform};
use crate::server::Answer;
use airbyte_agent_engine::{Download, Error, ErrorKind};
use serde_json::json;

async fn download(answer: Answer) -> Result<Download, Error> {
    let server = platform(1, move |_, _| answer.clone()).await;
    let call = client(&server.url).execute("contents", "download", json!({"id": "f"}));
    call.into_call().unwrap().download().await
}

fn typed(kind: &str, body: &[u8]) -> Answer {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Answer { headers, body: body.to_vec(), ..Answer::json(200, "") }
}

#[tokio::test]
async fn bytes_arrive_as_they_are() {
    let large = vec![b'x'; 700_000];
    let large_json = [b"[1".to_vec(), vec![b' '; 400_000], b"]".to_vec()].concat();
    for (kind, body) in [
        ("application/octet-stream", b"\x00\xff\x01".to_vec()),
        ("text/plain", Vec::new()),
        ("video/mp4", large),
        ("application/json", br#"{"status": "success", "mine": true}"#.to_vec()),
        ("application/json", br#"{"status": "error", "result": "also mine", "size": 1}"#.to_vec()),
        ("application/json; charset=utf-8", b"not even JSON".to_vec()),
        ("application/json", large_json),
    ] {
        let file = download(typed(kind, &body)).await.unwrap();
        assert_eq!(file.content_type(), Some(kind));
        assert_eq!(file.bytes().await.unwrap(), body, "{kind}");
    }
}

#[tokio::test]
async fn a_file_inside_an_envelope_is_taken_out() {
    for (content, encoding) in [("aGVsbG8=", "base64"), ("hello", "utf-8")] {
        let envelope = json!({
            "status": "success", "connector_metadata": null,
            "result": {"content": content, "encoding": encoding, "bytes_returned": 5,
                "has_more": false, "content_type": "text/plain"},
        });
        let file = download(Answer::json(200, envelope)).await.unwrap();
        assert_eq!((file.content_type(), file.content_length()), (Some("text/plain"), Some(5)));
        assert_eq!(file.text().await.unwrap(), "hello");
    }
}

#[tokio::test]
async fn an_envelope_that_is_no_file_is_an_error() {
    let meta = json!({"execution_time_ms": 1});
    for (envelope, kind) in [
        (
            json!({"status": "error", "result": {"error": SECRET}, "execution_metadata": meta}),
            ErrorKind::Vendor,
        ),
        (
            json!({"status": "success", "result": null, "execution_metadata": meta}),
            ErrorKind::Decode,
        ),
        (
            json!({"status": "success", "execution_metadata": meta,
                "result": {"content": "aGVsbG8=", "encoding": "base64", "has_more": true}}),
            ErrorKind::Decode,
        ),
        (
            json!({"status": "success", "execution_metadata": meta,
                "result": {"content": "%%%", "encoding": "base64"}}),
            ErrorKind::Decode,
        ),
        (json!({"status": "error", "error": "vendor said no"}), ErrorKind::Vendor),
        (json!({"status": "error", "result": "vendor said no"}), ErrorKind::Vendor),
        (json!({"status": "success", "result": null}), ErrorKind::Decode),
        (json!({"error": {"message": "vendor said no"}}), ErrorKind::Vendor),
    ] {
        let error = match download(Answer::json(200, &envelope)).await {
            Ok(file) => file.bytes().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), kind, "{envelope}: {error}");
        is_silent(&error);
    }
    let error = download(Answer::json(404, json!({"message": "no file"}))).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
}

#[tokio::test]
async fn a_part_is_no_whole_file_and_a_bad_range_is_not_sent() {
    for (status, content_range, arguments, is_taken) in [
        (206, "bytes 0-4/9", json!({"id": "f"}), false),
        (206, "bytes 4-8/9", json!({"id": "f"}), false),
        (206, "bytes 0-4/5", json!({"id": "f"}), true),
        (206, "bytes 0-4/9", json!({"id": "f", "range_header": "bytes=0-4"}), true),
        (200, "", json!({"id": "f"}), true),
        (200, "", json!({"id": "f", "range_header": "0-4"}), false),
    ] {
        let answer = Answer { status, ..typed("text/plain", b"hello") };
        let answer = match content_range {
            "" => answer,
            range => answer.header("content-range", range),
        };
        let server = platform(1, move |_, _| answer.clone()).await;
        let shown = format!("{status} {content_range} {arguments}");
        let call = client(&server.url).execute("contents", "download", arguments);
        let file = call.into_call().unwrap().download().await;
        assert_eq!(file.is_ok(), is_taken, "{shown}");
    }
}

#[tokio::test]
async fn what_the_platform_sends_in_place_of_a_file_is_refused() {
    for (answer, kind) in [
        (Answer { status: 204, ..typed("text/plain", b"") }, ErrorKind::NotFound),
        (Answer { status: 202, ..typed("text/plain", b"") }, ErrorKind::Vendor),
        (typed("text/html", b"<html>bad gateway</html>"), ErrorKind::Vendor),
    ] {
        let shown = format!("{} {:?}", answer.status, answer.headers);
        let error = download(answer).await.expect_err(&shown);
        assert_eq!(error.kind(), kind, "{shown}: {error}");
        assert!(error.message().contains("the platform"), "{error}");
    }
}
