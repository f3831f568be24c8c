//! The command line, as clap reads it. Says nothing of what the commands do.

#![allow(clippy::doc_markdown, reason = "the texts are shown as help, where marks would disturb")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::{accounts, doctor, login};

/// Operations of SaaS APIs: straight to the vendor, through Airbyte's platform, or in a sandbox.
#[derive(Parser)]
#[command(name = "airbyte-agent", version, max_term_width = 100)]
pub(crate) struct Cli {
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Tell on standard error what happens; twice for more. Never shows a secret
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run an operation
    #[command(after_help = EXEC_EXAMPLES)]
    Exec(Box<ExecArgs>),
    /// List the built-in connectors
    Connectors(ConnectorsArgs),
    /// Find the operation that does what you want, in your own words
    Search(SearchArgs),
    /// Explain a connector, an entity or an operation
    Describe(DescribeArgs),
    /// Find out whether credentials work, by one cheap call that only reads
    Check(Box<CheckArgs>),
    /// Keep credentials on this machine: asks for them, or has you sign in at the vendor
    #[command(after_help = login::args::EXAMPLES)]
    Login(Box<login::args::LoginArgs>),
    /// List and remove the accounts that `login` keeps
    Accounts(accounts::args::AccountsArgs),
    /// Explain what is set up here, what is missing, and what to do about it; exit code 1 when
    /// something does not work
    Doctor(doctor::args::DoctorArgs),
    /// Run a server that answers as the vendors and as Airbyte's platform
    Sandbox(SandboxArgs),
    /// Offer operations to agents as tools, over the Model Context Protocol
    Mcp(Box<crate::mcp::args::McpArgs>),
    /// Workspaces, connectors and templates on Airbyte's platform
    Platform(Box<crate::platform::args::PlatformArgs>),
    /// Print the completion script of a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// What can stand at the cursor; the scripts of `completions` ask it
    #[command(name = "__complete", hide = true)]
    Complete(crate::complete::CompleteArgs),
}

const COMPLETIONS: &str = "\
Connectors, entities, actions and arguments are completed in bash, zsh and fish:
  bash:  source <(airbyte-agent completions bash)      in ~/.bashrc
  zsh:   source <(airbyte-agent completions zsh)       in ~/.zshrc, behind compinit
  fish:  airbyte-agent completions fish | source       in ~/.config/fish/config.fish";

const EXEC_EXAMPLES: &str = "\
Examples:
  airbyte-agent exec github issues list --sandbox -p owner=airbytehq -p repo=airbyte
  airbyte-agent exec stripe customers list --all --max 500 --output csv --select id,email
  airbyte-agent exec --spec my.yaml users get -p id=42 --credentials @credentials.json";

#[derive(Args)]
pub(crate) struct ExecArgs {
    /// CONNECTOR ENTITY ACTION, or ENTITY ACTION with --spec
    #[arg(value_name = "CONNECTOR ENTITY ACTION", required = true, num_args = 1..)]
    pub(crate) names: Vec<String>,
    /// Arguments as a JSON object, or @FILE
    #[arg(long, value_name = "JSON", help_heading = ARGUMENTS)]
    pub(crate) params: Option<String>,
    /// One argument, typed by the operation's schema; a.b reaches into an object, lists are
    /// repeated or written a,b,c; NAME:=JSON takes JSON as it is
    #[arg(short = 'p', value_name = "NAME=VALUE", help_heading = ARGUMENTS)]
    pub(crate) param: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// Key that makes repeating the call harmless, where the vendor has one
    #[arg(long, value_name = "KEY", help_heading = CALL)]
    pub(crate) idempotency_key: Option<String>,
    /// Why the call is made; the platform records it
    #[arg(long, value_name = "TEXT", help_heading = CALL)]
    pub(crate) intent: Option<String>,
    /// Print the HTTP request that would be sent, secrets masked; send nothing
    #[arg(long, help_heading = CALL, conflicts_with = "all")]
    pub(crate) dry_run: bool,
    /// Follow pagination to the end
    #[arg(long, help_heading = PAGES)]
    pub(crate) all: bool,
    /// Stop after this many records
    #[arg(long, value_name = "N", requires = "all", help_heading = PAGES,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max: Option<u64>,
    /// Start where a cursor points
    #[arg(long, value_name = "CURSOR", help_heading = PAGES)]
    pub(crate) resume: Option<String>,
    /// Add to JSON output where the list continues, as `next`
    #[arg(long, help_heading = PAGES)]
    pub(crate) cursor: bool,
    /// Keep only these fields of the records
    #[arg(long, value_name = "a,b.c", value_delimiter = ',', help_heading = OUTPUT)]
    pub(crate) select: Vec<String>,
    /// Leave these fields of the records out
    #[arg(long, value_name = "a,b.c", value_delimiter = ',', help_heading = OUTPUT)]
    pub(crate) exclude: Vec<String>,
    /// How to print records [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = OUTPUT)]
    pub(crate) output: Option<Format>,
    /// Where a download goes; - is standard output. What breaks off is kept in FILE.part, and the
    /// same command goes on with it
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) out: Option<PathBuf>,
    /// Overwrite the file of --out
    #[arg(long, requires = "out", help_heading = OUTPUT)]
    pub(crate) force: bool,
}

