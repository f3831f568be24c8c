//! Arguments of `watch`.

use std::time::Duration;

use clap::Args;

use super::connection::ConnectionArgs;
use super::seconds::parse_duration;
use super::sync::StoreArgs;

#[derive(Args)]
pub(crate) struct WatchArgs {
    /// CONNECTOR ENTITY, or ENTITY with --spec
    #[arg(value_name = "CONNECTOR ENTITY", required = true, num_args = 1..=2)]
    pub(crate) names: Vec<String>,
    /// An argument for the lists that take it
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    pub(crate) param: Vec<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Time between two requests for changes, such as 90s, 5m or 2h
    #[arg(long, value_name = "DURATION", default_value = "1m", value_parser = parse_duration)]
    pub(crate) interval: Duration,
    /// Whose changes these are: a name under which is kept what was printed already
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(crate) reader: String,
    /// The first time, print the records that are there already, too
    #[arg(long)]
    pub(crate) from_start: bool,
    /// Print what has changed, and end
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
}
