//! Options of the MCP server, and the way back from parsed options to a command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{Args, ValueEnum};

use super::seconds::parse_seconds;
use crate::records;

const ACCOUNTS: &str = "Accounts";
const TOOLS: &str = "What a model may do";
const LIMITS: &str = "Limits";
const HTTP: &str = "HTTP";

/// Which accounts the server offers, what a model may do with them, and how it is reached.
#[derive(Args, Default)]
pub(crate) struct ServeArgs {
    /// Read accounts and all settings from this TOML file; options can only narrow what it permits
    #[arg(long, value_name = "FILE", env = "AIRBYTE_AGENT_MCP_CONFIG", help_heading = ACCOUNTS)]
    pub(crate) config: Option<PathBuf>,
    /// Serve this connector; SLUG:NAME for a further account. Credentials come from
    /// AIRBYTE_AGENT_<SLUG>_<FIELD>, of a further account from AIRBYTE_AGENT_<SLUG>_<NAME>_<FIELD>
    /// [default: all connectors]
    #[arg(long, value_name = "SLUG", value_delimiter = ',', env = "AIRBYTE_AGENT_MCP_CONNECTORS",
          help_heading = ACCOUNTS)]
    pub(crate) connector: Vec<String>,
    /// Serve the connector of this spec as well
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
    /// Offer a tool that makes up to 20 independent reads together and gives one answer
    #[arg(long, env = "AIRBYTE_AGENT_MCP_BATCH", value_parser = FalseyValueParser::new(),
          help_heading = TOOLS)]
    pub(crate) batch: bool,
    /// Offer a tool that runs programs over the other tools, in a process without files and network
    #[arg(long, env = "AIRBYTE_AGENT_MCP_PROGRAMS", value_parser = FalseyValueParser::new(),
          help_heading = TOOLS)]
    pub(crate) programs: bool,
    /// Begin the names of all tools with this word and an underscore
    #[arg(long, value_name = "WORD", help_heading = TOOLS)]
    pub(crate) prefix: Option<String>,
    /// Permit only operations that change nothing
    #[arg(long, env = "AIRBYTE_AGENT_MCP_READ_ONLY", value_parser = FalseyValueParser::new(),
          help_heading = TOOLS)]
    pub(crate) read_only: bool,
    /// Permit only operations that match, such as issues.* or github:*.list; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = TOOLS)]
    pub(crate) allow: Vec<String>,
    /// Refuse operations that match, such as *.delete; may be repeated
    #[arg(long, value_name = "GLOB", help_heading = TOOLS)]
    pub(crate) deny: Vec<String>,
    /// Ask the user of the client before each call of some operations: writes, destructive, or those that
    /// match, such as *.delete. Where the client cannot ask, the call is refused; may be repeated
    #[arg(long, value_name = "WHAT", help_heading = TOOLS)]
    pub(crate) ask: Vec<String>,
    /// Most calls of a session that may remove or overwrite data [default: any number]
    #[arg(long, value_name = "N", help_heading = LIMITS)]
    pub(crate) max_destructive: Option<u32>,
    /// How long the user has to approve a call [default: 300]
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, help_heading = LIMITS)]
    pub(crate) approval_timeout: Option<Duration>,
    /// Show this field in no result and no table, such as customers.email or stripe:*.phone; may be repeated
    #[arg(long, value_name = "FIELD", help_heading = TOOLS)]
    pub(crate) hide: Vec<String>,
    /// Offer tools over the records in this store, a file or the address of a Postgres database [default:
    /// records.db in the folder of the settings, if it exists]
    #[arg(long, value_name = "FILE", env = "AIRBYTE_AGENT_MCP_STORE", hide_env_values = true,
          help_heading = TOOLS)]
    pub(crate) store: Option<PathBuf>,
    /// Offer no tools over a store, whatever names one
    #[arg(long, help_heading = TOOLS)]
    pub(crate) no_store: bool,
    /// Never ask the user of a client to sign in on a page of this machine
    #[arg(long, help_heading = ACCOUNTS)]
    pub(crate) no_sign_in: bool,
    /// Port of this machine for these pages, to which vendors send the browser back [default: a free one]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..),
          conflicts_with = "no_sign_in", help_heading = ACCOUNTS)]
    pub(crate) sign_in_port: Option<u16>,
    /// Longest time that a call may take [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, help_heading = LIMITS)]
    pub(crate) timeout: Option<Duration>,
    /// Number of calls that may run at the same time [default: 16]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..),
          help_heading = LIMITS)]
    pub(crate) concurrency: Option<u16>,
    /// How often matching operations may be called, such as github:*.*=60/min or destructive=5/h; may be
    /// repeated
    #[arg(long, value_name = "GLOB=RATE", help_heading = LIMITS)]
    pub(crate) rate_limit: Vec<String>,
    /// Longest result, in estimated tokens [default: 10000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(100..),
          help_heading = LIMITS)]
    pub(crate) max_result_tokens: Option<u32>,
    /// Give results as text, or as structured content to clients that have it [default: text]
    #[arg(long, value_enum, value_name = "FORM", help_heading = LIMITS)]
    pub(crate) results: Option<Results>,
    /// Store downloads in this folder and give their paths instead of their bytes
    #[arg(long, value_name = "DIR", help_heading = LIMITS)]
    pub(crate) files: Option<PathBuf>,
    /// Write every call to this file, one line of JSON each, without what it returned; - is
    /// standard error
    #[arg(long, value_name = "FILE", help_heading = LIMITS)]
    pub(crate) audit: Option<PathBuf>,
    /// Serve over HTTP at this address instead of standard input and output; a port alone is one of
    /// 127.0.0.1. AIRBYTE_AGENT_MCP_TOKEN holds the bearer token, needed for any other address
    #[arg(long, value_name = "ADDRESS", env = "AIRBYTE_AGENT_MCP_HTTP", help_heading = HTTP)]
    pub(crate) http: Option<String>,
    /// Keep no sessions, so that several servers can share the work; nobody can be asked in the middle of a call
    #[arg(long, requires = "http", help_heading = HTTP)]
    pub(crate) stateless: bool,
    /// Let web pages of this origin connect, such as http://localhost:*; may be repeated
    #[arg(long, value_name = "ORIGIN", help_heading = HTTP)]
    pub(crate) allow_origin: Vec<String>,
    /// Answer under this host name, besides the local ones; may be repeated
    #[arg(long, value_name = "HOST", help_heading = HTTP)]
    pub(crate) allow_host: Vec<String>,
}

