//! The command line of `accounts`.

use airbyte_agent_accounts::DEFAULT;
use clap::{Args, Subcommand};

use crate::args::Format;

#[derive(Args)]
pub(crate) struct AccountsArgs {
    #[command(subcommand)]
    pub(crate) command: AccountsCommand,
}

#[derive(Subcommand)]
pub(crate) enum AccountsCommand {
    /// List the stored accounts; shows and unlocks no secret
    List(ListArgs),
    /// Forget a stored account; at the vendor it stays valid until it is revoked there
    Remove(RemoveArgs),
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Only those of this connector
    pub(crate) connector: Option<String>,
    /// How to print [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

#[derive(Args)]
pub(crate) struct RemoveArgs {
    /// The connector
    pub(crate) connector: String,
    /// The account
    #[arg(default_value = DEFAULT)]
    pub(crate) account: String,
}
