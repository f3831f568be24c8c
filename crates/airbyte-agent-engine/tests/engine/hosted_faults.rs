//! The hosted transport against a platform, a network and a proxy that misbehave.

use std::time::{Duration, SystemTime};

use crate::acme::description;
use crate::platform::{
    SECRET, client, count, create, hosted, is_silent, list, path, platform, success,
};
use crate::server::{Answer, Server};
use airbyte_agent_engine::hosted::{Method, Session};
use airbyte_agent_engine::{Client, ErrorKind, Page, record};
use serde_json::{Value, json};

record! {
    struct Thing {
        id: String,
    }
}

/// Every status: what kind of error it is, and how often a read is tried.
#[tokio::test]
async fn every_status_has_its_kind_and_creates_are_tried_once() {
    use ErrorKind::{NotFound, Permission, RateLimited, Validation, Vendor};
    for (status, kind, tries) in [
        (400, Validation, 1),
        (402, Vendor, 1),
        (403, Permission, 1),
        (404, NotFound, 1),
        (405, Vendor, 1),
        (408, Vendor, 3),
        (409, Vendor, 1),
        (410, NotFound, 1),
        (413, Vendor, 1),
        (418, Vendor, 1),
        (422, Validation, 1),
        (429, RateLimited, 3),
        (500, Vendor, 3),
        (501, Vendor, 1),
        (502, Vendor, 3),
        (503, Vendor, 3),
        (504, Vendor, 3),
        (599, Vendor, 1),
    ] {
        let server = platform(1, move |request, _| {
            Answer::json(status, json!({"message": format!("why: {}", request.body)}))
                .header("x-request-id", "r-1")
        })
        .await;
        let client = client(&server.url);
        let error = list(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
        assert_eq!(
            error.is_retryable(),
            status == 429 || status == 408 || status >= 500,
            "{status}"
        );
        assert_eq!(error.request_id(), Some("r-1"));
        for part in ["things.list", "why: ", &status.to_string()] {
            assert!(error.message().contains(part), "{error}");
        }
        is_silent(&error);
        assert_eq!(count(&server, "/execute"), tries, "{status}");
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (kind, status == 429), "{status}");
        let again = if status == 429 { 3 } else { 1 };
        assert_eq!(count(&server, "/execute"), tries + again, "{status}");
    }
}

