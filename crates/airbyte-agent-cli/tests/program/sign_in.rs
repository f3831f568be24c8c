//! Tests of `login` by signing in: the test is the browser, and the sandbox is the vendor.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use airbyte_agent_core::description::{AuthScheme, Connector};
use serde_json::{Map, Value, json};

use crate::home::Home;
use crate::run::Outcome;
use crate::sandbox::Served;

const SECRET: &str = "canary-client-secret";

/// A running `login` that waits for the browser.
struct SignIn {
    child: Child,
    /// The address that the program asks the user to open.
    url: String,
}

/// The response that the browser has received.
struct Shown {
    status: u16,
    location: Option<String>,
    body: String,
}

/// Requests an address. `forwarded` is the intended host, if another server answers for it.
fn get(address: &str, target: &str, forwarded: Option<&str>) -> Shown {
    let mut stream = TcpStream::connect(address).unwrap();
    let host = forwarded.map(|host| format!("x-forwarded-host: {host}\r\n")).unwrap_or_default();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: {address}\r\n{host}connection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location").then(|| value.to_owned())
    });
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Shown { status, location, body: body.to_owned() }
}

/// Requests an absolute address on this machine.
fn visit(url: &str) -> Shown {
    let (address, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    get(address, &format!("/{target}"), None)
}

impl SignIn {
    fn start(home: &Home, via: &str, connector: &str, scheme: &str, more: &[&str]) -> Self {
        let client = json!({"client_id": "app", "client_secret": SECRET}).to_string();
        let args =
            ["login", connector, "--scheme", scheme, "--no-browser", "--via", via, "--credentials"];
        let mut command = home.command(&[&args[..], &["-"], more].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(client.as_bytes()).unwrap();
        let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
        let mut seen = Vec::new();
        let url = loop {
            let Some(line) = lines.next() else { panic!("{connector}: {seen:?}") };
            let line = line.unwrap();
            if line.starts_with("https://") {
                break line;
            }
            seen.push(line);
        };
        Self { child, url }
    }

    /// Gives consent on the vendor's page, or does what `more` says. Returns the redirect address.
    fn consent(&self, sandbox: &str, more: &str) -> String {
        let (host, target) = self.url.strip_prefix("https://").unwrap().split_once('/').unwrap();
        let address = sandbox.strip_prefix("http://").unwrap();
        let shown = get(address, &format!("/{target}{more}"), Some(host));
        assert_eq!(shown.status, 302, "{}: {}", self.url, shown.body);
        shown.location.unwrap()
    }

    fn end(self) -> Outcome {
        self.child.wait_with_output().unwrap().into()
    }

    fn parameter(&self, name: &str) -> String {
        let (_, query) = self.url.split_once('?').unwrap();
        let found = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        found.unwrap_or_default().to_owned()
    }
}

/// The settings that the addresses of a connector need.
fn settings(connector: &Connector, scheme: &AuthScheme) -> Value {
    let flow = scheme.oauth.as_ref().unwrap();
    let variables = connector.server_of(scheme, |_| false).variables.iter();
    let needed = variables.filter(|variable| variable.default.is_none() && !variable.from_token);
    let mut settings: Map<String, Value> = needed
        .map(|variable| {
            let value = variable.example.as_ref();
            (variable.name.to_string(), if value.is_empty() { "sandbox" } else { value }.into())
        })
        .collect();
    for name in flow.authorization_url.names().chain(flow.token_url.names()) {
        settings.entry(name).or_insert_with(|| "sandbox".into());
    }
    settings.into()
}

#[test]
fn every_connector_with_a_sign_in_can_be_signed_in_to() {
    let (home, served) = (Home::new("sign-in"), Served::start(&[]));
    let mut count = 0;
    for connector in airbyte_agent::registry() {
        for scheme in connector.auth.iter() {
            if scheme.oauth.as_ref().is_none_or(|flow| !flow.has_sign_in()) {
                continue;
            }
            count += 1;
            let (name, config) = (&connector.name, settings(connector, scheme).to_string());
            let sign_in =
                SignIn::start(&home, &served.url, name, &scheme.name, &["--config", &config]);
            assert_eq!(sign_in.parameter("code_challenge_method"), "S256");
            assert!(sign_in.parameter("state").len() >= 43, "{}", sign_in.url);
            assert!(!sign_in.url.contains(SECRET));
            let shown = visit(&sign_in.consent(&served.url, ""));
            assert_eq!(shown.status, 200, "{name}: {}", shown.body);
            let outcome = sign_in.end();
            assert_eq!(outcome.code, 0, "{name}: {outcome:?}");
            assert!(!format!("{outcome:?}").contains("canary"), "{name}: {outcome:?}");
            let said = outcome.json();
            assert_eq!((&said["stored_in"], &said["connector"]), (&json!("file"), &json!(name)));
            // What was kept works by itself, in another process.
            let outcome = home.run(&["check", name, "--via", &served.url]);
            assert_eq!(outcome.code, 0, "{name}: {outcome:?}");
        }
    }
    assert!(count >= 14, "{count}");
    let listed = home.run(&["accounts", "list"]).succeeded();
    assert!(!listed.stdout.contains("canary") && !listed.stdout.contains("sandbox-access"));
}

#[test]
fn what_comes_back_is_judged() {
    let (home, served) = (Home::new("judged"), Served::start(&[]));
    let start = |more: &[&str]| SignIn::start(&home, &served.url, "hubspot", "oauth2", more);
    for (more, part) in [("&decision=deny", "denied"), ("&decision=fail", "server_error")] {
        let sign_in = start(&[]);
        let shown = visit(&sign_in.consent(&served.url, more));
        assert_eq!(shown.status, 400);
        let outcome = sign_in.end();
        assert_eq!(outcome.code, 4, "{outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
    // Another state is not an answer: the browser is told, and the sign-in goes on.
    let sign_in = start(&[]);
    let back = sign_in.consent(&served.url, "");
    let state = sign_in.parameter("state");
    for strange in [back.replace(&state, "guessed"), back.replace("state=", "other=")] {
        assert_eq!(visit(&strange).status, 400);
    }
    assert_eq!(visit(&back).status, 200);
    sign_in.end().succeeded();
    // An answer of another server is no answer of this one, whatever its state.
    let sign_in = start(&["--account", "mixed"]);
    let back = sign_in.consent(&served.url, "").replace("app.hubspot.com", "evil.example");
    assert!(visit(&back).body.contains("another server"));
    assert_eq!(sign_in.end().code, 4);
    // A code that is not the vendor's own.
    let sign_in = start(&["--account", "mixed"]);
    let back = sign_in.consent(&served.url, "").replace("code=sandbox-code", "code=made-up");
    assert_eq!(visit(&back).status, 400);
    let outcome = sign_in.end();
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().contains("invalid_grant"), "{outcome:?}");
    // Nobody comes back.
    let outcome = start(&["--timeout", "0.3", "--account", "mixed"]).end();
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().contains("did not come back"), "{outcome:?}");
    let listed = home.run(&["accounts", "list"]).json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{listed}");
}

#[test]
fn the_address_to_come_back_to_can_be_chosen() {
    let (home, served) = (Home::new("redirect"), Served::start(&[]));
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let port = free.to_string();
    let uri = format!("http://localhost:{free}/oauth/done");
    let scopes = ["--scopes", "issues:create,read"];
    let more = [&["--redirect-uri", &uri][..], &scopes[..]].concat();
    let sign_in = SignIn::start(&home, &served.url, "linear", "linearOAuth", &more);
    assert_eq!(sign_in.parameter("scope"), "issues%3Acreate%2Cread");
    let back = sign_in.consent(&served.url, "");
    assert!(back.starts_with(&uri), "{back}");
    assert_eq!(visit(&back.replace("localhost", "127.0.0.1")).status, 200);
    sign_in.end().succeeded();
    let taken = std::net::TcpListener::bind(format!("127.0.0.1:{free}")).unwrap();
    let client = json!({"client_id": "app"}).to_string();
    let args =
        ["login", "linear", "--scheme", "linearOAuth", "--credentials", "-", "--port", &port];
    let outcome = home.feed(&args, &client);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("--port"), "{outcome:?}");
    drop(taken);
    for (args, part) in [
        (&["--redirect-uri", "nowhere"][..], "--redirect-uri"),
        (&["--redirect-uri", "https://tunnel.example/cb"], "--port"),
    ] {
        let outcome = home.feed(
            &[
                &args[..0],
                &["login", "linear", "--scheme", "linearOAuth"],
                args,
                &["--credentials", "-"],
            ]
            .concat(),
            &client,
        );
        assert_eq!(outcome.code, 2, "{outcome:?}");
        assert!(outcome.message().contains(part), "{outcome:?}");
    }
    // No client, and nobody to ask for one.
    let outcome = home.run(&["login", "linear", "--scheme", "linearOAuth"]);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(outcome.message().contains("AIRBYTE_AGENT_LINEAR_CLIENT_ID"), "{outcome:?}");
}

#[test]
fn renewed_tokens_are_kept() {
    let (home, served) = (Home::new("renewed"), Served::start(&[]));
    let sign_in = SignIn::start(&home, &served.url, "hubspot", "oauth2", &[]);
    visit(&sign_in.consent(&served.url, ""));
    sign_in.end().succeeded();
    let list = ["exec", "hubspot", "contacts", "list", "--via", &served.url];
    home.run(&list).succeeded();
    // The sandbox takes each refresh token once: only one that was kept works the second time.
    for _ in 0..3 {
        let address = served.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let body = r#"{"fault": "expire_tokens"}"#;
        let length = body.len();
        write!(
            stream,
            "POST /_sandbox/faults HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        // Several processes at once: one renews, the others take what it kept.
        let mut running: Vec<Child> = Vec::new();
        for _ in 0..3 {
            let mut command = home.command(&list);
            running.push(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        }
        for child in running {
            Outcome::from(child.wait_with_output().unwrap()).succeeded();
        }
    }
}
