//! Downloads: a bounded part of a file in each call, as text or base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::file_part::FilePart;
use super::{RunContext, explain};
use crate::controls::Encoding;
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::progress::Report;
use crate::result::clean;

/// The argument of downloads that sets the range of bytes.
const RANGE: &str = "range_header";

/// Reads a part of a file.
pub(super) async fn run(
    mut call: PermittedCall<'_>,
    context: RunContext<'_>,
) -> Result<ToolOutput, ToolError> {
    let first = call.controls.from_byte;
    let length = most_bytes(&call, &context.limits);
    let redactor = call.permitted.account().client.redactor();
    // A secret may reach over the borders of the part.
    let margin = redactor.longest() as u64;
    let start = first.saturating_sub(margin);
    let last = first.saturating_add(length - 1).saturating_add(margin);
    call.arguments.insert(RANGE.to_owned(), format!("bytes={start}-{last}").into());
    let mut file = super::engine_call(&call, &context.limits)
        .download()
        .await
        .map_err(|error| explain::explain(error, &call))?;
    let total = file.total_size();
    let media_type = file.content_type().map(str::to_owned);
    // A server that ignores ranges sends the file from its beginning.
    let mut skip = if file.is_partial() { 0 } else { start };
    let mut window: Vec<u8> = Vec::new();
    let mut report = Report { total_bytes: total, ..Report::default() };
    while let Some(chunk) = file.chunk().await.map_err(|e| explain::explain(e, &call))? {
        report.bytes += chunk.len() as u64;
        context.progress.report(report);
        let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
        skip -= skipped as u64;
        window.extend_from_slice(&chunk[skipped..]);
        if window.len() as u64 > last - start {
            break;
        }
    }
    let secrets = redactor.find(&window);
    let before = usize::try_from(first - start).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let part = FilePart::new(window, before, length, secrets);
    if let Some(total) = total.filter(|total| first > 0 && first >= *total) {
        let problem = format!("the file has {total} bytes, so that none stands at {first}");
        return Err(ToolError::argument("from_byte", problem));
    }
    let was_full = part.bytes().len() == length;
    let wanted = call.controls.encoding;
    let (encoding, taken) =
        form(part.bytes(), wanted, media_type.as_deref().unwrap_or_default(), first)?;
    let next = first + taken as u64;
    let more = match total {
        Some(total) => next < total,
        None => part.goes_on() || was_full || taken < part.bytes().len(),
    };
    let mut data = Map::new();
    let is_text = encoding == "text";
    let text = if is_text { part.text(taken) } else { STANDARD.encode(part.masked(taken)) };
    let mut text = Value::String(text);
    let hidden = if is_text { clean::value(&mut text) } else { 0 };
    data.insert("content".to_owned(), text);
    data.insert("encoding".to_owned(), encoding.into());
    if let Some(media_type) = media_type {
        data.insert("content_type".to_owned(), clean::line(&media_type).into());
    }
    data.insert("from_byte".to_owned(), first.into());
    data.insert("bytes".to_owned(), taken.into());
    if let Some(total) = total {
        data.insert("total_bytes".to_owned(), total.into());
    }
    if more {
        data.insert("next_from_byte".to_owned(), next.into());
    }
    let mut out = Map::from_iter([("data".to_owned(), Value::Object(data))]);
    let mut notes = Vec::new();
    if more {
        notes.push(Value::from(format!("The file goes on: call again with from_byte {next}.")));
    }
    if part.has_secret(taken) {
        let sign = if is_text { "[redacted]" } else { "asterisks" };
        notes.push(Value::from(format!("A credential was taken out; {sign} stand for it.")));
    }
    if hidden > 0 {
        notes.push(Value::from(format!("{hidden} invisible characters were taken out.")));
    }
    if !notes.is_empty() {
        out.insert("notes".to_owned(), notes.into());
    }
    let structured = Value::Object(out);
    Ok(ToolOutput { text: structured.to_string(), structured, next: None, records: None })
}

/// The most bytes that one call gives: as many as it wants, as far as the limits allow.
fn most_bytes(call: &PermittedCall<'_>, limits: &ResultLimits) -> u64 {
    // Base64 has four characters for three bytes and about a token for two characters; text has about a
    // token for three bytes. The other members of the result take some as well.
    let base64 = call.controls.encoding == Some(Encoding::Base64);
    let bytes = limits.max_bytes.saturating_sub(512);
    let by_bytes = if base64 { bytes / 4 * 3 } else { bytes / 2 };
    let tokens = limits.max_tokens.saturating_sub(150);
    let by_tokens = if base64 { tokens.saturating_mul(3) / 2 } else { tokens.saturating_mul(2) };
    let most = limits.file_bytes.min(by_bytes).min(by_tokens).max(1) as u64;
    call.controls.max_bytes.map_or(most, |wanted| wanted.min(most))
}

/// Whether a media type is never text.
fn is_binary(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    ["image/", "audio/", "video/", "font/"].iter().any(|family| media_type.starts_with(family))
        && !media_type.contains("xml")
        || ["pdf", "zip", "gzip", "officedocument", "msword", "ms-excel"]
            .iter()
            .any(|word| media_type.contains(word))
}

/// The name of the encoding in which bytes are shown, and how many of them are.
fn form(
    part: &[u8],
    wanted: Option<Encoding>,
    media_type: &str,
    first: u64,
) -> Result<(&'static str, usize), ToolError> {
    let whole = match std::str::from_utf8(part) {
        Ok(_) => Some(part.len()),
        // A last character that is incomplete is left to the next part.
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            Some(error.valid_up_to())
        }
        Err(_) => None,
    };
    // Unless the call asks for text, the bytes must look like text.
    let is_plain = |byte: &u8| *byte >= b' ' || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
    let text = whole.filter(|_| {
        wanted == Some(Encoding::Text) || !is_binary(media_type) && part.iter().all(is_plain)
    });
    match (wanted, text) {
        (Some(Encoding::Base64), _) | (None, None) => {
            // Where the call did not choose base64, its text is no longer than plain text would be.
            let taken = if wanted.is_none() {
                part.len().div_ceil(2).max(part.len().min(3))
            } else {
                part.len()
            };
            Ok(("base64", taken))
        }
        (_, Some(taken)) => Ok(("text", taken)),
        (Some(Encoding::Text), None) => Err(ToolError::argument(
            "encoding",
            format!("the bytes from {first} are not UTF-8 text; ask with encoding base64"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_where_they_can_be() {
        for (part, wanted, media_type, expected) in [
            (&b"plain"[..], None, "", Some(("text", 5))),
            (b"caf\xc3\xa9", None, "text/plain", Some(("text", 5))),
            (b"caf\xc3", None, "", Some(("text", 3))),
            (b"plain", Some(Encoding::Base64), "", Some(("base64", 5))),
            (b"\x89PNG\x00\x01", None, "", Some(("base64", 3))),
            (b"\x89PNG", Some(Encoding::Text), "", None),
            (b"plain", None, "image/png", Some(("base64", 3))),
            (b"\x07", None, "", Some(("base64", 1))),
            (b"\x07", Some(Encoding::Text), "", Some(("text", 1))),
            (b"", None, "", Some(("text", 0))),
        ] {
            assert_eq!(form(part, wanted, media_type, 0).ok(), expected, "{part:?}");
        }
    }
}
