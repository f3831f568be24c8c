use serde_json::json;

use super::*;

fn told(body: &str) -> Option<String> {
    vendor_message(body, &str::to_owned)
}

#[test]
fn messages_are_found_in_the_shapes_of_vendors() {
    for (body, expected) in [
        (
            json!({"message": "Not Found", "documentation_url": "https://a.test", "status": "404"}),
            "Not Found",
        ),
        (
            json!({
                "message": "Validation Failed",
                "errors": [
                    {"resource": "Issue", "field": "title", "code": "missing_field"},
                    {"resource": "Label", "field": "name", "code": "custom", "message": "name is too long"},
                    "Body is too long",
                ],
            }),
            "Validation Failed: Issue title: missing_field; Label: name is too long (custom); Body is too long",
        ),
        (
            json!({"error": {
                "message": "Invalid parameter",
                "type": "OAuthException",
                "code": 100,
                "error_subcode": 1_885_252,
                "error_user_title": "Budget too low",
                "error_user_msg": "The budget must be at least $1.00.",
                "error_data": {"blame_field_specs": [["daily_budget"]]},
                "fbtrace_id": "A1",
            }}),
            "Invalid parameter: Budget too low: The budget must be at least $1.00. \
             (100, OAuthException, 1885252): blame_field_specs: daily_budget",
        ),
        (
            json!({"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "identify,bot"}),
            "missing_scope; needed: chat:write; provided: identify,bot",
        ),
        (
            json!({
                "ok": false,
                "error": "invalid_arguments",
                "channel": {"name": "general"},
                "response_metadata": {"messages": ["[ERROR] missing required field: channel [json-pointer:/channel]"]},
            }),
            "invalid_arguments: [ERROR] missing required field: channel [json-pointer:/channel]",
        ),
        (
            json!({"errors": [{
                "message": "Argument Validation Error",
                "path": ["issueCreate"],
                "locations": [{"line": 1, "column": 2}],
                "extensions": {
                    "code": "INVALID_INPUT",
                    "userPresentableMessage": "teamId must be a UUID.",
                    "validationErrors": [
                        {"property": "teamId", "constraints": {"isUuid": "teamId must be a UUID"}},
                        {"property": "title", "constraints": {"isLength": "at least one character"}},
                    ],
                },
            }], "data": null}),
            "issueCreate: Argument Validation Error: teamId must be a UUID. (INVALID_INPUT): \
             title: isLength: at least one character",
        ),
        (
            json!({"errors": [{
                "id": "7f1b", "status": 422, "code": "taken", "title": "Invalid attribute",
                "detail": "This address is used already.",
                "source": {"pointer": "/data/attributes/email"}, "links": {}, "meta": {},
            }]}),
            "/data/attributes/email: Invalid attribute: This address is used already. (taken)",
        ),
        (
            json!({"errorMessages": ["The issue is closed."], "errors": {"summary": "Give a summary.", "description": "Too long."}}),
            "The issue is closed.; description: Too long.; summary: Give a summary.",
        ),
        (
            json!({"error": {
                "code": "resource_missing", "doc_url": "https://a.test/x", "message": "No such customer: 'cus_9'",
                "param": "id", "type": "invalid_request_error", "request_log_url": "https://a.test/y",
            }}),
            "id: No such customer: 'cus_9' (resource_missing, invalid_request_error)",
        ),
        (
            json!({
                "type": "https://a.test/errors", "title": "Invalid Resource", "status": 400,
                "detail": "See the array of errors.", "instance": "b5e2",
                "errors": [{"field": "email_address", "message": "Must not be blank."}],
            }),
            "Invalid Resource: See the array of errors. email_address: Must not be blank.",
        ),
        (
            json!({"error": {
                "code": 400, "message": "Invalid value", "status": "INVALID_ARGUMENT",
                "errors": [{"domain": "global", "reason": "invalid", "message": "Invalid value", "location": "q", "locationType": "parameter"}],
                "details": [
                    {"@type": "type.test/BadRequest", "fieldViolations": [{"field": "page_size", "description": "must be above 0"}]},
                    {"@type": "type.test/Help", "links": [{"description": "Manual", "url": "https://a.test"}]},
                ],
            }}),
            "Invalid value (INVALID_ARGUMENT): q; page_size: must be above 0",
        ),
        (
            json!({
                "status": "error", "message": "This app needs more scopes.", "correlationId": "c1",
                "errors": [{"message": "One of these scopes is required.", "context": {"requiredGranularScopes": ["crm.read", "crm.write"]}}],
                "category": "MISSING_SCOPES",
            }),
            "This app needs more scopes. (MISSING_SCOPES): One of these scopes is required. \
             requiredGranularScopes: crm.read, crm.write",
        ),
        (
            json!({
                "status": "error", "message": "Property values were not valid", "correlationId": "c1",
                "errors": [{"message": "\"x\" is not valid", "code": "INVALID_EMAIL", "context": {"propertyName": ["email"]}}],
                "category": "VALIDATION_ERROR",
            }),
            "Property values were not valid (VALIDATION_ERROR): \"x\" is not valid (INVALID_EMAIL): propertyName: email",
        ),
        (
            json!([{"index": 0, "errors": [{
                "errorType": "rangeError",
                "errorValue": {"rangeError": {
                    "message": "The budget is too low", "reason": "TOO_LOW", "lowerLimit": "1",
                    "cause": {"location": "$.campaigns[0].budget", "trigger": "0"},
                }},
            }]}]),
            "rangeError: The budget is too low (TOO_LOW); lowerLimit: 1: $.campaigns[0].budget",
        ),
        (
            json!([
                {"field": ["input", "email"], "message": "Email is taken", "code": "IN_USE"},
                {"field": null, "message": "The limit is reached"},
            ]),
            "input.email: Email is taken (IN_USE); The limit is reached",
        ),
        (
            json!({"error": "conflict", "current": {"owner": {"name": "A"}}, "links": {"self": {"message": "no"}}}),
            "conflict",
        ),
        (
            json!({"error": "RecordInvalid", "description": "Record validation errors", "details": {"email": [{"description": "Is used already", "error": "DuplicateValue"}]}}),
            "RecordInvalid: Record validation errors: email: DuplicateValue: Is used already",
        ),
        (
            json!({"detail": [{"loc": ["body", "name"], "msg": "field required", "type": "value_error.missing"}]}),
            "body.name: field required (value_error.missing)",
        ),
        (
            json!([{"message": "Required fields are missing: [Name]", "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["Name"]}]),
            "Required fields are missing: [Name] (REQUIRED_FIELD_MISSING)",
        ),
        (
            json!({"errors": {"title": ["can't be blank", "is too short"]}}),
            "title: can't be blank, is too short",
        ),
        (json!({"email": ["This field is required."]}), "email: This field is required."),
        (
            json!({"fault": {"faultstring": "Rate limit", "detail": {"errorcode": "policies.limit"}}}),
            "Rate limit: errorcode: policies.limit",
        ),
        (json!({"outcome": {"inner": {"message": "deep inside"}}}), "outcome: inner: deep inside"),
        (
            json!({"error": "invalid_grant", "error_description": "expired"}),
            "invalid_grant: expired",
        ),
        (
            json!({"errors": [{"field": "a", "message": "is required"}, {"field": "b", "message": "is required"}]}),
            "a: is required; b: is required",
        ),
        (json!({"strange": 1}), r#"{"strange":1}"#),
    ] {
        let shown = body.to_string();
        assert_eq!(told(&shown).as_deref(), Some(expected), "{shown}");
    }
}

#[test]
fn texts_and_pages_are_told_and_nothing_is_nothing() {
    for (body, expected) in [
        ("plain\n text", Some("plain text")),
        (
            "<html><head><TITLE>414 Request-URI Too Large</TITLE></head></html>",
            Some("414 Request-URI Too Large"),
        ),
        (
            "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>No.</Message></Error>",
            Some("AccessDenied: No."),
        ),
        ("<html></html>", None),
        ("", None),
        ("{}", None),
        ("null", None),
        ("[]", None),
    ] {
        assert_eq!(told(body).as_deref(), expected, "{body}");
    }
}

#[test]
fn the_order_of_members_does_not_change_the_message() {
    let one = r#"{"errors":{"b":"two","a":"one"},"message":"no","code":"x"}"#;
    let other = r#"{"code":"x","message":"no","errors":{"a":"one","b":"two"}}"#;
    assert_eq!(told(one), told(other));
    assert_eq!(told(one).as_deref(), Some("no (x): a: one; b: two"));
}

#[test]
fn long_messages_keep_their_parts_and_end() {
    let long = "x".repeat(5_000);
    let message =
        told(&json!({"message": long, "errors": [{"field": "name"}]}).to_string()).unwrap();
    assert!(message.ends_with("…: name") && message.chars().count() < 500, "{message}");
    let many: Vec<_> = (0..40).map(|n| json!({"message": format!("problem {n}")})).collect();
    let message = told(&json!({"errors": many}).to_string()).unwrap();
    assert!(message.ends_with("problem 11; and 28 more"), "{message}");
    let all: Vec<_> = (0..12).map(|n| json!({"message": format!("{n}{long}")})).collect();
    let message = told(&json!({"errors": all}).to_string()).unwrap();
    assert!(message.ends_with('…') && message.chars().count() <= LONGEST_MESSAGE + 1, "{message}");
    let deep = (0..200).fold(json!("x"), |inner, _| json!({"error": inner}));
    assert!(told(&deep.to_string()).is_some());
}

#[test]
fn secrets_are_taken_out_before_a_text_is_cut() {
    let secret = "canary-3f9a-token";
    let clean = |text: &str| text.replace(secret, "***");
    for length in LONGEST_TEXT - 20..LONGEST_TEXT + 2 {
        let text = format!("{}{secret}", "x".repeat(length));
        for body in [json!({"message": text.clone()}).to_string(), text] {
            let message = vendor_message(&body, &clean).unwrap();
            assert!(!message.contains("canary"), "{length}: {message}");
        }
    }
}

#[test]
fn a_record_is_no_message() {
    let clean = str::to_owned;
    assert_eq!(likely_message(&json!({"owner": {"login": ["a"]}}), &clean), None);
    assert_eq!(
        likely_message(&json!({"error": "no such table"}), &clean).as_deref(),
        Some("no such table")
    );
}
