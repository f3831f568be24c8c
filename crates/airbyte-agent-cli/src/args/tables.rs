//! Arguments of `tables`.

use clap::Args;

use super::format::Format;
use super::sync::StoreArgs;

#[derive(Args)]
pub(crate) struct TablesArgs {
    /// A table, whose columns are explained; also one that was never copied, such as stripe_charges
    pub(crate) table: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// How to print them [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}
