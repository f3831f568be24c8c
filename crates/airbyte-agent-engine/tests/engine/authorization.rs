//! Signing in: what is asked for, what is taken for an answer, how a code is exchanged.

use airbyte_agent_engine::authorization::{Authorization, SignIn};
use airbyte_agent_engine::description::{Mapping, RefreshFormat, RefreshStyle, Template};
use airbyte_agent_engine::{Error, ErrorKind, TokenUpdate};
use serde_json::{Value, json};

use crate::acme::{CANARY, description};
use crate::server::{Answer, Seen, Server};

const BACK: &str = "http://127.0.0.1:1/cb";

fn app(origin: &str) -> SignIn {
    SignIn::new("app", BACK).client_secret(format!("{CANARY}-secret")).config("origin", origin)
}

fn authorization(origin: &str) -> Authorization {
    Authorization::new(&description(), "oauth", app(origin)).unwrap()
}

fn parameter(authorization: &Authorization, name: &str) -> String {
    let mut pairs = authorization.url().query_pairs();
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Exchanges a code at a vendor that gives this answer.
async fn exchange(answer: Answer) -> (Result<TokenUpdate, Error>, Vec<Seen>) {
    let server = Server::script([answer]).await;
    let authorization = authorization(&server.url);
    let state = parameter(&authorization, "state");
    let code = authorization.code(&format!("code={CANARY}-code&state={state}")).unwrap().unwrap();
    assert!(!format!("{authorization:?} {code:?}").contains(CANARY));
    (authorization.exchange(code).await, server.seen())
}

#[test]
fn the_address_says_who_asks_and_proves_nothing_yet() {
    let (first, second) = (authorization("https://a.test"), authorization("https://a.test"));
    let text = first.url().as_str();
    assert!(text.starts_with("https://login.acme.test/authorize?response_type=code&client_id=app"));
    assert!(!text.contains(CANARY), "{text}");
    assert_eq!(parameter(&first, "redirect_uri"), BACK);
    assert_eq!(parameter(&first, "code_challenge_method"), "S256");
    for name in ["state", "code_challenge"] {
        assert_eq!(parameter(&first, name).len(), 43, "{name}");
        assert_ne!(parameter(&first, name), parameter(&second, name), "{name}");
    }
    let mut connector = description();
    let schemes = connector.auth.to_mut();
    let flow = schemes.iter_mut().find_map(|scheme| scheme.oauth.as_mut()).unwrap();
    flow.separator = ",".into();
    let parameter_of = |target: &'static str, value: &str| Mapping {
        target: target.into(),
        value: Template::parse(value, "{{", "}}"),
    };
    flow.parameters = vec![parameter_of("access_type", "offline")].into();
    let options = app("https://a.test").scopes(["read", "write"]);
    let authorization = Authorization::new(&connector, "oauth", options).unwrap();
    assert_eq!(parameter(&authorization, "scope"), "read,write");
    assert_eq!(parameter(&authorization, "access_type"), "offline");
}

#[test]
fn only_an_answer_to_this_attempt_counts() {
    let authorization = authorization("https://api.acme.test");
    let state = parameter(&authorization, "state");
    for query in ["", "code=x", "code=x&state=guessed", "error=access_denied&state="] {
        assert!(authorization.code(query).unwrap().is_none(), "{query}");
    }
    for iss in [
        "",
        "&iss=https://login.acme.test",
        "&iss=https://acme.test/",
        "&iss=https://api.acme.test/x",
    ] {
        assert!(
            authorization.code(&format!("code=x&state={state}{iss}")).unwrap().is_some(),
            "{iss}"
        );
    }
    for (query, part) in [
        ("code=x&iss=https://evil.test", "another server"),
        ("code=x&iss=acme.test", "another server"),
        ("code=", "no code"),
        ("", "no code"),
        ("error=access_denied&code=x", "was denied"),
        ("error=server_error&error_description=a%0Ab", "server_error (a b)"),
    ] {
        let error = authorization.code(&format!("{query}&state={state}")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains(part), "{query}: {error}");
    }
}

