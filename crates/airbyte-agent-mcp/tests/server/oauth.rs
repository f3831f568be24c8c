//! Tokens of an authorization server: where they come from, and which ones are accepted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use airbyte_agent_mcp::{Audit, Config, HttpOptions, OAuth, Token};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::audit::Log;
use crate::harness::{Vendor, server};
use crate::http::{ask, ask_modern, calling, greeting};
use crate::vendor::{Answer, Server as Web};

const RESOURCE: &str = "https://mcp.test/mcp";

struct Issuer {
    web: Web,
    key: Ed25519KeyPair,
    fetched: Arc<AtomicUsize>,
    is_down: Arc<AtomicBool>,
}

impl Issuer {
    /// An authorization server that is found by its metadata.
    async fn start() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let key = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
        let public = key.public_key().as_ref().to_vec();
        UnparsedPublicKey::new(&ED25519, &public).verify(b"", key.sign(b"").as_ref()).unwrap();
        let x = URL_SAFE_NO_PAD.encode(public);
        let fetched = Arc::new(AtomicUsize::new(0));
        let is_down = Arc::new(AtomicBool::new(false));
        let (count, down) = (Arc::clone(&fetched), Arc::clone(&is_down));
        let web = Web::start(move |seen, _| {
            let host = seen.header("host").unwrap_or_default();
            if down.load(Ordering::SeqCst) {
                return Answer::json(503, "{}");
            }
            match seen.target.as_str() {
                "/.well-known/openid-configuration" => Answer::json(
                    200,
                    json!({"issuer": format!("http://{host}"), "jwks_uri": format!("http://{host}/keys")}),
                ),
                "/keys" => {
                    count.fetch_add(1, Ordering::SeqCst);
                    let own = json!({"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": x});
                    Answer::json(200, json!({"keys": [{"kty": "oct", "k": "AA"}, own]}))
                }
                _ => Answer::json(404, "{}"),
            }
        })
        .await;
        Self { web, key, fetched, is_down }
    }

    fn token(&self, change: impl Fn(&mut Value, &mut Value)) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut header = json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt"});
        let mut claims = json!({
            "iss": self.web.url, "aud": [RESOURCE], "sub": "ann", "exp": now + 60, "scope": "mcp x",
        });
        change(&mut header, &mut claims);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    fn bearer(&self, change: impl Fn(&mut Value, &mut Value)) -> String {
        format!("Authorization: Bearer {}", self.token(change))
    }

    fn oauth(&self) -> OAuth {
        OAuth::new(&self.web.url, RESOURCE).scope("mcp")
    }
}

/// A server that takes tokens of the issuer.
async fn site(issuer: &Issuer, vendor: &Vendor, log: &Log) -> std::net::SocketAddr {
    let options = HttpOptions::default().oauth(issuer.oauth());
    let server = server(vendor).audit(Audit::to(log.clone())).build();
    let listening = server.listen(options).await.unwrap();
    let address = listening.address();
    tokio::spawn(listening.serve(std::future::pending()));
    address
}

