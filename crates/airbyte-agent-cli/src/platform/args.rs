//! The command line of `platform`, as clap reads it.

#![allow(clippy::doc_markdown, reason = "the texts are shown as help, where marks would disturb")]

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use crate::args::{Format, seconds};

const ACCOUNT: &str = "Account";
const CONNECTOR: &str = "Connector to be made";

#[derive(Args)]
pub(crate) struct PlatformArgs {
    #[command(subcommand)]
    pub(super) part: Part,
    #[command(flatten)]
    pub(super) account: AccountArgs,
}

/// Whose platform, and how to reach it.
#[derive(Args)]
pub(super) struct AccountArgs {
    /// The workspace [default: AIRBYTE_WORKSPACE_NAME, the settings file's, or default]
    #[arg(long, value_name = "NAME", global = true, help_heading = ACCOUNT)]
    pub(super) workspace: Option<String>,
    /// The organization, for accounts with several
    #[arg(long, value_name = "ID", global = true, help_heading = ACCOUNT)]
    pub(super) organization: Option<String>,
    /// Send every request to this origin; the intended host goes into X-Forwarded-Host
    #[arg(long, value_name = "URL", global = true, help_heading = ACCOUNT)]
    pub(super) via: Option<String>,
    /// Use a platform of its own, started for this call; needs no account
    #[arg(long, global = true, help_heading = ACCOUNT, conflicts_with = "via")]
    pub(super) sandbox: bool,
    /// Longest time for a request with all its retries
    #[arg(long, value_name = "SECONDS", value_parser = seconds, global = true,
          help_heading = ACCOUNT)]
    pub(super) timeout: Option<Duration>,
    /// How to print [default: table on a terminal, json otherwise]
    #[arg(long, value_enum, value_name = "FORMAT", global = true)]
    pub(super) output: Option<Format>,
}

#[derive(Subcommand)]
pub(super) enum Part {
    /// Set a connector up, step by step: token, workspace, template, connector, first call.
    /// Running it again changes nothing that is there
    #[command(after_help = SETUP_EXAMPLES)]
    Setup(Box<SetupArgs>),
    /// Workspaces: the partitions of tenants
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
    /// Connectors from a person's sign-in at the third party
    #[command(subcommand)]
    Oauth(Oauth),
}

const SETUP_EXAMPLES: &str = "\
Examples:
  airbyte-agent platform setup stripe --sandbox
  airbyte-agent platform setup github --workspace tenant-42 \\
      --credentials @github.json --config '{\"repositories\": [\"acme/web\"]}' --env-file";

#[derive(Args)]
pub(super) struct SetupArgs {
    /// Which kind of connector, such as stripe
    pub(super) connector: String,
    #[command(flatten)]
    pub(super) new: NewArgs,
    /// The connector to take, where the workspace has several of the kind
    #[arg(long, value_name = "ID", help_heading = CONNECTOR)]
    pub(super) connector_id: Option<String>,
    /// Name of the template, where one has to be registered
    #[arg(long, value_name = "NAME")]
    pub(super) template_name: Option<String>,
    /// Keep client id, secret and workspace in this file for the next time; what it holds already
    /// stays [default: .env]
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = ".env",
          conflicts_with = "sandbox")]
    pub(super) env_file: Option<PathBuf>,
    /// Never ask, even on a terminal
    #[arg(long)]
    pub(super) no_input: bool,
}

/// What a connector is made of.
#[derive(Args)]
pub(super) struct NewArgs {
    /// Display name [default: CONNECTOR - WORKSPACE]
    #[arg(long, value_name = "NAME", help_heading = CONNECTOR)]
    pub(super) name: Option<String>,
    /// Credential fields by the names in the spec, or @FILE [default:
    /// AIRBYTE_AGENT_<SLUG>_<FIELD> in the environment]
    #[arg(long, value_name = "JSON", help_heading = CONNECTOR)]
    pub(super) credentials: Option<String>,
    /// Which security scheme, when the credentials fit more than one
    #[arg(long, value_name = "NAME", help_heading = CONNECTOR)]
    pub(super) auth_scheme: Option<String>,
    /// Settings and server variables of the connector, or @FILE
    #[arg(long, value_name = "JSON", help_heading = CONNECTOR)]
    pub(super) config: Option<String>,
    /// The template, where the organization has several of the kind
    #[arg(long, value_name = "ID", help_heading = CONNECTOR)]
    pub(super) template: Option<String>,
}

#[derive(Subcommand)]
pub(super) enum Workspaces {
    /// List the organization's workspaces
    List {
        /// Only those whose name holds this text
        #[arg(long, value_name = "TEXT")]
        contains: Option<String>,
    },
    /// Show a workspace; without a name the one to work in: --workspace, or the only one
    Get {
        /// Its exact name
        name: Option<String>,
    },
    /// Create a workspace, unless it is there
    Create {
        /// Its name: your own identifier of the tenant
        name: String,
    },
    /// Remove a workspace with everything in it
    Delete {
        /// Its exact name
        name: String,
        /// Really
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Subcommand)]
pub(super) enum Connectors {
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
        /// Take the one that is there, if the workspace has one of the kind
        #[arg(long)]
        if_missing: bool,
    },
    /// Remove a connector and its stored secrets
    Delete {
        /// Its id
        id: String,
    },
    /// Let the platform try the stored credentials
    Check {
        /// Its id
        id: String,
    },
}

#[derive(Subcommand)]
pub(super) enum Templates {
    /// List the organization's templates
    List {
        /// Those that the platform offers to everybody
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
pub(super) enum Definitions {
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
pub(super) enum Oauth {
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
        /// That address, or its query
        address: String,
        #[command(flatten)]
        new: Box<NewArgs>,
    },
}
