//! Parts of files, of a bounded size, that are returned as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::download::Download;
use crate::error::{Error, Result};

/// Largest part of a file that is returned as JSON, in bytes.
const LARGEST_PART: u64 = 65_536;

/// A download that is wanted as a JSON object with a part of the file.
pub(crate) struct Chunked {
    first: u64,
    last: u64,
    as_text: bool,
}

impl Chunked {
    /// Reads the arguments that control the part, removes them, and adds the argument that requests
    /// its range.
    pub(crate) fn from_arguments(arguments: &mut Map<String, Value>) -> Result<Self> {
        arguments.remove("_airbyte_response_type");
        let as_text = match arguments.remove("_airbyte_response_format") {
            None => false,
            Some(Value::String(format)) if format == "base64" => false,
            Some(Value::String(format)) if format == "text" => true,
            Some(_) => {
                let message = "'_airbyte_response_format' must be one of base64, text";
                return Err(Error::validation(message));
            }
        };
        let (first, last) = match arguments.get("range_header").and_then(Value::as_str) {
            None => (0, if as_text { 15_359 } else { 49_151 }),
            Some(text) => bounds(text)?,
        };
        let range = format!("bytes={first}-{last}");
        arguments.insert("range_header".to_owned(), Value::String(range));
        Ok(Self { first, last, as_text })
    }

    /// Reads the part and describes it.
    pub(crate) async fn read(&self, mut file: Download) -> Result<Value> {
        let length = self.last - self.first + 1;
        let total = file.total_size();
        if let Some(begins) = file.first_byte().filter(|_| file.is_partial())
            && begins != self.first
        {
            return Err(Error::decode(format!(
                "the server sent the part of the file from byte {begins} on, and not from {}",
                self.first
            )));
        }
        // A server that ignores ranges sends the file from its start.
        let mut skip = if file.is_partial() { 0 } else { self.first };
        let mut part: Vec<u8> = Vec::new();
        let mut more_behind = false;
        while let Some(chunk) = file.chunk().await? {
            let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
            skip -= skipped as u64;
            part.extend_from_slice(&chunk[skipped..]);
            if part.len() as u64 > length {
                more_behind = true;
                break;
            }
        }
        part.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        let was_full = part.len() as u64 == length;
        let content = if self.as_text {
            let usable = utf8_prefix(&part)?;
            part.truncate(usable);
            String::from_utf8_lossy(&part).into_owned()
        } else {
            STANDARD.encode(&part)
        };
        let next = self.first + part.len() as u64;
        let has_more = match total {
            Some(total) => next < total,
            None => more_behind || (file.is_partial() && was_full),
        };
        Ok(json!({
            "content": content,
            "encoding": if self.as_text { "utf-8" } else { "base64" },
            "bytes_returned": part.len(),
            "range_requested": format!("bytes={}-{}", self.first, self.last),
            "next_range_header": has_more.then(|| format!("bytes={next}-{}", next + length - 1)),
            "has_more": has_more,
            "content_type": file.content_type(),
        }))
    }
}

fn bounds(text: &str) -> Result<(u64, u64)> {
    let parsed = text.trim().strip_prefix("bytes=").and_then(|range| {
        let (first, last) = range.split_once('-')?;
        Some((first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?))
    });
    match parsed {
        Some((first, last)) if last >= first && last - first < LARGEST_PART => Ok((first, last)),
        _ => Err(Error::validation(format!(
            "'range_header' must be 'bytes=FIRST-LAST' with at most {LARGEST_PART} bytes, got '{text}'"
        ))),
    }
}

/// How many bytes are whole UTF-8 characters; an incomplete last one waits for the next part.
fn utf8_prefix(part: &[u8]) -> Result<usize> {
    match std::str::from_utf8(part) {
        Ok(_) => Ok(part.len()),
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            Ok(error.valid_up_to())
        }
        Err(_) => Err(Error::validation(
            "the file is not UTF-8 text; ask with '_airbyte_response_format': 'base64'",
        )),
    }
}
