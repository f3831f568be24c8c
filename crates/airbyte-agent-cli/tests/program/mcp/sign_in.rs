//! Tests of the pages on which users give credentials to a server: the test is client and browser.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use super::Server;
use crate::home::{Home, PASSPHRASE};
use crate::run::CANARY;
use crate::sandbox::Served;
use crate::vendor::{Answer, Vendor};

const CALL: &str = r#"{"entity": "customers", "action": "list"}"#;

/// A response that the browser has received.
struct Shown {
    status: u16,
    head: String,
    body: String,
}

impl Shown {
    /// What stands behind `before` in the page, up to a quotation mark.
    fn after(&self, before: &str) -> String {
        let (_, rest) = self.body.split_once(before).unwrap_or_else(|| panic!("{}", self.body));
        rest.split('"').next().unwrap().replace("&amp;", "&")
    }
}

/// Sends a request to an address of this machine. Headers replace those of a browser.
fn browse(method: &str, url: &str, headers: &[&str], body: &str) -> Shown {
    let (address, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let mut text = format!("{method} /{target} HTTP/1.1\r\n");
    let usual = [
        format!("host: {address}"),
        format!("origin: http://{address}"),
        "sec-fetch-site: same-origin".to_owned(),
        "content-type: application/x-www-form-urlencoded".to_owned(),
    ];
    for header in usual.iter().map(String::as_str) {
        let name = header.split(':').next().unwrap();
        if !headers.iter().any(|given| given.starts_with(name)) {
            text.push_str(&format!("{header}\r\n"));
        }
    }
    for header in headers {
        text.push_str(&format!("{header}\r\n"));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Shown { status, head: head.to_owned(), body: body.to_owned() }
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A server of this home, for a client that opens pages, or for one that does not.
fn start(home: &Home, args: &[&str], opens: bool) -> Server {
    start_with(home, args, opens, None)
}

fn start_with(home: &Home, args: &[&str], opens: bool, variable: Option<(&str, &str)>) -> Server {
    let mut command = home.command(&[&["mcp"], args].concat());
    command.envs(variable);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
    let mut server = Server { child, input, output: BufReader::new(output) };
    let elicitation = if opens { json!({"url": {}}) } else { json!({"form": {}}) };
    let params = json!({
        "protocolVersion": "2025-11-25", "capabilities": {"elicitation": elicitation},
        "clientInfo": {"name": "test", "version": "1"},
    });
    assert_eq!(server.ask(1, "initialize", params)["protocolVersion"], "2025-11-25");
    let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    writeln!(server.input.as_mut().unwrap(), "{ready}").unwrap();
    server
}

/// Calls, and waits for the question to open a page: its identifier and the address.
fn sign_in_request(server: &mut Server, tool: &str, arguments: &str) -> (Value, String) {
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    server.send(7, "tools/call", json!({"name": tool, "arguments": arguments}));
    let mut line = String::new();
    server.output.read_line(&mut line).unwrap();
    let message: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(message["method"], "elicitation/create", "{line}");
    assert_eq!(message["params"]["mode"], "url");
    let url = message["params"]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("http://127.0.0.1:") && url.len() > 60, "{url}");
    (message["id"].clone(), url)
}

fn respond(server: &mut Server, id: &Value, action: &str) {
    let message = json!({"jsonrpc": "2.0", "id": id, "result": {"action": action}});
    writeln!(server.input.as_mut().unwrap(), "{message}").unwrap();
}

/// Whether nothing listens at an address any more, which takes a moment.
fn is_closed(url: &str) -> bool {
    let (address, _) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(30));
        TcpStream::connect(address).is_err()
    })
}

