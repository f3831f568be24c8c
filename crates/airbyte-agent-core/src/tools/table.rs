//! Lists as tables: a line of names, then a line per record.

/// How lists are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// Compact JSON.
    #[default]
    Json,
    /// Tab-separated values.
    Tsv,
    /// Comma-separated values.
    Csv,
}
