//! Options that choose a connector and say how to reach it. `exec` and `check` share them.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::seconds::parse_seconds;

const CONNECTION: &str = "Connection";

/// Chooses the connector, and says how to reach it and with which credentials.
#[derive(Args, Default)]
pub(crate) struct ConnectionArgs {
    /// Take the connector from this spec instead of a built-in one
    #[arg(long, value_name = "FILE", help_heading = CONNECTION)]
    pub(crate) spec: Option<PathBuf>,
    /// Credential fields by the names in the spec, @FILE, or - for standard input [default:
    /// AIRBYTE_AGENT_<SLUG>_<FIELD> in the environment]
    #[arg(long, value_name = "JSON", help_heading = CONNECTION, conflicts_with = "hosted",
          hide_env_values = true)]
    pub(crate) credentials: Option<String>,
    /// An account that `login` has stored, instead of credentials [default: `default`, when neither
    /// --credentials nor the environment gives any]
    #[arg(long, value_name = "NAME", help_heading = CONNECTION,
          conflicts_with_all = ["hosted", "credentials"])]
    pub(crate) account: Option<String>,
    /// Which security scheme, when the credentials fit more than one
    #[arg(long, value_name = "NAME", help_heading = CONNECTION, conflicts_with = "hosted")]
    pub(crate) auth_scheme: Option<String>,
    /// Server variables and settings of the connector, or @FILE [default:
    /// AIRBYTE_AGENT_<SLUG>_<NAME> in the environment]
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
    /// Longest time that a call may take, with all its retries [default: 120, with --hosted 300]
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, help_heading = CONNECTION)]
    pub(crate) timeout: Option<Duration>,
}