/// How operations are offered to a model as tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Expose {
    /// A tool per operation
    Operations,
    /// A tool per connector
    Connectors,
    /// Three tools for any number of connectors
    Search,
}

/// In which form results are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Results {
    /// Text, which every client shows to its model
    Text,
    /// Structured content with a short text, where the client's revision has it
    Structure,
}

impl ServeArgs {
    /// The command line that gives these options. `absolute_path` turns a path into one that does
    /// not depend on the working directory.
    pub(crate) fn to_command_line(&self, absolute_path: &dyn Fn(&Path) -> String) -> Vec<String> {
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
        put_all("ask", &self.ask);
        put_all("hide", &self.hide);
        put_all("rate-limit", &self.rate_limit);
        put_all("allow-origin", &self.allow_origin);
        put_all("allow-host", &self.allow_host);
        for path in &self.spec {
            put("spec", absolute_path(path));
        }
        let expose = self.expose.and_then(|expose| expose.to_possible_value());
        let results = self.results.and_then(|results| results.to_possible_value());
        for (name, value) in [
            ("config", self.config.as_deref().map(absolute_path)),
            ("workspace", self.workspace.clone()),
            ("via", self.via.clone()),
            ("prefix", self.prefix.clone()),
            ("expose", expose.map(|value| value.get_name().to_owned())),
            ("timeout", self.timeout.map(|longest| longest.as_secs_f64().to_string())),
            (
                "approval-timeout",
                self.approval_timeout.map(|longest| longest.as_secs_f64().to_string()),
            ),
            ("sign-in-port", self.sign_in_port.map(|port| port.to_string())),
            ("max-destructive", self.max_destructive.map(|most| most.to_string())),
            ("concurrency", self.concurrency.map(|most| most.to_string())),
            ("max-result-tokens", self.max_result_tokens.map(|most| most.to_string())),
            ("results", results.map(|value| value.get_name().to_owned())),
            (
                "store",
                self.store.as_deref().map(|path| match records::address_of(path) {
                    // A password has no place in the files of other programs.
                    Some(address) => records::without_password(address),
                    None => absolute_path(path),
                }),
            ),
            ("files", self.files.as_deref().map(absolute_path)),
            (
                "audit",
                self.audit.as_deref().map(|path| {
                    if path.as_os_str() == "-" { "-".to_owned() } else { absolute_path(path) }
                }),
            ),
            ("http", self.http.clone()),
        ] {
            if let Some(value) = value {
                put(name, value);
            }
        }
        for (name, set) in [
            ("hosted", self.hosted),
            ("sandbox", self.sandbox),
            ("read-only", self.read_only),
            ("batch", self.batch),
            ("programs", self.programs),
            ("stateless", self.stateless),
            ("no-store", self.no_store),
            ("no-sign-in", self.no_sign_in),
        ] {
            if set {
                all.push(format!("--{name}"));
            }
        }
        all
    }
}
