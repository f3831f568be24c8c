//! Arguments of `exec`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::connection::ConnectionArgs;
use super::format::Format;
use super::seconds::parse_seconds;
use super::sync::StoreArgs;

const ARGUMENTS: &str = "Arguments of the operation";
const CALL: &str = "Call";
const JOBS: &str = "Jobs that run at the vendor";
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
    /// Arguments as a JSON object, or @FILE, or - for standard input
    #[arg(long, value_name = "JSON", help_heading = ARGUMENTS)]
    pub(crate) params: Option<String>,
    /// One argument, typed by the operation's schema; a.b reaches into an object, lists are
    /// repeated or written a,b,c; NAME:=JSON passes JSON as it is, NAME=@PATH passes a file
    #[arg(short = 'p', value_name = "NAME=VALUE", help_heading = ARGUMENTS)]
    pub(crate) param: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Idempotency key that makes it safe to repeat the call, where the vendor supports one
    #[arg(long, value_name = "KEY", help_heading = CALL)]
    pub(crate) idempotency_key: Option<String>,
    /// Why the call is made; the platform records this text
    #[arg(long, value_name = "TEXT", help_heading = CALL)]
    pub(crate) intent: Option<String>,
    /// Print the HTTP request that would be sent, secrets masked; send nothing
    #[arg(long, help_heading = CALL, conflicts_with = "all")]
    pub(crate) dry_run: bool,
    /// Wait until the job that the operation starts is done, and print its result
    #[arg(long, help_heading = JOBS, conflicts_with = "dry_run")]
    pub(crate) wait: bool,
    /// A job that this operation started before: print how far it is, or with --wait its result
    #[arg(long, value_name = "ID", help_heading = JOBS, conflicts_with = "dry_run")]
    pub(crate) job: Option<String>,
    /// Time between two requests for the state of the job [default: what the spec says]
    #[arg(long, value_name = "SECONDS", requires = "wait", value_parser = parse_seconds, help_heading = JOBS)]
    pub(crate) poll: Option<Duration>,
    /// Longest time to wait for the job [default: 3600]
    #[arg(long, value_name = "SECONDS", requires = "wait", value_parser = parse_seconds, help_heading = JOBS)]
    pub(crate) wait_at_most: Option<Duration>,
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