#[test]
fn settings_cannot_lead_elsewhere() {
    for origin in [
        "http://a.test",
        "evil.test/",
        "ftp://a.test",
        "https://u@a.test",
        "https://a.test?x=",
        "https://a.test#",
        "",
    ] {
        let error = Authorization::new(&description(), "oauth", app(origin)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Validation, "{origin}: {error}");
    }
    for (scheme, kind) in [("token", ErrorKind::Usage), ("nobody", ErrorKind::Usage)] {
        let app = app("https://a.test");
        assert_eq!(Authorization::new(&description(), scheme, app).unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn a_code_becomes_tokens() {
    let answer = json!({"access_token": "a", "refresh_token": "r", "expires_in": "3600"});
    let (tokens, seen) = exchange(Answer::json(200, answer)).await;
    let tokens = tokens.unwrap();
    assert!(tokens.refresh_token.is_some());
    assert_eq!(tokens.expires_in.unwrap().as_secs(), 3_600);
    let body = &seen[0].body;
    for part in
        ["grant_type=authorization_code", "code_verifier=", "client_id=app", "client_secret="]
    {
        assert!(body.contains(part), "{body}");
    }
}

#[tokio::test]
async fn refusals_are_told_without_secrets() {
    let echo = format!("{CANARY}-code of {CANARY}-secret");
    let cases: [(u16, Value, &str); 5] = [
        (400, json!({"error": "invalid_grant", "error_description": echo}), "invalid_grant"),
        // Some vendors refuse with a success.
        (
            200,
            json!({"error": "bad_verification_code", "error_description": echo}),
            "bad_verification_code",
        ),
        (200, json!({"ok": false, "error": "invalid_code"}), "invalid_code"),
        (200, json!({"token": echo}), "no access token"),
        (422, json!(echo), "refused the code"),
    ];
    for (status, body, part) in cases {
        let (tokens, _) = exchange(Answer::json(status, body)).await;
        let error = tokens.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains(part), "{error}");
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
    }
    let busy = Answer::json(429, json!({"error": echo})).header("retry-after", "3600");
    let (tokens, _) = exchange(busy).await;
    let error = tokens.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::RateLimited, Some(429)), "{error}");
    assert!(error.retry_after().is_some() && !format!("{error:?}").contains(CANARY), "{error:?}");
    let (tokens, _) = exchange(Answer::hang_up()).await;
    assert_eq!(tokens.unwrap_err().kind(), ErrorKind::Network);
}

#[tokio::test]
async fn clients_authenticate_as_the_vendor_wants() {
    for (style, format, secret, basic, parts) in [
        (RefreshStyle::Basic, RefreshFormat::Form, true, true, vec!["code="]),
        (RefreshStyle::Basic, RefreshFormat::Form, false, false, vec!["client_id=app"]),
        (
            RefreshStyle::Body,
            RefreshFormat::Json,
            true,
            false,
            vec!["\"client_secret\":", "\"client_id\":"],
        ),
        (RefreshStyle::Body, RefreshFormat::Form, false, false, vec!["client_id=app"]),
        (RefreshStyle::None, RefreshFormat::Form, true, false, vec!["client_id=app"]),
    ] {
        let server = Server::script([Answer::json(200, json!({"access_token": "a"}))]).await;
        let mut connector = description();
        let schemes = connector.auth.to_mut();
        let flow = schemes.iter_mut().find_map(|scheme| scheme.oauth.as_mut()).unwrap();
        (flow.style, flow.format) = (style, format);
        let app = if secret {
            app(&server.url)
        } else {
            SignIn::new("app", BACK).config("origin", server.url.as_str())
        };
        let authorization = Authorization::new(&connector, "oauth", app).unwrap();
        let state = parameter(&authorization, "state");
        let code = authorization.code(&format!("code=c&state={state}")).unwrap().unwrap();
        authorization.exchange(code).await.unwrap();
        let seen = &server.seen()[0];
        assert_eq!(seen.header("authorization").is_some(), basic, "{style:?}");
        let body = &seen.body;
        for part in parts {
            assert!(body.contains(part), "{style:?}: {body}");
        }
    }
}
