//! Arguments of `check`.

use clap::Args;

use super::connection::ConnectionArgs;
use super::format::DocumentFormat;

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The connector, unless --spec gives it
    #[arg(required_unless_present = "spec", conflicts_with = "spec")]
    pub(crate) connector: Option<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// Format of the outcome [default: text on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<DocumentFormat>,
}
