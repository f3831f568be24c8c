//! What a vendor accepts, refuses, remembers and pages.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::{builder, get, post_json, send, vendor};

const CLIENT: &str =
    "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic aWQ6c2VjcmV0\r\n";
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
        ("GET", "/api/v1/users?after=nonsense", "", "", "no cursor"),
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
        ("PATCH", "/api/v1/users/1", JSON, "[]", "is to be an object"),
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
async fn writes_are_remembered() {
    let sandbox = builder().start().await.unwrap();
    let body = "name=Ada+Lovelace&role=guest&address%5Bcity%5D=London";
    let created = vendor(&sandbox, "POST", "/api/v1/users", FORM, body).await;
    let user = created.json()["user"].clone();
    assert_eq!(user["name"], "Ada Lovelace");
    assert_eq!((&user["role"], &user["address"]["city"]), (&json!("guest"), &json!("London")));
    let one = format!("/api/v1/users/{}", user["id"].as_str().unwrap());
    assert_eq!(get(&sandbox, &one).await.json(), user);
    let listed = get(&sandbox, "/api/v1/users").await.json();
    assert_eq!(listed["data"]["users"][0], user);

    let changed = vendor(&sandbox, "PATCH", &one, JSON, r#"{"name": "Ada King", "email": null}"#);
    assert_eq!(changed.await.json()["name"], "Ada King");
    let read = get(&sandbox, &one).await.json();
    assert_eq!((&read["name"], &read["email"]), (&json!("Ada King"), &Value::Null));

    let gone = vendor(&sandbox, "DELETE", &one, "", "").await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    assert_eq!(get(&sandbox, &one).await.status, 404);
    assert_eq!(vendor(&sandbox, "DELETE", &one, "", "").await.status, 404);
    assert_eq!(get(&sandbox, "/api/v1/users/usr_unknown").await.status, 404);
}

#[tokio::test]
async fn an_idempotency_key_makes_one_record() {
    let sandbox = builder().start().await.unwrap();
    let headers = format!("{FORM}Idempotency-Key: k1\r\n");
    let post = |body: &'static str| vendor(&sandbox, "POST", "/api/v1/users", &headers, body);
    let (first, second) = (post("name=A").await.json(), post("name=A").await.json());
    assert_eq!(first["user"]["id"], second["user"]["id"]);
    assert_eq!(post("name=B").await.status, 400);
    let other = vendor(&sandbox, "POST", "/api/v1/users", FORM, "name=A").await.json();
    assert_ne!(first["user"]["id"], other["user"]["id"]);
}

/// The next target, by body, `Link` header, last identifier and number of records so far.
type Continue = fn(&Value, Option<&str>, &str, usize) -> Option<String>;

#[tokio::test]
async fn every_way_of_paging_ends_with_all_records_once() {
    let sandbox = builder().start().await.unwrap();
    let cases: [(&str, &str, Continue); 5] = [
        ("/api/v1/users?limit=100", "/data/users", |body, _, _, _| {
            Some(format!("/api/v1/users?limit=100&after={}", body["page"]["next"].as_str()?))
        }),
        ("/api/v1/users/u1/orders?per_page=90", "", |_, link, _, _| {
            let url = link?.split(['<', '>']).nth(1)?;
            Some(url.strip_prefix("https://east.acme.test")?.to_owned())
        }),
        ("/api/v1/teams?count=80", "/teams", |body, _, _, seen| {
            let full = body["teams"].as_array()?.len() == 80;
            full.then(|| format!("/api/v1/teams?count=80&offset={seen}"))
        }),
        ("/api/v1/places", "/items", |body, _, _, seen| {
            let more = !body["isLast"].as_bool()?;
            more.then(|| format!("/api/v1/places?page={}", seen / 100 + 1))
        }),
        ("/api/v1/events?limit=99", "/events", |_, _, last, seen| {
            (seen % 99 == 0).then(|| format!("/api/v1/events?limit=99&starting_after={last}"))
        }),
    ];
    for (first, place, next) in cases {
        let (mut target, mut ids, mut seen) = (first.to_owned(), BTreeSet::new(), 0);
        loop {
            let answer = get(&sandbox, &target).await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            let body = answer.json();
            let mut last = String::new();
            for record in body.pointer(place).and_then(Value::as_array).unwrap() {
                let record = record.get("place").unwrap_or(record);
                last = record["id"].to_string().trim_matches('"').to_owned();
                ids.insert(last.clone());
                seen += 1;
            }
            match next(&body, answer.header("link"), &last, seen) {
                Some(following) => target = following,
                None => break,
            }
        }
        assert!((250..=300).contains(&seen), "{first}: {seen}");
        assert_eq!(ids.len(), seen, "{first}");
    }
    let total = get(&sandbox, "/api/v1/users").await.json()["page"]["total_count"].clone();
    assert!((250..=300).contains(&total.as_u64().unwrap()));
}

#[tokio::test]
async fn records_are_the_same_on_every_start_and_belong_together() {
    let (a, b) = (builder().start().await.unwrap(), builder().start().await.unwrap());
    let target = "/api/v1/users?limit=100";
    let page = get(&a, target).await.json();
    assert_eq!(page, get(&b, target).await.json());
    let users = page["data"]["users"].as_array().unwrap();
    for user in users.iter().take(20) {
        let one = get(&a, &format!("/api/v1/users/{}", user["id"].as_str().unwrap())).await;
        assert_eq!(one.json(), *user);
    }
    let admins = get(&a, "/api/v1/users?limit=100&role=admin").await.json();
    let admins = admins["data"]["users"].as_array().unwrap();
    assert!(!admins.is_empty() && admins.iter().all(|user| user["role"] == "admin"));
    let ids =
        format!("{}%2C{}", users[3]["id"].as_str().unwrap(), users[1]["id"].as_str().unwrap());
    let two = get(&a, &format!("/api/v1/users?ids={ids}")).await.json();
    assert_eq!(two["data"]["users"], json!([users[3], users[1]]));

    let orders = get(&a, "/api/v1/users/u7/orders?per_page=100").await.json();
    let orders = orders.as_array().unwrap();
    assert!(orders.iter().all(|order| order["buyer_id"] == "u7"));
    let private = orders.iter().filter(|order| order["isPrivate"] == true).count();
    assert!((1..20).contains(&private), "{private}");
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

const LIST: &str = "query Issues($team: String!, $first: Int!, $after: String) {
  team(key: $team) { issues(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id number title author { login } } } } }";

