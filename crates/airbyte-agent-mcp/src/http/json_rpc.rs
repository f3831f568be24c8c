//! Refusals as errors of JSON-RPC: clients of the protocol read nothing else.

use http::{Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use serde_json::{Value, json};

use super::body::{self, Body, is_of_type};

/// The longest text of a refusal that is repeated, in bytes.
const LONGEST: usize = 2_048;

/// The code for what JSON-RPC has none for.
const REFUSED: i64 = -32_000;

/// The code of a request that is none.
const INVALID_REQUEST: i64 = -32_600;

/// The code of a failure of the server.
const INTERNAL: i64 = -32_603;

/// A refusal of the request with this identifier, `null` where it is not known.
pub(super) fn refusal(status: StatusCode, message: &str, id: &Value) -> Response<Body> {
    let code = match status.as_u16() {
        400 | 405 | 406 | 413 | 415 => INVALID_REQUEST,
        500 => INTERNAL,
        _ => REFUSED,
    };
    let error = json!({"code": code, "message": message});
    body::json(status, json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string())
}

/// The response to a request with a method that there is not.
pub(super) fn unknown_method(message: &str, id: &Value) -> Response<Body> {
    let error = json!({"code": -32_601, "message": message});
    let text = json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string();
    body::json(StatusCode::NOT_FOUND, text)
}

/// The response, with an error of JSON-RPC in place of the text of a refusal. `id` is the identifier of the
/// request that it answers.
pub(super) async fn with_error(response: Response<Body>, id: impl Fn() -> Value) -> Response<Body> {
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    if !is_refusal || is_of_type(&response, "application/json") {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let text = match Limited::new(body, LONGEST).collect().await {
        Ok(text) => String::from_utf8_lossy(&text.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    let text = text.trim();
    let reason = status.canonical_reason().unwrap_or("refused");
    let refusal = refusal(status, if text.is_empty() { reason } else { text }, &id());
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::TRANSFER_ENCODING);
    let (own, body) = refusal.into_parts();
    head.headers.extend(own.headers);
    Response::from_parts(head, body)
}
