//! What holds for whole documents.

use airbyte_agent_import::decision::{AuthKind, DocumentDecision};
use airbyte_agent_import::report::json_lines;
use serde_json::{Value, json};

use super::{decide_document, object, read, records, text};

fn document(more: &Value) -> DocumentDecision {
    let mut document = json!({
        "openapi": "3.0.0",
        "info": {"title": "Acme Billing API", "version": "1"},
        "paths": {"/issues": {"get": read(&json!({}), &records())}},
    });
    for (name, value) in more.as_object().unwrap() {
        document[name] = value.clone();
    }
    decide_document(&document)
}

#[test]
fn schemes_come_from_declarations_or_else_from_headers_and_texts() {
    let declared = |scheme: Value| json!({"components": {"securitySchemes": {"key": scheme}}});
    let described =
        |text: &str| json!({"info": {"title": "Acme", "version": "1", "description": text}});
    let header = json!({"paths": {"/issues": {"get": {
        "parameters": [{"name": "X-Auth-Token", "in": "header", "schema": text()}], "responses": {},
    }}}});
    let key = |name: &str, prefix: &str| AuthKind::Header {
        name: name.to_owned(),
        prefix: prefix.to_owned(),
    };
    for (more, expected) in [
        (declared(json!({"type": "http", "scheme": "bearer"})), AuthKind::Bearer),
        (declared(json!({"type": "http", "scheme": "basic"})), AuthKind::Basic),
        (declared(json!({"type": "apiKey", "in": "header", "name": "X-Key"})), key("X-Key", "")),
        (
            declared(json!({"type": "apiKey", "in": "query", "name": "key"})),
            AuthKind::Query { name: "key".to_owned() },
        ),
        (
            declared(
                json!({"type": "apiKey", "in": "header", "name": "Authorization", "description": "Send `Token abc`."}),
            ),
            key("Authorization", "Token "),
        ),
        (
            declared(
                json!({"type": "apiKey", "in": "header", "name": "Authorization", "description": "Bearer, then a token."}),
            ),
            AuthKind::Bearer,
        ),
        (described("Send `Authorization: Bearer TOKEN`."), AuthKind::Bearer),
        (described("Send your key as X-API-Key."), key("X-API-Key", "")),
        (described("A key has to be in the header \"API-Key\"."), key("API-Key", "")),
        (
            described("Call https://acme.test/issues?api_key={key}."),
            AuthKind::Query { name: "api_key".to_owned() },
        ),
        (header, key("X-Auth-Token", "")),
    ] {
        let found = document(&more).auth;
        assert_eq!(found.first().map(|scheme| &scheme.value.kind), Some(&expected), "{more}");
    }
    let nothing = document(&json!({}));
    assert!(nothing.auth.is_empty());
    assert!(nothing.open_questions.iter().any(|question| question.contains("authenticate")));
}

#[test]
fn servers_for_real_use_come_first_and_keep_their_variables() {
    let found = document(&json!({"servers": [
        {"url": "https://sandbox.acme.test"},
        {"url": "https://{region}.acme.test/v1", "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}}},
    ]}));
    let first = &found.servers[0];
    assert_eq!(first.url, "https://{region}.acme.test/v1");
    assert_eq!(first.variables[0].default.as_deref(), Some("eu"));
    assert_eq!(first.variables[0].choices, ["eu", "us"]);
}

#[test]
fn titles_limits_and_errors_are_found() {
    let failure = object(&json!({"error": object(&json!({"code": text(), "message": text()}))}));
    let mut operation = read(&json!({}), &records());
    operation["responses"]["400"] =
        json!({"description": "", "content": {"application/json": {"schema": failure}}});
    let found = document(&json!({
        "info": {"title": "Acme Billing API", "version": "1", "description": "You may send 100 requests per minute."},
        "paths": {"/issues": {"get": operation}},
    }));
    assert_eq!(found.slug.value, "acme-billing");
    assert_eq!(
        (found.rate_limits[0].value.requests, found.rate_limits[0].value.seconds),
        (100, 60)
    );
    assert_eq!(found.error_code.unwrap().value, "$.error.code");
    assert_eq!(found.error_message.unwrap().value, "$.error.message");
}

#[test]
fn the_report_has_one_object_in_each_line_with_all_members() {
    let found = document(&json!({}));
    let text = json_lines(&found);
    assert_eq!(text.lines().count(), 1);
    let line: Value = serde_json::from_str(text.trim()).unwrap();
    let members: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "method",
        "path",
        "entity",
        "action",
        "list",
        "records",
        "paging",
        "confidence",
        "evidence",
    ];
    assert!(
        expected.iter().all(|name| members.contains(name)) && members.len() == expected.len(),
        "{members:?}"
    );
    assert_eq!(
        line["paging"],
        json!({"kind": "none", "parameter": null, "from": null, "size": null})
    );
    assert!(line["confidence"].as_f64().unwrap() <= 1.0);
    assert!(!line["evidence"].as_array().unwrap().is_empty());
}
