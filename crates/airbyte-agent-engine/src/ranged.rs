//! Parts of files, as a call asks for them and as a server sends them, through every transport.

use http::HeaderValue;
use serde_json::Value;

use crate::arguments::Arguments;
use crate::download::Download;
use crate::error::{Error, Result};
use crate::transport::CheckedCall;

/// Refuses a part of the file where the whole of it was requested: nobody who stores it would notice.
pub(crate) fn whole_unless_ranged(call: &CheckedCall<'_>, file: Download) -> Result<Download> {
    if range(call.arguments)?.is_some() || !file.is_partial() || file.is_whole() {
        return Ok(file);
    }
    Err(Error::decode(format!(
        "{}: the server sent a part of the file although the whole of it was requested",
        call.name
    ))
    .with_status(206))
}

/// The part that a call asks for; `None` for the whole file.
pub(crate) fn range(arguments: &Arguments) -> Result<Option<HeaderValue>> {
    match arguments.get("range_header") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.starts_with("bytes=") => HeaderValue::from_str(text)
            .map(Some)
            .map_err(|_| Error::validation("'range_header' must be like 'bytes=0-1023'")),
        Some(_) => Err(Error::validation("'range_header' must be like 'bytes=0-1023'")),
    }
}
