//! Arguments of `exec`.

use std::path::PathBuf;

use clap::Args;

use super::connection::ConnectionArgs;
use super::format::Format;

const ARGUMENTS: &str = "Arguments of the operation";
const CALL: &str = "Call";
const PAGES: &str = "Pages";
const OUTPUT: &str = "Output";

/// Shown below the help of `exec`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  airbyte-agent exec github issues list --sandbox -p owner=airbytehq -p repo=airbyte
  airbyte-agent exec stripe customers list --all --max 500 --output csv --select id,email
  airbyte-agent exec --spec my.yaml users get -p id=42 --credentials @credentials.json";

#[derive(Args)]
pub(crate) struct ExecArgs {
    /// CONNECTOR ENTITY ACTION, or ENTITY ACTION with --spec
    #[arg(value_name = "CONNECTOR ENTITY ACTION", required = true, num_args = 1..)]
    pub(crate) names: Vec<String>,
    /// Arguments as a JSON object, or @FILE
    #[arg(long, value_name = "JSON", help_heading = ARGUMENTS)]
    pub(crate) params: Option<String>,
    /// One argument, typed by the operation's schema; a.b reaches into an object, lists are
    /// repeated or written a,b,c; NAME:=JSON passes JSON as it is
    #[arg(short = 'p', value_name = "NAME=VALUE", help_heading = ARGUMENTS)]
    pub(crate) param: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// Idempotency key that makes it safe to repeat the call, where the vendor supports one
    #[arg(long, value_name = "KEY", help_heading = CALL)]
    pub(crate) idempotency_key: Option<String>,
    /// Why the call is made; the platform records this text
    #[arg(long, value_name = "TEXT", help_heading = CALL)]
    pub(crate) intent: Option<String>,
    /// Print the HTTP request that would be sent, secrets masked; send nothing
    #[arg(long, help_heading = CALL, conflicts_with = "all")]
    pub(crate) dry_run: bool,
    /// Follow pagination to the end
    #[arg(long, help_heading = PAGES)]
    pub(crate) all: bool,
    /// Stop after this many records
    #[arg(long, value_name = "N", requires = "all", help_heading = PAGES,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max: Option<u64>,
    /// Continue a list where this cursor points
    #[arg(long, value_name = "CURSOR", help_heading = PAGES)]
    pub(crate) resume: Option<String>,
    /// Add the cursor of the next page to JSON output, as `next`
    #[arg(long, help_heading = PAGES)]
    pub(crate) cursor: bool,
    /// Keep only these fields of the records
    #[arg(long, value_name = "a,b.c", value_delimiter = ',', help_heading = OUTPUT)]
    pub(crate) select: Vec<String>,
    /// Leave these fields of the records out
    #[arg(long, value_name = "a,b.c", value_delimiter = ',', help_heading = OUTPUT)]
    pub(crate) exclude: Vec<String>,
    /// How to print records [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = OUTPUT)]
    pub(crate) output: Option<Format>,
    /// Write a download to this file; - is standard output. Missing folders are created. An
    /// interrupted download stays in FILE.part, and the same command continues it
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file of --out
    #[arg(long, requires = "out", help_heading = OUTPUT)]
    pub(crate) force: bool,
}
