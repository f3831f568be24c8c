//! Members of records that are headers of responses, such as the address of an upload.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::description::Response;

/// The body with the members that are headers. A body that holds anything else than a record stays as it is.
pub(super) fn with_headers(response: &Response, headers: &HeaderMap, body: Bytes) -> Bytes {
    if response.headers.is_empty() {
        return body;
    }
    let mut record = match serde_json::from_slice(&body) {
        Ok(Value::Object(record)) => record,
        Err(_) if body.iter().all(u8::is_ascii_whitespace) => Map::new(),
        _ => return body,
    };
    for (member, header) in response.headers.iter() {
        if let Some(text) = headers.get(header.as_ref()).and_then(|value| value.to_str().ok()) {
            record.insert(member.to_string(), text.into());
        }
    }
    Value::Object(record).to_string().into()
}
