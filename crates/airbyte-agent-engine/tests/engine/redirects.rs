//! Redirects: within the origin the same request, and never the result of a change.

use airbyte_agent_engine::{Client, Error, ErrorKind};
use serde_json::{Value, json};

use crate::acme::client;
use crate::platform;
use crate::server::{Answer, Server};

fn moved(status: u16, to: &str) -> Answer {
    Answer::json(status, json!({})).header("location", to)
}

fn things() -> Answer {
    Answer::json(200, json!({"things": [{"id": "old"}]}))
}

async fn create(client: &Client) -> Result<Value, Error> {
    client.execute("things", "create", json!({"name": "x"})).await.map(|outcome| outcome.data)
}

#[tokio::test]
async fn a_change_keeps_its_method_and_body_within_the_origin() {
    for status in [301, 302, 307, 308] {
        let created = Answer::json(200, json!({"id": "new"}));
        let server = Server::script([moved(status, "/v2/things"), created]).await;
        let thing = create(&client(&server.url)).await.unwrap();
        let seen = server.seen();
        assert_eq!(thing["id"], "new", "{status}");
        assert_eq!((seen[1].method.as_str(), seen[1].target.as_str()), ("POST", "/v2/things"));
        assert_eq!(seen[1].json(), json!({"name": "x"}), "{status}");
        assert_eq!(seen[1].header("content-type"), seen[0].header("content-type"));
    }
}

#[tokio::test]
async fn what_another_page_shows_is_not_the_result_of_a_change() {
    let other = Server::script([things()]).await;
    let elsewhere = format!("{}/things?token=secret", other.url);
    for (status, to, parts) in [
        (303, "/things", ["may have been made", "/things"]),
        (301, elsewhere.as_str(), ["another host", other.url.as_str()]),
        (307, elsewhere.as_str(), ["another host", other.url.as_str()]),
    ] {
        let server = Server::script([moved(status, to), things()]).await;
        let error = create(&client(&server.url)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Vendor, Some(status)), "{error}");
        assert!(!error.is_retryable() && !error.message().contains("secret"), "{error}");
        for part in parts {
            assert!(error.message().contains(part), "{error}");
        }
        assert_eq!((server.seen().len(), other.seen().len()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_status_that_leads_nowhere_is_a_failure() {
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        for (entity, action, arguments) in
            [("things", "list", json!({})), ("things", "create", json!({"name": "x"}))]
        {
            let server = Server::script([Answer::json(status, json!({"things": []}))]).await;
            let error = client(&server.url).execute(entity, action, arguments).await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Vendor, Some(status)));
            assert!(!error.is_retryable() && server.seen().len() == 1, "{error}");
        }
    }
}

#[tokio::test]
async fn the_platform_is_not_followed_from_a_change_either() {
    for status in [301, 302, 303, 304] {
        let answer = moved(status, "/api/v1/elsewhere");
        let server = platform::platform(1, move |_, _| answer.clone()).await;
        let error = create(&platform::client(&server.url)).await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{error}");
        assert!(server.seen().iter().all(|seen| !seen.target.ends_with("elsewhere")));
    }
}
