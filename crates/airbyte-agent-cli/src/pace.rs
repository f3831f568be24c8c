//! How fast requests of an account are sent: all processes of this user share the limits that the vendor publishes.

use std::path::PathBuf;

use airbyte_agent_accounts::Options;
use airbyte_agent_core::{Client, Error};
use airbyte_agent_sync::Pace;

/// Name of the folder with what was sent lately, in the folder of the settings.
const FOLDER: &str = "limits";

/// The pace of the client's account. A client without a stored cursor key keeps the limits alone, because nothing else
/// names its account to other processes without showing a secret.
pub(crate) fn of(client: &Client, has_stored_key: bool) -> Pace {
    let pace = Pace::of(&client.description().rate_limits);
    if !has_stored_key {
        return pace;
    }
    match folder().and_then(|folder| Ok((folder, client.account_mark()?))) {
        Ok((folder, mark)) => pace.shared(&folder, &mark),
        Err(error) => {
            tracing::warn!(%error, "the limits of the account are kept by this process alone");
            pace
        }
    }
}

fn folder() -> Result<PathBuf, Error> {
    let accounts = Options::from_env()?.folder;
    Ok(accounts.parent().unwrap_or(&accounts).join(FOLDER))
}

/// Whether requests go to a server on this machine, to which the vendor's limits do not apply.
pub(crate) fn is_here(via: Option<&str>) -> bool {
    let url = via.and_then(|via| url::Url::parse(via).ok());
    match url.as_ref().and_then(url::Url::host) {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
