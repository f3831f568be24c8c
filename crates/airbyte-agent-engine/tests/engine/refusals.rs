//! What is told of a refusal: with its status, or inside a success.

use airbyte_agent_engine::description::{
    Connector, ErrorCheck, ErrorCode, ErrorCondition, ErrorMeaning, FailureKind, Json, JsonPath,
};
use airbyte_agent_engine::{Client, Credentials, Error, ErrorKind, Local};
use serde_json::{Value, json};

use crate::acme::{CANARY, client, description, local, token};
use crate::platform;
use crate::server::{Answer, Server};

async fn refused(
    connector: Connector,
    answer: Answer,
    entity: &str,
    action: &str,
    arguments: Value,
) -> Error {
    let server = Server::script([answer]).await;
    let client = Client::local(connector, local(&server.url, token())).unwrap();
    client.execute(entity, action, arguments).await.unwrap_err()
}

#[tokio::test]
async fn the_field_and_the_reason_are_told_whatever_the_status() {
    for (status, entity, body, parts) in [
        (
            422,
            "things",
            json!({"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "title", "code": "missing_field"}]}),
            vec!["Validation Failed: Issue title: missing_field"],
        ),
        (
            400,
            "things",
            json!({"error": {"message": "Invalid parameter", "error_user_title": "Budget", "error_user_msg": "The budget is too low."}}),
            vec!["Invalid parameter", "The budget is too low."],
        ),
        (
            200,
            "things",
            json!({"ok": false, "error": "invalid_arguments", "response_metadata": {"messages": ["missing required field: channel"]}}),
            vec!["invalid_arguments: missing required field: channel"],
        ),
        (
            200,
            "things",
            json!({"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "identify"}),
            vec!["missing_scope; needed: chat:write; provided: identify"],
        ),
        (
            200,
            "viewer",
            json!({"errors": [{"message": "Argument Validation Error", "path": ["x"], "extensions": {"userPresentableMessage": "teamId must be a UUID."}}]}),
            vec!["Argument Validation Error", "teamId must be a UUID."],
        ),
        (
            422,
            "things",
            json!({"errors": [{"title": "Invalid", "detail": "Used already.", "source": {"pointer": "/data/email"}}]}),
            vec!["/data/email: Invalid: Used already."],
        ),
        (
            400,
            "things",
            json!({"errorMessages": [], "errors": {"summary": "Give a summary."}}),
            vec!["summary: Give a summary."],
        ),
        (
            400,
            "things",
            json!({"error": {"message": "Missing.", "param": "email"}}),
            vec!["email: Missing."],
        ),
    ] {
        let action = if entity == "viewer" { "get" } else { "list" };
        let shown = body.to_string();
        let error =
            refused(description(), Answer::json(status, body), entity, action, json!({})).await;
        for part in parts {
            assert!(error.message().contains(part), "{shown}: {error}");
        }
    }
}

#[tokio::test]
async fn a_secret_that_a_message_ends_in_is_not_told_by_half() {
    for length in (300..520).step_by(7) {
        let text = format!("{} {CANARY}-token", "x".repeat(length));
        for body in [json!({"message": text}), json!({"errors": [{"detail": text}]})] {
            for status in [400, 401, 500] {
                let answer = Answer::json(status, &body);
                let error =
                    refused(description(), answer, "things", "create", json!({"name": "x"})).await;
                assert!(!error.message().contains("canary"), "{error}");
            }
        }
    }
}

/// The invented connector with failures and codes of its own.
fn declared() -> Connector {
    let mut connector = description();
    let path = |text| JsonPath::parse(text).unwrap();
    let (empty, no) = (None::<JsonPath>, Json::new(&json!(false)));
    let checks = [
        (path("$.error"), ErrorCondition::NotEmpty, Some(path("$.error.message"))),
        (path("$.success"), ErrorCondition::Equals(no), empty),
    ];
    let checks = checks.map(|(path, when, message)| ErrorCheck { path, when, message });
    connector.errors = checks.to_vec().into();
    let meanings = [("locked", FailureKind::Permission), ("notForThis", FailureKind::Validation)];
    let meanings = meanings.map(|(code, kind)| ErrorMeaning::new(ErrorCode::is(code), kind));
    connector.error_kinds = meanings.to_vec().into();
    connector
}

#[tokio::test]
async fn failures_inside_a_success_are_those_that_the_description_lists() {
    use ErrorKind::{Permission, Vendor};
    for (body, expected) in [
        (json!({"error": {"message": "busy", "code": "x"}}), Some((Vendor, "busy"))),
        (
            json!({"error": {"message": "no", "code": "locked"}, "things": []}),
            Some((Permission, "no")),
        ),
        (json!({"error": "plain", "things": []}), Some((Vendor, "plain"))),
        (json!({"error": true, "message": "told beside"}), Some((Vendor, "told beside"))),
        (json!({"error": 3, "things": []}), Some((Vendor, "failure"))),
        (json!({"success": false, "message": "not today"}), Some((Vendor, "not today"))),
        (json!({"success": false, "things": [{"id": "a"}]}), Some((Vendor, "gave no reason"))),
        (json!({"success": true, "error": null, "things": []}), None),
        (json!({"error": false, "things": []}), None),
        (json!({"error": {}, "things": []}), None),
        (json!({"error": 0, "things": []}), None),
        (json!({"error": "", "things": []}), None),
    ] {
        let shown = body.to_string();
        let server = Server::script([Answer::json(200, body)]).await;
        let client = Client::local(declared(), local(&server.url, token())).unwrap();
        let listed = client.execute("things", "list", json!({})).await;
        let typed = client.call("things", airbyte_agent_engine::description::Action::List);
        let typed = typed.page::<Value, Value>().await;
        match expected {
            None => assert!(listed.is_ok() && typed.is_ok(), "{shown}: {listed:?}"),
            Some((kind, part)) => {
                for error in [listed.unwrap_err(), typed.unwrap_err()] {
                    assert_eq!(
                        (error.kind(), error.status()),
                        (kind, Some(200)),
                        "{shown}: {error}"
                    );
                    assert!(error.message().contains(part), "{shown}: {error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn codes_decide_whether_a_403_is_about_the_credentials() {
    use ErrorKind::{Permission, RateLimited, Validation};
    for (status, body, kind) in [
        (403, json!({"error": {"code": "notForThis", "message": "This is no file."}}), Validation),
        (403, json!({"error": {"code": "locked", "message": "no"}}), Permission),
        (400, json!({"error": {"code": "locked", "message": "no"}}), Permission),
        (403, json!({"error": {"code": "other", "message": "no"}}), Permission),
        (403, json!({"message": "You have triggered an abuse detection mechanism."}), RateLimited),
        (403, json!({"message": "You have exceeded a secondary rate limit."}), RateLimited),
    ] {
        let shown = body.to_string();
        let error =
            refused(declared(), Answer::json(status, body), "things", "list", json!({})).await;
        assert_eq!(error.kind(), kind, "{shown}: {error}");
    }
    let forbidden =
        json!({"data": null, "errors": [{"type": "FORBIDDEN", "message": "not yours"}]});
    let error =
        refused(description(), Answer::json(200, forbidden), "viewer", "get", json!({})).await;
    assert_eq!(error.kind(), Permission, "{error}");
}

#[tokio::test]
async fn the_platform_tells_as_much() {
    let body = json!({"detail": [{"loc": ["body", "params"], "msg": "field required"}]});
    let server = platform::platform(1, move |_, _| Answer::json(422, &body)).await;
    let call = platform::client(&server.url).execute("things", "list", json!({}));
    let error = call.await.unwrap_err();
    assert!(error.message().contains("body.params: field required"), "{error}");
}

#[tokio::test]
async fn a_number_that_lost_digits_is_refused_with_the_right_spelling() {
    let server = Server::script([Answer::json(200, json!({"id": "1"}))]).await;
    let client = client(&server.url);
    let arguments = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (action, text, spelled) in [
        ("get", r#"{"id": 1526552662.000430}"#, "1526552662.000430"),
        ("get", r#"{"id": 1e3}"#, "all its digits"),
        ("get", r#"{"id": 12345678901234567890123}"#, "all its digits"),
        ("create", r#"{"name": 1.50}"#, "quotation marks"),
        ("create", r#"{"name": "x", "tags": ["a", 2.0]}"#, "quotation marks"),
        ("create", r#"{"name": 7}"#, "quotation marks: \"7\""),
    ] {
        let error = client.execute("things", action, arguments(text)).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Validation, None), "{text}");
        assert!(error.message().contains(spelled), "{text}: {error}");
    }
    assert!(server.seen().is_empty());
    client.execute("things", "get", json!({"id": "1526552662.000430"})).await.unwrap();
    assert_eq!(server.seen()[0].target, "/things/1526552662.000430");
}

#[tokio::test]
async fn what_the_path_has_before_a_value_is_not_sent_twice() {
    let mut connector = description();
    for entity in connector.entities.to_mut() {
        for operation in entity.operations.to_mut() {
            for parameter in operation.parameters.to_mut() {
                parameter.prefix = (parameter.name == "id").then(|| "act_".into());
            }
        }
    }
    let server = Server::script([Answer::json(200, json!({"id": "1"}))]).await;
    let client = Client::local(connector, local(&server.url, token())).unwrap();
    for (id, target) in [
        ("act_123", "/things/123"),
        ("123", "/things/123"),
        ("act_act_1", "/things/act_1"),
        ("act_", "/things/act_"),
    ] {
        client.execute("things", "get", json!({"id": id})).await.unwrap();
        assert_eq!(server.seen().last().unwrap().target, target, "{id}");
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_is_told_with_what_to_shorten() {
    let server =
        Server::script([Answer::json(414, "<html><title>414 URI Too Long</title></html>")]).await;
    let query = "x".repeat(5_000);
    let call = client(&server.url).execute("things", "search", json!({"query": query}));
    let error = call.await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Vendor, Some(414)), "{error}");
    for part in ["URI Too Long", "'query' (5005)", "pass fewer"] {
        assert!(error.message().contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_cursor_that_is_refused_is_said_to_be() {
    let first = Answer::json(200, json!({"things": [{"id": "a"}], "next": "p2"}));
    for (second, is_said) in [
        (Answer::json(400, json!({"message": "bad page token"})), true),
        (Answer::json(410, json!({"message": "gone"})), true),
        (Answer::json(429, json!({})).header("retry-after", "3600"), false),
        (Answer::json(401, json!({})), false),
    ] {
        let status = second.status;
        let server = Server::script([first.clone(), second]).await;
        let call =
            client(&server.url).call("things", airbyte_agent_engine::description::Action::List);
        let mut pages = call.outcomes();
        pages.try_next().await.unwrap();
        let error = pages.try_next().await.unwrap_err();
        assert_eq!(error.message().contains("without the cursor"), is_said, "{status}: {error}");
        assert_eq!(error.refuses_call(), is_said, "{status}");
    }
    // The first page has no cursor.
    let server = Server::script([Answer::json(400, json!({"message": "bad color"}))]).await;
    let error = client(&server.url).execute("things", "list", json!({})).await.unwrap_err();
    assert!(error.refuses_call() && !error.message().contains("cursor"), "{error}");
}

#[tokio::test]
async fn what_a_form_cannot_say_is_refused_before_it_is_sent() {
    let spec = |media: &str| {
        format!(
            "openapi: 3.1.0
info: {{title: Bins, version: '1', x-airbyte-connector-name: bins}}
servers: [{{url: 'https://bins.test'}}]
paths:
  /bins/{{id}}:
    post:
      operationId: change
      x-airbyte-entity: bins
      x-airbyte-action: update
      parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]
      requestBody:
        content:
          {media}:
            schema:
              type: object
              properties:
                tags: {{type: array, items: {{type: object}}}}
                labels: {{anyOf: [{{type: object, additionalProperties: true}}, {{type: string, enum: ['']}}]}}
      responses: {{'200': {{description: A bin.}}}}
"
        )
    };
    for (media, arguments, expected) in [
        (
            "application/x-www-form-urlencoded",
            json!({"tags": []}),
            Some("'tags' is an empty list, which a form cannot say: leave it out"),
        ),
        (
            "application/x-www-form-urlencoded",
            json!({"tags": [{"a": {}}]}),
            Some("'tags[0].a' is an empty object"),
        ),
        (
            "application/x-www-form-urlencoded",
            json!({"labels": {}}),
            Some("leave it out, or pass an empty text"),
        ),
        ("application/x-www-form-urlencoded", json!({"labels": ""}), None),
        ("multipart/form-data", json!({"tags": []}), Some("'tags' is an empty list")),
        ("application/json", json!({"tags": [], "labels": {}}), None),
    ] {
        let connector = airbyte_agent_spec::Spec::parse(&spec(media)).unwrap().lower().unwrap();
        let server = Server::start(|_, _| Answer::json(200, json!({"id": "1"}))).await;
        let client = Client::local(
            connector,
            Local::new(Credentials::new().field("token", "t")).via(&server.url),
        )
        .unwrap();
        let mut given = arguments.clone();
        given["id"] = json!("1");
        let result = client.execute("bins", "update", given).await;
        let sent = server.seen();
        match (result, expected) {
            (Ok(_), None) => assert_eq!(sent.len(), 1, "{arguments}"),
            (Err(error), Some(part)) => {
                assert_eq!((error.kind(), sent.len()), (ErrorKind::Validation, 0), "{arguments}");
                assert!(error.message().contains(part), "{error}");
            }
            (result, _) => panic!("{media} {arguments}: {result:?}"),
        }
    }
}
