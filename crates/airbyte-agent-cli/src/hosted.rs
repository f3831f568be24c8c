//! How to reach the platform: what the command line chose, else environment, settings file and
//! `.env`. Sends nothing.

use std::time::Duration;

use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::provenance::{Provenance, Receiver};
use airbyte_agent_core::{Error, Hosted};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET};

use crate::mask::Mask;
use crate::note;
use crate::variables::Variables;

/// What the command line says of the platform.
pub(crate) struct Choice<'a> {
    pub(crate) workspace: &'a Option<String>,
    pub(crate) organization: &'a Option<String>,
    pub(crate) via: &'a Option<String>,
    pub(crate) timeout: Option<Duration>,
}

/// The way to the platform.
pub(crate) struct Way {
    pub(crate) hosted: Hosted,
    /// Hides what is secret about it.
    pub(crate) mask: Mask,
    /// The workspace, where somebody named one.
    pub(crate) workspace: Option<String>,
    /// The platform as whoever is given credentials of vendors.
    pub(crate) receiver: Receiver,
    /// Where client id and client secret come from; nowhere in a sandbox.
    pub(crate) account: Option<Provenance>,
}

impl Choice<'_> {
    fn settings(&self) -> Settings {
        let settings = Settings::new().workspace(self.workspace.as_deref().unwrap_or_default());
        settings.organization(self.organization.as_deref().unwrap_or_default())
    }
}

/// The way that was chosen; `sandbox` is the origin of a platform of our own.
pub(crate) fn way(
    choice: &Choice<'_>,
    variables: &Variables,
    sandbox: Option<&str>,
) -> Result<Way, Error> {
    let given = choice.settings();
    let settings = if let Some(origin) = sandbox {
        given.client_id(CLIENT_ID).client_secret(CLIENT_SECRET).base_url(origin)
    } else {
        let settings = variables.settings(given, Settings::from_default_file()?);
        note::warn(variables.ignored());
        note::note(variables.about(&settings));
        settings
    };
    let (receiver, account) = (settings.receiver(), settings.account_provenance());
    let mask = if sandbox.is_some() { Mask::default() } else { Mask::hosted(&settings, variables) };
    let workspace = settings.workspace_name().map(str::to_owned);
    let mut hosted = settings.into_hosted()?;
    if let Some(origin) = choice.via {
        hosted = hosted.via(origin);
    }
    if let Some(limit) = choice.timeout {
        hosted = hosted.timeout(limit);
    }
    Ok(Way { hosted, mask, workspace, receiver, account })
}
