//! How to reach the platform: what the command line chose, else environment, `.env` and settings
//! file. Sends nothing.

use std::time::Duration;

use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::{Error, Hosted};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET};

use crate::mask::Mask;
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
}

/// The way that was chosen; `sandbox` is the origin of a platform of our own.
pub(crate) fn way(
    choice: &Choice<'_>,
    variables: &Variables,
    sandbox: Option<&str>,
) -> Result<Way, Error> {
    let mut workspace = choice.workspace.clone();
    let (mut hosted, mask) = if let Some(origin) = sandbox {
        (Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(origin), Mask::default())
    } else {
        let settings = variables.settings().or(Settings::from_default_file()?);
        let mask = Mask::hosted(&settings, variables);
        workspace = workspace.or_else(|| settings.workspace_name().map(str::to_owned));
        (settings.into_hosted()?, mask)
    };
    if let Some(name) = choice.workspace {
        hosted = hosted.workspace(name);
    }
    if let Some(id) = choice.organization {
        hosted = hosted.organization(id);
    }
    if let Some(origin) = choice.via {
        hosted = hosted.via(origin);
    }
    if let Some(limit) = choice.timeout {
        hosted = hosted.timeout(limit);
    }
    Ok(Way { hosted, mask, workspace })
}
