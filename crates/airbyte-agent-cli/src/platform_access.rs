//! How a call reaches the platform: by what the command line says, otherwise by the environment,
//! the settings file and `.env`. Sends nothing.

use std::time::Duration;

use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::provenance::{Provenance, Receiver};
use airbyte_agent_core::{Error, Hosted, Redactor};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET};

use crate::variables::Variables;
use crate::{notes, redact};

/// What the command line says about the platform.
pub(crate) struct PlatformChoice<'a> {
    pub(crate) workspace: &'a Option<String>,
    pub(crate) organization: &'a Option<String>,
    pub(crate) via: &'a Option<String>,
    pub(crate) timeout: Option<Duration>,
}

/// Everything that is needed to call the platform.
pub(crate) struct PlatformAccess {
    pub(crate) hosted: Hosted,
    /// Knows the platform's secrets. The engine shares it, and adds what it obtains.
    pub(crate) redactor: Redactor,
    /// The workspace, if one was named.
    pub(crate) workspace: Option<String>,
    /// The platform as the receiver of vendors' credentials.
    pub(crate) receiver: Receiver,
    /// Where client id and client secret come from; `None` for a sandbox.
    pub(crate) provenance: Option<Provenance>,
}

impl PlatformChoice<'_> {
    fn settings(&self) -> Settings {
        let settings = Settings::new().workspace(self.workspace.as_deref().unwrap_or_default());
        settings.organization(self.organization.as_deref().unwrap_or_default())
    }
}

/// Resolves the access to the platform. `sandbox_origin` is the address of an emulated platform,
/// which is used instead of the real one.
pub(crate) fn resolve_platform_access(
    choice: &PlatformChoice<'_>,
    variables: &Variables,
    sandbox_origin: Option<&str>,
) -> Result<PlatformAccess, Error> {
    let given = choice.settings();
    let settings = if let Some(origin) = sandbox_origin {
        given.client_id(CLIENT_ID).client_secret(CLIENT_SECRET).base_url(origin)
    } else {
        let settings = variables.platform_settings(given, Settings::from_default_file()?);
        notes::print_warnings(variables.ignored_warning());
        notes::print_notes(variables.platform_notes(&settings));
        settings
    };
    let (receiver, provenance) = (settings.receiver(), settings.account_provenance());
    let redactor = Redactor::new();
    if sandbox_origin.is_none() {
        redact::add_platform(&redactor, &settings, variables);
    }
    let workspace = settings.workspace_name().map(str::to_owned);
    let mut hosted = settings.into_hosted()?.redactor(&redactor);
    if let Some(origin) = choice.via {
        hosted = hosted.via(origin);
    }
    if let Some(limit) = choice.timeout {
        hosted = hosted.timeout(limit);
    }
    Ok(PlatformAccess { hosted, redactor, workspace, receiver, provenance })
}
