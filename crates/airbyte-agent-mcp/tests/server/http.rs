//! Streamable HTTP: who may ask, sessions, stopping.

use std::net::SocketAddr;
use std::time::Duration;

use airbyte_agent_mcp::{HttpOptions, Limits, Token};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::harness::{Vendor, eventually, server};

const TOKEN: &str = "a-token-of-some-length";

pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) vendor: Vendor,
    stop: oneshot::Sender<()>,
    task: JoinHandle<airbyte_agent_core::Result<()>>,
}

pub(crate) async fn site(options: HttpOptions) -> Site {
    site_with(options, Limits::STANDARD).await
}

pub(crate) async fn site_with(options: HttpOptions, limits: Limits) -> Site {
    let vendor = Vendor::default();
    let listening = server(&vendor).limits(limits).build().listen(options).await.unwrap();
    let address = listening.address();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(listening.serve(async move {
        let _ = stopped.await;
    }));
    Site { address, vendor, stop, task }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The message with an id in a stream of events.
    pub(crate) fn message(&self) -> Value {
        if self.header("content-type").as_deref() == Some("application/json") {
            return serde_json::from_str(&self.body).unwrap();
        }
        let data = self.body.lines().filter_map(|line| line.strip_prefix("data:"));
        let mut messages = data.filter_map(|data| serde_json::from_str::<Value>(data.trim()).ok());
        messages.find(|message| message.get("id").is_some()).unwrap_or_else(|| {
            panic!("no message in {} {}", self.head, self.body);
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(found.1.trim().to_owned())
    }
}

/// One request on a connection of its own.
pub(crate) async fn ask(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    if !headers.iter().any(|header| header.starts_with("Host:")) {
        text.push_str(&format!("Host: {address}\r\n"));
    }
    for header in headers {
        text.push_str(&format!("{header}\r\n"));
    }
    for (name, value) in
        [("Accept", "application/json, text/event-stream"), ("Content-Type", "application/json")]
    {
        if !headers.iter().any(|header| header.starts_with(&format!("{name}:"))) {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap().unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

pub(crate) fn greeting() -> String {
    let params = json!({
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}).to_string()
}

pub(crate) fn calling(id: &str) -> String {
    let arguments = json!({"entity": "things", "action": "get", "params": {"id": id}});
    let params = json!({"name": "acme", "arguments": arguments});
    json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params}).to_string()
}

pub(crate) async fn open(address: SocketAddr, headers: &[&str]) -> String {
    let answer = ask(address, "POST", "/mcp", headers, &greeting()).await;
    assert_eq!(answer.message()["result"]["serverInfo"]["name"], "airbyte-agent");
    answer.header("mcp-session-id").unwrap()
}

#[tokio::test]
async fn a_session_is_opened_used_and_closed() {
    let site = site(HttpOptions::default()).await;
    let session = format!("Mcp-Session-Id: {}", open(site.address, &[]).await);
    let answer = ask(site.address, "POST", "/mcp", &[&session], &calling("t1")).await;
    assert!(answer.message().to_string().contains("t1"));
    assert_eq!(site.vendor.called(), ["things.get"]);
    let answer = ask(site.address, "DELETE", "/mcp", &[&session], "").await;
    assert_eq!(answer.status, 204);
    let answer = ask(site.address, "POST", "/mcp", &[&session], &calling("t1")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(ask(site.address, "GET", "/health", &[], "").await.status, 200);
    assert_eq!(ask(site.address, "POST", "/other", &[], "{}").await.status, 404);
}

#[tokio::test]
async fn the_token_is_needed_where_there_is_one() {
    let site = site(HttpOptions::default().token(Token::new(TOKEN).unwrap())).await;
    for header in [
        "X: y",
        "Authorization: Bearer wrong",
        "Authorization: Basic YTpi",
        "Authorization: Bearer a-token-of-some-lengt",
        "Authorization: Bearer",
    ] {
        let answer = ask(site.address, "POST", "/mcp", &[header], &greeting()).await;
        assert_eq!(answer.status, 401, "{header}");
        assert!(answer.header("www-authenticate").unwrap().starts_with("Bearer"));
        assert!(!answer.body.contains("serverInfo"));
    }
    let header = format!("authorization: bearer {TOKEN}");
    let session = format!("Mcp-Session-Id: {}", open(site.address, &[&header]).await);
    // A session is no token.
    let answer = ask(site.address, "POST", "/mcp", &[&session], &calling("t1")).await;
    assert_eq!(answer.status, 401);
    let answer = ask(site.address, "POST", "/mcp", &[&session, &header], &calling("t1")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn web_pages_may_connect_when_they_are_named() {
    let mut options = HttpOptions::default();
    options.origins.push("https://app.example.com".to_owned());
    let site = site(options).await;
    for origin in ["https://evil.example", "null", "http://app.example.com", ""] {
        let header = format!("Origin: {origin}");
        let answer = ask(site.address, "POST", "/mcp", &[&header], &greeting()).await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    // The server's own origin, and another one of this machine.
    for (port, status) in [(site.address.port(), 200), (1, 403)] {
        let header = format!("Origin: http://localhost:{port}");
        let answer = ask(site.address, "POST", "/mcp", &[&header], &greeting()).await;
        assert_eq!(answer.status, status, "{header}");
    }
    let header = "Origin: https://app.example.com";
    let answer = ask(site.address, "OPTIONS", "/mcp", &[header], "").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("access-control-allow-headers").unwrap().contains("mcp-session-id"));
    let answer = ask(site.address, "POST", "/mcp", &[header], &greeting()).await;
    assert_eq!(answer.status, 200);
    let allowed = answer.header("access-control-allow-origin").unwrap();
    assert_eq!(allowed, "https://app.example.com");
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let site = site(HttpOptions::default()).await;
    let answer = ask(site.address, "POST", "/mcp", &["Host: evil.example"], &greeting()).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn an_address_for_all_needs_a_token() {
    let vendor = Vendor::default();
    let options = HttpOptions::default().listen("0.0.0.0:0".parse().unwrap());
    let error = server(&vendor).build().listen(options.clone()).await.unwrap_err();
    assert!(error.message().contains("bearer token"), "{error}");
    let options = options.token(Token::new(TOKEN).unwrap());
    assert!(server(&vendor).build().listen(options).await.is_ok());
}

#[tokio::test]
async fn a_server_that_stops_lets_calls_end() {
    let site = site(HttpOptions::default()).await;
    let session = format!("Mcp-Session-Id: {}", open(site.address, &[]).await);
    let address = site.address;
    let call =
        tokio::spawn(
            async move { ask(address, "POST", "/mcp", &[&session], &calling("short")).await },
        );
    eventually(|| site.vendor.running() == 1).await;
    site.stop.send(()).unwrap();
    let answer = call.await.unwrap();
    assert!(answer.message().to_string().contains("One"));
    tokio::time::timeout(Duration::from_secs(4), site.task).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn the_session_of_a_client_that_vanishes_in_mid_call_ends() {
    let options = HttpOptions::default().idle(Duration::from_millis(50));
    let limits = Limits::STANDARD.timeout(Duration::from_millis(400));
    let site = site_with(options, limits).await;
    let session = format!("Mcp-Session-Id: {}", open(site.address, &[]).await);
    let call = {
        let (address, session) = (site.address, session.clone());
        tokio::spawn(async move {
            ask(address, "POST", "/mcp", &[&session], &calling("slow")).await;
        })
    };
    eventually(|| site.vendor.running() == 1).await;
    call.abort();
    // Neither the call nor the session outlives its time.
    eventually(|| site.vendor.running() == 0).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let answer = ask(site.address, "POST", "/mcp", &[&session], &calling("t1")).await;
    assert_eq!(answer.status, 404);
    // Others are served meanwhile and afterwards.
    open(site.address, &[]).await;
}

#[tokio::test]
async fn what_is_no_message_gets_an_error_of_the_protocol() {
    let site = site(HttpOptions::default()).await;
    for (body, status, code, id) in [
        ("{\"jsonrpc\": oops".to_owned(), 400, -32700, json!(null)),
        ("[]".to_owned(), 400, -32600, json!(null)),
        (r#"{"jsonrpc":"2.0","id":5}"#.to_owned(), 400, -32600, json!(5)),
        ("x".repeat(5 * 1024 * 1024), 413, -32600, json!(null)),
    ] {
        let answer = ask(site.address, "POST", "/mcp", &[], &body).await;
        let message: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &message["id"]), (status, &id), "{message}");
        assert_eq!(message["error"]["code"], code, "{message}");
        assert_eq!(answer.header("content-type").as_deref(), Some("application/json"));
    }
}

#[tokio::test]
async fn sessions_that_are_opened_and_left_end_soon() {
    let site = site(HttpOptions::default().first_call(Duration::from_millis(100))).await;
    let left = format!("Mcp-Session-Id: {}", open(site.address, &[]).await);
    let used = format!("Mcp-Session-Id: {}", open(site.address, &[]).await);
    for _ in 0..2 {
        let answer = ask(site.address, "POST", "/mcp", &[&used], &calling("t1")).await;
        assert_eq!(answer.status, 200);
    }
    tokio::time::sleep(Duration::from_millis(900)).await;
    let status = async |session: &str| {
        ask(site.address, "POST", "/mcp", &[session], &calling("t1")).await.status
    };
    assert_eq!((status(&left).await, status(&used).await), (404, 200));
}

#[tokio::test]
async fn somebody_who_opens_sessions_and_leaves_them_locks_nobody_out() {
    let site = site(HttpOptions::default()).await;
    let used = format!("Mcp-Session-Id: {}", open(site.address, &[]).await);
    for _ in 0..2 {
        ask(site.address, "POST", "/mcp", &[&used], &calling("t1")).await;
    }
    for _ in 0..300 {
        open(site.address, &[]).await;
    }
    let answer = ask(site.address, "POST", "/mcp", &[&used], &calling("t1")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn half_a_header_is_not_waited_for() {
    let site = site(HttpOptions::default()).await;
    let mut stream = TcpStream::connect(site.address).await.unwrap();
    stream.write_all(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\n").await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(8), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn clients_that_accept_only_json_get_json() {
    let site = site(HttpOptions::default()).await;
    for accept in ["Accept: application/json", "Accept: */*", "Accept: application/json;q=0.5"] {
        let answer = ask(site.address, "POST", "/mcp", &[accept], &greeting()).await;
        assert_eq!(answer.header("content-type").as_deref(), Some("application/json"));
        assert_eq!(answer.message()["result"]["serverInfo"]["name"], "airbyte-agent");
        let session = format!("Mcp-Session-Id: {}", answer.header("mcp-session-id").unwrap());
        let answer = ask(site.address, "POST", "/mcp", &[accept, &session], &calling("t1")).await;
        let message: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(message["id"], 2, "{message}");
        assert!(message["result"].to_string().contains("t1"), "{message}");
    }
}

#[tokio::test]
async fn every_refusal_is_an_error_of_the_protocol() {
    let site = site(HttpOptions::default().token(Token::new(TOKEN).unwrap())).await;
    let good = format!("Authorization: Bearer {TOKEN}");
    let known = format!("Mcp-Session-Id: {}", open(site.address, &[&good]).await);
    let call = calling("t1");
    let modern = "MCP-Protocol-Version: 2026-07-28";
    for (method, path, headers, body, status, id) in [
        ("POST", "/mcp", vec!["Origin: https://evil.test", &good], call.as_str(), 403, json!(null)),
        ("POST", "/mcp", vec!["Host: evil.test", &good], &call, 403, json!(2)),
        ("POST", "/mcp", vec![], &call, 401, json!(null)),
        ("POST", "/other", vec![&good], &call, 404, json!(null)),
        ("POST", "/mcp", vec![&good, "Mcp-Session-Id: x"], &call, 404, json!(2)),
        ("POST", "/mcp", vec![&good], &call, 400, json!(2)),
        ("POST", "/mcp", vec![&good, "Accept: text/html"], &call, 406, json!(2)),
        ("POST", "/mcp", vec![&good, "Content-Type: text/plain"], &call, 415, json!(null)),
        ("POST", "/mcp", vec![&good, "MCP-Protocol-Version: 1999-01-01"], &call, 400, json!(2)),
        ("GET", "/mcp", vec![&good], "", 400, json!(null)),
        ("GET", "/mcp", vec![&good, modern], "", 405, json!(null)),
        ("DELETE", "/mcp", vec![&good], "", 400, json!(null)),
        ("PUT", "/mcp", vec![&good], "", 405, json!(null)),
        ("POST", "/mcp", vec![&good, &known], "{", 400, json!(null)),
    ] {
        let what = format!("{method} {path} {headers:?}");
        let answer = ask(site.address, method, path, &headers, body).await;
        assert_eq!(answer.header("content-type").as_deref(), Some("application/json"), "{what}");
        let message: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status, &message["id"]), (status, &id), "{what} {message}");
        assert_eq!(message["jsonrpc"], "2.0");
        assert!(message["error"]["code"].is_i64(), "{what} {message}");
        assert!(!message["error"]["message"].as_str().unwrap().is_empty(), "{what}");
    }
    assert!(site.vendor.called().is_empty());
}

/// A message of revision 2026-07-28.
pub(crate) fn modern(method: &str, params: Value) -> String {
    let mut params = params;
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    });
    json!({"jsonrpc": "2.0", "id": 9, "method": method, "params": params}).to_string()
}

/// Sends it with the headers that the revision wants.
pub(crate) async fn ask_modern(
    address: SocketAddr,
    method: &str,
    name: &str,
    params: Value,
    headers: &[&str],
) -> Answer {
    let (method_header, name_header) =
        (format!("Mcp-Method: {method}"), format!("Mcp-Name: {name}"));
    let mut all = vec!["MCP-Protocol-Version: 2026-07-28", &method_header];
    if !name.is_empty() {
        all.push(&name_header);
    }
    all.extend_from_slice(headers);
    ask(address, "POST", "/mcp", &all, &modern(method, params)).await
}

#[tokio::test]
async fn each_request_stands_alone_where_there_are_no_sessions() {
    for sessions in [true, false] {
        let site = site(HttpOptions::default().sessions(sessions)).await;
        // The revision without sessions.
        let answer = ask_modern(site.address, "server/discover", "", json!({}), &[]).await;
        let discovered = answer.message();
        let versions = discovered["result"]["supportedVersions"].as_array().unwrap();
        assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-06-18")));
        let arguments = json!({"entity": "things", "action": "get", "params": {"id": "t1"}});
        let params = json!({"name": "acme", "arguments": arguments});
        let answer = ask_modern(site.address, "tools/call", "acme", params, &[]).await;
        let message = answer.message();
        assert_eq!((answer.status, &message["id"]), (200, &json!(9)), "{message}");
        assert_eq!(message["result"]["resultType"], "complete", "{message}");
        assert!(answer.header("mcp-session-id").is_none());
        // A method that there is not.
        let answer = ask_modern(site.address, "sampling/none", "", json!({}), &[]).await;
        assert_eq!((answer.status, &answer.message()["error"]["code"]), (404, &json!(-32601)));
        let answer = ask_modern(site.address, "initialize", "", json!({}), &[]).await;
        assert_eq!((answer.status, &answer.message()["error"]["code"]), (404, &json!(-32601)));
        // Earlier revisions, each in its own form.
        for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
            let header = format!("MCP-Protocol-Version: {version}");
            let answer = ask(site.address, "POST", "/mcp", &[&header], &calling("t1")).await;
            assert_eq!(answer.status, if sessions { 400 } else { 200 }, "{version}");
            let greeted = ask(site.address, "POST", "/mcp", &[], &greeting()).await;
            assert_eq!(greeted.header("mcp-session-id").is_some(), sessions);
        }
    }
}

#[tokio::test]
async fn what_may_be_kept_says_for_how_long() {
    let site = site(HttpOptions::default()).await;
    for (method, name, params) in [
        ("server/discover", "", json!({})),
        ("tools/list", "", json!({})),
        ("prompts/list", "", json!({})),
        ("resources/list", "", json!({})),
        ("resources/templates/list", "", json!({})),
        ("resources/read", "airbyte-agent://acme", json!({"uri": "airbyte-agent://acme"})),
    ] {
        let answer = ask_modern(site.address, method, name, params, &[]).await;
        let result = &answer.message()["result"];
        assert_eq!(
            (&result["ttlMs"], &result["cacheScope"]),
            (&json!(300_000), &json!("private")),
            "{method} {result}"
        );
    }
}
