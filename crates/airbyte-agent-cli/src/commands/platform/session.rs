//! The platform as a subcommand uses it: opened from the options of the account, with the output of
//! its results.

use airbyte_agent_core::provenance::{Provenance, Receiver};
use airbyte_agent_core::{Description, Error, ErrorKind, Redactor};
use airbyte_agent_platform::{Platform, Workspace};
use airbyte_agent_sandbox::Sandbox;
use serde::Serialize;
use serde_json::Value;

use crate::args::format::Format;
use crate::args::platform::AccountArgs;
use crate::engine::LocalEngine;
use crate::failure::{Stop, usage_error};
use crate::output::{self, ResultDocument};
use crate::platform_access::{PlatformAccess, PlatformChoice, resolve_platform_access};
use crate::variables::Variables;

/// The platform, and what is known about the account on it.
pub(super) struct PlatformSession {
    pub(super) platform: Platform,
    pub(super) variables: Variables,
    /// The workspace, if one was named.
    pub(super) named_workspace: Option<String>,
    /// The format of the output.
    pub(super) format: Format,
    /// The platform as the receiver of vendors' credentials.
    pub(super) receiver: Receiver,
    /// Where client id and client secret come from; `None` for a sandbox.
    pub(super) provenance: Option<Provenance>,
    /// Knows every secret that the command uses.
    pub(super) redactor: Redactor,
    /// Stops when it is dropped.
    sandbox: Option<Sandbox>,
}

impl PlatformSession {
    /// Reads the account from options, environment, settings file and `.env`, and starts the sandbox
    /// if one is requested. Sends nothing.
    pub(super) async fn open(args: &AccountArgs) -> Result<Self, Error> {
        let variables = Variables::load_with_warnings();
        let sandbox = if args.sandbox { Some(start_sandbox().await?) } else { None };
        let sandbox_origin = sandbox.as_ref().map(Sandbox::url);
        let choice = PlatformChoice {
            workspace: &args.workspace,
            organization: &args.organization,
            via: &args.via,
            timeout: args.timeout,
        };
        let PlatformAccess { hosted, redactor, workspace, receiver, provenance } =
            resolve_platform_access(&choice, &variables, sandbox_origin.as_deref())?;
        Ok(Self {
            platform: Platform::new(hosted)?,
            variables,
            named_workspace: workspace,
            format: output::format_or_default(args.output),
            receiver,
            provenance,
            redactor,
            sandbox,
        })
    }

    /// The workspace that the command is about.
    pub(super) fn workspace(&self) -> Workspace {
        self.platform.default_workspace()
    }

    /// Whether the platform is a sandbox, which ends with this call.
    pub(super) fn is_sandbox(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Prints a result of the platform.
    pub(super) fn print(&self, data: &impl Serialize) -> Result<(), Stop> {
        self.print_with(data, Value::Null)
    }

    /// Prints a result of the platform with metadata.
    pub(super) fn print_with(&self, data: &impl Serialize, mut meta: Value) -> Result<(), Stop> {
        let mut data = serde_json::to_value(data).map_err(|error| {
            let message = format!("a result cannot be written as JSON: {error}");
            Error::new(ErrorKind::Internal, message)
        })?;
        self.redactor.clean_value(&mut data);
        self.redactor.clean_value(&mut meta);
        output::print_result(
            Some(self.format),
            &ResultDocument { data, meta, next: None, total: None, errors: Vec::new() },
        )
    }
}

/// Starts a sandbox with all built-in connectors.
async fn start_sandbox() -> Result<Sandbox, Error> {
    let connectors = airbyte_agent::registry();
    let mut builder = Sandbox::builder();
    for connector in connectors {
        builder = builder.connector(*connector);
    }
    let engine = LocalEngine::new(connectors.iter().map(|connector| Description::from(*connector)));
    let started = builder.executor(engine).start().await;
    started.map_err(|error| usage_error(format!("the sandbox cannot start: {error}")))
}
