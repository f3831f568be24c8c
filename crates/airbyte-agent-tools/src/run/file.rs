//! Downloads: a file as an image or in a folder, or a bounded part of it in each call, as text or base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::plain_output::output;
use super::{RunContext, explain, image, stored_file};
use crate::controls::Encoding;
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::progress::{Progress, Report};
use crate::result::clean;
use airbyte_agent_engine::Download;

/// The argument of downloads that sets the range of bytes.
const RANGE: &str = "range_header";

/// Reads a file, or a part of it.
pub(super) async fn run(
    mut call: PermittedCall<'_>,
    context: RunContext<'_>,
) -> Result<ToolOutput, ToolError> {
    let controls = &call.controls;
    let (first, wanted) = (controls.from_byte, controls.encoding);
    // Whoever asks for a part or for an encoding gets it; for a file as such there are better forms.
    let is_whole = first == 0 && wanted.is_none() && controls.max_bytes.is_none();
    if let Some(folder) = context.files.filter(|_| is_whole) {
        return stored_file::run(&call, context, folder).await;
    }
    let takes_images = is_whole && context.takes_images;
    let limits = &context.limits;
    let most = |encoding| most_bytes(&call, encoding, limits);
    let most_of_base64 = most(Encoding::Base64);
    let longest = most(wanted.unwrap_or(Encoding::Text)).max(most_of_base64);
    let range_length = if takes_images { longest.max(limits.image_bytes as u64) } else { longest };
    let last = first.saturating_add(range_length - 1);
    call.arguments.insert(RANGE.to_owned(), format!("bytes={first}-{last}").into());
    let mut file = super::engine_call(&call, limits)
        .download()
        .await
        .map_err(|error| explain::explain(error, &call))?;
    let total = file.total_size();
    let media_type = file.content_type().map(clean::line).unwrap_or_default();
    let as_image = takes_images && image::is_shown(&media_type);
    let length = match wanted {
        _ if as_image => limits.image_bytes as u64,
        None if is_binary(&media_type) => most_of_base64,
        _ => longest,
    };
    let part = read(&mut file, (first, length), &call, context.progress).await?;
    let is_complete = !part.goes_on && total.is_none_or(|total| total == part.bytes.len() as u64);
    if as_image && is_complete {
        return Ok(image::output(&part.bytes, &media_type));
    }
    let mut encoded = encoded(&part.bytes, wanted, &media_type, first, most_of_base64)?;
    let next = first + encoded.taken as u64;
    let more = match total {
        Some(total) => next < total,
        None => part.goes_on || encoded.taken < part.bytes.len(),
    };
    let mut hidden = 0;
    if encoded.name == "text" {
        call.permitted.account().client.redactor().clean_value(&mut encoded.text);
        hidden = clean::value(&mut encoded.text);
    }
    let mut data = Map::new();
    data.insert("content".to_owned(), encoded.text);
    data.insert("encoding".to_owned(), encoded.name.into());
    if !media_type.is_empty() {
        data.insert("content_type".to_owned(), media_type.into());
    }
    data.insert("from_byte".to_owned(), first.into());
    data.insert("bytes".to_owned(), encoded.taken.into());
    if let Some(total) = total {
        data.insert("total_bytes".to_owned(), total.into());
    }
    let mut notes = Vec::new();
    if more {
        data.insert("next_from_byte".to_owned(), next.into());
        notes.push(format!("The file goes on: call again with from_byte {next}."));
    }
    if hidden > 0 {
        notes.push(format!("{hidden} invisible characters were taken out."));
    }
    Ok(output(data, notes))
}

/// A part of a file.
struct Part {
    bytes: Vec<u8>,
    /// Whether the file is known to have more bytes.
    goes_on: bool,
}

/// Reads as many bytes as `length` says, from the byte `first` on.
async fn read(
    file: &mut Download,
    (first, length): (u64, u64),
    call: &PermittedCall<'_>,
    progress: &dyn Progress,
) -> Result<Part, ToolError> {
    // A server that ignores ranges sends the file from its beginning.
    let mut skip = if file.is_partial() { 0 } else { first };
    let mut bytes: Vec<u8> = Vec::new();
    let mut report = Report { total_bytes: file.total_size(), ..Report::default() };
    while let Some(chunk) = file.chunk().await.map_err(|e| explain::explain(e, call))? {
        report.bytes += chunk.len() as u64;
        progress.report(report);
        let skipped = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
        skip -= skipped as u64;
        bytes.extend_from_slice(&chunk[skipped..]);
        if bytes.len() as u64 > length {
            break;
        }
    }
    let goes_on = bytes.len() as u64 > length;
    bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    // Of a part that is as long as it may be, nobody knows whether it is the last one.
    let is_full = bytes.len() as u64 == length;
    Ok(Part { bytes, goes_on: goes_on || is_full && file.total_size().is_none() })
}

/// The most bytes that one call gives in this encoding: as many as it wants, as far as the limits allow.
fn most_bytes(call: &PermittedCall<'_>, encoding: Encoding, limits: &ResultLimits) -> u64 {
    // Base64 has four characters for three bytes and about a token for two characters; text has about a
    // token for three bytes. The other members of the result take some as well.
    let bytes = limits.max_bytes.saturating_sub(512);
    let tokens = limits.max_tokens.saturating_sub(150);
    let (by_bytes, by_tokens) = match encoding {
        Encoding::Base64 => (bytes / 4 * 3, tokens.saturating_mul(3) / 2),
        Encoding::Text => (bytes / 2, tokens.saturating_mul(2)),
    };
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

/// Bytes as text.
struct Encoded {
    text: Value,
    /// The name of the encoding.
    name: &'static str,
    /// How many of the bytes are in the text.
    taken: usize,
}

/// Encodes bytes as text or base64, of which the text holds `most_of_base64` bytes at most.
fn encoded(
    part: &[u8],
    wanted: Option<Encoding>,
    media_type: &str,
    first: u64,
    most_of_base64: u64,
) -> Result<Encoded, ToolError> {
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
            let taken = part.len().min(usize::try_from(most_of_base64).unwrap_or(usize::MAX));
            let text = STANDARD.encode(&part[..taken]).into();
            Ok(Encoded { text, name: "base64", taken })
        }
        (_, Some(taken)) => {
            let text = String::from_utf8_lossy(&part[..taken]).into();
            Ok(Encoded { text, name: "text", taken })
        }
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
            (&b"plain"[..], None, "", Some(("plain", "text", 5))),
            (b"caf\xc3\xa9", None, "text/plain", Some(("café", "text", 5))),
            (b"caf\xc3", None, "", Some(("caf", "text", 3))),
            (b"plain", Some(Encoding::Base64), "", Some(("cGxhaW4=", "base64", 5))),
            (b"\x89PNG\x00\x01", None, "", Some(("iVBORwAB", "base64", 6))),
            (b"\x89PNG5678", None, "", Some(("iVBORzU2", "base64", 6))),
            (b"\x89PNG", Some(Encoding::Text), "", None),
            (b"plain", None, "image/png", Some(("cGxhaW4=", "base64", 5))),
            (b"\x07", None, "", Some(("Bw==", "base64", 1))),
            (b"\x07", Some(Encoding::Text), "", Some(("\x07", "text", 1))),
            (b"", None, "", Some(("", "text", 0))),
        ] {
            let found = encoded(part, wanted, media_type, 0, 6).ok();
            let found = found.as_ref();
            let found = found.map(|f| (f.text.as_str().unwrap_or_default(), f.name, f.taken));
            assert_eq!(found, expected, "{part:?}");
        }
    }
}
