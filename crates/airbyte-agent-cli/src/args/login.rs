//! Arguments of `login`.

use std::path::PathBuf;
use std::time::Duration;

use airbyte_agent_accounts::{DEFAULT, Place};
use clap::{Args, ValueEnum};

use super::seconds::parse_seconds;

/// Shown below the help of `login`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  airbyte-agent login stripe
  airbyte-agent login hubspot --scheme oauth2 --port 8765
  airbyte-agent login stripe --account eu --credentials @credentials.json
  airbyte-agent login stripe --credentials - < credentials.json

A vendor sends the browser back to an address that its app has to allow; it is printed before the
browser opens. --redirect-uri changes it, --port fixes its port.";

const SIGN_IN: &str = "Sign-in in the browser";

#[derive(Args)]
pub(crate) struct LoginArgs {
    /// The connector, unless --spec gives it
    #[arg(required_unless_present = "spec", conflicts_with = "spec")]
    pub(crate) connector: Option<String>,
    /// Take the connector from this spec instead of a built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// Name under which the account is stored
    #[arg(long, value_name = "NAME", default_value = DEFAULT)]
    pub(crate) account: String,
    /// Which security scheme, where the connector has more than one
    #[arg(long, visible_alias = "auth-scheme", value_name = "NAME")]
    pub(crate) scheme: Option<String>,
    /// Credential fields instead of questions: @FILE, - for standard input, or JSON
    #[arg(long, value_name = "JSON")]
    pub(crate) credentials: Option<String>,
    /// Server variables and settings of the connector, or @FILE; stored with the account
    #[arg(long, value_name = "JSON")]
    pub(crate) config: Option<String>,
    /// Where to store it [default: the keyring, or a sealed file where there is none]
    #[arg(long, value_enum, value_name = "PLACE")]
    pub(crate) store: Option<StoreChoice>,
    /// Store the credentials without trying them
    #[arg(long)]
    pub(crate) no_check: bool,
    /// Print the address to open instead of opening the browser
    #[arg(long, help_heading = SIGN_IN)]
    pub(crate) no_browser: bool,
    /// Port of this machine to which the vendor sends the browser back [default: a free one]
    #[arg(long, value_name = "PORT", help_heading = SIGN_IN)]
    pub(crate) port: Option<u16>,
    /// Address to which the vendor sends the browser back, as its app has it
    #[arg(long, value_name = "URL", help_heading = SIGN_IN)]
    pub(crate) redirect_uri: Option<String>,
    /// Scopes to request instead of those that the spec names
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = SIGN_IN)]
    pub(crate) scopes: Vec<String>,
    /// How long to wait for the browser to come back
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, default_value = "300",
          help_heading = SIGN_IN)]
    pub(crate) timeout: Duration,
    /// Send every request of this program to this origin; the intended host goes into
    /// X-Forwarded-Host
    #[arg(long, value_name = "URL")]
    pub(crate) via: Option<String>,
}

/// Where an account is stored.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StoreChoice {
    /// The keyring of the operating system
    Keyring,
    /// A file sealed by a passphrase
    File,
}

impl From<StoreChoice> for Place {
    fn from(choice: StoreChoice) -> Self {
        match choice {
            StoreChoice::Keyring => Self::Keyring,
            StoreChoice::File => Self::File,
        }
    }
}
