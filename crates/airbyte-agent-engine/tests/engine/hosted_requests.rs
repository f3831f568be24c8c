//! What the hosted transport sends, field by field.

use crate::acme::description;
use crate::platform::{DEFINITION, SECRET, client, hosted, platform, success};
use crate::server::Seen;
use airbyte_agent_engine::{CallOptions, Client, ErrorKind, Hosted};
use serde_json::{Value, json};

fn headers(request: &Seen) -> Vec<(&str, &str)> {
    let by_transport = ["host", "accept", "accept-encoding", "user-agent", "content-length"];
    let own = request.headers.iter().filter(|(name, _)| !by_transport.contains(&name.as_str()));
    let mut own: Vec<(&str, &str)> = own.map(|(k, v)| (k.as_str(), v.as_str())).collect();
    own.sort_unstable();
    own
}

#[tokio::test]
async fn the_three_requests_are_those_of_the_contract() {
    let server = platform(1, success).await;
    let arguments = json!({"limit": 5, "color": null});
    client(&server.url).execute("things", "list", arguments).await.unwrap();
    let seen = server.seen();
    let json_body = ("content-type", "application/json");
    let sdk = ("x-adp-agent-sdk", "airbyte-agent-sdk");
    let org = ("x-organization-id", "org-1");
    let bearer = ("authorization", "Bearer canary-platform-token-0");
    let lookup =
        format!("/api/v1/integrations/connectors?workspace_name=w&definition_id={DEFINITION}");
    let expected = [
        (
            ("POST", "/api/v1/account/applications/token"),
            vec![json_body, sdk, org],
            json!({"client_id": "id", "client_secret": SECRET}),
        ),
        (("GET", lookup.as_str()), vec![bearer, sdk, org], Value::Null),
        (
            ("POST", "/api/v1/integrations/connectors/c0/execute"),
            vec![bearer, json_body, sdk, org],
            json!({
                "entity": "things", "action": "list", "params": {"limit": 5},
                "skip_truncation": true,
            }),
        ),
    ];
    assert_eq!(seen.len(), expected.len());
    for (request, (line, expected_headers, body)) in seen.iter().zip(expected) {
        assert_eq!((request.method.as_str(), request.target.as_str()), line);
        assert_eq!(headers(request), expected_headers, "{line:?}");
        assert_eq!(request.json(), body, "{line:?}");
    }
}

#[tokio::test]
async fn without_an_organization_there_is_no_header() {
    let server = platform(1, success).await;
    let hosted = Hosted::new("id", SECRET).organization("").base_url(&server.url);
    let client = Client::hosted(description(), hosted).unwrap();
    client.execute("things", "list", json!({})).await.unwrap();
    assert!(server.seen().iter().all(|request| request.header("x-organization-id").is_none()));
}

#[tokio::test]
async fn options_become_fields_of_the_body() {
    let options = CallOptions::default;
    let longest = "ü".repeat(512);
    for (options, expected) in [
        (options(), json!({"skip_truncation": true})),
        (options().truncate(), json!({"skip_truncation": false})),
        (
            options().select(["id", "a.b"]).exclude(["c"]),
            json!({"skip_truncation": true, "select_fields": ["id", "a.b"]}),
        ),
        (options().exclude(["c"]), json!({"skip_truncation": true, "exclude_fields": ["c"]})),
        (options().intent(&longest), json!({"skip_truncation": true, "intent": longest})),
    ] {
        let server = platform(1, success).await;
        let call = client(&server.url).execute("things", "list", json!({}));
        call.options(|_| options).await.unwrap();
        let mut body = server.seen()[2].json();
        let members = body.as_object_mut().unwrap();
        for name in ["entity", "action", "params"] {
            members.remove(name).unwrap();
        }
        assert_eq!(body, expected);
    }
}

#[tokio::test]
async fn an_intent_that_is_too_long_is_told_before_anything_is_sent() {
    let server = platform(1, success).await;
    let call = client(&server.url).execute("things", "list", json!({}));
    let error = call.options(|options| options.intent("ü".repeat(513))).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Validation, None));
    assert!(error.message().contains("512"), "{error}");
    let call = client(&server.url).execute("things", "list", json!({"colour": "red"}));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Validation);
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn both_names_of_a_search_are_taken_and_one_is_sent() {
    for name in ["search", "api_search"] {
        let server = platform(1, success).await;
        client(&server.url).execute("things", name, json!({"query": "q"})).await.unwrap();
        assert_eq!(server.seen()[2].json()["action"], "search", "{name}");
    }
}

#[tokio::test]
async fn a_dry_run_shows_the_request_and_no_secret() {
    let client =
        Client::hosted(description(), hosted("https://p.test").connector_id("c 1")).unwrap();
    let call = client.execute("things", "create", json!({"name": SECRET})).into_call().unwrap();
    let dry = call.dry_run().unwrap();
    assert_eq!(dry.url, "https://p.test/api/v1/integrations/connectors/c%201/execute");
    assert_eq!(dry.body["params"]["name"], "[redacted]");
    let token = dry.headers.iter().find(|(name, _)| name == "authorization");
    assert_eq!(token.unwrap().1, "[redacted]");
}
