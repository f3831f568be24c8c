//! Arguments of `sql`.

use std::time::Duration;

use clap::Args;

use super::format::Format;
use super::seconds::parse_duration;
use super::sync::StoreArgs;

/// Shown below the help of `sql`.
pub(crate) const EXAMPLES: &str = "\
Tables are called CONNECTOR_ENTITY, such as github_issues; 'airbyte-agent tables' lists them.
Examples:
  airbyte-agent sql \"SELECT title, state FROM github_issues ORDER BY created_at DESC LIMIT 10\"
  airbyte-agent sql \"SELECT json_extract(_record, '$.user.login') FROM github_issues\" --output csv";

#[derive(Args)]
pub(crate) struct SqlArgs {
    /// One statement that reads, in the dialect of SQLite
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Most rows
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) max_rows: usize,
    /// Longest time that the query may take, such as 30s
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub(crate) timeout: Duration,
    /// How to print rows [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}
