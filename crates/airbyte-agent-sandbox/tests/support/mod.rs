//! A plain HTTP client that shows exactly what came back, broken answers included.
#![allow(dead_code)]

use airbyte_agent_core::description::Connector;
use airbyte_agent_sandbox::{Sandbox, SandboxBuilder};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Header that makes a request acceptable.
pub(crate) const KEY: &str = "X-Acme-Key: Acme secret\r\nX-Acme-Version: 2025-01-01\r\n";

pub(crate) fn acme() -> Connector {
    let text = include_str!("../fixtures/acme.yaml");
    let spec = airbyte_agent_spec::Spec::parse(text).unwrap();
    spec.lower().unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub(crate) fn builder() -> SandboxBuilder {
    Sandbox::builder().connector(acme())
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Whether all announced bytes came.
    pub(crate) complete: bool,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Sends a request; `headers` is lines that end with CRLF. `None`: the connection was closed.
pub(crate) async fn send(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    headers: &str,
    body: &[u8],
) -> Option<Answer> {
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let length = body.len();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = bytes[end + 4..].to_vec();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut answer = Answer { status, head, body, complete: true };
    let announced = answer.header("content-length").and_then(|text| text.parse().ok());
    answer.complete = announced.is_none_or(|announced: usize| announced == answer.body.len());
    Some(answer)
}

/// A request to a vendor's host with the usual key.
pub(crate) async fn vendor(
    sandbox: &Sandbox,
    method: &str,
    target: &str,
    extra: &str,
    body: &str,
) -> Answer {
    let headers = format!("X-Forwarded-Host: east.acme.test\r\n{KEY}{extra}");
    send(sandbox, method, target, &headers, body.as_bytes()).await.unwrap()
}

pub(crate) async fn get(sandbox: &Sandbox, target: &str) -> Answer {
    vendor(sandbox, "GET", target, "", "").await
}

pub(crate) async fn post_json(sandbox: &Sandbox, target: &str, body: &Value) -> Answer {
    vendor(sandbox, "POST", target, "Content-Type: application/json\r\n", &body.to_string()).await
}
