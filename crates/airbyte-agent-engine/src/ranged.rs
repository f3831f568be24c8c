//! The part of a file that a call requests.

use http::HeaderValue;
use serde_json::Value;

use crate::arguments::Arguments;
use crate::error::{Error, Result};

/// The range that a call requests; `None` for the whole file.
pub(crate) fn range(arguments: &Arguments) -> Result<Option<HeaderValue>> {
    match arguments.get("range_header") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.starts_with("bytes=") => HeaderValue::from_str(text)
            .map(Some)
            .map_err(|_| Error::validation("'range_header' must be like 'bytes=0-1023'")),
        Some(_) => Err(Error::validation("'range_header' must be like 'bytes=0-1023'")),
    }
}