#[tokio::test]
async fn graphql_answers_what_was_selected() {
    let sandbox = builder().start().await.unwrap();
    let ask = |query: &str, variables: Value| {
        let body = json!({"query": query, "variables": variables});
        async { post_json(&sandbox, "/api/v1/graphql", &{ body }).await }
    };
    let page = ask(LIST, json!({"team": "T", "first": 2})).await.json();
    let issues = &page["data"]["team"]["issues"];
    assert_eq!(issues["pageInfo"]["hasNextPage"], true);
    let keys: Vec<&String> = issues["nodes"][1].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "number", "title", "author"]);
    assert!(issues["nodes"][0]["author"]["login"].is_string());
    let after = issues["pageInfo"]["endCursor"].clone();
    let second = ask(LIST, json!({"team": "T", "first": 2, "after": after})).await.json();
    assert_eq!(second["data"]["team"]["issues"]["nodes"][0]["number"], 3);

    let get = "query Issue($team: String!, $number: Int!) {
        team(key: $team) { issue(number: $number) { id number title } } }";
    let one = ask(get, json!({"team": "T", "number": 3})).await.json();
    assert_eq!(one["data"]["team"]["issue"]["number"], 3);
    let none = ask(get, json!({"team": "T", "number": 99_999})).await;
    assert_eq!((none.status, &none.json()["data"]), (200, &Value::Null));
    assert!(none.text().contains("99999"), "{}", none.text());

    let create = "mutation Create($title: String!) {
        issueCreate(input: {title: $title}) { success issue { id number title } } }";
    let made = ask(create, json!({"title": "New"})).await.json();
    assert_eq!(made["data"]["issueCreate"]["success"], true);
    assert_eq!(made["data"]["issueCreate"]["issue"]["title"], "New");
    let first = ask(LIST, json!({"team": "T", "first": 1})).await.json();
    assert_eq!(first["data"]["team"]["issues"]["nodes"][0]["title"], "New");
}

