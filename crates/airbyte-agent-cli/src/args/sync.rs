//! Arguments of `sync`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::connection::ConnectionArgs;
use super::format::DocumentFormat;
use super::seconds::parse_duration;

const WHAT: &str = "What is copied";

/// Shown below the help of `sync`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  airbyte-agent sync stripe                        everything that can be copied
  airbyte-agent sync github issues pull_requests   these entities, and those that they need
  airbyte-agent sync stripe --watch --interval 5m --interval events=30s
  airbyte-agent sql \"SELECT status, count(*) FROM stripe_invoices GROUP BY status\"";

#[derive(Args)]
pub(crate) struct SyncArgs {
    /// CONNECTOR and its entities, or entities with --spec [default: the connectors of all stored
    /// accounts, with all their entities]
    #[arg(value_name = "CONNECTOR ENTITY")]
    pub(crate) names: Vec<String>,
    /// Read all records, also where changes alone could be requested; notices every deletion
    #[arg(long, help_heading = WHAT)]
    pub(crate) full: bool,
    /// Request changes since this time instead of those since the last run
    #[arg(long, value_name = "TIME", help_heading = WHAT, conflicts_with = "full")]
    pub(crate) since: Option<jiff::Timestamp>,
    /// An argument for the lists that take it. It selects records, so that nothing is removed;
    /// NAME:=JSON passes JSON as it is
    #[arg(short = 'p', value_name = "NAME=VALUE", help_heading = WHAT)]
    pub(crate) param: Vec<String>,
    /// Leave this field out of the store
    #[arg(long, value_name = "a,b.c", value_delimiter = ',', help_heading = WHAT)]
    pub(crate) exclude: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Most bytes of the store; a page that does not fit is not written
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(65_536..))]
    pub(crate) max_bytes: Option<u64>,
    /// How many days changes are kept for `watch`
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) keep_changes: u32,
    /// Most entities that are read at the same time
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) at_once: u16,
    /// Go on for ever: copy each entity again after its interval
    #[arg(long)]
    pub(crate) watch: bool,
    /// Time between two copies of an entity, such as 90s, 5m or 2h; ENTITY=DURATION for one of them
    #[arg(long, value_name = "DURATION", requires = "watch", value_parser = parse_interval)]
    pub(crate) interval: Vec<Interval>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// How to print what was done [default: text on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<DocumentFormat>,
}

/// Which store is meant.
#[derive(Args)]
pub(crate) struct StoreArgs {
    /// The file of the store, or the address of a Postgres database as in
    /// postgres://user@host/database?schema=name, with the password in PGPASSWORD [default: records.db in the
    /// folder of the settings]
    #[arg(long, value_name = "FILE", env = "AIRBYTE_AGENT_RECORDS", hide_env_values = true)]
    pub(crate) store: Option<PathBuf>,
}

/// The interval of an entity, or of all that have none of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) entity: Option<String>,
    pub(crate) every: Duration,
}

fn parse_interval(text: &str) -> Result<Interval, String> {
    let (entity, duration) = match text.split_once('=') {
        Some((entity, duration)) => (Some(entity.to_owned()), duration),
        None => (None, text),
    };
    Ok(Interval { entity, every: parse_duration(duration)? })
}
