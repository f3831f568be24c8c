//! What is told of refusals, with the specs of several connectors: each vendor writes the reason elsewhere.

use std::path::Path;

use serde_json::{Value, json};

use crate::run::{CANARY, Outcome, acme, at_once, run};
use crate::vendor::{Answer, Vendor};

/// Runs an operation of a connector as its spec in this repository describes it.
fn exec(vendor: &Vendor, slug: &str, args: &[&str]) -> Outcome {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../specs/{slug}.yaml"));
    let spec = spec.display().to_string();
    let field = match slug {
        "airtable" => "personal_access_token",
        "slack" => "bot_key",
        "github" => "token",
        "stripe" | "linear" => "api_key",
        "hubspot" => "private_app_token",
        _ => "access_token",
    };
    let credentials = json!({ field: CANARY, "refresh_token": "r" });
    let credentials = match slug {
        "google-drive" => credentials,
        _ => json!({ field: CANARY }),
    };
    let credentials = credentials.to_string();
    let mut all =
        vec!["exec", "--spec", &spec, "--via", &vendor.url, "--credentials", &credentials];
    all.extend(args);
    run(&all)
}

#[test]
fn the_reason_the_field_and_the_kind_are_told() {
    let cases: Vec<(&str, Vec<&str>, u16, Value, (i32, &str), Vec<&str>)> = vec![
        (
            "github",
            vec!["issues", "create", "-p", "owner=o", "-p", "repo=r", "-p", "title=t"],
            422,
            json!({"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "assignees", "code": "invalid"}]}),
            (3, "validation"),
            vec!["Validation Failed: Issue assignees"],
        ),
        (
            "facebook-marketing",
            vec!["campaigns", "list", "-p", "account_id=1"],
            400,
            json!({"error": {"message": "Invalid parameter", "code": 100, "error_user_title": "Budget too low", "error_user_msg": "Raise the budget."}}),
            (3, "validation"),
            vec!["Invalid parameter", "Budget too low", "Raise the budget."],
        ),
        (
            "facebook-marketing",
            vec!["campaigns", "list", "-p", "account_id=1"],
            200,
            json!({"error": {"message": "Please reduce the amount of data", "code": 1}, "data": []}),
            (7, "vendor"),
            vec!["Please reduce the amount of data"],
        ),
        (
            "facebook-marketing",
            vec!["campaigns", "list", "-p", "account_id=1"],
            403,
            json!({"error": {"message": "Requires ads_read", "code": 200, "type": "OAuthException"}}),
            (4, "permission"),
            vec!["does not allow this", "Requires ads_read"],
        ),
        (
            "slack",
            vec!["channels", "list"],
            200,
            json!({"ok": false, "error": "missing_scope", "needed": "channels:read", "provided": "chat:write"}),
            (4, "permission"),
            vec!["missing_scope", "needed: channels:read", "provided: chat:write"],
        ),
        (
            "hubspot",
            vec!["contacts", "list"],
            200,
            json!({"status": "error", "message": "internal error", "correlationId": "c"}),
            (7, "vendor"),
            vec!["internal error"],
        ),
        (
            "hubspot",
            vec!["contacts", "list"],
            403,
            json!({"status": "error", "message": "No scopes.", "errors": [{"message": "One is required.", "context": {"requiredGranularScopes": ["crm.read"]}}]}),
            (4, "permission"),
            vec!["No scopes.", "requiredGranularScopes: crm.read"],
        ),
        (
            "stripe",
            vec!["customers", "get", "-p", "id=cus_9"],
            404,
            json!({"error": {"code": "resource_missing", "message": "No such customer", "param": "id"}}),
            (5, "not_found"),
            vec!["id: No such customer (resource_missing)"],
        ),
        (
            "google-drive",
            vec!["files", "get", "-p", "fileId=1"],
            403,
            json!({"error": {"code": 403, "message": "Only files with binary content can be downloaded.", "errors": [{"reason": "fileNotDownloadable", "location": "alt", "locationType": "parameter"}]}}),
            (3, "validation"),
            vec!["refused the arguments", "binary content"],
        ),
        (
            "google-drive",
            vec!["files", "get", "-p", "fileId=1"],
            403,
            json!({"error": {"code": 403, "message": "Too large.", "errors": [{"reason": "exportSizeLimitExceeded"}]}}),
            (3, "validation"),
            vec!["Too large."],
        ),
        (
            "linear",
            vec!["teams", "list"],
            200,
            json!({"data": null, "errors": [{"message": "Argument Validation Error", "extensions": {"code": "INVALID_INPUT", "userPresentableMessage": "first must be below 250."}}]}),
            (3, "validation"),
            vec!["Argument Validation Error", "first must be below 250."],
        ),
        (
            "github",
            vec!["repositories", "get", "-p", "owner=o", "-p", "repo=r"],
            200,
            json!({"data": {"repository": null}, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible."}]}),
            (4, "permission"),
            vec!["Resource not accessible."],
        ),
        (
            "github",
            vec!["repositories", "get", "-p", "owner=o", "-p", "repo=r"],
            403,
            json!({"message": "You have triggered an abuse detection mechanism."}),
            (6, "rate_limited"),
            vec!["asks to slow down"],
        ),
    ];
    at_once(cases, |(slug, args, status, body, (code, kind), parts)| {
        let vendor = Vendor::always(Answer::json(status, &body));
        let args = [&args[..], &["--timeout", "20"]].concat();
        let outcome = exec(&vendor, slug, &args);
        let error = outcome.error();
        assert_eq!((outcome.code, error["kind"].as_str()), (code, Some(kind)), "{outcome:?}");
        for part in parts {
            assert!(outcome.message().contains(part), "{outcome:?} lacks {part}");
        }
    });
}

#[test]
fn a_wait_that_is_published_is_told_when_there_is_no_time_for_it() {
    let vendor =
        Vendor::always(Answer::json(429, &json!({"errors": [{"error": "RATE_LIMIT_REACHED"}]})));
    let args = ["bases", "list", "--timeout", "10"];
    let outcome = exec(&vendor, "airtable", &args);
    assert_eq!((outcome.code, &outcome.error()["retry_after"]), (6, &json!(30)), "{outcome:?}");
    assert_eq!(vendor.seen().len(), 1);
}

#[test]
fn a_prefix_that_the_path_has_is_not_repeated() {
    for account in ["act_123", "123"] {
        let vendor = Vendor::always(Answer::json(200, &json!({"data": []})));
        let account = format!("account_id={account}");
        exec(&vendor, "facebook-marketing", &["campaigns", "list", "-p", &account]).succeeded();
        assert!(vendor.seen()[0].target.contains("/act_123/campaigns"), "{:?}", vendor.seen());
    }
}

#[test]
fn a_redirect_that_leads_nowhere_is_a_failure() {
    for (slug, args) in [
        ("github", vec!["repositories", "get", "-p", "owner=o", "-p", "repo=r"]),
        ("stripe", vec!["customers", "list"]),
        ("slack", vec!["channels", "list"]),
    ] {
        let vendor = Vendor::always(Answer::json(302, &json!({"ok": true, "data": []})));
        let outcome = exec(&vendor, slug, &args);
        assert_eq!((outcome.code, &outcome.error()["status"]), (7, &json!(302)), "{outcome:?}");
    }
}

#[test]
fn a_number_for_a_text_keeps_its_digits_or_is_refused() {
    let vendor = Vendor::always(Answer::json(200, &json!({"ok": true})));
    let delete = |pair: &str| {
        let args = ["messages", "delete", "-p", "channel=C1", "-p", pair];
        exec(&vendor, "slack", &args)
    };
    let refused = delete("ts:=1526552662.000430");
    assert_eq!((refused.code, vendor.seen().len()), (3, 0), "{refused:?}");
    assert!(refused.message().contains("write it as a text"), "{refused:?}");
    delete("ts=1526552662.000430");
    assert!(vendor.seen()[0].body.contains("1526552662.000430"), "{:?}", vendor.seen());
}

#[test]
fn a_cursor_that_is_refused_is_not_offered_again() {
    for (status, is_offered) in [(400, false), (410, false), (500, true)] {
        let vendor = Vendor::new(move |_, before| match before {
            0 => Answer::json(200, &json!({"things": [{"id": 1}], "next": "c1"})),
            _ => Answer::json(status, &json!({"message": "no"})),
        });
        let outcome = acme(&vendor.url, &["things", "list", "--all"]);
        let error = outcome.error();
        assert_eq!(error.get("resume").is_some(), is_offered, "{outcome:?}");
        assert_eq!(outcome.json()["next"].is_string(), is_offered, "{outcome:?}");
        assert_eq!(outcome.message().contains("without the cursor"), !is_offered, "{outcome:?}");
    }
}

/// Vendors now and then take more than their documents say. Such a call is made, and a person is told that the result may
/// mean nothing; a secret is not repeated.
#[test]
fn texts_that_break_a_rule_of_the_vendor_are_sent_with_a_warning() {
    let vendor = Vendor::always(Answer::json(200, &json!({"object": "list", "data": []})));
    let args = ["customers", "list", "-p", "email=ada", "--output", "json"];
    let outcome = exec(&vendor, "stripe", &args).succeeded();
    assert!(outcome.stderr.contains("warning: 'email' must be an e-mail address"), "{outcome:?}");
    assert_eq!(outcome.json()["data"], json!([]), "{outcome:?}");
    let args = ["customers", "list", "-p", "email=ada@acme.test", "--output", "json"];
    let outcome = exec(&vendor, "stripe", &args).succeeded();
    assert_eq!(outcome.stderr, "", "{outcome:?}");
}
