//! The hosted transport: one token, one lookup, one execute; and what a workspace may hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::acme;
use crate::platform::{
    DEFINITION, SECRET, client, count, hosted, list, path, platform, success, token,
};
use crate::server::{Answer, Server};
use airbyte_agent_engine::hosted::{Method, PlatformRequest, Session};
use airbyte_agent_engine::{CheckStatus, Client, ErrorKind, Hosted};
use serde_json::json;

#[tokio::test]
async fn via_moves_every_request_and_names_the_platform() {
    let server = platform(1, success).await;
    let hosted = Hosted::new("id", SECRET).base_url("https://platform.test").via(&server.url);
    let client = Client::hosted(acme::description(), hosted).unwrap();
    list(&client).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|r| r.header("x-forwarded-host") == Some("platform.test")));
}

#[tokio::test]
async fn a_gateway_may_have_a_path_of_its_own() {
    let server = Server::start(|request, index| match path(request) {
        "/airbyte/api/v1/account/applications/token" => token(request, index, 900),
        "/airbyte/api/v1/integrations/connectors/c0/execute" => success(request, index),
        _ => Answer::json(404, json!({})),
    })
    .await;
    for end in ["", "/"] {
        let hosted = hosted(&format!("{}/airbyte{end}", server.url)).connector_id("c0");
        list(&Client::hosted(acme::description(), hosted).unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn missing_and_ambiguous_connectors_are_told_apart() {
    let server = platform(0, success).await;
    let error = list(&client(&server.url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    for part in ["workspace 'w' has no acme connector", "create one", "connector id"] {
        assert!(error.message().contains(part), "{error}");
    }
    let server = platform(2, success).await;
    let error = list(&client(&server.url)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.message().contains("c0 (name 0), c1 (name 1)"), "{error}");
    assert!(error.message().contains("by its connector id"), "{error}");
    // One that is named need not be looked up.
    let hosted = hosted(&server.url).connector_id("c0");
    list(&Client::hosted(acme::description(), hosted).unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_unknown_workspace_is_not_found_whichever_way_it_is_told() {
    let server = Server::start(|request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 900),
        _ => Answer::json(404, json!({"message": "Workspace not found"})),
    })
    .await;
    let error = list(&client(&server.url)).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
    assert!(error.message().contains("workspace 'w' has no acme connector"), "{error}");
}

#[tokio::test]
async fn a_lookup_is_remembered_when_it_found_one_and_only_then() {
    let connectors = Arc::new(AtomicUsize::new(0));
    let held = Arc::clone(&connectors);
    let server = Server::start(move |request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 900),
        "/api/v1/integrations/connectors" => {
            let ids = (0..held.load(Ordering::SeqCst)).map(|n| json!({"id": n.to_string()}));
            let ids: Vec<_> = ids.collect();
            Answer::json(200, json!({"data": ids}))
        }
        _ => success(request, index),
    })
    .await;
    let session = Session::new(hosted(&server.url)).unwrap();
    let client = Client::within(acme::description(), &session, None);
    assert!(list(&client).await.unwrap_err().is_not_found());
    connectors.store(1, Ordering::SeqCst);
    list(&client).await.unwrap();
    // Another client of the same session knows it.
    list(&Client::within(acme::description(), &session, None)).await.unwrap();
    assert_eq!(count(&server, "/connectors"), 2);
    session.forget_connector("w", DEFINITION);
    list(&client).await.unwrap();
    assert_eq!((count(&server, "/connectors"), count(&server, "/token")), (3, 1));
}

#[tokio::test]
async fn every_name_of_a_workspace_is_taken() {
    let server = platform(1, success).await;
    let plain = || Hosted::new("id", SECRET).base_url(&server.url);
    for (hosted, name) in [
        (plain(), "default"),
        (plain().workspace(""), "default"),
        (plain().workspace("a b&c"), "a+b%26c"),
        (plain().workspace_name("w1"), "w1"),
        (plain().customer_name("w2"), "w2"),
        (plain().external_user_id("w3"), "w3"),
    ] {
        list(&Client::hosted(acme::description(), hosted).unwrap()).await.unwrap();
        let lookup = server.seen().into_iter().rfind(|r| r.target.contains('?')).unwrap();
        let expected = format!("?workspace_name={name}&definition_id={DEFINITION}");
        assert!(lookup.target.ends_with(&expected), "{}", lookup.target);
    }
}

#[tokio::test]
async fn a_session_makes_any_request() {
    let server = Server::start(|request, index| match path(request) {
        "/api/v1/account/applications/token" => token(request, index, 900),
        "/api/v1/workspaces" => Answer::json(200, json!({"data": [], "next": null})),
        "/api/v1/empty" => Answer::json(204, ""),
        _ => Answer::json(404, json!({"detail": "nothing here"})),
    })
    .await;
    let session = Session::new(hosted(&server.url)).unwrap();
    let query = [("name_contains", "a b"), ("limit", "5")];
    let (status, headers, body) =
        session.request(Method::GET, "/api/v1/workspaces", &query, None).await.unwrap();
    assert_eq!((status, &headers["content-type"]), (200, &"application/json".parse().unwrap()));
    assert_eq!(&body[..], br#"{"data":[],"next":null}"#);
    assert_eq!(server.seen()[1].target, "/api/v1/workspaces?name_contains=a+b&limit=5");
    let empty = PlatformRequest::new(Method::DELETE, "/api/v1/empty");
    assert_eq!(session.json(&empty).await.unwrap(), json!(null));
    let error = session.request(Method::GET, "/api/v1/x", &[], None).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::NotFound, Some(404)));
    assert!(error.message().contains("nothing here"), "{error}");
    for path in ["api/v1", "/api/../v1", "/api/%2e%2E/v1", "https://elsewhere.test/"] {
        let error = session.request(Method::GET, path, &[], None).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Validation, None), "{path}");
    }
    assert_eq!((session.workspace(), session.organization()), ("w", Some("org-1")));
    assert!(!format!("{session:?}").contains(SECRET));
}

#[tokio::test]
async fn an_address_that_cannot_be_right_is_refused_at_once() {
    for url in ["ftp://x", "nonsense", "https://x?y=1", "https://id:secret@x", "https://x#y"] {
        let error = Session::new(hosted(url)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{url}");
        assert!(!error.message().contains("secret"), "{error}");
    }
    let error = Session::new(hosted("https://x").organization("a\nb")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Validation);
}

#[tokio::test]
async fn a_client_tells_its_session_and_its_connector() {
    let server = platform(1, success).await;
    let hosted = client(&server.url);
    assert_eq!(hosted.connector_id().await.unwrap(), "c0");
    assert_eq!(hosted.session().unwrap().workspace(), "w");
    let local = acme::client(&server.url);
    assert!(local.session().is_none());
    assert_eq!(local.connector_id().await.unwrap_err().kind(), ErrorKind::Usage);
}

#[tokio::test]
async fn a_check_without_an_operation_asks_for_a_token() {
    let server = platform(1, success).await;
    let mut only_files = acme::description();
    only_files.entities.to_mut().retain(|entity| entity.name == "contents");
    for (secret, status) in [(SECRET, CheckStatus::Healthy), ("wrong", CheckStatus::Unhealthy)] {
        let hosted = Hosted::new("id", secret).base_url(&server.url);
        let client = Client::hosted(only_files.clone(), hosted).unwrap();
        let report = client.check().await;
        assert_eq!((report.status, report.error.is_some()), (status, secret == "wrong"));
    }
    assert_eq!(client(&server.url).check().await.status, CheckStatus::Healthy);
}
