//! Arguments of the commands that only explain: `connectors`, `search` and `describe`.

use std::path::PathBuf;

use clap::Args;

use super::format::{DocumentFormat, Format};

#[derive(Args)]
pub(crate) struct ConnectorsArgs {
    /// Format of the list [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

#[derive(Args)]
pub(crate) struct SearchArgs {
    /// A question, a request or a few words: open invoices of a customer
    #[arg(value_name = "WORDS", required = true, num_args = 1..)]
    pub(crate) words: Vec<String>,
    /// Search this connector only; may be repeated
    #[arg(long, value_name = "CONNECTOR")]
    pub(crate) connector: Vec<String>,
    /// Search this spec too; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Vec<PathBuf>,
    /// Show at most this many operations
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) limit: u16,
    /// Format of the answer [default: a list for people on a terminal, which --output table gives
    /// too; json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

#[derive(Args)]
pub(crate) struct DescribeArgs {
    /// CONNECTOR [ENTITY [ACTION]], or [ENTITY [ACTION]] with --spec
    #[arg(value_name = "CONNECTOR ENTITY ACTION", num_args = 0..)]
    pub(crate) names: Vec<String>,
    /// Take the connector from this spec instead of a built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value_t = DocumentFormat::Text, value_name = "FORMAT")]
    pub(crate) output: DocumentFormat,
    /// Print long pages directly instead of through PAGER
    #[arg(long)]
    pub(crate) no_pager: bool,
}
