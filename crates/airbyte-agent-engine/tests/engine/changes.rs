//! Changes whose response holds no record.

use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::{Client, ErrorKind, Hosted, record};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

record! {
    struct Thing {
        id: String,
    }
}

/// A vendor or a platform whose response to the change is this.
async fn server(status: u16, body: String, is_hosted: bool) -> Server {
    Server::start(move |request, _| match request.target.split('?').next().unwrap() {
        "/api/v1/account/applications/token" => {
            Answer::json(200, json!({"access_token": "t", "expires_in": 900}))
        }
        "/api/v1/integrations/connectors" => Answer::json(200, json!({"data": [{"id": "c"}]})),
        _ if is_hosted => {
            let result: Value = serde_json::from_str(&body).unwrap_or_default();
            Answer::json(200, json!({"result": result, "connector_metadata": {}}))
        }
        _ => Answer::json(status, &body),
    })
    .await
}

#[tokio::test]
async fn a_change_without_a_record_is_the_same_through_every_interface() {
    use Action::{Create, Delete, Update};
    let one = r#"{"id": "1"}"#;
    for (action, status, body, expected) in [
        // The spec describes no record.
        (Delete, 204, "", Some(json!({}))),
        (Delete, 200, "", Some(json!({}))),
        (Delete, 200, "{}", Some(json!({}))),
        (Delete, 200, "null", Some(json!({}))),
        (Delete, 200, "[]", Some(json!({}))),
        (Delete, 200, one, Some(json!({"id": "1"}))),
        // It describes a record, or a response without content.
        (Update, 204, "", Some(json!({}))),
        (Update, 200, one, Some(json!({"id": "1"}))),
        // It describes a record.
        (Create, 200, one, Some(json!({"id": "1"}))),
        (Create, 204, "", None),
        (Create, 201, "", None),
        (Create, 200, "{ }", None),
        (Create, 200, "[]", None),
        (Create, 200, "null", None),
    ] {
        for is_hosted in [false, true] {
            let shown = format!("{action} {status} {body} hosted: {is_hosted}");
            let server = server(status, body.to_owned(), is_hosted).await;
            let client = if is_hosted {
                let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
                Client::hosted(crate::acme::description(), hosted).unwrap()
            } else {
                crate::acme::client(&server.url)
            };
            let arguments = match action {
                Create => json!({"name": "a"}),
                _ => json!({"id": "1"}),
            };
            let call = || {
                let mut call = client.call("things", action);
                call.set_all(arguments.as_object().unwrap().clone());
                call
            };
            let plain = call().outcome().await.map(|outcome| outcome.data);
            let value = call().record::<Value>().await;
            let typed = call().record::<Thing>().await.map(|thing| json!(thing));
            for result in [plain, value, typed] {
                match (&expected, result) {
                    (Some(expected), Ok(data)) => assert_eq!(data, *expected, "{shown}"),
                    (None, Err(error)) => {
                        assert_eq!(error.kind(), ErrorKind::Decode, "{shown}");
                        assert!(!error.is_retryable(), "{shown}");
                        assert!(error.message().contains("look before you repeat"), "{error}");
                    }
                    (_, result) => panic!("{shown}: {result:?}"),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_reason_in_the_place_of_a_record_is_told() {
    let server = server(200, r#"{"error": "quota is spent", "data": null}"#.to_owned(), false);
    let client = crate::acme::client(&server.await.url);
    let error = client.execute("notes", "create", json!({"text": "a"})).await.unwrap_err();
    assert!(error.message().contains("quota is spent"), "{error}");
}

#[tokio::test]
async fn a_json_body_has_the_media_type_that_the_spec_declares() {
    for (entity, arguments, expected) in [
        ("notes", json!({"text": "a"}), "application/vnd.acme+json"),
        ("things", json!({"name": "a"}), "application/json"),
    ] {
        let server = server(200, r#"{"id": "1", "data": {"id": "1"}}"#.to_owned(), false).await;
        let client = crate::acme::client(&server.url);
        client.execute(entity, "create", arguments).await.unwrap();
        assert_eq!(server.seen()[0].header("content-type"), Some(expected), "{entity}");
    }
}
