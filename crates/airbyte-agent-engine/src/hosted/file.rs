//! Files through the platform: as bytes, or inside an envelope.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

use super::envelope::failure;
use super::request::PlatformRequest;
use super::session::Session;
use crate::download::Download;
use crate::error::{Error, Result};
use crate::http::{BodyStream, HttpResponse};

/// How much of a JSON response is read, in bytes, before it is taken for a file that happens to be
/// JSON.
const LARGEST_ENVELOPE: usize = 256 * 1024;

impl Session {
    /// The file in a response. The platform sends the bytes of the file. It sends an envelope
    /// instead when it reports a failure, and some older servers send every file in an envelope.
    pub(super) async fn file(
        &self,
        response: HttpResponse,
        request: &PlatformRequest,
    ) -> Result<Download> {
        let kind = response.headers.get(header::CONTENT_TYPE);
        let is_json = kind
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        if !is_json {
            return Ok(Download::new(response));
        }
        let HttpResponse { status, headers, mut body } = response;
        let mut start = BytesMut::new();
        let mut is_whole = false;
        while start.len() <= LARGEST_ENVELOPE && !is_whole {
            match body.next().await.transpose()? {
                Some(chunk) => start.extend_from_slice(&chunk),
                None => is_whole = true,
            }
        }
        let start = start.freeze();
        if is_whole && let Some(envelope) = envelope(&start) {
            let redact = |text: &str| self.redact(text);
            if let Some(error) = failure(&envelope, &request.what, redact) {
                return Err(error.with_status(status));
            }
            return unwrap(&envelope, status, &request.what);
        }
        let start = stream::once(async { Ok(start) });
        // A body that has ended must not be polled again.
        let body: BodyStream = if is_whole { Box::pin(start) } else { Box::pin(start.chain(body)) };
        Ok(Download::new(HttpResponse::new(status, headers, body)))
    }
}

/// The members that an envelope may have.
const MEMBERS: [&str; 8] = [
    "connector_metadata",
    "error",
    "errors",
    "execution_metadata",
    "message",
    "result",
    "status",
    "warning",
];

/// The envelope, if the body is one and not a file that is a JSON object itself.
fn envelope(body: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let has = |name: &str| value.get(name).is_some();
    let has_status = value.get("status").is_some_and(Value::is_string);
    let is_only = value.as_object()?.keys().all(|name| MEMBERS.contains(&name.as_str()));
    let is_envelope = has_status && (has("execution_metadata") || has("connector_metadata"))
        || has("result") && has("connector_metadata")
        || has_status && is_only && (has("result") || has("error") || has("message"));
    is_envelope.then_some(value)
}

/// The file inside an envelope.
fn unwrap(envelope: &Value, status: u16, what: &str) -> Result<Download> {
    let unreadable = |why: &str| Error::decode(format!("{what}: the platform's response {why}"));
    let text = |name: &str| envelope["result"].get(name).and_then(Value::as_str);
    let content = text("content").ok_or_else(|| unreadable("holds no file"))?;
    if envelope["result"]["has_more"] == true {
        return Err(unreadable("holds a part of the file only; ask for ranges"));
    }
    let bytes = match text("encoding") {
        Some("base64") => {
            let bytes = STANDARD.decode(content).map(Bytes::from);
            bytes.map_err(|_| unreadable("holds a file that is not base64"))?
        }
        _ => Bytes::from(content.to_owned()),
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if let Some(kind) = text("content_type").and_then(|kind| HeaderValue::from_str(kind).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    let body = Box::pin(stream::once(async { Ok(bytes) }));
    Ok(Download::new(HttpResponse::new(status, headers, body)))
}