const ARGUMENTS: &str = "Arguments of the operation";
const CALL: &str = "Call";
const PAGES: &str = "Pages";
const OUTPUT: &str = "Output";
const CONNECTION: &str = "Connection";

/// Which connector, and how to reach it.
#[derive(Args)]
pub(crate) struct ConnectionArgs {
    /// Take the connector from this spec instead of a built-in one
    #[arg(long, value_name = "FILE", help_heading = CONNECTION)]
    pub(crate) spec: Option<PathBuf>,
    /// Credential fields by the names in the spec, or @FILE [default:
    /// AIRBYTE_AGENT_<SLUG>_<FIELD> in the environment]
    #[arg(long, value_name = "JSON", help_heading = CONNECTION, conflicts_with = "hosted",
          hide_env_values = true)]
    pub(crate) credentials: Option<String>,
    /// An account that `login` keeps, instead of credentials [default: `default`, when neither
    /// --credentials nor the environment gives any]
    #[arg(long, value_name = "NAME", help_heading = CONNECTION,
          conflicts_with_all = ["hosted", "credentials"])]
    pub(crate) account: Option<String>,
    /// Which security scheme, when the credentials fit more than one
    #[arg(long, value_name = "NAME", help_heading = CONNECTION, conflicts_with = "hosted")]
    pub(crate) auth_scheme: Option<String>,
    /// Server variables and settings of the connector, or @FILE
    #[arg(long, value_name = "JSON", help_heading = CONNECTION, conflicts_with = "hosted")]
    pub(crate) config: Option<String>,
    /// Send every request to this origin; the intended host goes into X-Forwarded-Host
    #[arg(long, value_name = "URL", help_heading = CONNECTION)]
    pub(crate) via: Option<String>,
    /// Run through Airbyte's platform (AIRBYTE_CLIENT_ID, AIRBYTE_CLIENT_SECRET)
    #[arg(long, help_heading = CONNECTION)]
    pub(crate) hosted: bool,
    /// The platform's workspace [default: default]
    #[arg(long, value_name = "NAME", requires = "hosted", help_heading = CONNECTION)]
    pub(crate) workspace: Option<String>,
    /// The platform's connector, instead of the only one of its kind in the workspace
    #[arg(long, value_name = "ID", requires = "hosted", help_heading = CONNECTION)]
    pub(crate) connector_id: Option<String>,
    /// The platform's organization, for accounts with several
    #[arg(long, value_name = "ID", requires = "hosted", help_heading = CONNECTION)]
    pub(crate) organization: Option<String>,
    /// Run against a sandbox started for this call; needs no account
    #[arg(long, help_heading = CONNECTION, conflicts_with = "via")]
    pub(crate) sandbox: bool,
    /// Longest time for a call with all its retries
    #[arg(long, value_name = "SECONDS", value_parser = seconds, help_heading = CONNECTION)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Args)]
pub(crate) struct ConnectorsArgs {
    /// How to print [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

#[derive(Args)]
pub(crate) struct SearchArgs {
    /// A question, a request or a few words: open invoices of a customer
    #[arg(value_name = "WORDS", required = true, num_args = 1..)]
    pub(crate) words: Vec<String>,
    /// Search this connector only; may be repeated
    #[arg(long, value_name = "CONNECTOR")]
    pub(crate) connector: Vec<String>,
    /// Search this spec too; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Vec<PathBuf>,
    /// Most operations to show
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) limit: u16,
    /// How to print [default: text on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
}

#[derive(Args)]
pub(crate) struct DescribeArgs {
    /// CONNECTOR [ENTITY [ACTION]], or [ENTITY [ACTION]] with --spec
    #[arg(value_name = "CONNECTOR ENTITY ACTION", num_args = 0..)]
    pub(crate) names: Vec<String>,
    /// Take the connector from this spec instead of a built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value_t = Manner::Text, value_name = "FORMAT")]
    pub(crate) output: Manner,
    /// Print long pages at once instead of through PAGER
    #[arg(long)]
    pub(crate) no_pager: bool,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// The connector, unless --spec gives it
    #[arg(required_unless_present = "spec", conflicts_with = "spec")]
    pub(crate) connector: Option<String>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// How to tell the outcome [default: text on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Manner>,
}

#[derive(Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Emulate this spec too; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Vec<PathBuf>,
}

/// How records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One object, {"data": …, "meta": …}
    Json,
    /// A record per line
    Jsonl,
    /// For people
    Table,
    /// For spreadsheets
    Csv,
    /// Tab-separated, a record per line
    Tsv,
    /// What JSON says, with fewer brackets
    Yaml,
}

/// How documents are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Manner {
    /// For people
    Text,
    /// For programs
    Json,
}

pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let wanted = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    wanted
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| "must be a number of seconds above 0".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn timeouts_are_positive_numbers() {
        assert_eq!(seconds("2.5"), Ok(Duration::from_millis(2_500)));
        for text in ["0", "-1", "soon", "inf", "NaN", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
