//! Which requests a vendor accepts, and which it refuses.

use serde_json::json;

use crate::support::{self, builder, get, send, vendor};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn credentials_are_checked_in_the_form_each_scheme_asks_for() {
    let sandbox = builder().start().await.unwrap();
    for (headers, status) in [
        ("", 401),
        ("Authorization: Bearer abc\r\n", 200),
        ("Authorization: Bearer \r\n", 401),
        ("Authorization: Token abc\r\n", 401),
        ("Authorization: Bearer invalid-token\r\n", 401),
        // base64 of `ada@acme.test/token:k` and of `ada@acme.test:k`
        ("Authorization: Basic YWRhQGFjbWUudGVzdC90b2tlbjpr\r\n", 200),
        ("Authorization: Basic YWRhQGFjbWUudGVzdDpr\r\n", 401),
        ("X-Acme-Key: Acme k\r\nX-Acme-Version: 2025-01-01\r\n", 200),
        ("X-Acme-Key: k\r\nX-Acme-Version: 2025-01-01\r\n", 401),
        ("X-Acme-Key: Acme k\r\n", 401),
        ("X-Acme-Key: Acme k\r\nX-Acme-Version: 1999-01-01\r\n", 401),
    ] {
        let headers = format!("X-Forwarded-Host: east.acme.test\r\n{headers}");
        let answer = send(&sandbox, "GET", "/api/v1/users", &headers, b"").await.unwrap();
        assert_eq!(answer.status, status, "{headers}: {}", answer.text());
    }
    let headers = "X-Forwarded-Host: east.acme.test\r\nAuthorization: Bearer limited-1\r\n";
    let first = send(&sandbox, "GET", "/api/v1/users", headers, b"").await.unwrap();
    assert_eq!((first.status, first.header("retry-after")), (429, Some("1")));
    let second = send(&sandbox, "GET", "/api/v1/users", headers, b"").await.unwrap();
    assert_eq!((second.status, second.header("x-limit")), (200, Some("5000")));
}

#[tokio::test]
async fn a_vendor_is_reached_by_host_or_by_slug() {
    let sandbox = builder().start().await.unwrap();
    for (host, target, status) in [
        ("east.acme.test", "/api/v1/users", 200),
        ("west.acme.test:443", "/api/v1/users", 200),
        ("acme.test", "/api/v1/users", 502),
        ("other.test", "/api/v1/users", 502),
        ("", "/vendors/acme/api/v1/users", 200),
        ("", "/vendors/acme/users", 200),
        ("", "/vendors/nobody/users", 404),
        ("", "/vendors/acme/nothing", 404),
        ("east.acme.test", "/api/v1/nothing", 404),
    ] {
        let mut headers = support::KEY.to_owned();
        if !host.is_empty() {
            headers.push_str(&format!("X-Forwarded-Host: {host}\r\n"));
        }
        let answer = send(&sandbox, "GET", target, &headers, b"").await.unwrap();
        assert_eq!(answer.status, status, "{host} {target}: {}", answer.text());
    }
    let wrong = vendor(&sandbox, "DELETE", "/api/v1/users", "", "").await;
    assert_eq!(wrong.status, 405);
}

