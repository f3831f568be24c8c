//! `platform setup`: the way from an account to a connector that answers, in seven steps.
//!
//! Every step looks first and makes only what is missing, so that the command can be run again at
//! any time, also after it stopped half-way.

mod env_file;
mod fields;
mod report;

use airbyte_agent_core::provenance::Receiver;
use airbyte_agent_core::{CheckReport, Description, Error, ErrorKind};
use airbyte_agent_platform::{Platform, Workspace, WorkspaceInfo};
use serde_json::json;

use self::report::{Report, State};
use super::account::Account;
use super::args::SetupArgs;
use super::kind;
use crate::args::Format;
use crate::failure::{Stop, usage, validation};
use crate::mask::Mask;
use crate::{prompt, terminal};

/// What has been found or made so far.
struct Setup<'a> {
    account: &'a Account,
    args: &'a SetupArgs,
    connector: Description,
    report: Report,
    /// Keeps what was entered out of the output.
    mask: Mask,
}

pub(super) async fn setup(account: &Account, args: &SetupArgs) -> Result<(), Stop> {
    let connector = airbyte_agent::connector(&args.connector)?;
    let mask = Mask::new(&connector, None, &account.variables);
    let mut setup = Setup { account, args, connector, report: Report::default(), mask };
    let done = setup.all_steps().await;
    let done = done.map_err(|error| error.context(&setup.report.current()))?;
    let Setup { report, mask, .. } = setup;
    // Whoever reads the steps as they come need not read them again.
    if account.format == Format::Table && terminal::shows_errors() {
        account.show(&done, Some(&mask))
    } else {
        account.show_with(&report.steps, done, Some(&mask))
    }
}