#[test]
fn a_token_is_given_on_a_page_and_the_call_goes_on() {
    let home = Home::new("mcp-page");
    let vendor = Vendor::new(|seen, _| {
        let is_good = seen.header("authorization").is_some_and(|value| value.ends_with("-good"));
        if is_good {
            Answer::json(200, &json!({"object": "list", "data": []}))
        } else {
            Answer::json(401, &json!({"error": {"message": "Invalid API Key"}}))
        }
    });
    let args = ["--connector", "stripe", "--via", &vendor.url, "-vv", "--audit", "-"];
    let mut server = start(&home, &args, true);
    let (id, page) = sign_in_request(&mut server, "stripe", CALL);
    respond(&mut server, &id, "accept");
    let shown = browse("GET", &page, &[], "");
    assert_eq!(shown.status, 200, "{}", shown.body);
    for part in ["no-store", "default-src 'none'", "frame-ancestors 'none'", "nosniff"] {
        assert!(shown.head.contains(part), "{part} {}", shown.head);
    }
    let csrf = shown.after("name=\"csrf\" value=\"");
    let scheme = shown.after("name=\"scheme\" value=\"");
    let key = |ending: &str| format!("{CANARY}-{ending}");
    let sent = |csrf: &str, key: &str| {
        form(&[("csrf", csrf), ("scheme", &scheme), ("field.api_key", key)])
    };
    let (origin, _) = page.rsplit_once("/sign-in/").unwrap();
    let good = sent(&csrf, &key("good"));
    // Whatever does not come from the form of the page is not taken.
    for (method, url, header, body, status) in [
        ("GET", format!("{origin}/"), "x: y", "", 404),
        ("GET", format!("{origin}/sign-in/guess"), "x: y", "", 404),
        ("GET", page.clone(), "host: evil.test", "", 404),
        ("GET", format!("{origin}/callback?code=x&state=y"), "x: y", "", 404),
        ("POST", format!("{origin}/sign-in/guess"), "x: y", good.as_str(), 404),
        ("POST", page.clone(), "origin: https://evil.test", good.as_str(), 403),
        ("POST", page.clone(), "sec-fetch-site: cross-site", good.as_str(), 403),
        ("POST", page.clone(), "content-type: text/plain", good.as_str(), 403),
        ("POST", page.clone(), "x: y", &sent("guess", &key("good")), 403),
        ("POST", page.clone(), "x: y", &sent(&csrf, ""), 400),
        ("POST", page.clone(), "x: y", &sent(&csrf, &"x".repeat(70_000)), 413),
    ] {
        let shown = browse(method, &url, &[header], body);
        assert_eq!(shown.status, status, "{method} {url} {header} {}", shown.body);
    }
    assert!(vendor.seen().is_empty());
    // Credentials that do not work are not kept, and not given back.
    let shown = browse("POST", &page, &[], &sent(&csrf, &key("bad")));
    assert_eq!(shown.status, 400);
    assert!(shown.body.contains("nothing was kept") && !shown.body.contains("canary"));
    let listed = home.run(&["accounts", "list", "--output", "json"]).succeeded();
    assert!(!listed.stdout.contains("stripe"), "{listed:?}");
    let shown = browse("POST", &page, &[], &good);
    assert_eq!(shown.status, 200, "{}", shown.body);
    let answer = server.answer(7);
    assert_eq!(answer["isError"], false, "{answer}");
    assert!(is_closed(&page));
    // The account serves calls of this server and of later ones, without any question.
    let arguments: Value = serde_json::from_str(CALL).unwrap();
    assert_eq!(server.call("stripe", arguments.clone())["isError"], false);
    let told = server.end().succeeded().stderr;
    for secret in [CANARY, "sign-in/", PASSPHRASE] {
        assert!(!told.contains(secret), "{told}");
    }
    assert!(told.contains("\"outcome\":\"ok\""), "{told}");
    let mut later = start(&home, &args[..4], true);
    assert_eq!(later.call("stripe", arguments)["isError"], false);
    later.end().succeeded();
}

