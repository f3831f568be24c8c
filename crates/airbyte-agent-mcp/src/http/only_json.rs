//! Responses for clients that accept JSON and no event streams.
//!
//! The protocol wants clients to accept both. Those that do not get the message that answers their request, and
//! none of the notifications before it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::body::{self, Body, is_of_type};
use super::json_rpc;

/// What a client accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    /// Both forms, as the protocol has it.
    Both,
    /// JSON, as it says or because it does not say.
    Json,
    /// No JSON.
    Other,
}

/// What a client accepts by the headers of its request.
pub(super) fn accepted(headers: &HeaderMap) -> Accepted {
    let all = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges = all
        .flat_map(|value| value.split(','))
        .filter(|range| !is_excluded(range))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .peekable();
    if ranges.peek().is_none() && !headers.contains_key(header::ACCEPT) {
        return Accepted::Json;
    }
    let ranges: Vec<String> = ranges.collect();
    let has = |names: &[&str]| ranges.iter().any(|range| names.contains(&range.as_str()));
    match (has(&["application/json"]), has(&["text/event-stream"])) {
        (true, true) => Accepted::Both,
        (true, false) => Accepted::Json,
        (false, false) if has(&["*/*", "application/*"]) => Accepted::Json,
        (false, _) => Accepted::Other,
    }
}

/// Whether a range says that it is not accepted.
fn is_excluded(range: &str) -> bool {
    let mut parameters = range.split(';').skip(1);
    parameters.any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim().eq_ignore_ascii_case("q")
            && value.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0)
    })
}

/// Says in the headers of a request that both forms are accepted.
pub(super) fn accept_both(headers: &mut HeaderMap) {
    let both = HeaderValue::from_static("application/json, text/event-stream");
    headers.insert(header::ACCEPT, both);
}

/// The response, with the message that answers the request in place of a stream.
pub(super) async fn of_stream(response: Response<Body>) -> Response<Body> {
    if !is_of_type(&response, "text/event-stream") {
        return response;
    }
    let (mut head, mut stream) = response.into_parts();
    let mut events = Events::default();
    while let Some(frame) = stream.frame().await {
        // The stream does not fail.
        let Ok(frame) = frame;
        let Some(data) = frame.data_ref() else { continue };
        if let Some(message) = events.answer(data) {
            head.headers.remove(header::TRANSFER_ENCODING);
            head.headers.remove(header::CACHE_CONTROL);
            let (own, body) = body::json(StatusCode::OK, message).into_parts();
            head.headers.extend(own.headers);
            return Response::from_parts(head, body);
        }
    }
    json_rpc::refusal(StatusCode::INTERNAL_SERVER_ERROR, "there is no response", &Value::Null)
}

/// Finds the answer in a stream of events.
#[derive(Default)]
struct Events {
    /// What has arrived of a line.
    line: Vec<u8>,
    /// The data of an event, until its end.
    data: String,
}

impl Events {
    /// Looks at further bytes, and gives the message that is an answer.
    fn answer(&mut self, bytes: &Bytes) -> Option<String> {
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            let line = String::from_utf8_lossy(&self.line).trim_end_matches('\r').to_owned();
            self.line.clear();
            if let Some(data) = line.strip_prefix("data:") {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(data.strip_prefix(' ').unwrap_or(data));
            } else if line.is_empty() {
                let message = std::mem::take(&mut self.data);
                if is_answer(&message) {
                    return Some(message);
                }
            }
        }
        None
    }
}

fn is_answer(text: &str) -> bool {
    let Ok(Value::Object(message)) = serde_json::from_str::<Value>(text) else { return false };
    message.contains_key("id") && (message.contains_key("result") || message.contains_key("error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted_follows_from_the_header() {
        for (accept, expected) in [
            (Some("application/json, text/event-stream"), Accepted::Both),
            (Some("text/event-stream;q=0.5,application/json;q=1"), Accepted::Both),
            (Some("application/json"), Accepted::Json),
            (Some("application/json, text/event-stream;q=0"), Accepted::Json),
            (Some("*/*"), Accepted::Json),
            (Some("application/*;q=0.8"), Accepted::Json),
            (None, Accepted::Json),
            (Some("text/event-stream"), Accepted::Other),
            (Some("text/html"), Accepted::Other),
            (Some("application/json;q=0"), Accepted::Other),
            (Some("*/*;q=0.0"), Accepted::Other),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(text) = accept {
                headers.insert(header::ACCEPT, HeaderValue::from_static(text));
            }
            assert_eq!(accepted(&headers), expected, "{accept:?}");
        }
    }

    #[test]
    fn the_answer_is_found_however_the_stream_is_cut() {
        let text = ": comment\n\nid: 0\nretry: 3\ndata:\n\n\
                    data: {\"method\":\"notifications/progress\"}\n\n\
                    data: {\"id\":1,\"method\":\"elicitation/create\"}\n\n\
                    event: message\r\ndata: {\"id\":5,\r\ndata: \"result\":{}}\r\n\r\n";
        for size in [1, 3, 1_000] {
            let mut events = Events::default();
            let pieces = text.as_bytes().chunks(size);
            let found = pieces.filter_map(|piece| events.answer(&Bytes::copy_from_slice(piece)));
            let found: Vec<String> = found.collect();
            assert_eq!(found, ["{\"id\":5,\n\"result\":{}}"], "{size}");
        }
    }
}
