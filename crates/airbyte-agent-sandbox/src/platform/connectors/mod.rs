//! The connectors of workspaces: the endpoints that list, show, change and delete them.

mod check;
mod create;
mod credentials;
mod install;
mod lookup;
mod settings;
mod view;

use serde_json::{Map, Value, json};

use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::fields::Fields;
use super::state::{ConnectorInstance, State};
use crate::response::Response;

pub(crate) use check::{check_draft, check_existing, is_plain_list};
pub(crate) use create::{create, draft, requested_workspace};
pub(crate) use install::install;
pub(crate) use lookup::{by_definition, by_name, choose};
pub(crate) use settings::{configure, sample_value};
pub(crate) use view::{stored_configuration, summary};

/// `GET /integrations/connectors`
pub(crate) fn list(context: &Context<'_>) -> ApiResult {
    list_response(context, "data")
}

/// `GET /connectors/instances_for_user`
pub(crate) fn legacy_instances(context: &Context<'_>) -> ApiResult {
    list_response(context, "instances")
}

/// `GET /connectors/connectors_for_user`
pub(crate) fn legacy_connectors(context: &Context<'_>) -> ApiResult {
    list_response(context, "connectors")
}

/// The response with the connectors for which a query asks, under this name.
fn list_response(context: &Context<'_>, member: &str) -> ApiResult {
    let state = context.state();
    let found = requested_connectors(context, &state)?;
    let data: Vec<Value> = found.iter().map(|one| summary(context.platform, one)).collect();
    Ok(Response::json(200, &json!({ member: data })))
}

/// The connectors for which a query asks.
fn requested_connectors<'s>(
    context: &Context<'_>,
    state: &'s State,
) -> Result<Vec<&'s ConnectorInstance>, ApiError> {
    let given = |name: &str| context.query(name).filter(|text| !text.is_empty());
    let named = ["workspace_name", "customer_name", "external_user_id"];
    let (name, id) = (named.iter().find_map(|name| given(name)), given("workspace_id"));
    if name.is_none() && id.is_none() && context.caller.workspace.is_none() {
        let message = "workspace_name or workspace_id is required";
        return Err(ApiError::invalid("workspace_name", message));
    }
    let definition = given("definition_id");
    let of_workspace = |workspace: &str| {
        state.workspaces_of(&context.caller.organization).any(|known| {
            known.id == workspace
                && name.as_deref().is_none_or(|name| known.name == name)
                && id.as_deref().is_none_or(|id| known.id == id)
        })
    };
    let of_description = |slug: &str| {
        let description = context.platform.description(slug);
        definition
            .as_deref()
            .is_none_or(|id| description.is_some_and(|description| description.definition_id == id))
    };
    let fits = |one: &&ConnectorInstance| {
        state.sees(&context.caller, one)
            && of_workspace(&one.workspace)
            && of_description(&one.slug)
    };
    Ok(state.connectors.iter().filter(fits).collect())
}

/// `GET /integrations/connectors/{id}`
pub(crate) fn get(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let connector = state.connector(&context.caller, context.id(0))?;
    Ok(Response::json(200, &view::detailed(context.platform, connector)))
}

/// `PUT /integrations/connectors/{id}`
pub(crate) fn update(context: &Context<'_>) -> ApiResult {
    let mut state = context.state();
    let mut changed = state.connector(&context.caller, context.id(0))?.clone();
    apply_changes(context, &mut changed)?;
    changed.updated_at = context.platform.clock.now();
    let shown = view::detailed(context.platform, &changed);
    if let Some(known) = state.connectors.iter_mut().find(|known| known.id == changed.id) {
        *known = changed;
    }
    Ok(Response::json(200, &shown))
}

/// Changes a connector as the members of a body say.
fn apply_changes(context: &Context<'_>, connector: &mut ConnectorInstance) -> Result<(), ApiError> {
    let mut fields = Fields::of_body(context.request)?;
    if let Some(name) = fields.optional_text("name")?.filter(|name| !name.is_empty()) {
        connector.name = name;
    }
    if let Some(given) = fields.object("replication_config")? {
        let description = context.platform.description_of(&connector.slug)?;
        let mut settings = connector.settings.clone();
        settings.extend(settings::given_settings(&description, &given));
        settings::complete(&description, &mut settings, context.platform.clock.seconds())?;
        connector.settings = settings;
        connector.variables.extend(settings::given_variables(&description, &Map::new(), &given));
        if let Some(account) =
            credentials::changed_credentials(&description, &connector.account, &given)
        {
            connector.account = account;
        }
    }
    if fields.has("entities") {
        connector.entities = create::take_entities(&mut fields)?;
    }
    Ok(())
}

/// `DELETE /integrations/connectors/{id}`
pub(crate) fn delete(context: &Context<'_>) -> ApiResult {
    let mut state = context.state();
    let id = state.connector(&context.caller, context.id(0))?.id.clone();
    state.connectors.retain(|connector| connector.id != id);
    let job = state.new_id("job");
    Ok(Response::json(202, &json!({"job_id": job})))
}
