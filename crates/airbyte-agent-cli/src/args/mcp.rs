//! Arguments of `mcp` and `mcp install`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::serve::ServeArgs;
use crate::commands::mcp::install::clients::ClientChoice;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct McpArgs {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    #[command(subcommand)]
    pub(crate) command: Option<McpCommand>,
}

#[derive(Subcommand)]
pub(crate) enum McpCommand {
    /// Print or write the entry of this server for MCP clients, with the options that follow
    #[command(after_help = INSTALL_EXAMPLES)]
    Install(Box<InstallArgs>),
}

const INSTALL_EXAMPLES: &str = "\
Examples:
  airbyte-agent mcp install
  airbyte-agent mcp install claude-code --connector github --read-only
  airbyte-agent mcp install cursor vscode --write --config ~/airbyte-agent.toml
  airbyte-agent mcp install codex --write --connector stripe --env AIRBYTE_AGENT_STRIPE_API_KEY";

/// The clients, and the entry that is written for them.
#[derive(Args)]
pub(crate) struct InstallArgs {
    /// The clients; without any, all known clients are listed with their files
    #[arg(value_enum, value_name = "CLIENT")]
    pub(crate) client: Vec<ClientChoice>,
    /// Write the entry into the client's file; a copy of the former file stays beside it
    #[arg(long, help_heading = INSTALL)]
    pub(crate) write: bool,
    /// Name of the server in the client
    #[arg(long, default_value = "airbyte-agent", value_name = "NAME", value_parser = entry_name,
          help_heading = INSTALL)]
    pub(crate) name: String,
    /// Use the file of the project in this folder instead of the user's own
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = ".",
          help_heading = INSTALL)]
    pub(crate) project: Option<PathBuf>,
    /// Use this file instead of the client's usual one
    #[arg(long, value_name = "FILE", conflicts_with = "project", help_heading = INSTALL)]
    pub(crate) file: Option<PathBuf>,
    /// Set this environment variable for the server; without a value, the entry refers to the
    /// client's own environment, where the client supports that; may be repeated
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = INSTALL)]
    pub(crate) env: Vec<String>,
    /// Start this program instead of the one that runs now
    #[arg(long, value_name = "PROGRAM", help_heading = INSTALL)]
    pub(crate) command: Option<String>,
    /// Connect to a server that runs at this address instead of starting one
    #[arg(long, value_name = "URL", help_heading = INSTALL)]
    pub(crate) url: Option<String>,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
}

const INSTALL: &str = "Entry";

fn entry_name(text: &str) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if text.is_empty() || !text.chars().all(valid) {
        return Err("may contain letters, digits, - and _ only".to_owned());
    }
    Ok(text.to_owned())
}
