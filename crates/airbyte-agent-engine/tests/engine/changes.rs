//! Changes whose response holds no record.

use airbyte_agent_engine::description::{Action, ErrorCheck, ErrorCondition, JsonPath};
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
async fn the_report_of_a_failure_is_no_record() {
    use Action::{Create, Delete, Get, Update};
    let failing = [
        json!({"error": {"type": "X", "message": "boom"}}),
        json!({"error": "RecordInvalid", "description": "boom"}),
        json!({"errors": [{"message": "boom"}]}),
        json!({"success": false}),
        json!({"ok": "false"}),
        json!({"ok": null}),
        json!({"code": 500, "message": "boom"}),
    ];
    for body in failing {
        for (entity, action) in [
            ("things", Create),
            ("things", Update),
            ("things", Delete),
            ("things", Get),
            ("notes", Create),
        ] {
            for is_hosted in [false, true] {
                // The platform hands on what stands in the place of the record.
                if is_hosted && entity == "notes" {
                    continue;
                }
                let shown = format!("{entity} {action} {body} hosted: {is_hosted}");
                let server = server(200, body.to_string(), is_hosted).await;
                let client = if is_hosted {
                    let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
                    Client::hosted(crate::acme::description(), hosted).unwrap()
                } else {
                    crate::acme::client(&server.url)
                };
                let arguments = match (entity, action) {
                    ("notes", _) => json!({"text": "a"}),
                    (_, Create) => json!({"name": "a"}),
                    _ => json!({"id": "1"}),
                };
                let call = || client.execute(entity, action.as_str(), arguments.clone());
                let plain = call().await.map(|outcome| outcome.data);
                let typed = call().into_call().unwrap().record::<Thing>().await;
                for result in [plain, typed.map(|thing| json!(thing))] {
                    let error = result.expect_err(&shown);
                    let is_told =
                        !body.to_string().contains("boom") || error.message().contains("boom");
                    assert!(is_told && !error.is_retryable(), "{shown}: {error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_record_that_mentions_an_error_is_a_record() {
    for body in [
        json!({"id": "1", "error": "none"}),
        json!({"error": null, "id": "1"}),
        json!({"id": "1", "success": false}),
    ] {
        let server = server(200, body.to_string(), false).await;
        let client = crate::acme::client(&server.url);
        let outcome = client.execute("things", "create", json!({"name": "a"})).await.unwrap();
        assert_eq!(outcome.data, body);
    }
}

#[tokio::test]
async fn parts_of_a_change_that_were_refused_are_told() {
    let path = |text: &str| JsonPath::parse(text).unwrap();
    let refused = |place: &str, done: &str| ErrorCheck {
        path: path(place),
        when: ErrorCondition::Unless(path(done)),
        message: None,
    };
    let checks = [
        refused("$.errors", "$.results"),
        refused("$.numErrors", "$.results"),
        refused("$[*].errors", "$[*].success"),
    ];
    let no = json!({"success": false, "errors": [{"message": "bad"}]});
    let yes = json!({"success": true, "errors": [], "id": "1"});
    for (body, errors) in [
        (json!({"results": [], "errors": [{"message": "bad"}], "status": "COMPLETE"}), None),
        (json!({"results": [], "numErrors": 2, "status": "COMPLETE"}), None),
        (json!({"errors": [{"message": "bad"}], "status": "COMPLETE"}), None),
        (json!([no, no]), None),
        (json!({"results": [1], "errors": [{"message": "bad"}]}), Some(1)),
        (json!({"results": [1], "errors": [{"message": "bad"}], "numErrors": 1}), Some(1)),
        (json!([yes, no, no]), Some(2)),
        (json!({"results": [1], "errors": [], "numErrors": 0}), Some(0)),
        (json!([yes, yes]), Some(0)),
    ] {
        for is_hosted in [false, true] {
            let server = server(200, body.to_string(), is_hosted).await;
            let mut connector = crate::acme::description();
            let things = connector.entities.to_mut().iter_mut().find(|e| e.name == "things");
            let mut create = things.unwrap().operations.to_mut().iter_mut();
            let create = create.find(|operation| operation.action == Action::Create).unwrap();
            create.response.errors = checks.to_vec().into();
            let client = if is_hosted {
                let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
                Client::hosted(connector, hosted).unwrap()
            } else {
                let local = crate::acme::local(&server.url, crate::acme::token());
                Client::local(connector, local).unwrap()
            };
            let outcome = client.execute("things", "create", json!({"name": "a"})).await;
            let shown = format!("{body} hosted: {is_hosted}");
            match errors {
                None => {
                    let error = outcome.expect_err(&shown);
                    assert_eq!(error.kind(), ErrorKind::Vendor, "{shown}: {error}");
                    assert!(error.message().contains("reports a failure"), "{error}");
                }
                Some(count) => {
                    let outcome = outcome.expect(&shown);
                    assert_eq!(
                        (outcome.errors.len(), outcome.data),
                        (count, body.clone()),
                        "{shown}"
                    );
                }
            }
        }
    }
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
