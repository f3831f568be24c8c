//! Arguments of `accounts`.

use airbyte_agent_accounts::DEFAULT;
use clap::{Args, Subcommand};

use super::format::Format;

#[derive(Args)]
pub(crate) struct AccountsArgs {
    #[command(subcommand)]
    pub(crate) command: AccountsCommand,
}

#[derive(Subcommand)]
pub(crate) enum AccountsCommand {
    /// List the stored accounts; neither shows nor unlocks a secret
    List(ListArgs),
    /// Remove a stored account from this machine; the vendor accepts its credentials until they are
    /// revoked there
    Remove(RemoveArgs),
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Only accounts of this connector
    pub(crate) connector: Option<String>,
    /// Format of the list [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

#[derive(Args)]
pub(crate) struct RemoveArgs {
    /// The connector that the account belongs to
    pub(crate) connector: String,
    /// Name of the account
    #[arg(default_value = DEFAULT)]
    pub(crate) account: String,
}
