//! The command line as clap parses it: plain data, one module per command.
//!
//! These modules know nothing about what the commands do. They depend only on the table of MCP
//! clients, whose names are values of an argument.

#![allow(
    clippy::doc_markdown,
    reason = "the texts are shown as help, where backticks would disturb"
)]

pub(crate) mod accounts;
pub(crate) mod check;
pub(crate) mod connection;
pub(crate) mod doctor;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod format;
pub(crate) mod import;
pub(crate) mod login;
pub(crate) mod mcp;
pub(crate) mod platform;
pub(crate) mod sandbox;
mod seconds;
pub(crate) mod serve;
pub(crate) mod sql;
pub(crate) mod sync;
pub(crate) mod tables;
pub(crate) mod watch;

use clap::{ArgAction, Args, Parser, Subcommand};

use self::accounts::AccountsArgs;
use self::check::CheckArgs;
use self::doctor::DoctorArgs;
use self::exec::ExecArgs;
use self::explain::{ConnectorsArgs, DescribeArgs, SearchArgs};
use self::import::ImportArgs;
use self::login::LoginArgs;
use self::mcp::McpArgs;
use self::platform::PlatformArgs;
use self::sandbox::SandboxArgs;
use self::sql::SqlArgs;
use self::sync::SyncArgs;
use self::tables::TablesArgs;
use self::watch::WatchArgs;

/// Operations of SaaS APIs: straight to the vendor, through Airbyte's platform, or in a sandbox.
#[derive(Parser)]
#[command(name = "airbyte-agent", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Log to standard error what the program does; give it twice for more. Never shows a secret
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run an operation
    #[command(after_help = exec::EXAMPLES)]
    Exec(Box<ExecArgs>),
    /// List the built-in connectors
    Connectors(ConnectorsArgs),
    /// Find the operation that does what you want, in your own words
    Search(SearchArgs),
    /// Explain a connector, an entity or an operation
    Describe(DescribeArgs),
    /// Make a spec of a vendor's document, such as an OpenAPI file
    #[command(after_help = import::EXAMPLES)]
    Import(Box<ImportArgs>),
    /// Find out whether credentials work, with one cheap call that only reads
    Check(Box<CheckArgs>),
    /// Store credentials on this machine: asks for them, or lets you sign in at the vendor
    #[command(after_help = login::EXAMPLES)]
    Login(Box<LoginArgs>),
    /// List and remove the accounts that `login` has stored
    Accounts(AccountsArgs),
    /// Explain what is set up here, what is missing, and what to do about it; exit code 1 when
    /// something does not work
    Doctor(DoctorArgs),
    /// Copy records into a store on this machine, and keep them up to date there
    #[command(after_help = sync::EXAMPLES)]
    Sync(Box<SyncArgs>),
    /// Query records with SQL: those in the store, and what is not there is read first
    #[command(after_help = sql::EXAMPLES)]
    Sql(Box<SqlArgs>),
    /// List the tables of the store, or explain the columns of one
    Tables(TablesArgs),
    /// Print the records of an entity that were created, updated or deleted, as JSON lines
    Watch(Box<WatchArgs>),
    /// Run a server that emulates the vendors and Airbyte's platform
    Sandbox(SandboxArgs),
    /// Offer operations to agents as tools, over the Model Context Protocol
    Mcp(Box<McpArgs>),
    /// Manage workspaces, connectors and templates on Airbyte's platform
    Platform(Box<PlatformArgs>),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print what can stand at the cursor; the scripts of `completions` call it
    #[command(name = "__complete", hide = true)]
    Complete(CompleteArgs),
}

const COMPLETIONS: &str = "\
Connectors, entities, actions and arguments are completed in bash, zsh and fish:
  bash:  source <(airbyte-agent completions bash)      in ~/.bashrc
  zsh:   source <(airbyte-agent completions zsh)       in ~/.zshrc, after compinit
  fish:  airbyte-agent completions fish | source       in ~/.config/fish/config.fish";

#[derive(Args)]
pub(crate) struct CompleteArgs {
    /// The command line up to the cursor
    #[arg(long, conflicts_with = "words")]
    pub(crate) line: Option<String>,
    /// The words after the program's name, the one at the cursor last
    #[arg(last = true)]
    pub(crate) words: Vec<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }
}
