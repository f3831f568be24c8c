//! The formats in which lists are written.

/// How a list is written for a model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// Compact JSON.
    #[default]
    Json,
    /// Tab-separated values; tabs and line breaks inside a value are written `\t` and `\n`.
    Tsv,
    /// Comma-separated values after RFC 4180.
    Csv,
}
