//! Arguments of `platform`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::format::Format;
use super::seconds::parse_seconds;

const ACCOUNT: &str = "Account";
const CONNECTOR: &str = "Connector to create";

#[derive(Args)]
pub(crate) struct PlatformArgs {
    #[command(subcommand)]
    pub(crate) part: Part,
    #[command(flatten)]
    pub(crate) account: AccountArgs,
}

/// The account on the platform, and how to reach it.
#[derive(Args)]
pub(crate) struct AccountArgs {
    /// The workspace [default: AIRBYTE_WORKSPACE_NAME, the settings file's, or default]
    #[arg(long, value_name = "NAME", global = true, help_heading = ACCOUNT)]
    pub(crate) workspace: Option<String>,
    /// The organization, for accounts with several
    #[arg(long, value_name = "ID", global = true, help_heading = ACCOUNT)]
    pub(crate) organization: Option<String>,
    /// Send every request to this origin; the intended host goes into X-Forwarded-Host
    #[arg(long, value_name = "URL", global = true, help_heading = ACCOUNT)]
    pub(crate) via: Option<String>,
    /// Use an emulated platform that is started for this call; needs no account
    #[arg(long, global = true, help_heading = ACCOUNT, conflicts_with = "via")]
    pub(crate) sandbox: bool,
    /// Longest time that a request may take, with all its retries
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, global = true,
          help_heading = ACCOUNT)]
    pub(crate) timeout: Option<Duration>,
    /// Format of the output [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT", global = true)]
    pub(crate) output: Option<Format>,
}

#[derive(Subcommand)]
pub(crate) enum Part {
    /// Set a connector up, step by step: token, workspace, template, connector, first call.
    /// Running it again changes nothing that is there
    #[command(after_help = SETUP_EXAMPLES)]
    Setup(Box<SetupArgs>),
    /// Workspaces: one for each tenant
    #[command(subcommand)]
    Workspaces(Workspaces),
    /// Connectors of a workspace: stored credentials of a third party
    #[command(subcommand)]
    Connectors(Connectors),
    /// Templates: kinds of connectors that the organization has switched on
    #[command(subcommand)]
    Templates(Templates),
    /// Definitions: kinds of connectors that the platform has
    #[command(subcommand)]
    Definitions(Definitions),
    /// Create connectors by a person's sign-in at the third party
    #[command(subcommand)]
    Oauth(Oauth),
}

const SETUP_EXAMPLES: &str = "\
Examples:
  airbyte-agent platform setup stripe --sandbox
  airbyte-agent platform setup github --workspace tenant-42 \\
      --credentials @github.json --config '{\"repositories\": [\"acme/web\"]}' --env-file";

#[derive(Args)]
pub(crate) struct SetupArgs {
    /// Which kind of connector, such as stripe
    pub(crate) connector: String,
    #[command(flatten)]
    pub(crate) new: NewArgs,
    /// The connector to use, where the workspace has several of the kind
    #[arg(long, value_name = "ID", help_heading = CONNECTOR)]
    pub(crate) connector_id: Option<String>,
    /// Name of the template, where one has to be registered
    #[arg(long, value_name = "NAME")]
    pub(crate) template_name: Option<String>,
    /// Write client id, secret and workspace to this file for the next time; variables that it
    /// holds already stay as they are [default: .env]
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = ".env",
          conflicts_with = "sandbox")]
    pub(crate) env_file: Option<PathBuf>,
    /// Never ask, even on a terminal
    #[arg(long)]
    pub(crate) no_input: bool,
}

/// What a new connector is created from.
#[derive(Args)]
pub(crate) struct NewArgs {
    /// Display name [default: CONNECTOR - WORKSPACE]
    #[arg(long, value_name = "NAME", help_heading = CONNECTOR)]
    pub(crate) name: Option<String>,
    /// Credential fields by the names in the spec, or @FILE [default:
    /// AIRBYTE_AGENT_<SLUG>_<FIELD> in the environment]
    #[arg(long, value_name = "JSON", help_heading = CONNECTOR)]
    pub(crate) credentials: Option<String>,
    /// Which security scheme, when the credentials fit more than one
    #[arg(long, value_name = "NAME", help_heading = CONNECTOR)]
    pub(crate) auth_scheme: Option<String>,
    /// Settings and server variables of the connector, or @FILE
    #[arg(long, value_name = "JSON", help_heading = CONNECTOR)]
    pub(crate) config: Option<String>,
    /// The template, where the organization has several of the kind
    #[arg(long, value_name = "ID", help_heading = CONNECTOR)]
    pub(crate) template: Option<String>,
}

#[derive(Subcommand)]
pub(crate) enum Workspaces {
    /// List the organization's workspaces
    List {
        /// Only those whose name holds this text
        #[arg(long, value_name = "TEXT")]
        contains: Option<String>,
    },
    /// Show a workspace; without a name, that of --workspace, or the only one
    Get {
        /// Its exact name
        name: Option<String>,
    },
    /// Create a workspace, unless it exists already
    Create {
        /// Its name: your own identifier of the tenant
        name: String,
    },
    /// Remove a workspace with all its connectors
    Delete {
        /// Its exact name
        name: String,
        /// Confirm that the workspace is to be removed
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum Connectors {
    /// List the workspace's connectors
    List {
        /// Only those of this kind, such as stripe
        #[arg(long, value_name = "NAME")]
        connector: Option<String>,
    },
    /// Show a connector with its settings
    Get {
        /// Its id
        id: String,
    },
    /// Store credentials and settings as a new connector
    Create {
        /// Which kind, such as stripe
        connector: String,
        #[command(flatten)]
        new: Box<NewArgs>,
        /// Use the existing connector, if the workspace has one of the kind
        #[arg(long)]
        if_missing: bool,
    },
    /// Remove a connector and its stored secrets
    Delete {
        /// Its id
        id: String,
    },
    /// Let the platform try the stored credentials of a connector
    Check {
        /// Its id
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Templates {
    /// List the organization's templates
    List {
        /// List the templates that the platform offers to everybody instead
        #[arg(long)]
        global: bool,
    },
    /// Register a template for a kind of connector, unless there is one
    Register {
        /// Which kind, such as stripe
        connector: String,
        /// Its display name [default: the connector's title]
        #[arg(long)]
        name: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Definitions {
    /// List the kinds of connectors that the platform has
    List {
        /// Only those whose name holds this text
        #[arg(long, value_name = "TEXT")]
        contains: Option<String>,
    },
    /// Find a kind by its name: zendesk-support, "Zendesk Support"
    Find {
        /// Its name
        name: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Oauth {
    /// Print the address where a person signs in. Needs a template: see 'templates register'
    ConsentUrl {
        /// Which kind of connector
        connector: String,
        /// Where the person's browser is sent afterwards
        #[arg(long, value_name = "URL")]
        redirect_url: String,
        #[command(flatten)]
        new: Box<NewArgs>,
    },
    /// End a sign-in with the address that the person's browser was sent to
    Finish {
        /// Which kind of connector
        connector: String,
        /// The address to which the browser was sent, or its query
        address: String,
        #[command(flatten)]
        new: Box<NewArgs>,
    },
}
