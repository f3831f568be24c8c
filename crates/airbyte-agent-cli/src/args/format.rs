//! Formats of the output that can be chosen with `--output`.

use clap::ValueEnum;
use clap::builder::PossibleValue;

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

/// The format in which rows are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowFormat {
    /// A format of text.
    Printed(Format),
    /// A file in the format Parquet.
    Parquet,
}

impl ValueEnum for RowFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Printed(Format::Json),
            Self::Printed(Format::Jsonl),
            Self::Printed(Format::Table),
            Self::Printed(Format::Csv),
            Self::Printed(Format::Tsv),
            Self::Printed(Format::Yaml),
            Self::Parquet,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Printed(format) => format.to_possible_value(),
            Self::Parquet => Some(
                PossibleValue::new("parquet")
                    .help("A Parquet file with typed columns, for --out FILE or a pipe"),
            ),
        }
    }
}

/// The format in which explanations and reports are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentFormat {
    /// Text for people
    Text,
    /// JSON for programs
    Json,
}
