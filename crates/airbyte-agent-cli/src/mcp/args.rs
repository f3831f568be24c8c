//! The command line of `mcp`, as clap reads it. Says nothing of what the command does.

#![allow(clippy::doc_markdown, reason = "the texts are shown as help, where marks would disturb")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, Subcommand, ValueEnum};

use super::install::clients::Chosen;

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

/// Which clients, and what they are told.
#[derive(Args)]
pub(crate) struct InstallArgs {
    /// The clients; left out, they are listed with their files
    #[arg(value_enum, value_name = "CLIENT")]
    pub(crate) client: Vec<Chosen>,
    /// Write the entry into the client's file; the former file is kept beside it
    #[arg(long, help_heading = INSTALL)]
    pub(crate) write: bool,
    /// What the server is called in the client
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
    /// Give the server this variable of the environment; without a value, as a reference to the
    /// client's own, where the client has such references; may be repeated
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
        return Err("may hold letters, digits, - and _ only".to_owned());
    }
    Ok(text.to_owned())
}

const ACCOUNTS: &str = "Accounts";
const TOOLS: &str = "What a model may do";
const LIMITS: &str = "Limits";
const HTTP: &str = "HTTP";

/// What is served and how.
#[derive(Args, Default)]
pub(crate) struct ServeArgs {
    /// Read accounts and everything else from this TOML file; options narrow what it permits
    #[arg(long, value_name = "FILE", env = "AIRBYTE_AGENT_MCP_CONFIG", help_heading = ACCOUNTS)]
    pub(crate) config: Option<PathBuf>,
    /// Serve this connector; SLUG:NAME for a further account. Credentials come from
    /// AIRBYTE_AGENT_<SLUG>_<FIELD>, of a further account from AIRBYTE_AGENT_<SLUG>_<NAME>_<FIELD>
    /// [default: all connectors]
    #[arg(long, value_name = "SLUG", value_delimiter = ',', env = "AIRBYTE_AGENT_MCP_CONNECTORS",
          help_heading = ACCOUNTS)]
    pub(crate) connector: Vec<String>,
    /// Serve the connector of this spec, too
    #[arg(long, value_name = "FILE", help_heading = ACCOUNTS)]
    pub(crate) spec: Vec<PathBuf>,
    /// Call through Airbyte's platform (AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET)
    #[arg(long, help_heading = ACCOUNTS)]
    pub(crate) hosted: bool,
    /// The platform's workspace [default: default]
    #[arg(long, value_name = "NAME", requires = "hosted", help_heading = ACCOUNTS)]
    pub(crate) workspace: Option<String>,
    /// Call a sandbox started for this server; needs no account
    #[arg(long, help_heading = ACCOUNTS)]
    pub(crate) sandbox: bool,
    /// Send every request to this origin; the intended host goes into X-Forwarded-Host
    #[arg(long, value_name = "URL", conflicts_with = "sandbox", help_heading = ACCOUNTS)]
    pub(crate) via: Option<String>,
    /// A tool per operation, a tool per connector, or three tools that search, describe and
    /// execute [default: connectors for up to four of them, search beyond]
    #[arg(long, value_enum, value_name = "HOW", env = "AIRBYTE_AGENT_MCP_EXPOSE",
          help_heading = TOOLS)]
    pub(crate) expose: Option<Expose>,
    /// Permit only what changes nothing
    #[arg(long, env = "AIRBYTE_AGENT_MCP_READ_ONLY", value_parser = FalseyValueParser::new(),
          help_heading = TOOLS)]
    pub(crate) read_only: bool,
    /// Permit only what matches, such as issues.* or github:*.list; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = TOOLS)]
    pub(crate) allow: Vec<String>,
    /// Refuse what matches, such as *.delete; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = TOOLS)]
    pub(crate) deny: Vec<String>,
    /// Longest time for a call [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = crate::args::seconds, help_heading = LIMITS)]
    pub(crate) timeout: Option<Duration>,
    /// Calls that run at the same time [default: 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..),
          help_heading = LIMITS)]
    pub(crate) concurrency: Option<u16>,
    /// How often what matches may be called, such as github:*.*=60/min; may be repeated
    #[arg(long, value_name = "GLOB=RATE", help_heading = LIMITS)]
    pub(crate) rate_limit: Vec<String>,
    /// Longest result, in tokens as estimated [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..),
          help_heading = LIMITS)]
    pub(crate) max_result_tokens: Option<u32>,
    /// Write every call down in this file, a line of JSON each, without what it returned; - is
    /// standard error
    #[arg(long, value_name = "FILE", help_heading = LIMITS)]
    pub(crate) audit: Option<PathBuf>,
    /// Serve over HTTP at this address instead of standard input and output; a port alone is one of
    /// 127.0.0.1. AIRBYTE_AGENT_MCP_TOKEN holds the bearer token, needed for any other address
    #[arg(long, value_name = "ADDRESS", env = "AIRBYTE_AGENT_MCP_HTTP", help_heading = HTTP)]
    pub(crate) http: Option<String>,
    /// Let web pages of this origin connect, such as http://localhost:*; may be repeated
    #[arg(long, value_name = "ORIGIN", help_heading = HTTP)]
    pub(crate) allow_origin: Vec<String>,
    /// Answer under this host name, besides the local ones; may be repeated
    #[arg(long, value_name = "HOST", help_heading = HTTP)]
    pub(crate) allow_host: Vec<String>,
}

/// How operations are shown to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expose {
    /// A tool per operation
    Operations,
    /// A tool per connector
    Connectors,
    /// Three tools for any number of connectors
    Search,
}

impl ServeArgs {
    /// The arguments that say the same; `absolute` writes a path for use from anywhere.
    pub(crate) fn to_arguments(&self, absolute: &dyn Fn(&Path) -> String) -> Vec<String> {
        let mut all = Vec::new();
        let mut put = |name: &str, value: String| {
            all.push(format!("--{name}"));
            all.push(value);
        };
        let mut put_all = |name: &str, values: &[String]| {
            for value in values {
                put(name, value.clone());
            }
        };
        put_all("connector", &self.connector);
        put_all("allow", &self.allow);
        put_all("deny", &self.deny);
        put_all("rate-limit", &self.rate_limit);
        put_all("allow-origin", &self.allow_origin);
        put_all("allow-host", &self.allow_host);
        for path in &self.spec {
            put("spec", absolute(path));
        }
        let expose = self.expose.and_then(|expose| expose.to_possible_value());
        for (name, value) in [
            ("config", self.config.as_deref().map(absolute)),
            ("workspace", self.workspace.clone()),
            ("via", self.via.clone()),
            ("expose", expose.map(|value| value.get_name().to_owned())),
            ("timeout", self.timeout.map(|longest| longest.as_secs_f64().to_string())),
            ("concurrency", self.concurrency.map(|most| most.to_string())),
            ("max-result-tokens", self.max_result_tokens.map(|most| most.to_string())),
            (
                "audit",
                self.audit.as_deref().map(|path| {
                    if path.as_os_str() == "-" { "-".to_owned() } else { absolute(path) }
                }),
            ),
            ("http", self.http.clone()),
        ] {
            if let Some(value) = value {
                put(name, value);
            }
        }
        for (name, set) in
            [("hosted", self.hosted), ("sandbox", self.sandbox), ("read-only", self.read_only)]
        {
            if set {
                all.push(format!("--{name}"));
            }
        }
        all
    }
}
