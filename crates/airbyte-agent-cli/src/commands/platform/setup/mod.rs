//! The command `platform setup`: creates a working connector in seven steps.
//!
//! Every step creates only what does not exist yet. Therefore the command can be run again at any
//! time, also after a failure in the middle.

mod env_file;
mod fields;
mod report;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::provenance::Receiver;
use airbyte_agent_core::{CheckReport, Description, Error, ErrorKind};
use airbyte_agent_platform::{Platform, Workspace, WorkspaceInfo};
use serde_json::{Value, json};

use self::report::{Report, State};
use super::new_connector;
use super::session::PlatformSession;
use crate::args::format::Format;
use crate::args::platform::SetupArgs;
use crate::failure::{Stop, usage_error, validation_error};
use crate::{prompt, redact, terminal};

/// The state of the setup.
struct Setup<'a> {
    session: &'a PlatformSession,
    args: &'a SetupArgs,
    connector: Description,
    report: Report,
    /// The variables of the account, to be stored by the last step.
    environment: Vec<(&'static str, String)>,
}

/// Runs all steps and prints what was done.
pub(super) async fn run_setup(session: &PlatformSession, args: &SetupArgs) -> Result<(), Stop> {
    let connector = airbyte_agent::connector(&args.connector)?;
    redact::add_credentials(&session.redactor, &connector, None, &session.variables);
    let environment = check_in_advance(session, args, &connector)?;
    let mut setup = Setup { session, args, connector, report: Report::default(), environment };
    let summary = setup.run_steps().await;
    let summary = summary.map_err(|error| error.context(&setup.report.current_step()))?;
    // On a terminal every step has been printed already.
    if session.format == Format::Table && terminal::stderr_is_terminal() {
        session.print(&summary)
    } else {
        session.print_with(&setup.report.steps, summary)
    }
}

/// Checks before the first step what the later steps need of the user, so that a mistake leaves nothing
/// half done on the platform. Returns the variables that the last step stores.
fn check_in_advance(
    session: &PlatformSession,
    args: &SetupArgs,
    connector: &Connector,
) -> Result<Vec<(&'static str, String)>, Error> {
    let _ = new_connector::create_options(session, connector, &args.new)?;
    if args.new.credentials.is_some() {
        new_connector::find_credentials(session, connector, &args.new)?.release(session)?;
    }
    let Some(path) = &args.env_file else { return Ok(Vec::new()) };
    env_file::check(path)?;
    let mut environment = Vec::new();
    for name in ["AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_ORGANIZATION_ID"] {
        let value = session.provenance.and_then(|from| session.variables.get(from, name));
        // The user names the file, and it stays on this machine.
        let value = value.map(|value| value.release(&Receiver::of_user())).transpose()?;
        environment.extend(value.map(|value| (name, value)));
    }
    Ok(environment)
}

