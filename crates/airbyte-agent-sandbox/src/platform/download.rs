//! Downloads through the platform: raw bytes, or a part of them in JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::text_pages::TextPage;
use crate::response::Response;

/// Largest part, in bytes.
const LARGEST: usize = 65_536;

/// How the content of a file is to be returned.
#[derive(Debug)]
pub(crate) struct DownloadControls {
    in_json: bool,
    as_text: bool,
    range: Option<String>,
    page: TextPage,
}

impl DownloadControls {
    /// Takes the controls out of the parameters of an operation.
    pub(crate) fn take(params: &mut Map<String, Value>) -> Result<Self, String> {
        let mut word = |name: &str| match params.shift_remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{name} must be a string")),
        };
        let in_json = match word("_airbyte_response_type")?.as_deref() {
            None | Some("stream") => false,
            Some("json") => true,
            Some(other) => return Err(format!("unknown response type `{other}`")),
        };
        let as_text = match word("_airbyte_response_format")?.as_deref() {
            None | Some("base64") => false,
            Some("text") => true,
            Some(other) => return Err(format!("unknown response format `{other}`")),
        };
        let range = word("range_header")?;
        Ok(Self { in_json, as_text, range, page: TextPage::take(params)? })
    }

    /// The requested part in JSON; `None` when raw bytes are requested.
    pub(crate) fn json_part(
        &self,
        bytes: &Bytes,
        media_type: &str,
        now: u64,
    ) -> Result<Option<Value>, String> {
        if !self.in_json {
            return Ok(None);
        }
        if self.as_text && self.range.is_none() {
            return self.page.content(bytes, media_type, now).map(Some);
        }
        let range = self.range.as_deref().unwrap_or("bytes=0-49151");
        let (first, last) = bounds(range)
            .filter(|(first, last)| first <= last)
            .ok_or_else(|| format!("`{range}` is not a bounded range"))?;
        let length = last - first + 1;
        if length > LARGEST {
            return Err(format!("a range must have at most {LARGEST} bytes"));
        }
        let end = bytes.len().min(last + 1);
        let part = bytes.slice(first.min(end)..end);
        let (content, returned) =
            if self.as_text { text_of_part(&part)? } else { (STANDARD.encode(&part), part.len()) };
        let next = first + returned;
        let more = next < bytes.len();
        let next_range = more.then(|| format!("bytes={next}-{}", next + length - 1));
        Ok(Some(json!({
            "content": content,
            "encoding": if self.as_text { "utf-8" } else { "base64" },
            "bytes_returned": returned,
            "range_requested": range,
            "next_range_header": next_range,
            "has_more": more,
            "content_type": media_type,
        })))
    }

    /// The response with the raw bytes, or with the requested range of them.
    pub(crate) fn raw_response(&self, bytes: &Bytes, media_type: &str) -> Response {
        let total = bytes.len();
        match self.range.as_deref().and_then(bounds) {
            Some((first, last)) if first <= last && first < total => {
                let last = last.min(total - 1);
                Response::bytes(206, media_type, bytes.slice(first..=last))
                    .header("content-range", format!("bytes {first}-{last}/{total}"))
            }
            _ => Response::bytes(200, media_type, bytes.clone()),
        }
    }
}

/// The first and the last position of a range.
fn bounds(range: &str) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// The text of a part without a character that is cut at its end, and its length in bytes.
fn text_of_part(part: &Bytes) -> Result<(String, usize), String> {
    match std::str::from_utf8(part) {
        Ok(text) => Ok((text.to_owned(), part.len())),
        Err(error) if error.error_len().is_none() => {
            let good = &part[..error.valid_up_to()];
            Ok((String::from_utf8_lossy(good).into_owned(), good.len()))
        }
        Err(_) => Err("the file is not UTF-8 text; request base64".to_owned()),
    }
}
