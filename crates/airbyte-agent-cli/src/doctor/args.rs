//! The command line of `doctor`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::args::{Manner, seconds};

#[derive(Args)]
pub(crate) struct DoctorArgs {
    /// Look closer at this connector
    #[arg(conflicts_with = "spec")]
    pub(crate) connector: Option<String>,
    /// Look closer at the connector of this spec
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// Send nothing
    #[arg(long)]
    pub(crate) offline: bool,
    /// Longest wait for the platform
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "5")]
    pub(crate) timeout: Duration,
    /// Text for people, or JSON [default: text on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Manner>,
}