#[tokio::test]
async fn every_shape_of_an_error_body_is_understood() {
    let plain = |body: &str| Answer { body: body.as_bytes().to_vec(), ..Answer::json(400, "") };
    for (answer, part) in [
        (plain(r#"{"message": "bad thing"}"#), "bad thing"),
        (plain(r#"{"message": "m", "errors": [{"message": "m"}, {"error": "e"}]}"#), "m: e"),
        (
            plain(r#"{"errors": [{"userPresentableMessage": "for you", "message": "raw"}]}"#),
            "for you",
        ),
        (plain(r#"{"detail": "not here"}"#), "not here"),
        (
            plain(r#"{"detail": [{"loc": ["body", "id"], "msg": "field required"}]}"#),
            "field required",
        ),
        (plain(r#"{"error": "simple"}"#), "simple"),
        (plain("in plain words"), "in plain words"),
        (plain("<html><body>nginx</body></html>"), "HTTP 400"),
        (plain(""), "HTTP 400"),
        (Answer { body: vec![0xff, 0xfe, 0x00], ..Answer::json(400, "") }, "HTTP 400"),
    ] {
        let server = platform(1, move |_, _| answer.clone()).await;
        let error = list(&client(&server.url)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.message().contains(part), "{error} lacks {part}");
    }
}

#[tokio::test]
async fn a_failure_inside_a_success_is_a_failure_at_every_door() {
    for (body, kind, part) in [
        (
            json!({"status": "error", "result": {"error": "no table"}}),
            ErrorKind::Vendor,
            "no table",
        ),
        (
            json!({"status": "failed", "result": null, "warning": SECRET}),
            ErrorKind::Vendor,
            "[redacted]",
        ),
        (json!({"status": "FAILED", "result": []}), ErrorKind::Vendor, "no reason"),
        (json!({"status": "success"}), ErrorKind::Decode, "no 'result'"),
        (json!({"errors": [{"message": "hidden"}]}), ErrorKind::Decode, "hidden"),
        (json!("text"), ErrorKind::Decode, "things."),
        (json!([1, 2]), ErrorKind::Decode, "things."),
    ] {
        let answered = body.clone();
        let server = platform(1, move |_, _| Answer::json(200, answered.clone())).await;
        let client = client(&server.url);
        let page = client.execute("things", "list", json!({})).into_call().unwrap();
        let record = client.execute("things", "create", json!({"name": "x"})).into_call().unwrap();
        let errors = [
            list(&client).await.unwrap_err(),
            page.page::<Thing, Value>().await.map(|page: Page<_, _>| page.data).unwrap_err(),
            record.record::<Thing>().await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), kind, "{body}: {error}");
            assert!(error.message().contains(part), "{body}: {error}");
            is_silent(&error);
        }
    }
    for body in ["<html>proxy</html>", "{\"status\": \"success\", \"result\": [", "\u{0}"] {
        let answer = Answer { body: body.as_bytes().to_vec(), ..Answer::json(200, "") };
        let server = platform(1, move |_, _| answer.clone()).await;
        assert_eq!(
            list(&client(&server.url)).await.unwrap_err().kind(),
            ErrorKind::Decode,
            "{body}"
        );
    }
}

#[tokio::test]
async fn good_words_and_missing_words_are_no_failure() {
    for body in [
        json!({"status": "success", "result": []}),
        json!({"status": "Succeeded", "result": null, "connector_metadata": {}}),
        json!({"result": [], "connector_metadata": null, "unknown": {"deep": [1]}}),
    ] {
        let answered = body.clone();
        let server = platform(1, move |_, _| Answer::json(200, answered.clone())).await;
        list(&client(&server.url)).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        let page = client(&server.url).execute("things", "list", json!({})).into_call().unwrap();
        let page: Page<Thing, Value> = page.page().await.unwrap();
        assert!(page.data.is_empty() && page.next.is_none(), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_failures_is_not_answered_with_a_storm_of_retries() {
    for status in [500, 503] {
        let server = platform(1, move |_, _| Answer::json(status, json!({}))).await;
        let client = client(&server.url);
        let run = |_| {
            let client = client.clone();
            tokio::spawn(async move { list(&client).await.unwrap_err().status() })
        };
        for call in (0..200).map(run).collect::<Vec<_>>() {
            assert_eq!(call.await.unwrap(), Some(status));
        }
        assert!(count(&server, "/execute") <= 220, "{}", count(&server, "/execute"));
    }
}

#[tokio::test]
async fn a_storm_that_passes_is_waited_out() {
    let server = platform(1, |request, index| match index {
        2 => Answer::json(502, "<html>bad gateway</html>"),
        3 => Answer::json(503, json!({})).header("retry-after", "0"),
        _ => success(request, index),
    })
    .await;
    list(&client(&server.url)).await.unwrap();
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn a_limit_tells_its_wait_as_seconds_or_date() {
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3_600));
    for value in ["3600", soon.as_str()] {
        let answer = Answer::json(429, json!({})).header("retry-after", value);
        let server = platform(1, move |_, _| answer.clone()).await;
        let error = list(&client(&server.url)).await.unwrap_err();
        assert_eq!((error.kind(), count(&server, "/execute")), (ErrorKind::RateLimited, 1));
        let wait = error.retry_after().unwrap().as_secs();
        assert!((3_590..=3_600).contains(&wait), "{wait}");
    }
    // After a 503 that names a time the call may have been handed on already.
    let answer = Answer::json(503, json!({})).header("retry-after", "0");
    let server = platform(1, move |_, _| answer.clone()).await;
    create(&client(&server.url)).await.unwrap_err();
    assert_eq!(count(&server, "/execute"), 1);
    // A short one is waited out, also by a create: nothing happened yet.
    let server = platform(1, |_, index| match index {
        2 => Answer::json(429, json!({})).header("retry-after", 0),
        _ => Answer::json(200, json!({"status": "success", "result": {"id": "new"}})),
    })
    .await;
    create(&client(&server.url)).await.unwrap();
    assert_eq!(count(&server, "/execute"), 2);
}

#[tokio::test]
async fn a_proxy_that_cuts_connections_costs_reads_a_try_and_creates_the_answer() {
    let server = platform(1, |request, index| match index {
        2 => Answer::hang_up(),
        _ => success(request, index),
    })
    .await;
    list(&client(&server.url)).await.unwrap();
    assert_eq!(count(&server, "/execute"), 2);

    for cut in [Answer::hang_up(), success(&server.seen()[0], 0).cut_after(30)] {
        let server = platform(1, move |_, _| cut.clone()).await;
        let client = client(&server.url);
        let error = create(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false), "{error}");
        assert!(error.message().contains("things.create"), "{error}");
        assert_eq!(count(&server, "/execute"), 1);
        let error = list(&client).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, true), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_ends_at_the_deadline() {
    let server = platform(1, |request, index| {
        let slow = success(request, index);
        slow.pause(Duration::from_millis(400))
    })
    .await;
    let hosted = hosted(&server.url).timeout(Duration::from_millis(300));
    let hosted = hosted.connector_id("c0");
    let slow = Client::hosted(description(), hosted.clone()).unwrap();
    for (result, retryable) in [(list(&slow).await, true), (create(&slow).await, false)] {
        let error = result.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_retryable()),
            (ErrorKind::Network, retryable),
            "{error}"
        );
        assert!(error.message().contains("0.3 s"), "{error}");
    }
    let session = Session::new(hosted).unwrap();
    let path = "/api/v1/integrations/connectors/c0/execute";
    let error = session.request(Method::POST, path, &[], None).await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Network, false), "{error}");
    let patient = Client::hosted(description(), self::hosted(&server.url).connector_id("c0"));
    assert!(list(&patient.unwrap()).await.is_ok());
}

#[tokio::test]
async fn redirects_are_followed_within_the_platform_only() {
    let elsewhere = Server::script([Answer::json(200, json!({}))]).await;
    let away = format!("{}/api", elsewhere.url);
    for (status, location, follows) in [
        (307, "/moved?x=1", true),
        (308, "/moved", true),
        (301, "/moved", false),
        (302, "/moved", false),
        (303, "/moved", false),
        (307, away.as_str(), false),
        (307, "/api/v1/integrations/connectors/c0/execute", false),
    ] {
        let to = location.to_owned();
        let server = Server::start(move |request, index| match path(request) {
            "/api/v1/account/applications/token" => crate::platform::token(request, index, 900),
            "/moved" => success(request, index),
            _ => Answer::json(status, json!({})).header("location", &to),
        })
        .await;
        let hosted = hosted(&server.url).connector_id("c0");
        let client = Client::hosted(description(), hosted).unwrap();
        let result = list(&client).await;
        assert_eq!(result.is_ok(), follows, "{status} {location}");
        let moved = server.seen().into_iter().find(|request| path(request) == "/moved");
        assert_eq!(moved.is_some(), follows);
        if let Some(moved) = moved {
            assert_eq!(
                (moved.method.as_str(), &moved.json()["entity"]),
                ("POST", &json!("things"))
            );
            assert!(moved.header("authorization").is_some());
        }
        if let Err(error) = result {
            assert_eq!((error.kind(), error.status()), (ErrorKind::Network, Some(status)));
            assert!(error.message().contains("address"), "{error}");
            is_silent(&error);
        }
    }
    assert_eq!(elsewhere.seen().len(), 0);
}
