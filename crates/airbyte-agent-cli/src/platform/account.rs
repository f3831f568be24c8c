//! From the options of an account to the platform, and from answers to output.

use airbyte_agent_core::provenance::{Provenance, Receiver};
use airbyte_agent_core::{Description, Error};
use airbyte_agent_platform::{Platform, Workspace};
use airbyte_agent_sandbox::Sandbox;
use serde::Serialize;
use serde_json::Value;

use super::args::AccountArgs;
use crate::args::Format;
use crate::engine::LocalEngine;
use crate::failure::{Stop, usage};
use crate::hosted::{Choice, Way, way};
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
    /// The platform as whoever is given credentials of vendors.
    pub(super) receiver: Receiver,
    /// Where client id and client secret come from.
    pub(super) provenance: Option<Provenance>,
    mask: Mask,
    /// Stops when it is dropped.
    sandbox: Option<Sandbox>,
}

impl Account {
    /// Reads the account from options, environment, settings file and `.env`. Sends nothing;
    /// starts the sandbox where one is asked for.
    pub(super) async fn open(args: &AccountArgs) -> Result<Self, Error> {
        let variables = Variables::here();
        let sandbox = if args.sandbox { Some(start_sandbox().await?) } else { None };
        let origin = sandbox.as_ref().map(Sandbox::url);
        let choice = Choice {
            workspace: &args.workspace,
            organization: &args.organization,
            via: &args.via,
            timeout: args.timeout,
        };
        let Way { hosted, mask, workspace: named, receiver, account: provenance } =
            way(&choice, &variables, origin.as_deref())?;
        let platform = Platform::new(hosted)?;
        let format = output::format(args.output);
        Ok(Self { platform, variables, named, format, receiver, provenance, mask, sandbox })
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
