//! Controls: arguments that steer a call and its result and are no parameters of the operation.

mod parameters;
mod take;

use serde_json::Value;

use super::result::format::Format;
use super::schema;
use airbyte_agent_description::{Action, Operation};

pub(super) use self::parameters::{is_clearable, is_hidden, own_selection};
pub(super) use self::take::{text, texts};

/// The controls of one call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Controls {
    /// The fields to be shown; none for a choice of the tool.
    pub(super) fields: Vec<String>,
    /// The fields to be left out.
    pub(super) exclude: Vec<String>,
    /// How lists are written.
    pub(super) format: Format,
    /// Where the list continues.
    pub(super) cursor: Option<String>,
    /// The most records that are wanted.
    pub(super) max_records: Option<u64>,
    /// Whether only the number of records is wanted.
    pub(super) count_only: bool,
    /// The parameters to be sent as an explicit `null`.
    pub(super) clear: Vec<String>,
    /// The first byte of a file that is wanted.
    pub(super) from_byte: u64,
    /// The most bytes of a file that are wanted.
    pub(super) max_bytes: Option<u64>,
    /// How the bytes of a file are written, `None` for a choice of the tool.
    pub(super) encoding: Option<Encoding>,
    /// Whether the request is shown and not sent.
    pub(super) dry_run: bool,
}

/// How the bytes of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Text,
    Base64,
}

/// One of the [`Controls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    Fields,
    ExcludeFields,
    Format,
    Cursor,
    MaxRecords,
    CountOnly,
    Clear,
    FromByte,
    MaxBytes,
    Encoding,
    DryRun,
}

impl Control {
    pub(super) const ALL: [Self; 11] = [
        Self::Fields,
        Self::ExcludeFields,
        Self::Format,
        Self::Cursor,
        Self::MaxRecords,
        Self::CountOnly,
        Self::Clear,
        Self::FromByte,
        Self::MaxBytes,
        Self::Encoding,
        Self::DryRun,
    ];

    /// The name of the argument, unless the operation has a parameter of that name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::ExcludeFields => "exclude_fields",
            Self::Format => "format",
            Self::Cursor => "cursor",
            Self::MaxRecords => "max_records",
            Self::CountOnly => "count_only",
            Self::Clear => "clear",
            Self::FromByte => "from_byte",
            Self::MaxBytes => "max_bytes",
            Self::Encoding => "encoding",
            Self::DryRun => "dry_run",
        }
    }

    /// The name of the argument that works with every operation.
    pub(super) const fn long_name(self) -> &'static str {
        match self {
            Self::Fields => "result_fields",
            Self::ExcludeFields => "result_exclude_fields",
            Self::Format => "result_format",
            Self::Cursor => "result_cursor",
            Self::MaxRecords => "result_max_records",
            Self::CountOnly => "result_count_only",
            Self::Clear => "result_clear",
            Self::FromByte => "result_from_byte",
            Self::MaxBytes => "result_max_bytes",
            Self::Encoding => "result_encoding",
            Self::DryRun => "result_dry_run",
        }
    }

    /// The name of the argument beside the parameters of this operation.
    pub(super) fn name_for(self, operation: &Operation) -> &'static str {
        let is_taken = operation
            .parameter(self.name())
            .is_some_and(|parameter| !is_hidden(operation, parameter));
        if is_taken { self.long_name() } else { self.name() }
    }

    /// Whether the control has a meaning for the operation.
    pub(super) fn fits(self, operation: &Operation) -> bool {
        let is_download = operation.action == Action::Download;
        match self {
            Self::Fields | Self::ExcludeFields => {
                !is_download && operation.action != Action::Delete
            }
            Self::Format | Self::MaxRecords | Self::CountOnly | Self::Cursor => {
                operation.action.is_array()
            }
            Self::Clear => operation.parameters.iter().any(is_clearable),
            Self::FromByte | Self::MaxBytes | Self::Encoding => is_download,
            Self::DryRun => !operation.hints.read_only,
        }
    }

    /// The JSON Schema of the argument, with what a model is told about it.
    pub(super) fn schema(self) -> Value {
        match self {
            Self::Fields => schema::texts("Fields to return, dotted names; [\"*\"] for all."),
            Self::ExcludeFields => schema::texts(""),
            Self::Format => schema::choice(&["json", "tsv", "csv"], ""),
            Self::Cursor => schema::plain("string", "next_cursor of the result before."),
            Self::MaxRecords => schema::plain("integer", "Most records to return."),
            Self::CountOnly | Self::DryRun => schema::plain("boolean", ""),
            Self::Clear => schema::texts("Parameters to set to null."),
            Self::FromByte => schema::plain("integer", "From 0."),
            Self::MaxBytes => schema::plain("integer", ""),
            Self::Encoding => schema::choice(&["text", "base64"], ""),
        }
    }
}
