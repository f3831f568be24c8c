//! Formats of the output that can be chosen with `--output`.

use clap::ValueEnum;

/// The format in which records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One object, {"data": …, "meta": …}
    Json,
    /// One JSON record per line
    Jsonl,
    /// A table for people
    Table,
    /// Comma-separated values, for spreadsheets
    Csv,
    /// Tab-separated values, one record per line
    Tsv,
    /// The same as JSON, written as YAML
    Yaml,
}

/// The format in which explanations and reports are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentFormat {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
}
