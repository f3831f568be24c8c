//! Downloads: a file as an image or in a folder, or a bounded part of it in each call, as text or base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::file_part::FilePart;
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
    let redactor = call.permitted.account().client.redactor();
    // A secret may reach over the borders of the part.
    let margin = redactor.longest() as u64;
    let start = first.saturating_sub(margin);
    let last = first.saturating_add(range_length - 1).saturating_add(margin);
    call.arguments.insert(RANGE.to_owned(), format!("bytes={start}-{last}").into());
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
    let most = first.saturating_sub(start).saturating_add(length).saturating_add(margin);
    let window = read(&mut file, (start, most), &call, context.progress).await?;
    let secrets = redactor.find(&window);
    let before = usize::try_from(first - start).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let part = FilePart::new(window, before, length, secrets);
    if let Some(total) = total.filter(|total| first > 0 && first >= *total) {
        let problem = format!("the file has {total} bytes, so that none stands at {first}");
        return Err(ToolError::argument("from_byte", problem));
    }
    // Of a part that is as long as it may be, nobody knows whether it is the last one.
    let goes_on = part.goes_on() || part.bytes().len() == length && total.is_none();
    let is_complete = !goes_on && total.is_none_or(|total| total == part.bytes().len() as u64);
    if as_image && is_complete {
        return Ok(image::output(part.bytes(), &media_type));
    }
    let (encoding, taken) = form(part.bytes(), wanted, &media_type, first, most_of_base64)?;
    let next = first + taken as u64;
    let more = match total {
        Some(total) => next < total,
        None => goes_on || taken < part.bytes().len(),
    };
    let is_text = encoding == "text";
    let text = if is_text { part.text(taken) } else { STANDARD.encode(part.masked(taken)) };
    let mut text = Value::String(text);
    let hidden = if is_text { clean::value(&mut text) } else { 0 };
    let mut data = Map::new();
    data.insert("content".to_owned(), text);
    data.insert("encoding".to_owned(), encoding.into());
    if !media_type.is_empty() {
        data.insert("content_type".to_owned(), media_type.into());
    }
    data.insert("from_byte".to_owned(), first.into());
    data.insert("bytes".to_owned(), taken.into());
    if let Some(total) = total {
        data.insert("total_bytes".to_owned(), total.into());
    }
    let mut notes = Vec::new();
    if more {
        data.insert("next_from_byte".to_owned(), next.into());
        notes.push(format!("The file goes on: call again with from_byte {next}."));
    }
    if part.has_secret(taken) {
        let sign = if is_text { "[redacted]" } else { "asterisks" };
        notes.push(format!("A credential was taken out; {sign} stand for it."));
    }
    if hidden > 0 {
        notes.push(format!("{hidden} invisible characters were taken out."));
    }
    Ok(output(data, notes))
}

/// Reads as many bytes as `length` says, from the byte `first` on.
async fn read(
    file: &mut Download,
    (first, length): (u64, u64),
    call: &PermittedCall<'_>,
    progress: &dyn Progress,
) -> Result<Vec<u8>, ToolError> {
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
        if bytes.len() as u64 >= length {
            break;
        }
    }
    bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    Ok(bytes)
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

/// The name of the encoding in which bytes are shown, and how many of them are; base64 holds `most_of_base64`
/// bytes at most.
fn form(
    part: &[u8],
    wanted: Option<Encoding>,
    media_type: &str,
    first: u64,
    most_of_base64: u64,
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
            let taken = part.len().min(usize::try_from(most_of_base64).unwrap_or(usize::MAX));
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
            (b"\x89PNG\x00\x01", None, "", Some(("base64", 6))),
            (b"\x89PNG5678", None, "", Some(("base64", 6))),
            (b"\x89PNG", Some(Encoding::Text), "", None),
            (b"plain", None, "image/png", Some(("base64", 5))),
            (b"\x07", None, "", Some(("base64", 1))),
            (b"\x07", Some(Encoding::Text), "", Some(("text", 1))),
            (b"", None, "", Some(("text", 0))),
        ] {
            let found = form(part, wanted, media_type, 0, 6).ok();
            assert_eq!(found, expected, "{part:?}");
        }
    }
}