#[test]
fn a_user_signs_in_at_the_vendor_from_the_page() {
    let (home, served) = (Home::new("mcp-oauth"), Served::start(&[]));
    let mut server = start(&home, &["--connector", "hubspot", "--via", &served.url], true);
    let call = r#"{"entity": "contacts", "action": "list"}"#;
    let (id, page) = sign_in_request(&mut server, "hubspot", call);
    respond(&mut server, &id, "accept");
    let csrf = browse("GET", &page, &[], "").after("name=\"csrf\" value=\"");
    let secret = format!("{CANARY}-app");
    let sent = form(&[
        ("csrf", &csrf),
        ("scheme", "oauth2"),
        ("field.client_id", "app"),
        ("field.client_secret", &secret),
    ]);
    let shown = browse("POST", &page, &[], &sent);
    assert_eq!(shown.status, 200, "{}", shown.body);
    let consent = shown.after("href=\"");
    assert!(consent.starts_with("https://") && !consent.contains("canary"), "{consent}");
    let (host, target) = consent.strip_prefix("https://").unwrap().split_once('/').unwrap();
    let forwarded = format!("x-forwarded-host: {host}");
    let vendor = browse("GET", &format!("{}/{target}", served.url), &[&forwarded], "");
    assert_eq!(vendor.status, 302, "{}", vendor.body);
    let mut lines = vendor.head.lines().filter_map(|line| line.split_once(": "));
    let (_, back) = lines.find(|(name, _)| name.eq_ignore_ascii_case("location")).unwrap();
    let (origin, _) = page.rsplit_once("/sign-in/").unwrap();
    // What another sign-in brings back is ignored.
    let shown = browse("GET", &format!("{origin}/callback?code=x&state=y"), &[], "");
    assert_eq!(shown.status, 400, "{}", shown.body);
    let shown = browse("GET", back, &[], "");
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert_eq!(server.answer(7)["isError"], false);
    assert!(is_closed(&page));
    assert!(!server.end().succeeded().stderr.contains("canary"));
    let outcome = home.run(&["check", "hubspot", "--via", &served.url]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

#[test]
fn where_nobody_signs_in_the_command_is_told_and_the_page_closed() {
    let home = Home::new("mcp-no-page");
    let arguments: Value = serde_json::from_str(CALL).unwrap();
    for action in ["decline", "cancel"] {
        let mut server = start(&home, &["--connector", "stripe:eu"], true);
        let (id, page) = sign_in_request(&mut server, "stripe", CALL);
        respond(&mut server, &id, action);
        let answer = server.answer(7);
        assert_eq!(answer["structuredContent"]["error"], "not_signed_in", "{answer}");
        let text = answer["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("airbyte-agent login stripe --account eu"), "{text}");
        assert!(is_closed(&page));
        server.end().succeeded();
    }
    // A client that goes away.
    let mut server = start(&home, &["--connector", "stripe"], true);
    let (_, page) = sign_in_request(&mut server, "stripe", CALL);
    server.end().succeeded();
    assert!(is_closed(&page));
    // A client that cannot, an operator who does not want it, and credentials that no page can replace.
    let key = ("AIRBYTE_AGENT_STRIPE_API_KEY", "refused");
    let vendor = Vendor::always(Answer::json(401, &json!({"error": {"message": "no"}})));
    for (args, opens, variable) in [
        (vec!["--connector", "stripe"], false, None),
        (vec!["--connector", "stripe", "--no-sign-in"], true, None),
        (vec!["--connector", "stripe", "--via", &vendor.url], true, Some(key)),
    ] {
        let mut server = start_with(&home, &args, opens, variable);
        let answer = server.call("stripe", arguments.clone());
        assert_eq!(answer["structuredContent"]["error"], "authentication", "{answer}");
        let text = answer["content"][0]["text"].as_str().unwrap();
        let command = "airbyte-agent login stripe";
        assert_eq!(text.contains(command), variable.is_none(), "{text}");
        server.end().succeeded();
    }
}
