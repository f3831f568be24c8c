//! Arguments of `doctor`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::format::DocumentFormat;
use super::seconds::parse_seconds;

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Examine this connector in detail
    #[arg(conflicts_with = "spec")]
    pub(crate) connector: Option<String>,
    /// Examine the connector of this spec in detail
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// Do not send any request
    #[arg(long)]
    pub(crate) offline: bool,
    /// Longest time to wait for the platform
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "5")]
    pub(crate) timeout: Duration,
    /// Text for people, or JSON [default: text on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<DocumentFormat>,
}
