//! Types for the parts of a call that the reader of pages and the calls that follow from it need.

use serde_json::Value;

use crate::arguments::Arguments;
use crate::call_options::CallOptions;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::operation::OperationRef;
use crate::runtime::Runtime;

/// What a call passes on to calls that follow from it.
pub(crate) struct CallParts {
    pub(crate) runtime: Runtime,
    pub(crate) operation: OperationRef,
    pub(crate) arguments: Arguments,
    pub(crate) options: CallOptions,
}

/// Which part of a list is read.
#[derive(Clone, Copy, Default)]
pub(super) struct Part<'a> {
    /// The position of the page; without it, the position where the call begins.
    pub(super) cursor: Option<&'a Cursor>,
    /// The largest number of records that is wanted of the page.
    pub(super) most: Option<usize>,
}

/// The error for a response whose values take more memory than they may.
pub(super) fn too_large(name: &str, held: usize, status: u16) -> Error {
    Error::decode(format!(
        "{name}: the response has more values than {} MiB of memory hold; ask for fewer records or fields",
        held.div_ceil(1024 * 1024)
    ))
    .with_status(status)
}

/// Whether the caller wants a download as a JSON object that contains a part of the file.
pub(super) fn wants_file_part(arguments: &Arguments) -> bool {
    arguments.get("_airbyte_response_type").and_then(Value::as_str) == Some("json")
}
