//! What happens when vendors and networks misbehave.

use std::time::{Duration, Instant, SystemTime};

use crate::acme::{CANARY, client, description, local, oauth, token};
use crate::server::{Answer, Server};
use airbyte_agent_engine::{Client, Error, ErrorKind, record};
use serde_json::{Value, json};

record! {
    struct Thing {
        id: String,
        size: i64,
    }
}

pub fn page(ids: &[&str], next: Option<&str>) -> Value {
    let things: Vec<Value> = ids.iter().map(|id| json!({"id": id, "size": 1})).collect();
    json!({"things": things, "next": next, "total": 99})
}

pub async fn list(client: &Client) -> Result<Vec<Value>, Error> {
    let outcome = client.execute("things", "list", json!({})).await?;
    Ok(outcome.data.as_array().cloned().unwrap_or_default())
}

/// Kind and status are as documented, and nothing secret is told.
pub fn check(error: &Error, kind: ErrorKind, status: Option<u16>) {
    assert_eq!((error.kind(), error.status()), (kind, status), "{error:?}");
    let told = format!("{error} {error:?} {:?}", error.body());
    assert!(!told.contains(CANARY), "{told}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        assert!(!format!("{cause} {cause:?}").contains(CANARY));
        source = cause.source();
    }
}

#[tokio::test]
async fn a_limit_is_waited_out_however_the_wait_is_told() {
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_millis(1_900));
    for (header, least) in [(Some("1"), 900), (Some(soon.as_str()), 0), (None, 0)] {
        let mut refusal = Answer::json(429, json!({"message": "slow down"}));
        if let Some(value) = header {
            refusal = refusal.header("retry-after", value);
        }
        let server = Server::script([refusal, Answer::json(200, page(&["a"], None))]).await;
        let start = Instant::now();
        assert_eq!(list(&client(&server.url)).await.unwrap().len(), 1, "{header:?}");
        assert!(start.elapsed() >= Duration::from_millis(least), "{header:?}");
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_limit_longer_than_patience_is_told_with_its_wait() {
    for (status, name, value) in [(429, "retry-after", "3600"), (403, "retry-after", "3600")] {
        let body = json!({"message": format!("token {CANARY}-token is over its limit")});
        let refusal = Answer::json(status, body).header(name, value);
        let server = Server::script([refusal]).await;
        let error = list(&client(&server.url)).await.unwrap_err();
        check(&error, ErrorKind::RateLimited, Some(status));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
        assert!(error.is_retryable() && server.seen().len() == 1);
    }
}

#[tokio::test]
async fn an_exhausted_window_is_a_limit_whatever_the_status_says() {
    let refusal =
        Answer::json(403, json!({"message": "no"})).header("x-left", 0).header("x-reset", 3600);
    let server = Server::script([refusal]).await;
    let error = list(&client(&server.url)).await.unwrap_err();
    check(&error, ErrorKind::RateLimited, Some(403));
}

#[tokio::test]
async fn a_failing_read_is_repeated_and_a_failing_create_is_not() {
    let broken = || Answer::json(500, json!({"error": "boom"})).header("x-request-id", "r-1");
    let server = Server::script([broken(), broken(), Answer::json(200, page(&["a"], None))]).await;
    assert_eq!(list(&client(&server.url)).await.unwrap().len(), 1);
    assert_eq!(server.seen().len(), 3);

    let server = Server::script([broken()]).await;
    let call = client(&server.url).execute("things", "create", json!({"name": "x"}));
    let error = call.await.unwrap_err();
    check(&error, ErrorKind::Vendor, Some(500));
    assert_eq!((server.seen().len(), error.request_id()), (1, Some("r-1")));
    assert!(!error.is_retryable(), "nobody may repeat a create without looking");
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_a_body_is_a_network_error() {
    let server = Server::script([Answer::json(200, page(&["a", "b"], None)).cut_after(20)]).await;
    let error = list(&client(&server.url)).await.unwrap_err();
    check(&error, ErrorKind::Network, None);
}

#[tokio::test]
async fn a_slow_body_ends_at_the_deadline() {
    let slow = Answer::json(200, page(&["a"; 40], None)).pause(Duration::from_millis(300));
    let server = Server::script([slow]).await;
    let start = Instant::now();
    let call = client(&server.url)
        .execute("things", "list", json!({}))
        .options(|options| options.timeout(Duration::from_millis(500)));
    let error = call.await.unwrap_err();
    check(&error, ErrorKind::Network, None);
    assert!(start.elapsed() < Duration::from_millis(1500));
}

#[tokio::test]
async fn nobody_listening_is_a_network_error() {
    let error = list(&client("http://127.0.0.1:9")).await.unwrap_err();
    check(&error, ErrorKind::Network, None);
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_list_that_begins_with_the_record_named_is_read_without_doubles() {
    let server = Server::start(|request, _| {
        let ids: &[i64] = match request.target.as_str() {
            "/agents?joined%5Bgt%5D=2025" => &[1, 2, 3],
            "/agents?since_id=4&joined%5Bgt%5D=2025" => &[4, 5, 6],
            "/agents?since_id=7&joined%5Bgt%5D=2025" => &[7],
            other => return Answer::json(404, json!({"message": other})),
        };
        Answer::json(200, ids.iter().map(|id| json!({"id": id})).collect::<Value>())
    })
    .await;
    let client = client(&server.url);
    let mut call = client.call("agents", airbyte_agent_engine::description::Action::List);
    call.set("joined_after", "2025");
    let agents: Vec<Value> = call.items().collect().await.unwrap();
    assert_eq!(agents.iter().map(|a| a["id"].clone()).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn no_credential_follows_a_redirect_to_another_host() {
    let other = Server::script([Answer::json(200, page(&["a"], None))]).await;
    let target = format!("{}/elsewhere", other.url);
    let redirect = Answer::json(302, json!({})).header("location", &target);
    let server = Server::script([redirect]).await;
    // Private hosts are out of bounds unless allowed.
    let error = list(&client(&server.url)).await.unwrap_err();
    check(&error, ErrorKind::Network, None);
    assert!(other.seen().is_empty());

    let options = local(&server.url, token()).allow_private_hosts();
    let client = Client::local(description(), options).unwrap();
    assert_eq!(list(&client).await.unwrap().len(), 1);
    let arrived = &other.seen()[0];
    assert_eq!((arrived.target.as_str(), arrived.header("authorization")), ("/elsewhere", None));
}

#[tokio::test]
async fn a_redirect_within_the_host_keeps_the_credential_and_loops_end() {
    let moved = Answer::json(307, json!({})).header("location", "/v2/things");
    let server = Server::script([moved, Answer::json(200, page(&["a"], None))]).await;
    assert_eq!(list(&client(&server.url)).await.unwrap().len(), 1);
    assert!(server.seen()[1].header("authorization").is_some());

    let server = Server::script([Answer::json(302, json!({})).header("location", "/things")]).await;
    check(&list(&client(&server.url)).await.unwrap_err(), ErrorKind::Vendor, Some(302));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_creation_that_returns_nothing_is_no_success() {
    for (thing, is_done) in [(json!(null), false), (json!({"id": "a"}), true)] {
        let body = json!({"data": {"add": {"userErrors": [], "thing": thing}}});
        let server = Server::script([Answer::json(200, body)]).await;
        let made = client(&server.url).execute("viewer", "create", json!({"name": "x"})).await;
        match made {
            Ok(outcome) => assert!(is_done, "{outcome:?}"),
            Err(error) => {
                check(&error, ErrorKind::Decode, Some(200));
                assert!(!is_done && error.message().contains("before you repeat"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn answers_that_are_no_answers_are_decode_errors() {
    for body in ["{\"things\": [", "<html>sign in</html>", "{\"things\": []} trailing"] {
        let server = Server::script([Answer::json(200, body)]).await;
        check(&list(&client(&server.url)).await.unwrap_err(), ErrorKind::Decode, Some(200));
    }
}

#[tokio::test]
async fn a_wrong_type_deep_in_record_37_is_located() {
    let mut things: Vec<Value> = (0..50).map(|n| json!({"id": n, "size": "7"})).collect();
    let server = Server::script([Answer::json(200, json!({"things": things}))]).await;
    let call = client(&server.url).call("things", airbyte_agent_engine::description::Action::List);
    let records: Vec<Thing> = call.items().collect().await.unwrap();
    assert_eq!((records[3].id.as_deref(), records[3].size), (Some("3"), Some(7)), "drift is fine");

    things[37]["size"] = json!({"width": 1});
    let server = Server::script([Answer::json(200, json!({"things": things}))]).await;
    let call = client(&server.url).call("things", airbyte_agent_engine::description::Action::List);
    let error = call.page::<Thing, Value>().await.unwrap_err();
    check(&error, ErrorKind::Decode, Some(200));
    assert_eq!(error.json_path(), Some("$.things[37].size"));
    assert!(error.message().contains("$.things[37].size"), "{error}");
}

#[tokio::test]
async fn an_error_inside_a_success_fails() {
    let body = json!({"ok": false, "error": format!("invalid_auth {CANARY}-token")});
    let server = Server::script([Answer::json(200, body)]).await;
    check(&list(&client(&server.url)).await.unwrap_err(), ErrorKind::Vendor, Some(200));

    for (body, kind) in [
        (json!({"data": null, "errors": [{"message": "x"}]}), ErrorKind::Vendor),
        (
            json!({"data": {"viewer": null}, "errors": [{"type": "NOT_FOUND", "message": "x"}]}),
            ErrorKind::NotFound,
        ),
        (
            json!({"errors": [{"message": "x", "extensions": {"code": "RATELIMITED"}}]}),
            ErrorKind::RateLimited,
        ),
    ] {
        let server = Server::script([Answer::json(200, body)]).await;
        let error = client(&server.url).execute("viewer", "get", json!({})).await.unwrap_err();
        check(&error, kind, Some(200));
    }
    for (code, kind) in [
        ("no_such_thing", ErrorKind::NotFound),
        ("bad_color", ErrorKind::Validation),
        ("slow_down", ErrorKind::RateLimited),
        ("else", ErrorKind::Vendor),
    ] {
        let body = json!({"ok": false, "error": code});
        let server = Server::script([Answer::json(200, body)]).await;
        check(&list(&client(&server.url)).await.unwrap_err(), kind, Some(200));
    }
    // An answer in part is given, its errors beside it.
    let body = json!({"data": {"viewer": {"login": "a"}}, "errors": [{"message": "partly"}]});
    let server = Server::script([Answer::json(200, body)]).await;
    let outcome = client(&server.url).execute("viewer", "get", json!({})).await.unwrap();
    assert_eq!(outcome.meta["errors"][0]["message"], "partly");
}

#[tokio::test]
async fn statuses_become_the_documented_kinds() {
    for (status, kind) in [
        (400, ErrorKind::Validation),
        (401, ErrorKind::Authentication),
        (403, ErrorKind::Permission),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Vendor),
        (422, ErrorKind::Validation),
        (500, ErrorKind::Vendor),
    ] {
        let body = json!({"message": format!("you sent {CANARY}-token")});
        let server = Server::script([Answer::json(status, body)]).await;
        let call = client(&server.url).execute("things", "get", json!({"id": "a/b"}));
        check(&call.await.unwrap_err(), kind, Some(status));
        assert_eq!(server.seen()[0].target, "/things/a%2Fb");
    }
}

#[tokio::test]
async fn bad_arguments_are_told_before_anything_is_sent() {
    let server = Server::script([Answer::json(200, json!({}))]).await;
    let client = client(&server.url);
    for (entity, action, arguments, kind, told) in [
        ("thing", "list", json!({}), ErrorKind::Usage, "did you mean 'things'"),
        ("things", "lst", json!({}), ErrorKind::Usage, "did you mean 'list'"),
        ("things", "purge", json!({}), ErrorKind::Usage, "list, create, get"),
        ("things", "get", json!({}), ErrorKind::Validation, "missing required argument 'id'"),
        ("things", "get", json!({"id": ".."}), ErrorKind::Validation, "dot segment"),
        ("things", "list", json!({"limt": 1}), ErrorKind::Validation, "did you mean 'limit'"),
        ("things", "list", json!({"limit": "x"}), ErrorKind::Validation, "must be an integer"),
        ("things", "list", json!({"limit": 1000}), ErrorKind::Validation, "at most 100"),
        ("things", "list", json!({"color": "green"}), ErrorKind::Validation, "red, blue"),
        ("things", "create", json!({}), ErrorKind::Validation, "'name'"),
        ("things", "create", json!({"name": "x", "tags": [1]}), ErrorKind::Validation, "tags[0]"),
        ("things", "list", json!([]), ErrorKind::Validation, "JSON object"),
        ("files", "download", json!({"id": "x"}), ErrorKind::Usage, "download it"),
    ] {
        let error = client.execute(entity, action, arguments).await.unwrap_err();
        check(&error, kind, None);
        assert!(error.message().contains(told), "{error}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn credentials_are_checked_before_anything_is_sent() {
    use airbyte_agent_engine::Credentials;
    let both = oauth().field("token", format!("{CANARY}-token"));
    for (credentials, told) in [
        (Credentials::new(), "missing"),
        (both, "several"),
        (Credentials::new().field("client_id", CANARY), "not complete"),
        (token().field("tokn", CANARY), "did you mean 'token'"),
        (Credentials::new().field("token", " "), "needs the credential token"),
        (token().scheme("basic"), "no auth scheme"),
    ] {
        let error = Client::local(description(), local("http://127.0.0.1:9", credentials));
        let error = error.unwrap_err();
        assert!(error.message().contains(told), "{error}");
        assert!(!format!("{error:?}").contains(CANARY));
    }
    for origin in ["{origin}", "https://your-subdomain.acme.test", "ftp://x", "not a url"] {
        let error = Client::local(description(), local(origin, token())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{error}");
    }
}

#[tokio::test]
async fn a_list_is_read_to_its_end_resumed_and_never_goes_in_circles() {
    let paged = |request: &crate::server::Seen, _| match request.target.as_str() {
        "/things" => Answer::json(200, page(&["a", "b"], Some("2"))),
        "/things?cursor=2" => Answer::json(200, page(&["c", "d"], Some("3"))),
        "/things?cursor=3" => Answer::json(200, page(&["e"], Some(""))),
        other => Answer::json(404, json!({"message": other})),
    };
    let server = Server::start(paged).await;
    let client = client(&server.url);
    let call = || client.call("things", airbyte_agent_engine::description::Action::List);
    let ids = |things: Vec<Thing>| -> Vec<String> {
        things.into_iter().filter_map(|thing| thing.id).collect()
    };
    assert_eq!(ids(call().items().collect().await.unwrap()), ["a", "b", "c", "d", "e"]);
    assert_eq!(ids(call().items().max(3).collect().await.unwrap()), ["a", "b", "c"]);

    let first = call().page::<Thing, Value>().await.unwrap();
    let cursor = first.next.unwrap().to_string().parse().unwrap();
    let mut rest = call();
    rest.resume(cursor);
    assert_eq!(ids(rest.items().collect().await.unwrap()), ["c", "d", "e"]);
    assert!("nonsense".parse::<airbyte_agent_engine::Cursor>().is_err());

    let server = Server::script([Answer::json(200, page(&["a"], Some("same")))]).await;
    let client = crate::acme::client(&server.url);
    let call = client.call("things", airbyte_agent_engine::description::Action::List);
    let error = call.items::<Thing>().collect().await.unwrap_err();
    check(&error, ErrorKind::Vendor, None);
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_dry_run_shows_everything_but_secrets() {
    let client = client("http://127.0.0.1:9");
    let mut call = client.call("things", airbyte_agent_engine::description::Action::Create);
    call.set("name", format!("say {CANARY}-token"));
    call.set("note", Value::Null);
    let shown = serde_json::to_string(&call.dry_run().unwrap()).unwrap();
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(shown.contains("\"note\":null") && shown.contains("authorization"), "{shown}");
}

#[tokio::test]
async fn errors_beside_data_fail_only_when_nothing_was_done() {
    let refused =
        json!({"data": {"rename": {"userErrors": [{"message": "taken"}], "thing": null}}});
    let both = json!({"data": {"rename": {
        "userErrors": [{"field": ["name"], "message": "taken"}, {"message": "full"}], "thing": null,
    }}});
    let done =
        json!({"data": {"rename": {"userErrors": [{"message": "odd"}], "thing": {"id": "a"}}}});
    let cases = [(refused, Some("taken")), (both, Some("name: taken; full")), (done, None)];
    for (body, told) in cases {
        let server = Server::script([Answer::json(200, body)]).await;
        let call = client(&server.url).execute("viewer", "update", json!({"name": "x"}));
        match (call.await, told) {
            (Err(error), Some(told)) => {
                check(&error, ErrorKind::Vendor, Some(200));
                assert!(error.message().contains(told), "{error}");
            }
            (Ok(outcome), None) => {
                assert_eq!(outcome.data["thing"]["id"], "a");
                assert_eq!(outcome.errors, [json!({"message": "odd"})]);
            }
            (got, _) => panic!("{got:?}"),
        }
    }
}

#[tokio::test]
async fn broken_text_inside_a_string_does_not_fail_the_page() {
    let mut answer = Answer::json(200, "");
    answer.body = b"{\"things\": [{\"id\": \"a\xff\"}], \"next\": null}".to_vec();
    let server = Server::script([answer]).await;
    let call = client(&server.url).call("things", airbyte_agent_engine::description::Action::List);
    let page = call.page::<Thing, Value>().await.unwrap();
    assert_eq!(page.data[0].id.as_deref(), Some("a\u{fffd}"));
}