impl Setup<'_> {
    async fn run_steps(&mut self) -> Result<Value, Error> {
        self.request_token().await?;
        let workspace = self.find_or_create_workspace().await?;
        let template = self.find_or_register_template(&workspace).await?;
        let id = self.find_or_create_connector(&workspace).await?;
        self.verify_connector(&workspace, &id).await?;
        self.store_environment(&workspace)?;
        Ok(json!({
            "connector": self.connector.name,
            "connector_id": id,
            "workspace": workspace.name(),
            "template": template,
        }))
    }

    fn platform(&self) -> &Platform {
        &self.session.platform
    }

    fn can_ask(&self) -> bool {
        !self.args.no_input && prompt::is_possible()
    }

    /// Step 1: requests a token with client id and secret.
    async fn request_token(&mut self) -> Result<(), Error> {
        let session = self.platform().session();
        session.token().await?;
        let host = session.base_url().host_str().unwrap_or_default().to_owned();
        self.report.end_step(State::Done, format!("{host} returned a token"));
        Ok(())
    }

    /// Step 2: the workspace that is named, otherwise the only one or the one that the user chooses.
    async fn find_or_create_workspace(&mut self) -> Result<Workspace, Error> {
        let (info, existed) = match &self.session.named_workspace {
            Some(name) => match self.platform().find_workspace(name).await {
                Ok(info) => (info, true),
                Err(error) if error.is_not_found() => {
                    self.check_new_connector(name)?;
                    (self.platform().create_workspace(name).await?, false)
                }
                Err(error) => return Err(error),
            },
            None => (self.unnamed_workspace().await?, true),
        };
        if !info.is_active() {
            let message = format!("the workspace '{}' is inactive and runs nothing", info.name);
            return Err(validation_error(message));
        }
        let (state, how) =
            if existed { (State::Existed, "exists") } else { (State::Created, "was created") };
        self.report.end_step(state, format!("'{}' {how}", info.name));
        Ok(self.platform().workspace(info.name))
    }

    async fn unnamed_workspace(&self) -> Result<WorkspaceInfo, Error> {
        match self.platform().resolve_workspace(None).await {
            Err(error) if error.kind() == ErrorKind::Usage && self.can_ask() => {
                let mut all = self.platform().workspaces().await?;
                all.retain(WorkspaceInfo::is_active);
                let names: Vec<String> = all.iter().map(|info| info.name.clone()).collect();
                let index = prompt::ask_choice("Which workspace?", &names)?;
                Ok(all.swap_remove(index))
            }
            Err(error) if error.kind() == ErrorKind::Usage => {
                Err(usage_error(format!("{} (--workspace NAME)", error.message())))
            }
            other => other,
        }
    }

    /// Steps 3 and 4: the organization's template for this kind of connector. It is registered if
    /// there is none.
    async fn find_or_register_template(&mut self, workspace: &Workspace) -> Result<String, Error> {
        let definition = self.connector.definition_id.to_string();
        if let Some(template) = self.platform().template_of(&definition).await? {
            self.report.end_step(State::Existed, format!("'{}' exists", template.name));
            self.report.end_step(State::Skipped, "not needed");
            return Ok(template.name);
        }
        if workspace.connectors_of(&definition).await?.is_empty() {
            self.check_new_connector(workspace.name())?;
        }
        self.report.end_step(State::Done, format!("none yet for {}", self.connector.name));
        let name = self.args.template_name.as_deref().unwrap_or(&self.connector.title);
        let registered = self.platform().register_template(&definition, name).await?;
        let (state, how) = if registered.existed {
            (State::Existed, "exists")
        } else {
            (State::Created, "was registered")
        };
        self.report.end_step(state, format!("'{}' {how}", registered.value.name));
        Ok(registered.value.name)
    }

    /// Step 5: the workspace's connector of this kind. It is created if there is none.
    async fn find_or_create_connector(&mut self, workspace: &Workspace) -> Result<String, Error> {
        if let Some(id) = &self.args.connector_id {
            let info = workspace.connector(id).await?.info;
            if info.definition_id.as_ref().is_some_and(|it| *it != *self.connector.definition_id) {
                let kind = info.kind.unwrap_or_default();
                let name = &self.connector.name;
                return Err(validation_error(format!(
                    "connector {id} is of the kind {kind}, not {name}"
                )));
            }
            self.report.end_step(State::Existed, format!("{} ({id}) exists", info.name));
            return Ok(info.id);
        }
        let existing = workspace.connectors_of(&self.connector.definition_id).await?;
        if let [one] = existing.as_slice() {
            // The credentials cannot be compared, because the platform never returns them.
            let unused = if self.args.new.credentials.is_some() {
                "; the credentials given were not used"
            } else {
                ""
            };
            self.report
                .end_step(State::Existed, format!("{} ({}) exists{unused}", one.name, one.id));
            return Ok(one.id.clone());
        }
        if !existing.is_empty() {
            let ids: Vec<String> =
                existing.iter().map(|one| format!("{} ({})", one.id, one.name)).collect();
            return Err(usage_error(format!(
                "the workspace '{}' has {} {} connectors: choose one with --connector-id from {}",
                workspace.name(),
                ids.len(),
                self.connector.name,
                ids.join(", ")
            )));
        }
        self.create_connector(workspace).await
    }

    /// Checks credentials, settings and variables of the connector before anything is created for it.
    fn check_new_connector(&self, workspace: &str) -> Result<(), Error> {
        let args = &self.args.new;
        let credentials = new_connector::find_credentials(self.session, &self.connector, args)?;
        if self.args.connector_id.is_some() || credentials.is_empty() && self.can_ask() {
            return Ok(());
        }
        let options = new_connector::create_options(self.session, &self.connector, args)?;
        let credentials = credentials.release(self.session)?;
        let workspace = self.platform().workspace(workspace);
        workspace.check_complete(self.connector.clone(), credentials, &options)
    }

    async fn create_connector(&mut self, workspace: &Workspace) -> Result<String, Error> {
        let args = &self.args.new;
        let mut options = new_connector::create_options(self.session, &self.connector, args)?;
        let mut credentials =
            new_connector::find_credentials(self.session, &self.connector, args)?.announce();
        if credentials.is_empty() && self.can_ask() {
            // Fails before the user types credentials that would then be refused.
            new_connector::as_typed(()).release(&self.session.receiver)?;
            credentials = fields::ask_credentials(self.session, &self.connector, args)?;
            options = fields::ask_settings(&self.connector, args, options)?;
        }
        let credentials = credentials.release(self.session)?;
        let ensured =
            workspace.ensure_connector(self.connector.clone(), credentials, options).await?;
        let (state, how) = if ensured.existed {
            (State::Existed, "exists")
        } else {
            (State::Created, "was created")
        };
        self.report.end_step(state, format!("{} {how}", ensured.value));
        Ok(ensured.value)
    }

    /// Step 6: makes one cheap call that only reads.
    async fn verify_connector(&mut self, workspace: &Workspace, id: &str) -> Result<(), Error> {
        let client = workspace.connect_to(self.connector.clone(), id);
        let CheckReport { entity, action, records, error, .. } = client.check().await;
        if let Some(error) = error {
            return Err(error.context(&format!(
                "connector {id} does not work (correct its credentials, or remove it with \
                 'airbyte-agent platform connectors delete {id}' and run this again)"
            )));
        }
        let Some((entity, action)) = entity.zip(action) else {
            self.report.end_step(State::Skipped, "no operation can be called without arguments");
            return Ok(());
        };
        let records = match records {
            None => "succeeded".to_owned(),
            Some(1) => "returned 1 record".to_owned(),
            Some(count) => format!("returned {count} records"),
        };
        self.report.end_step(State::Done, format!("{entity}.{action} {records}"));
        Ok(())
    }

    /// Step 7: stores client id, secret and workspace for later calls.
    fn store_environment(&mut self, workspace: &Workspace) -> Result<(), Error> {
        let Some(path) = &self.args.env_file else {
            self.report
                .end_step(State::Skipped, "--env-file stores client id, secret and workspace");
            return Ok(());
        };
        let mut wanted = std::mem::take(&mut self.environment);
        wanted.push(("AIRBYTE_WORKSPACE_NAME", workspace.name().to_owned()));
        let (state, detail) = env_file::add_variables(path, &wanted)?;
        self.report.end_step(state, detail);
        Ok(())
    }
}