impl Setup<'_> {
    async fn all_steps(&mut self) -> Result<serde_json::Value, Error> {
        self.token().await?;
        let workspace = self.workspace().await?;
        let template = self.template().await?;
        let id = self.connector(&workspace).await?;
        self.verification(&workspace, &id).await?;
        self.environment(&workspace)?;
        Ok(json!({
            "connector": self.connector.name,
            "connector_id": id,
            "workspace": workspace.name(),
            "template": template,
        }))
    }

    fn platform(&self) -> &Platform {
        &self.account.platform
    }

    fn can_ask(&self) -> bool {
        !self.args.no_input && prompt::is_possible()
    }

    /// 1: client id and secret are good for a token.
    async fn token(&mut self) -> Result<(), Error> {
        let session = self.platform().session();
        session.token().await?;
        let host = session.base_url().host_str().unwrap_or_default().to_owned();
        self.report.end(State::Done, format!("{host} gave a token"));
        Ok(())
    }

    /// 2: the workspace that is named, else the only one, else the one a person chooses.
    async fn workspace(&mut self) -> Result<Workspace, Error> {
        let (info, existed) = match &self.account.named {
            Some(name) => match self.platform().find_workspace(name).await {
                Ok(info) => (info, true),
                Err(error) if error.is_not_found() => {
                    (self.platform().create_workspace(name).await?, false)
                }
                Err(error) => return Err(error),
            },
            None => (self.unnamed_workspace().await?, true),
        };
        if !info.is_active() {
            let message = format!("the workspace '{}' is inactive and runs nothing", info.name);
            return Err(validation(message));
        }
        let (state, how) =
            if existed { (State::Existed, "is there") } else { (State::Created, "was created") };
        self.report.end(state, format!("'{}' {how}", info.name));
        Ok(self.platform().workspace(info.name))
    }

    async fn unnamed_workspace(&self) -> Result<WorkspaceInfo, Error> {
        match self.platform().resolve_workspace(None).await {
            Err(error) if error.kind() == ErrorKind::Usage && self.can_ask() => {
                let mut all = self.platform().workspaces().await?;
                all.retain(WorkspaceInfo::is_active);
                let names: Vec<String> = all.iter().map(|info| info.name.clone()).collect();
                let place = prompt::choice("Which workspace?", &names)?;
                Ok(all.swap_remove(place))
            }
            Err(error) if error.kind() == ErrorKind::Usage => {
                Err(usage(format!("{} (--workspace NAME)", error.message())))
            }
            other => other,
        }
    }

    /// 3 and 4: the organization's template for the kind, registered where there is none.
    async fn template(&mut self) -> Result<String, Error> {
        let definition = self.connector.definition_id.to_string();
        if let Some(template) = self.platform().template_of(&definition).await? {
            self.report.end(State::Existed, format!("'{}' is there", template.name));
            self.report.end(State::Skipped, "not needed");
            return Ok(template.name);
        }
        self.report.end(State::Done, format!("none yet for {}", self.connector.name));
        let name = self.args.template_name.as_deref().unwrap_or(&self.connector.title);
        let there = self.platform().register_template(&definition, name).await?;
        let (state, how) = if there.existed {
            (State::Existed, "is there")
        } else {
            (State::Created, "was registered")
        };
        self.report.end(state, format!("'{}' {how}", there.value.name));
        Ok(there.value.name)
    }

    /// 5: the workspace's connector of the kind, created where there is none.
    async fn connector(&mut self, workspace: &Workspace) -> Result<String, Error> {
        if let Some(id) = &self.args.connector_id {
            let there = workspace.connector(id).await?.info;
            if there.definition_id.as_ref().is_some_and(|it| *it != *self.connector.definition_id) {
                let kind = there.kind.unwrap_or_default();
                let name = &self.connector.name;
                return Err(validation(format!(
                    "connector {id} is of the kind {kind}, not {name}"
                )));
            }
            self.report.end(State::Existed, format!("{} ({id}) is there", there.name));
            return Ok(there.id);
        }
        let there = workspace.connectors_of(&self.connector.definition_id).await?;
        if let [one] = there.as_slice() {
            // They are not compared: the platform never gives them back.
            let unused = if self.args.new.credentials.is_some() {
                "; the credentials given were not used"
            } else {
                ""
            };
            self.report.end(State::Existed, format!("{} ({}) is there{unused}", one.name, one.id));
            return Ok(one.id.clone());
        }
        if !there.is_empty() {
            let ids: Vec<String> =
                there.iter().map(|one| format!("{} ({})", one.id, one.name)).collect();
            return Err(usage(format!(
                "the workspace '{}' has {} {} connectors: choose one with --connector-id from {}",
                workspace.name(),
                ids.len(),
                self.connector.name,
                ids.join(", ")
            )));
        }
        self.new_connector(workspace).await
    }

    async fn new_connector(&mut self, workspace: &Workspace) -> Result<String, Error> {
        let args = &self.args.new;
        let mut options = kind::options(self.account, &self.connector, args)?;
        let mut secrets = kind::secrets(self.account, &self.connector, args)?;
        if secrets.is_empty() && self.can_ask() {
            // Nobody types in what is then refused.
            kind::typed_in(()).release(&self.account.receiver)?;
            secrets = fields::ask_credentials(self.account, &self.connector, args)?;
            options = fields::ask_settings(&self.connector, args, options)?;
        }
        let credentials;
        (credentials, self.mask) = secrets.release(self.account)?;
        let there =
            workspace.ensure_connector(self.connector.clone(), credentials, options).await?;
        let (id, (state, how)) = if there.existed {
            (there.value, (State::Existed, "is there"))
        } else {
            (there.value, (State::Created, "was created"))
        };
        self.report.end(state, format!("{id} {how}"));
        Ok(id)
    }

    /// 6: one cheap call that only reads.
    async fn verification(&mut self, workspace: &Workspace, id: &str) -> Result<(), Error> {
        let client = workspace.connect_to(self.connector.clone(), id);
        let CheckReport { entity, action, records, error, .. } = client.check().await;
        if let Some(error) = error {
            return Err(error.context(&format!(
                "connector {id} does not work (mend its credentials, or remove it with \
                 'airbyte-agent platform connectors delete {id}' and run this again)"
            )));
        }
        let Some((entity, action)) = entity.zip(action) else {
            self.report.end(State::Skipped, "no operation can be called without arguments");
            return Ok(());
        };
        let records = match records {
            None => "answered".to_owned(),
            Some(1) => "gave 1 record".to_owned(),
            Some(count) => format!("gave {count} records"),
        };
        self.report.end(State::Done, format!("{entity}.{action} {records}"));
        Ok(())
    }

    /// 7: client id, secret and workspace, kept for the next time.
    fn environment(&mut self, workspace: &Workspace) -> Result<(), Error> {
        let Some(path) = &self.args.env_file else {
            self.report.end(State::Skipped, "--env-file keeps client id, secret and workspace");
            return Ok(());
        };
        let mut wanted = Vec::new();
        for name in ["AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_ORGANIZATION_ID"] {
            let from = self.account.provenance;
            let value = from.and_then(|from| self.account.variables.get(from, name));
            // The file is named on the command line and stays on this machine.
            let value = value.map(|value| value.release(&Receiver::of_user())).transpose()?;
            wanted.extend(value.map(|value| (name, value)));
        }
        wanted.push(("AIRBYTE_WORKSPACE_NAME", workspace.name().to_owned()));
        let (state, detail) = env_file::keep(path, &wanted)?;
        self.report.end(state, detail);
        Ok(())
    }
}
