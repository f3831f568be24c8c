//! Arguments of `sql`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::format::RowFormat;
use super::seconds::parse_duration;
use super::sync::StoreArgs;

/// Shown below the help of `sql`.
pub(crate) const EXAMPLES: &str = "\
Tables are called CONNECTOR_ENTITY, such as github_issues; 'airbyte-agent tables' lists those in the store. A table
that was never copied, or is older than --max-age, is read first: as little of it as the query needs, where the
vendor can select records. EXPLAIN before the query, or --explain, shows the calls without making them.
Examples:
  airbyte-agent sql \"SELECT title, state FROM github_issues ORDER BY created_at DESC LIMIT 10\"
  airbyte-agent sql \"SELECT id, amount FROM stripe_charges LIMIT 15\"
  airbyte-agent sql --explain \"SELECT * FROM stripe_invoices WHERE status = 'open' AND created > unixepoch('now', '-7 days')\"
  airbyte-agent sql \"SELECT json_extract(_record, '$.user.login') FROM github_issues\" --output csv
  airbyte-agent sql \"SELECT id, amount FROM stripe_charges\" --output parquet --out charges.parquet";

const LIVE: &str = "What is not in the store";

#[derive(Args)]
pub(crate) struct SqlArgs {
    /// One statement that reads, in the dialect of SQLite, or of Postgres if the store is there
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Most rows
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub(crate) max_rows: usize,
    /// Longest time that the query may take, such as 30s
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = parse_duration)]
    pub(crate) timeout: Duration,
    /// How old records in the store may be, such as 10m, before they are read again [default: any age]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, help_heading = LIVE)]
    pub(crate) max_age: Option<Duration>,
    /// Most calls to vendors; each page of a list is one. A query that needs more fails and says so
    #[arg(long, value_name = "N", default_value_t = 50, help_heading = LIVE)]
    pub(crate) max_calls: u64,
    /// Make no calls: query what is in the store
    #[arg(long, help_heading = LIVE, conflicts_with_all = ["explain", "partial"])]
    pub(crate) offline: bool,
    /// Make no calls: show those that the query needs
    #[arg(long, help_heading = LIVE)]
    pub(crate) explain: bool,
    /// Answer with what was read when --max-calls is reached, and warn, instead of failing
    #[arg(long, help_heading = LIVE)]
    pub(crate) partial: bool,
    /// An account that `login` has stored, in addition to those in the store [default: `default`]
    #[arg(long, value_name = "NAME", help_heading = LIVE)]
    pub(crate) account: Option<String>,
    /// Send every request to this origin; the intended host goes into X-Forwarded-Host
    #[arg(long, value_name = "URL", help_heading = LIVE)]
    pub(crate) via: Option<String>,
    /// Read from a sandbox started for this query; needs no account
    #[arg(long, help_heading = LIVE, conflicts_with_all = ["via", "account"])]
    pub(crate) sandbox: bool,
    /// How to print rows [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<RowFormat>,
    /// Write the Parquet file to this file; - is standard output. Missing folders are created
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file of --out
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}
