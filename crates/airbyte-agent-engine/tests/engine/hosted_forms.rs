//! Older forms of the platform's API: the requests and answers that its documents showed.
//!
//! Each case names what a document of that time showed; placeholders in angle brackets became
//! values.

use crate::platform::path;
use crate::server::{Answer, Seen, Server};
use airbyte_agent_engine::description::Connector;
use airbyte_agent_engine::hosted::{Generation, NewConnector, Session};
use airbyte_agent_engine::{Client, ErrorKind, Hosted};
use serde_json::{Map, Value, json};

fn connector(spec: &str) -> Connector {
    airbyte_agent_spec::Spec::parse(spec)
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Method, target, bearer token and body.
type Shown = (&'static str, String, Option<&'static str>, Value);

fn compare(seen: &[Seen], expected: &[Shown]) {
    let shown: Vec<Shown> = seen
        .iter()
        .map(|request| {
            let bearer = match request.header("authorization") {
                None => None,
                Some("Bearer app-token") => Some("app-token"),
                Some("Bearer scoped-token") => Some("scoped-token"),
                Some(other) => panic!("{other}"),
            };
            let method = if request.method == "GET" { "GET" } else { "POST" };
            assert_eq!(request.method, method);
            (method, request.target.clone(), bearer, request.json())
        })
        .collect();
    assert_eq!(shown, expected);
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// A server of that time: answers by path, tokens as they were called then.
async fn server(answers: &[(&'static str, Value)]) -> Server {
    let answers = answers.to_vec();
    Server::start(move |request, _| {
        if path(request).ends_with("/token") {
            return Answer::json(200, json!({"access_token": "app-token"}));
        }
        match answers.iter().find(|(known, _)| *known == path(request)) {
            Some((_, answer)) => Answer::json(200, answer),
            None => Answer::json(404, json!({"detail": "Not Found"})),
        }
    })
    .await
}

fn hosted(server: &Server, generation: Generation) -> Hosted {
    Hosted::new("<your_client_id>", "<your_client_secret>")
        .external_user_id("customer-workspace-123")
        .generation(generation)
        .base_url(&server.url)
}

fn token_request(target: &str) -> Shown {
    let body = json!({"client_id": "<your_client_id>", "client_secret": "<your_client_secret>"});
    ("POST", target.to_owned(), None, body)
}

/// December 2025, hosted execution of Gong.
#[tokio::test]
async fn instances() {
    let gong = connector(include_str!("../../../../specs/gong.yaml"));
    let definition = "32382e40-3b49-4b99-9c5c-4076501914e7";
    assert_eq!(gong.definition_id, definition);
    let server = server(&[
        ("/api/v1/embedded/scoped-token", json!({"access_token": "scoped-token"})),
        (
            "/api/v1/embedded/scoped-token/info",
            json!({"organization_id": "o", "workspace_id": "w-1", "workspace_name": "w"}),
        ),
        ("/v1/integrations/sources", json!({"id": "i-1"})),
        (
            "/api/v1/connectors/instances_for_user",
            json!({"instances": [{"id": "i-1", "name": "gong-connector"}]}),
        ),
        (
            "/api/v1/connectors/instances/i-1/execute",
            json!({
                "result": [{
                    "id": "user-123", "first_name": "John", "last_name": "Doe",
                    "email_address": "john.doe@example.com",
                }],
                "connector_metadata": {"pagination": {"cursor": "next_page_cursor"}},
            }),
        ),
    ])
    .await;
    let session = Session::new(hosted(&server, Generation::Instances)).unwrap();
    let mut new = NewConnector::default();
    new.name = Some("gong".to_owned());
    new.source_template_id = Some("t-1".to_owned());
    new.credentials = object(json!({"access_key": "k", "access_key_secret": "s3cr3t"}));
    let id = session.create_connector("customer-workspace-123", &new).await.unwrap();
    assert_eq!(id, "i-1");
    let client = Client::within(gong, &session, None);
    let users = client.execute("users", "list", json!({})).await.unwrap();
    assert_eq!(users.data[0]["email_address"], "john.doe@example.com");
    assert_eq!(users.meta["cursor"], "next_page_cursor");
    assert!(users.next.is_some(), "the list goes on");
    let workspace = json!({"workspace_name": "customer-workspace-123"});
    let lookup = format!(
        "/api/v1/connectors/instances_for_user?external_user_id=customer-workspace-123&\
         definition_id={definition}"
    );
    let app = Some("app-token");
    let scoped = Some("scoped-token");
    compare(
        &server.seen(),
        &[
            token_request("/api/v1/applications/token"),
            ("POST", "/api/v1/embedded/scoped-token".to_owned(), app, workspace),
            ("GET", "/api/v1/embedded/scoped-token/info".to_owned(), scoped, Value::Null),
            (
                "POST",
                "/v1/integrations/sources".to_owned(),
                scoped,
                json!({
                    "source_template_id": "t-1", "workspace_id": "w-1", "name": "gong",
                    "auth_config": {"access_key": "k", "access_key_secret": "s3cr3t"},
                }),
            ),
            ("GET", lookup, app, Value::Null),
            (
                "POST",
                "/api/v1/connectors/instances/i-1/execute".to_owned(),
                app,
                json!({"entity": "users", "action": "list", "params": {}}),
            ),
        ],
    );
    assert!(server.seen().iter().all(|request| request.header("x-adp-agent-sdk").is_none()));
    new.source_template_id = None;
    let error = session.create_connector("w", &new).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
}

/// January 2026, hosted GitHub.
#[tokio::test]
async fn sources() {
    let github = connector(include_str!("../../../../specs/github.yaml"));
    let issue = json!({"id": 12345, "number": 100, "title": "Example issue title", "body": "long"});
    let server = server(&[
        ("/api/v1/embedded/scoped-token", json!({"token": "scoped-token"})),
        ("/api/v1/integrations/connectors", json!({"id": "s-1"})),
        ("/api/v1/connectors/connectors_for_user", json!({"connectors": [{"id": "s-1"}]})),
        ("/api/v1/connectors/sources/s-1/execute", json!({"result": [issue]})),
    ])
    .await;
    let session = Session::new(hosted(&server, Generation::Sources)).unwrap();
    let mut new = NewConnector::default();
    new.connector_type = Some("github".to_owned());
    new.credentials = object(json!({"token": "ghp_example"}));
    new.replication_config = object(json!({"repositories": "airbytehq/airbyte"}));
    let id = session.create_connector("customer-workspace-123", &new).await.unwrap();
    assert_eq!(id, "s-1");
    let definition = github.definition_id.to_string();
    let client = Client::within(github, &session, None);
    let arguments = json!({"owner": "airbytehq", "repo": "airbyte"});
    let call = client.execute("issues", "list", arguments.clone());
    // That server knew no selection: it is done here.
    let issues = call.options(|options| options.select(["number", "title"]).intent("look")).await;
    assert_eq!(issues.unwrap().data, json!([{"number": 100, "title": "Example issue title"}]));
    let lookup = format!(
        "/api/v1/connectors/connectors_for_user?external_user_id=customer-workspace-123&\
         definition_id={definition}"
    );
    let (app, scoped) = (Some("app-token"), Some("scoped-token"));
    compare(
        &server.seen(),
        &[
            token_request("/api/v1/applications/token"),
            (
                "POST",
                "/api/v1/embedded/scoped-token".to_owned(),
                app,
                json!({"workspace_name": "customer-workspace-123"}),
            ),
            (
                "POST",
                "/api/v1/integrations/connectors".to_owned(),
                scoped,
                json!({
                    "connector_type": "github",
                    "external_user_id": "customer-workspace-123",
                    "replication_config": {"repositories": "airbytehq/airbyte"},
                    "credentials": {"token": "ghp_example"},
                }),
            ),
            ("GET", lookup, app, Value::Null),
            (
                "POST",
                "/api/v1/connectors/sources/s-1/execute".to_owned(),
                app,
                json!({"entity": "issues", "action": "list", "params": arguments}),
            ),
        ],
    );
}

/// February to March 2026, the platform checklist.
#[tokio::test]
async fn external_users() {
    let slack = connector(include_str!("../../../../specs/slack.yaml"));
    let definition = "c2281cee-86f9-4a86-bb48-d23286b4c7bd";
    // Creating gives an object with an id; listing gives one with data.
    let both = json!({"id": "c-1", "data": [{"id": "c-1", "name": "my-connector"}]});
    let server = server(&[
        ("/api/v1/integrations/connectors", both),
        (
            "/api/v1/integrations/connectors/c-1/execute",
            json!({"status": "success", "result": [{"id": "U1"}]}),
        ),
    ])
    .await;
    let session = Session::new(hosted(&server, Generation::ExternalUsers)).unwrap();
    let mut new = NewConnector::default();
    new.name = Some("my-connector".to_owned());
    new.definition_id = Some(definition.to_owned());
    new.credentials = object(json!({"bot_key": "xoxb-example"}));
    session.create_connector("customer-workspace-123", &new).await.unwrap();
    let client = Client::within(slack, &session, None);
    let users = client.execute("users", "list", json!({"limit": 1})).await.unwrap();
    assert_eq!(users.data[0]["id"], "U1");
    let path = "/api/v1/integrations/connectors";
    let lookup =
        format!("{path}?external_user_id=customer-workspace-123&definition_id={definition}");
    let app = Some("app-token");
    compare(
        &server.seen(),
        &[
            token_request("/api/v1/account/applications/token"),
            (
                "POST",
                path.to_owned(),
                app,
                json!({
                    "external_user_id": "customer-workspace-123",
                    "workspace_name": "customer-workspace-123",
                    "definition_id": definition,
                    "name": "my-connector",
                    "credentials": {"bot_key": "xoxb-example"},
                }),
            ),
            ("GET", lookup, app, Value::Null),
            (
                "POST",
                format!("{path}/c-1/execute"),
                app,
                json!({"entity": "users", "action": "list", "params": {"limit": 1}}),
            ),
        ],
    );
}

/// In between, the vendor's own search had another name.
#[tokio::test]
async fn the_name_of_the_search_follows_the_time() {
    for (generation, action) in [
        (Generation::Instances, "search"),
        (Generation::Sources, "search"),
        (Generation::ExternalUsers, "api_search"),
        (Generation::Current, "search"),
    ] {
        let server = Server::start(|request, _| {
            let token = json!({"access_token": "t", "result": []});
            assert!(request.header("x-organization-id").is_none());
            Answer::json(200, token)
        })
        .await;
        let hosted = hosted(&server, generation).connector_id("c");
        let client = Client::hosted(crate::acme::description(), hosted).unwrap();
        client.execute("things", "search", json!({"query": "q"})).await.unwrap();
        assert_eq!(server.seen()[1].json()["action"], action, "{generation:?}");
    }
}

/// Spring 2026 to now: credentials in the shape that the platform stores.
#[tokio::test]
async fn current() {
    let server = server(&[(
        "/api/v1/integrations/connectors",
        json!({"id": "c-1", "name": "My GitHub Connector"}),
    )])
    .await;
    let session = Session::new(hosted(&server, Generation::Current)).unwrap();
    let mut new = NewConnector::default();
    new.name = Some("My GitHub Connector".to_owned());
    new.definition_id = Some("ef69ef6e-aa7f-4af1-a01d-ef775033524e".to_owned());
    new.credentials = object(
        json!({"option_title": "PAT Credentials", "personal_access_token": "canary-platform-pat"}),
    );
    new.replication_config = object(json!({"repositories": ["airbytehq/airbyte"]}));
    new.environment = object(json!({"subdomain": "acme"}));
    assert!(!format!("{new:?}").contains("canary"));
    assert_eq!(session.create_connector("w", &new).await.unwrap(), "c-1");
    assert_eq!(
        server.seen()[1].json(),
        json!({
            "workspace_name": "w",
            "name": "My GitHub Connector",
            "definition_id": "ef69ef6e-aa7f-4af1-a01d-ef775033524e",
            "credentials": {
                "option_title": "PAT Credentials", "personal_access_token": "canary-platform-pat",
            },
            "replication_config": {"repositories": ["airbytehq/airbyte"]},
            "environment": {"subdomain": "acme"},
        })
    );
}

#[tokio::test]
async fn a_create_that_is_refused_says_what_to_do_and_is_tried_once() {
    for (status, part) in [(404, "scoped token"), (409, "use the one that exists"), (500, "boom")] {
        let server = Server::start(move |request, _| match path(request) {
            "/api/v1/account/applications/token" => {
                Answer::json(200, json!({"access_token": "app-token"}))
            }
            _ => Answer::json(status, json!({"message": format!("boom {}", request.body)})),
        })
        .await;
        let session = Session::new(hosted(&server, Generation::Current)).unwrap();
        let mut new = NewConnector::default();
        new.credentials = object(json!({"api_key": "canary-platform-key"}));
        let error = session.create_connector("w", &new).await.unwrap_err();
        assert!(error.message().contains(part), "{error}");
        crate::platform::is_silent(&error);
        assert_eq!(server.seen().len(), 2);
    }
}

#[test]
fn addresses_of_then() {
    for (generation, host) in [
        (Generation::Instances, "https://cloud.airbyte.com"),
        (Generation::Sources, "https://cloud.airbyte.com"),
        (Generation::ExternalUsers, "https://api.airbyte.ai"),
        (Generation::Current, "https://api.airbyte.ai"),
    ] {
        assert_eq!(
            (generation.token_host(), generation.api_host()),
            (host, "https://api.airbyte.ai")
        );
    }
}