#[tokio::test]
async fn requests_that_a_vendor_would_refuse_are_refused() {
    let sandbox = builder().start().await.unwrap();
    let users = "/api/v1/users";
    for (method, target, headers, body, complaint) in [
        ("GET", "/api/v1/users?nonsense=1", "", "", "unknown query parameter `nonsense`"),
        ("GET", "/api/v1/users?limit=x", "", "", "`limit`"),
        ("GET", "/api/v1/users?limit=0", "", "", "below the minimum"),
        ("GET", "/api/v1/users?limit=101", "", "", "above the maximum"),
        ("GET", "/api/v1/users?limit=1&limit=2", "", "", "more than once"),
        ("GET", "/api/v1/users?role=king", "", "", "none of"),
        ("GET", "/api/v1/users?expand=team&expand=pets", "", "", "none of"),
        ("GET", "/api/v1/users?ids=a&ids=b", "", "", "joined by `,`"),
        ("GET", "/api/v1/users?created%5Bgte%5D=soon", "", "", "`soon` is not of type integer"),
        ("GET", "/api/v1/users?after=nonsense", "", "", "not a cursor"),
        ("GET", "/api/v1/events?starting_after=evt_none", "", "", "no record `evt_none`"),
        ("GET", "/api/v1/users", JSON, "{}", "takes no body"),
        ("GET", "/api/v1/query", "", "", "`q` is missing"),
        ("POST", users, JSON, r#"{"name": "Ada"}"#, "x-www-form-urlencoded"),
        ("POST", users, FORM, "role=admin", "`name` is missing"),
        ("POST", users, FORM, "name=A&role=king", "none of"),
        ("POST", users, FORM, "name=A&nonsense=1", "no field `nonsense`"),
        ("POST", users, FORM, "name=A&active=yes", "not of type boolean"),
        ("POST", users, FORM, "name=A&address=x", "`address`"),
        ("PATCH", "/api/v1/users/1", FORM, "name=A", "expected `application/json`"),
        ("PATCH", "/api/v1/users/1", JSON, "[]", "must be an object"),
        ("PATCH", "/api/v1/users/1", JSON, "{", "not valid JSON"),
        ("PATCH", "/api/v1/users/1", JSON, r#"{"name": 5}"#, "not of type string"),
        ("PATCH", "/api/v1/users/1", JSON, r#"{"name": null}"#, "must not be null"),
        ("PATCH", "/api/v1/users/1", JSON, r#"{"role": "admin"}"#, "no field `role`"),
    ] {
        let answer = vendor(&sandbox, method, target, headers, body).await;
        let text = answer.text();
        assert_eq!(answer.status, 400, "{method} {target} {body}: {text}");
        assert!(text.contains(complaint), "{method} {target} {body}: {text}");
    }
}

#[tokio::test]
async fn accepted_encodings_are_accepted() {
    let sandbox = builder().start().await.unwrap();
    for target in [
        "/api/v1/users?limit=5&role=admin&role=admin".trim_end_matches("&role=admin"),
        "/api/v1/users?expand=team&expand=manager",
        "/api/v1/users?created%5Bgte%5D=1&created%5Blt%5D=2000000000",
        "/api/v1/users?created[gte]=1",
        "/api/v1/users?ids=a%2Cb",
        "/api/v1/users?role=all",
    ] {
        let answer = get(&sandbox, target).await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    }
}

#[tokio::test]
async fn operations_of_one_path_are_told_apart_by_their_texts() {
    let sandbox = builder().start().await.unwrap();
    for (q, entity) in [
        ("SELECT+id+FROM+Person", "people"),
        ("SELECT+id+FROM+Car", "cars"),
        ("SELECT+id,name+FROM+Car+LIMIT+5", "cars"),
        ("select+*+from+person", "people"),
    ] {
        assert_eq!(get(&sandbox, &format!("/api/v1/query?q={q}")).await.status, 200);
        assert_eq!(sandbox.requests().last().unwrap().entity, entity, "{q}");
    }
}

#[tokio::test]
async fn a_vendor_that_says_in_the_body_whether_it_worked_says_so() {
    use airbyte_agent_core::description::{ErrorCheck, ErrorCondition, Json, JsonPath};
    let mut connector = support::acme();
    connector.errors = vec![ErrorCheck {
        path: JsonPath::parse("$.ok").unwrap(),
        when: ErrorCondition::Equals(Json::new(&json!(false))),
        message: JsonPath::parse("$.error"),
    }]
    .into();
    let sandbox = airbyte_agent_sandbox::Sandbox::builder().connector(connector).start().await;
    let sandbox = sandbox.unwrap();
    assert_eq!(get(&sandbox, "/api/v1/users").await.json()["ok"], true);
    let missing = get(&sandbox, "/api/v1/users/none").await;
    let body = missing.json();
    assert_eq!((missing.status, &body["ok"]), (404, &json!(false)));
    assert_eq!(body["error"], "not_found");
}