#[tokio::test]
async fn clients_are_told_where_tokens_come_from() {
    let issuer = Issuer::start().await;
    let address = site(&issuer, &Vendor::default(), &Log::default()).await;
    for path in
        ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]
    {
        let answer = ask(address, "GET", path, &[], "").await;
        assert_eq!(answer.status, 200);
        let metadata: Value = serde_json::from_str(&answer.body).unwrap();
        for (name, expected) in [
            ("resource", json!(RESOURCE)),
            ("authorization_servers", json!([issuer.web.url])),
            ("scopes_supported", json!(["mcp"])),
            ("bearer_methods_supported", json!(["header"])),
        ] {
            assert_eq!(metadata[name], expected, "{name}");
        }
        assert_eq!(ask(address, "POST", path, &[], "{}").await.status, 405);
    }
    let answer = ask(address, "POST", "/mcp", &[], &greeting()).await;
    let challenge = answer.header("www-authenticate").unwrap();
    assert_eq!(answer.status, 401);
    let place = "resource_metadata=\"https://mcp.test/.well-known/oauth-protected-resource/mcp\"";
    assert!(challenge.starts_with("Bearer ") && challenge.contains(place), "{challenge}");
    assert!(challenge.contains("scope=\"mcp\"") && !challenge.contains("error"), "{challenge}");
    // Nothing is fetched for clients without a token.
    assert_eq!(issuer.fetched.load(Ordering::SeqCst), 0);
    // A server without an authorization server has no metadata.
    let listening =
        server(&Vendor::default()).build().listen(HttpOptions::default()).await.unwrap();
    let plain = listening.address();
    tokio::spawn(listening.serve(std::future::pending()));
    let answer = ask(plain, "GET", "/.well-known/oauth-protected-resource", &[], "").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn only_tokens_of_the_issuer_for_this_resource_are_accepted() {
    let issuer = Issuer::start().await;
    let stranger = Issuer::start().await;
    let (vendor, log) = (Vendor::default(), Log::default());
    let address = site(&issuer, &vendor, &log).await;
    let ours = issuer.web.url.clone();
    for (name, header, status, error) in [
        (
            "audience",
            issuer.bearer(|_, c| c["aud"] = json!("https://other.test/mcp")),
            401,
            "invalid_token",
        ),
        (
            "issuer",
            issuer.bearer(|_, c| c["iss"] = json!("https://evil.test")),
            401,
            "invalid_token",
        ),
        ("ended", issuer.bearer(|_, c| c["exp"] = json!(1_000)), 401, "invalid_token"),
        ("none", issuer.bearer(|h, _| h["alg"] = json!("none")), 401, "invalid_token"),
        ("stranger", stranger.bearer(|_, c| c["iss"] = json!(ours)), 401, "invalid_token"),
        ("unknown key", issuer.bearer(|h, _| h["kid"] = json!("k2")), 401, "invalid_token"),
        ("text", "Authorization: Bearer abc".to_owned(), 401, "invalid_token"),
        ("scope", issuer.bearer(|_, c| c["scope"] = json!("x")), 403, "insufficient_scope"),
    ] {
        let answer = ask(address, "POST", "/mcp", &[&header], &greeting()).await;
        assert_eq!(answer.status, status, "{name}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains(&format!("error=\"{error}\"")), "{name} {challenge}");
        let message: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(message["error"]["code"].is_i64(), "{name}");
    }
    // In the address a token is not looked at.
    let path = format!("/mcp?access_token={}", issuer.token(|_, _| {}));
    assert_eq!(ask(address, "POST", &path, &[], &greeting()).await.status, 401);
    let good = issuer.bearer(|_, _| {});
    let answer = ask(address, "POST", "/mcp", &[&good], &greeting()).await;
    assert_eq!(answer.status, 200);
    // The session is hers, and every request needs a token.
    let session = format!("Mcp-Session-Id: {}", answer.header("mcp-session-id").unwrap());
    let other = issuer.bearer(|_, c| c["sub"] = json!("bob"));
    for (headers, status) in
        [(vec![session.as_str()], 401), (vec![&session, &other], 404), (vec![&session, &good], 200)]
    {
        assert_eq!(ask(address, "POST", "/mcp", &headers, &calling("t1")).await.status, status);
    }
    assert_eq!(vendor.called(), ["things.get"]);
    let lines = log.lines();
    assert_eq!(lines.last().unwrap()["caller"], "ann", "{lines:?}");
    assert!(!log.text().contains("eyJ"));
    // Keys were fetched once, whatever tokens named.
    assert_eq!(issuer.fetched.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn calls_of_the_revision_without_sessions_have_a_caller_and_a_trace() {
    let issuer = Issuer::start().await;
    let (vendor, log) = (Vendor::default(), Log::default());
    let address = site(&issuer, &vendor, &log).await;
    let arguments = json!({"entity": "things", "action": "get", "params": {"id": "t1"}});
    let params = json!({"name": "acme", "arguments": arguments});
    let good = issuer.bearer(|_, _| {});
    let answer = ask_modern(address, "tools/call", "acme", params, &[&good]).await;
    assert_eq!(answer.status, 200);
    let lines = log.lines();
    let line = lines.last().unwrap();
    assert_eq!((&line["caller"], &line["outcome"]), (&json!("ann"), &json!("ok")));
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    assert_eq!(line["trace"], trace);
}

#[tokio::test]
async fn where_keys_cannot_be_had_nobody_is_let_in() {
    let issuer = Issuer::start().await;
    issuer.is_down.store(true, Ordering::SeqCst);
    let address = site(&issuer, &Vendor::default(), &Log::default()).await;
    let good = issuer.bearer(|_, _| {});
    let answer = ask(address, "POST", "/mcp", &[&good], &greeting()).await;
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").is_some());
}

#[tokio::test]
async fn settings_that_protect_from_nothing_are_refused() {
    for (text, part) in [
        ("issuer = \"https://a.test\"", "needs 'resource'"),
        ("resource = \"https://a.test\"", "needs 'issuer'"),
        ("issuer = \"http://a.test\"\nresource = \"https://b.test/mcp\"", "https://"),
        ("issuer = \"https://u:p@a.test\"\nresource = \"https://b.test/mcp\"", "password"),
        ("issuer = \"a.test\"\nresource = \"https://b.test/mcp\"", "no address"),
        (
            "issuer = \"https://a.test\"\nresource = \"https://b.test\"\nscopes = [\"a b\"]",
            "no scope",
        ),
        (
            "issuer = \"https://a.test\"\nresource = \"https://b.test\"\naudience = \"x\"",
            "audience",
        ),
    ] {
        let text = format!("[http.oauth]\n{text}\n");
        let error = Config::parse(&text, "mcp.toml", None, &|_| None).unwrap_err();
        assert!(error.message().contains(part), "{error}");
    }
    let text = "[http]\nsessions = false\n[http.oauth]\nissuer = \"https://a.test\"\n\
                resource = \"https://b.test/mcp\"\nscopes = [\"mcp\"]\n";
    let config = Config::parse(text, "mcp.toml", None, &|_| None).unwrap();
    assert!(!config.http.sessions && config.http.oauth.is_some());
    let both = config.http.token(Token::new("a-token-of-some-length").unwrap());
    let listening = server(&Vendor::default()).build().listen(both).await.unwrap();
    let error = listening.serve(std::future::pending()).await.unwrap_err();
    assert!(error.message().contains("either"), "{error}");
}
