//! Connectors of workspaces: listed, changed, deleted, and put into their workspace.

mod check;
mod create;
mod credentials;
mod kind;
mod settings;
mod view;

use serde_json::{Map, Value, json};

use super::Cx;
use super::fields::Fields;
use super::refusal::{Answer, Refusal};
use super::state::{Credentials, Installed, State, StoreStatus, Template};
use crate::reply::Reply;

pub(crate) use check::{check_draft, check_installed, needs_nothing};
pub(crate) use create::{create, draft, place};
pub(crate) use kind::{by_definition, by_name, choose};
pub(crate) use settings::{configure, sample};
pub(crate) use view::{stored, summary};

/// A connector that is to be.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) template: Template,
    pub(crate) name: Option<String>,
    pub(crate) account: Credentials,
    pub(crate) settings: Map<String, Value>,
    pub(crate) variables: Map<String, Value>,
    pub(crate) entities: Option<Value>,
}

impl Draft {
    /// The connector, outside of any workspace yet.
    pub(crate) fn build(self, state: &mut State, organization: &str, now: &str) -> Installed {
        let id = state.draw("connector");
        let workspace = state.workspaces.iter().find(|w| w.id == self.workspace);
        let workspace = workspace.map_or("", |workspace| &workspace.name);
        let name = self.name.filter(|name| !name.is_empty());
        Installed {
            name: name.unwrap_or_else(|| format!("{} - {workspace}", self.slug)),
            id,
            organization: organization.to_owned(),
            workspace: self.workspace,
            slug: self.slug,
            template: self.template,
            account: self.account,
            settings: self.settings,
            variables: self.variables,
            entities: self.entities,
            store: StoreStatus::Ready,
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
        }
    }

    /// Puts the connector into its workspace.
    pub(crate) fn install(
        self,
        state: &mut State,
        organization: &str,
        now: &str,
    ) -> Result<Installed, Refusal> {
        let same = |other: &Installed| other.workspace == self.workspace && other.slug == self.slug;
        if state.conduct.unique_connectors && state.connectors.iter().any(same) {
            return Err(Refusal::conflict(format!("Connector already exists: {}", self.slug)));
        }
        let installed = self.build(state, organization, now);
        state.connectors.push(installed.clone());
        Ok(installed)
    }
}

/// `GET /integrations/connectors`
pub(crate) fn list(cx: &Cx<'_>) -> Answer {
    listed(cx, "data")
}

/// `GET /connectors/instances_for_user`
pub(crate) fn legacy_instances(cx: &Cx<'_>) -> Answer {
    listed(cx, "instances")
}

/// `GET /connectors/connectors_for_user`
pub(crate) fn legacy_connectors(cx: &Cx<'_>) -> Answer {
    listed(cx, "connectors")
}

fn listed(cx: &Cx<'_>, member: &str) -> Answer {
    let state = cx.state();
    let found = find(cx, &state)?;
    let data: Vec<Value> = found.iter().map(|one| summary(cx.platform, one)).collect();
    Ok(Reply::json(200, &json!({ member: data })))
}

/// The connectors that a listing's query asks for.
fn find<'s>(cx: &Cx<'_>, state: &'s State) -> Result<Vec<&'s Installed>, Refusal> {
    let given = |name: &str| cx.query(name).filter(|text| !text.is_empty());
    let named = ["workspace_name", "customer_name", "external_user_id"];
    let (name, id) = (named.iter().find_map(|name| given(name)), given("workspace_id"));
    if name.is_none() && id.is_none() && cx.caller.workspace.is_none() {
        let why = "workspace_name or workspace_id is required";
        return Err(Refusal::invalid("workspace_name", why));
    }
    let definition = given("definition_id");
    let of_workspace = |workspace: &str| {
        state.live(&cx.caller.organization).any(|known| {
            known.id == workspace
                && name.as_deref().is_none_or(|name| known.name == name)
                && id.as_deref().is_none_or(|id| known.id == id)
        })
    };
    let of_kind = |slug: &str| {
        let kind = cx.platform.kind(slug);
        definition.as_deref().is_none_or(|id| kind.is_some_and(|kind| kind.definition_id == id))
    };
    let fits = |one: &&Installed| {
        state.sees(&cx.caller, one) && of_workspace(&one.workspace) && of_kind(&one.slug)
    };
    Ok(state.connectors.iter().filter(fits).collect())
}

/// `GET /integrations/connectors/{id}`
pub(crate) fn get(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let connector = state.connector(&cx.caller, cx.id(0))?;
    Ok(Reply::json(200, &view::detailed(cx.platform, connector)))
}

/// `PUT /integrations/connectors/{id}`
pub(crate) fn update(cx: &Cx<'_>) -> Answer {
    let mut state = cx.state();
    let mut changed = state.connector(&cx.caller, cx.id(0))?.clone();
    change(cx, &mut changed)?;
    changed.updated_at = cx.platform.clock.now();
    let shown = view::detailed(cx.platform, &changed);
    if let Some(known) = state.connectors.iter_mut().find(|known| known.id == changed.id) {
        *known = changed;
    }
    Ok(Reply::json(200, &shown))
}

/// Lays the members of a body that changes a connector over it.
fn change(cx: &Cx<'_>, connector: &mut Installed) -> Result<(), Refusal> {
    let mut fields = Fields::read(cx.request)?;
    if let Some(name) = fields.optional_text("name")?.filter(|name| !name.is_empty()) {
        connector.name = name;
    }
    if let Some(given) = fields.object("replication_config")? {
        let kind = cx.platform.need_kind(&connector.slug)?;
        let mut settings = connector.settings.clone();
        settings.extend(settings::read(&kind, &given));
        settings::check(&kind, &mut settings, cx.platform.clock.seconds())?;
        connector.settings = settings;
        connector.variables.extend(settings::variables(&kind, &Map::new(), &given));
        if let Some(account) = credentials::changed(&kind, &connector.account, &given) {
            connector.account = account;
        }
    }
    if fields.has("entities") {
        connector.entities = create::entities(&mut fields)?;
    }
    Ok(())
}

/// `DELETE /integrations/connectors/{id}`
pub(crate) fn delete(cx: &Cx<'_>) -> Answer {
    let mut state = cx.state();
    let id = state.connector(&cx.caller, cx.id(0))?.id.clone();
    state.connectors.retain(|connector| connector.id != id);
    let job = state.draw("job");
    Ok(Reply::json(202, &json!({"job_id": job})))
}
