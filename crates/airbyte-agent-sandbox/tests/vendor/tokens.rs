//! Token and authorization endpoints.

use airbyte_agent_sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::support::{builder, send};

const CLIENT: &str =
    "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic aWQ6c2VjcmV0\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const JSON: &str = "Content-Type: application/json\r\n";

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
    let request = format!("response_type=code&client_id=id&redirect_uri={back}&state=s+1");
    // The example of RFC 7636.
    let pkce =
        "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let verifier = "code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let iss = "state=s+1&iss=https%3A%2F%2Flogin.acme.test";
    for (query, expected) in [
        (request.clone(), format!("code=sandbox-code-1&{iss}")),
        (format!("{request}&{pkce}"), format!("code=sandbox-code-2&{iss}")),
        (
            format!("{request}&decision=deny"),
            format!("error=access_denied&error_description=the+user+said+no&{iss}"),
        ),
        (
            request.replace("=id&", "=denied&"),
            format!("error=access_denied&error_description=the+user+said+no&{iss}"),
        ),
    ] {
        let expected = Some(format!("{back}?{expected}"));
        assert_eq!(authorize(&query).await, (302, expected), "{query}");
    }
    let failed =
        authorize(&format!("{request}&{}", pkce.replace("S256", "plain"))).await.1.unwrap();
    assert!(failed.contains("error=invalid_request"), "{failed}");
    for query in
        ["client_id=i", "redirect_uri=http://127.0.0.1:1/cb", &request.replace("=id&", "=invalid&")]
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
        authorize(&format!("{request}&{pkce}")).await;
        let name = format!("sandbox-code-{}", index + 3);
        let body = code(&name, more).replace("/cb", back_to);
        assert_eq!(token(headers, body.clone()).await.status, status, "{body}");
        assert_eq!(token(CLIENT, code(&name, verifier)).await.status, 400, "used twice");
    }

    let access = first["access_token"].as_str().unwrap();
    let headers = format!("X-Forwarded-Host: east.acme.test\r\nAuthorization: Bearer {access}\r\n");
    let users = || send(&sandbox, "GET", "/api/v1/users", &headers, b"");
    assert_eq!(users().await.unwrap().status, 200);
    sandbox.inject(Fault::new(FaultKind::ExpireTokens));
    assert_eq!(users().await.unwrap().status, 401);
}