#[tokio::test]
async fn graphql_problems_are_answered_with_200_and_errors() {
    let sandbox = builder().start().await.unwrap();
    let good = json!({"team": "T", "first": 2});
    for (query, variables, complaint) in [
        (LIST.replace("id number", "{{ fields }}"), good.clone(), "Syntax Error"),
        (LIST.replace(" } } } }", ""), good.clone(), "Syntax Error"),
        (LIST.replace("id number title author { login }", ""), good.clone(), "Syntax Error"),
        (LIST.to_owned(), json!({"team": "T"}), "\\\"$first\\\" of required type"),
        (LIST.to_owned(), json!({"team": "T", "first": "2"}), "invalid value"),
        (LIST.to_owned(), json!({"team": "T", "first": 2, "x": 1}), "not declared"),
        (LIST.replace(", after: $after", ""), good.clone(), "never used"),
        ("{ nothing { id } }".to_owned(), json!({}), "not one of"),
    ] {
        let body = json!({"query": query, "variables": variables});
        let answer = post_json(&sandbox, "/api/v1/graphql", &body).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert!(answer.text().contains(complaint), "{query}: {}", answer.text());
    }
    let body = json!({"query": LIST, "variables": good});
    let in_url = post_json(&sandbox, "/api/v1/graphql?team=T", &body);
    assert!(in_url.await.text().contains("unknown query parameter"));
}

#[tokio::test]
async fn files_are_served_in_one_or_two_steps_and_by_range() {
    let sandbox = builder().start().await.unwrap();
    let whole = get(&sandbox, "/api/v1/places/p1/photo").await;
    assert!(whole.body.len() >= 200_000 && whole.status == 200);
    for (range, status, expected) in [
        ("bytes=0-9", 206, &whole.body[..10]),
        ("bytes=100-", 206, &whole.body[100..]),
        ("bytes=-5", 206, &whole.body[whole.body.len() - 5..]),
        ("bytes=99999999-", 416, &[][..]),
    ] {
        let header = format!("Range: {range}\r\n");
        let part = vendor(&sandbox, "GET", "/api/v1/places/p1/photo", &header, "").await;
        assert_eq!((part.status, part.body.as_slice()), (status, expected), "{range}");
    }
    let step = get(&sandbox, "/api/v1/recordings/r1").await.json();
    let url = step["media"][0]["url"].as_str().unwrap();
    let path = url.strip_prefix("https://east.acme.test").unwrap();
    let file = vendor(&sandbox, "GET", path, "Range: bytes=5-9\r\n", "").await;
    assert_eq!((file.status, file.body.len()), (206, 5));
    assert!(file.header("content-range").unwrap().starts_with("bytes 5-9/"));
}

