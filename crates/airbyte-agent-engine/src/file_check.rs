//! Distinguishes a file from what servers send instead of it: nothing, a note that it is not ready,
//! another part of it, the report of a failure, or a page for a sign-in.

use serde_json::Value;

use crate::arguments::Arguments;
use crate::download::Download;
use crate::error::{Error, ErrorKind, Result};
use crate::ranged::range;
use crate::reply::{failure_report, vendor_message};
use crate::secret::Redactor;
use crate::transport::CheckedCall;

/// The longest JSON text that can be the report of a failure, in bytes.
const LONGEST_REPORT: usize = 64 * 1024;

/// Names under which an earlier response states the media type of a file.
const TYPES: [&str; 4] = ["content_type", "contentType", "mime_type", "mimeType"];
/// Names under which an earlier response states the size of a file in bytes.
const SIZES: [&str; 4] = ["size", "file_size", "fileSize", "content_length"];

/// What an earlier response states about a file.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Stated {
    media_type: Option<String>,
    size: Option<u64>,
}

impl Stated {
    /// What the object that contains the address of a file states about the file.
    pub(crate) fn of(object: &Value) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| object.get(*name)).cloned();
        Self {
            media_type: first(&TYPES).and_then(|name| name.as_str().map(str::to_owned)),
            size: first(&SIZES).and_then(|size| size.as_u64()),
        }
    }

    /// Whether the response agrees with what was stated about the file.
    fn fits(&self, file: &Download, media_type: &str) -> bool {
        let is_type =
            self.media_type.as_deref().is_some_and(|stated| essence(stated) == essence(media_type));
        let is_size = self.size.is_some() && self.size == file.total_size();
        is_type || (self.media_type.is_none() && is_size)
    }
}

/// The file that a call has opened, unless the response is not a file, or not the part of the file
/// that it claims to be. What only the bytes show becomes an error while they are read. `peer`
/// names the sender in messages.
pub(crate) fn checked(
    call: &CheckedCall<'_>,
    file: Download,
    stated: &Stated,
    peer: &str,
    redactor: Redactor,
) -> Result<Download> {
    check_status(call.name, &file, peer)?;
    check_part(call, &file)?;
    if file.is_partial() {
        return Ok(file);
    }
    let (name, status) = (call.name.to_owned(), file.status());
    let media_type = file.content_type().unwrap_or_default().to_owned();
    if stated.fits(&file, &media_type) {
        return Ok(file);
    }
    match essence(&media_type).as_str() {
        "text/html" | "application/xhtml+xml" if is_page(&file, call.arguments) => {
            let message = format!(
                "{name}: {peer} sent a page ({media_type}) in place of the file, as for a sign-in or an error"
            );
            Err(Error::new(ErrorKind::Vendor, redactor.clean(&message)).with_status(status))
        }
        essence if essence == "application/json" || essence.ends_with("+json") => {
            let peer = peer.to_owned();
            Ok(file.judged(LONGEST_REPORT, move |bytes| {
                let text = failure_report(std::str::from_utf8(bytes).ok()?)?.to_string();
                let clean = |text: &str| redactor.clean(text);
                let reason = vendor_message(&text, &clean).unwrap_or_else(|| clean(&text));
                let message =
                    format!("{name}: {peer} sent a failure in place of the file: {reason}");
                let body = clean(&text).chars().take(8_192).collect();
                let error = Error::new(ErrorKind::Vendor, message);
                Some(error.with_status(status).with_vendor_text(reason).with_body(body))
            }))
        }
        _ => Ok(file),
    }
}

/// Refuses a response with a success status which says that there is no file, or not yet.
fn check_status(name: &str, file: &Download, peer: &str) -> Result<()> {
    let status = file.status();
    let (kind, why) = match status {
        200 | 203 | 206 => return Ok(()),
        202 => (ErrorKind::Vendor, "does not have the file ready; call again later"),
        204 | 205 => (ErrorKind::NotFound, "sent no file"),
        _ => (ErrorKind::Decode, "sent something other than a file"),
    };
    let error = Error::new(kind, format!("{name}: {peer} {why} (HTTP {status})"));
    Err(error.with_status(status).with_retryable(status == 202))
}

/// Refuses a part of the file where the whole file was requested, because a caller that stores it
/// would not notice, and a part whose length differs from that of the range in its header.
fn check_part(call: &CheckedCall<'_>, file: &Download) -> Result<()> {
    if !file.is_partial() {
        return Ok(());
    }
    let name = call.name;
    if let (Some(announced), Some(length)) = (file.announced(), file.content_length())
        && announced != length
    {
        let message = format!(
            "{name}: the server says that it sends {announced} bytes of the file, and sends {length}"
        );
        return Err(Error::network(message).with_status(206).with_retryable(true));
    }
    if range(call.arguments)?.is_some() || file.is_whole() {
        return Ok(());
    }
    let message = format!(
        "{name}: the server sent a part of the file although the whole of it was requested"
    );
    Err(Error::decode(message).with_status(206))
}

/// Whether an HTML response looks like a page and not like a stored file: no header marks it as an
/// attachment or identifies its version, and the caller did not ask for HTML.
fn is_page(file: &Download, arguments: &Arguments) -> bool {
    let is_stored = file.is_attachment() || file.validator().is_some() || file.has_parts();
    let is_wanted = arguments.iter().any(|(_, value)| {
        value.as_str().is_some_and(|text| text.to_ascii_lowercase().contains("htm"))
    });
    !is_stored && !is_wanted
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
