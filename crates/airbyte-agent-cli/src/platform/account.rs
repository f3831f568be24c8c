//! From the options of an account to the platform, and from answers to output.

use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::{Description, Error, Hosted};
use airbyte_agent_platform::{Platform, Workspace};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use serde::Serialize;
use serde_json::Value;

use super::args::AccountArgs;
use crate::args::Format;
use crate::engine::LocalEngine;
use crate::failure::{Stop, usage};
use crate::mask::Mask;
use crate::output::{self, Printed};
use crate::variables::Variables;

/// The platform as one account sees it.
pub(super) struct Account {
    pub(super) platform: Platform,
    pub(super) variables: Variables,
    /// The workspace, where somebody named one.
    pub(super) named: Option<String>,
    pub(super) format: Format,
    mask: Mask,
    /// Stops when it is dropped.
    sandbox: Option<Sandbox>,
}

impl Account {
    /// Reads the account from options, environment, `.env` and settings file. Sends nothing;
    /// starts the sandbox where one is asked for.
    pub(super) async fn open(args: &AccountArgs) -> Result<Self, Error> {
        let variables = Variables::here();
        let sandbox = if args.sandbox { Some(start_sandbox().await?) } else { None };
        let mut named = args.workspace.clone();
        let (mut hosted, mask) = if let Some(sandbox) = &sandbox {
            (Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(sandbox.url()), Mask::default())
        } else {
            let settings = variables.settings().or(Settings::from_default_file()?);
            let mask = Mask::hosted(&settings, &variables);
            named = named.or_else(|| settings.workspace_name().map(str::to_owned));
            (settings.into_hosted()?, mask)
        };
        if let Some(name) = &args.workspace {
            hosted = hosted.workspace(name);
        }
        if let Some(id) = &args.organization {
            hosted = hosted.organization(id);
        }
        if let Some(origin) = &args.via {
            hosted = hosted.via(origin);
        }
        if let Some(limit) = args.timeout {
            hosted = hosted.timeout(limit);
        }
        let platform = Platform::new(hosted)?;
        let format = output::format(args.output);
        Ok(Self { platform, variables, named, format, mask, sandbox })
    }

    /// The workspace that the command is about.
    pub(super) fn workspace(&self) -> Workspace {
        self.platform.default_workspace()
    }

    /// Whether the platform ends with this call.
    pub(super) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Prints what the platform told.
    pub(super) fn show(&self, data: &impl Serialize, mask: Option<&Mask>) -> Result<(), Stop> {
        self.show_with(data, Value::Null, mask)
    }

    /// Prints what the platform told, and metadata.
    pub(super) fn show_with(
        &self,
        data: &impl Serialize,
        mut meta: Value,
        mask: Option<&Mask>,
    ) -> Result<(), Stop> {
        let mut data = serde_json::to_value(data).map_err(|error| {
            let message = format!("an answer cannot be written as JSON: {error}");
            Error::new(airbyte_agent_core::ErrorKind::Internal, message)
        })?;
        for mask in [Some(&self.mask), mask].into_iter().flatten() {
            mask.clean(&mut data);
            mask.clean(&mut meta);
        }
        output::print(self.format, &Printed { data, meta, next: None })
    }
}

async fn start_sandbox() -> Result<Sandbox, Error> {
    let all = airbyte_agent::registry();
    let mut builder = Sandbox::builder();
    for connector in all {
        builder = builder.connector(*connector);
    }
    let engine = LocalEngine::new(all.iter().map(|connector| Description::from(*connector)));
    let started = builder.executor(engine).start().await;
    started.map_err(|error| usage(format!("the sandbox cannot start: {error}")))
}