#[tokio::test]
async fn an_uploaded_file_can_be_downloaded() {
    let sandbox = builder().start().await.unwrap();
    let headers = "Content-Type: multipart/related; boundary=b\r\n";
    let body = "--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"name\":\"n.txt\"}\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
    let made = vendor(&sandbox, "POST", "/api/v1/upload", headers, body).await;
    assert_eq!(made.json()["name"], "n.txt", "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let file = get(&sandbox, &format!("/api/v1/places/{id}/photo")).await;
    assert_eq!((file.text().as_str(), file.header("content-type")), ("hello", Some("text/plain")));
    let base64 =
        body.replace("text/plain\r\n", "text/plain\r\nContent-Transfer-Encoding: base64\r\n");
    assert_eq!(vendor(&sandbox, "POST", "/api/v1/upload", headers, &base64).await.status, 400);
}

#[tokio::test]
async fn tokens_are_renewed_rotated_and_expired() {
    let sandbox = builder().start().await.unwrap();
    let token = |headers: &'static str, body: String| {
        let headers = format!("X-Forwarded-Host: login.acme.test\r\n{headers}");
        let sandbox = &sandbox;
        async move { send(sandbox, "POST", "/token", &headers, body.as_bytes()).await.unwrap() }
    };
    let refresh = |token: &str| format!("grant_type=refresh_token&refresh_token={token}");
    for (headers, body, status, error) in [
        (FORM, refresh("r"), 401, "invalid_client"),
        (CLIENT, refresh("invalid"), 400, "invalid_grant"),
        (CLIENT, refresh("limited"), 429, "slow_down"),
        (CLIENT, "grant_type=refresh_token".to_owned(), 400, "invalid_request"),
        (CLIENT, "grant_type=password&refresh_token=r".to_owned(), 400, "unsupported_grant_type"),
        (JSON, "{}".to_owned(), 400, "invalid_request"),
    ] {
        let answer = token(headers, body).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)));
    }
    let first = token(CLIENT, refresh("r")).await.json();
    assert_eq!((&first["expires_in"], &first["token_type"]), (&json!(3_600), &json!("Bearer")));
    let rotated = first["refresh_token"].as_str().unwrap();
    assert_eq!(token(CLIENT, refresh(rotated)).await.status, 200);
    assert_eq!(token(CLIENT, refresh(rotated)).await.json()["error"], "invalid_grant");
    let headers = "X-Forwarded-Host: login.acme.test\r\n";
    let authorize = async |query: &str| {
        let target = format!("/authorize?{query}");
        let answer = send(&sandbox, "GET", &target, headers, b"").await.unwrap();
        (answer.status, answer.header("location").map(str::to_owned))
    };
    let back = "http://127.0.0.1:1/cb";
    let asked = format!("response_type=code&client_id=id&redirect_uri={back}&state=s+1");
    // The example of RFC 7636.
    let pkce =
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let verifier = "code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let iss = "state=s+1&iss=https%3A%2F%2Flogin.acme.test";
    for (query, expected) in [
        (asked.clone(), format!("code=sandbox-code-1&{iss}")),
        (format!("{asked}&{pkce}"), format!("code=sandbox-code-2&{iss}")),
        (
            format!("{asked}&decision=deny"),
            format!("error=access_denied&error_description=the+user+said+no&{iss}"),
        ),
        (
            asked.replace("=id&", "=denied&"),
            format!("error=access_denied&error_description=the+user+said+no&{iss}"),
        ),
    ] {
        let expected = Some(format!("{back}?{expected}"));
        assert_eq!(authorize(&query).await, (302, expected), "{query}");
    }
    let failed = authorize(&format!("{asked}&{}", pkce.replace("S256", "plain"))).await.1.unwrap();
    assert!(failed.contains("error=invalid_request"), "{failed}");
    for query in
        ["client_id=i", "redirect_uri=http://127.0.0.1:1/cb", &asked.replace("=id&", "=invalid&")]
    {
        assert_eq!(authorize(query).await, (400, None), "{query}");
    }
    let code = |code: &str, more: &str| {
        format!("grant_type=authorization_code&code={code}&redirect_uri={back}&{more}")
    };
    for (body, status) in [
        (code("sandbox-code-9", verifier), 400),
        // Spent by a wrong verifier.
        (code("sandbox-code-2", "code_verifier=guessed"), 400),
        (code("sandbox-code-2", verifier), 400),
    ] {
        let answer = token(CLIENT, body.clone()).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (status, Some("invalid_grant")),
            "{body}"
        );
    }
    let other =
        "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic b3RoZXI6eA==\r\n";
    for (index, (headers, back_to, more, status)) in [
        (CLIENT, "/cb", verifier, 200),
        (CLIENT, "/other", verifier, 400),
        (CLIENT, "/cb", "", 400),
        (other, "/cb", verifier, 400),
    ]
    .into_iter()
    .enumerate()
    {
        authorize(&format!("{asked}&{pkce}")).await;
        let name = format!("sandbox-code-{}", index + 3);
        let body = code(&name, more).replace("/cb", back_to);
        assert_eq!(token(headers, body.clone()).await.status, status, "{body}");
        assert_eq!(token(CLIENT, code(&name, verifier)).await.status, 400, "used twice");
    }

    let access = first["access_token"].as_str().unwrap();
    let headers = format!("X-Forwarded-Host: east.acme.test\r\nAuthorization: Bearer {access}\r\n");
    let users = || send(&sandbox, "GET", "/api/v1/users", &headers, b"");
    assert_eq!(users().await.unwrap().status, 200);
    sandbox
        .inject(airbyte_agent_sandbox::Fault::new(airbyte_agent_sandbox::FaultKind::ExpireTokens));
    assert_eq!(users().await.unwrap().status, 401);
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
