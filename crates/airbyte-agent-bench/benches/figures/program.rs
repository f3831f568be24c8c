//! Figures of the program `airbyte-agent`: from its start to its first request or response.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::figures::Measured;
use crate::process::{memory, own, stop};
use crate::statistics::{median, pairs};

const ROUNDS: usize = 21;

/// The time from the start to the first request.
pub(crate) fn start(program: &str) -> Measured {
    let home = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let credentials = r#"{"access_key": "key", "access_key_secret": "secret"}"#;
    let ours = || {
        let mut command = Command::new(program);
        command.args(["exec", "gong", "users", "list", "--via", &address]);
        command.args(["--credentials", credentials]).env("HOME", home.path());
        first_request(command, &listener)
    };
    let by_hand = || {
        let mut command = own();
        command.args(["calls", "hand", &address, "1", "1", "1"]);
        first_request(command, &listener)
    };
    pairs(ROUNDS, ["program", "by hand"], ours, by_hand)
}

fn first_request(mut command: Command, listener: &TcpListener) -> Duration {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0]).unwrap();
    let elapsed = started.elapsed();
    stop(&mut child);
    elapsed
}

/// The time from the start to the answer to `initialize`.
pub(crate) fn initialize(program: &str) -> Measured {
    let times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let started = Instant::now();
            let mut server = initialized(program);
            let elapsed = started.elapsed();
            stop(&mut server);
            elapsed.as_secs_f64() * 1e3
        })
        .collect();
    Measured { value: median(times), parts: format!("{ROUNDS} starts") }
}

/// Resident memory after the answer to `initialize`.
pub(crate) fn resident(program: &str) -> Measured {
    let sizes: Vec<f64> = (0..5)
        .map(|_| {
            let mut server = initialized(program);
            let bytes = memory(&server.id().to_string(), "VmRSS");
            stop(&mut server);
            bytes / 1024.0 / 1024.0
        })
        .collect();
    Measured { value: median(sizes), parts: "5 starts".to_owned() }
}

/// Starts the MCP server with all connectors, and waits for its first answer.
fn initialized(program: &str) -> Child {
    let mut child = Command::new(program)
        .args(["mcp", "--sandbox"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let request = serde_json::json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "1"},
        },
    });
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "{request}").unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("serverInfo"), "{line}");
    // The server ends when its input ends.
    child.stdin = Some(input);
    child
}
