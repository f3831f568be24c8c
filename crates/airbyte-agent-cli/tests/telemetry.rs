//! What a collector of OpenTelemetry gets of the program: spans and metrics by the conventions, and nothing of what is
//! sent and received.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// The requests that a collector got: path and body.
type Requests = Arc<Mutex<Vec<(String, Vec<u8>)>>>;

/// A collector on this machine, with the address for `OTEL_EXPORTER_OTLP_ENDPOINT`.
fn collector() -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Requests::default();
    let shared = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let requests = Arc::clone(&shared);
            std::thread::spawn(move || {
                let mut input = BufReader::new(stream.try_clone().unwrap());
                let mut output = stream;
                loop {
                    let (mut path, mut length) = (String::new(), 0);
                    loop {
                        let mut line = String::new();
                        if input.read_line(&mut line).unwrap_or(0) == 0 {
                            return;
                        }
                        let line = line.trim().to_ascii_lowercase();
                        if line.starts_with("post ") {
                            line.split(' ').nth(1).unwrap().clone_into(&mut path);
                        }
                        if let Some(value) = line.strip_prefix("content-length:") {
                            length = value.trim().parse().unwrap();
                        }
                        if line.is_empty() {
                            break;
                        }
                    }
                    let mut body = vec![0; length];
                    input.read_exact(&mut body).unwrap();
                    requests.lock().unwrap().push((path, body));
                    output.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
                }
            });
        }
    });
    (address, requests)
}

/// Calls tools of a server with the sandbox behind it, and ends it.
fn call(variables: &[(&str, &str)], calls: &[Value]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_airbyte-agent"));
    command.args(["mcp", "--sandbox", "--connector", "gong", "--no-store"]);
    for name in ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SDK_DISABLED", "HTTP_PROXY", "http_proxy"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let initialize = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}});
    writeln!(input, "{initialize}").unwrap();
    output.next().unwrap().unwrap();
    for (id, arguments) in calls.iter().enumerate() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let message = json!({"jsonrpc": "2.0", "id": id + 1, "method": "tools/call", "params": {
            "name": "gong", "arguments": arguments, "_meta": {"traceparent": parent}}});
        writeln!(input, "{message}").unwrap();
        output.next().unwrap().unwrap();
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_collector_gets_spans_and_metrics_by_the_conventions_and_no_payload() {
    let (address, requests) = collector();
    let calls = [
        json!({"entity": "users", "action": "list", "params": {}, "max_records": 2}),
        json!({"entity": "users", "action": "get", "params": {"id": "no-such-user-77"}}),
    ];
    call(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address), ("OTEL_SERVICE_NAME", "checked")], &calls);
    let requests = requests.lock().unwrap();
    let of = |path: &str| -> Vec<u8> {
        requests
            .iter()
            .filter(|(known, _)| known == path)
            .flat_map(|(_, body)| body.clone())
            .collect()
    };
    let (spans, metrics) = (of("/v1/traces"), of("/v1/metrics"));
    for part in [
        "checked",
        "tools/call gong",
        "execute_tool",
        "gong users.list",
        "GET",
        "http.request.method",
        "http.response.status_code",
        "server.address",
        "error.type",
        "not_found",
        "mcp.method.name",
    ] {
        assert!(contains(&spans, part.as_bytes()), "{part} is in no span");
    }
    for part in
        ["http.client.request.duration", "mcp.server.operation.duration", "checked", "tools/call"]
    {
        assert!(contains(&metrics, part.as_bytes()), "{part} is in no metric");
    }
    // The spans belong to the trace of the client.
    let trace = [
        0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80, 0x31,
        0x9c,
    ];
    assert!(contains(&spans, &trace));
    for part in
        ["no-such-user-77", "@example.com", "0af7651916cd43dd8448eb211c80319c", "request_id"]
    {
        assert!(!contains(&spans, part.as_bytes()), "{part} was sent");
        assert!(!contains(&metrics, part.as_bytes()), "{part} was sent");
    }
}

#[test]
fn nothing_is_sent_unless_the_environment_wants_it() {
    let (address, requests) = collector();
    let calls = [json!({"entity": "users", "action": "list", "params": {}, "max_records": 2})];
    call(&[], &calls);
    call(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address), ("OTEL_SDK_DISABLED", "true")], &calls);
    assert_eq!(requests.lock().unwrap().len(), 0);
    call(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address), ("OTEL_TRACES_EXPORTER", "none")], &calls);
    let requests = requests.lock().unwrap();
    assert!(!requests.is_empty() && requests.iter().all(|(path, _)| path == "/v1/metrics"));
}
