//! Creation of a connector. The members of the body have the names of today and of older generations.

use serde_json::{Map, Value, json};

use super::install::install;
use super::lookup::choose;
use super::settings::configure;
use super::{credentials, view};
use crate::platform::context::Context;
use crate::platform::error::{ApiError, ApiResult};
use crate::platform::fields::Fields;
use crate::platform::state::{ConnectorDraft, Credentials, State};
use crate::response::Response;

/// `POST /integrations/connectors`
pub(crate) fn create(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let mut state = context.state();
    let secret = fields.clone().optional_text("server_side_oauth_secret_id")?;
    let draft = draft(context, &mut state, &mut fields)?;
    if let Some(id) = secret {
        state.secrets.remove(&id);
    }
    let now = context.platform.clock.now();
    let installed = install(draft, &mut state, &context.caller.organization, &now)?;
    Ok(Response::json(200, &view::detailed(context.platform, &installed)))
}

/// The connector that the body of a creation describes. A workspace is created last, so that a wrong
/// body does not create one.
pub(crate) fn draft(
    context: &Context<'_>,
    state: &mut State,
    fields: &mut Fields,
) -> Result<ConnectorDraft, ApiError> {
    let given = fields.object("replication_config")?;
    let secrets = match fields.object("credentials")? {
        Some(secrets) => Some(secrets),
        None => fields.object("auth_config")?,
    };
    let secret_id = fields.first_text(&["server_side_oauth_secret_id"])?;
    if given.is_none() && secrets.is_none() && secret_id.is_none() {
        let message = "At least one of replication_config, credentials, or \
                   server_side_oauth_secret_id must be provided";
        return Err(ApiError::invalid("body", message));
    }
    let (connector, template) = choose(context, state, fields)?;
    let environment = fields.object("environment")?.unwrap_or_default();
    let given = given.unwrap_or_default();
    let account = match (&secrets, &secret_id) {
        (Some(secrets), _) => credentials::matching_credentials(&connector, secrets)?,
        (None, Some(id)) => {
            let known = state.secrets.get(id).filter(|secret| {
                secret.organization == context.caller.organization && secret.slug == connector.name
            });
            known.ok_or_else(|| ApiError::not_found("OAuth secret", id))?.account.clone()
        }
        // The credentials may be part of the configuration.
        (None, None) => credentials::matching_credentials(&connector, &given)
            .unwrap_or(Credentials { scheme: None, fields: Some(Map::new()) }),
    };
    let mut config = template.defaults.clone();
    config.extend(given);
    let (settings, variables) =
        configure(&connector, &environment, &config, context.platform.clock.seconds())?;
    let name = fields.optional_text("name")?;
    let entities = take_entities(fields)?;
    fields.texts("selected_connection_template_tags")?;
    fields.choice("selected_connection_template_tags_mode", &["any", "all"])?;
    let workspace =
        requested_workspace(context, state, fields, state.behaviour.creates_workspaces)?;
    let slug = connector.name.to_string();
    Ok(ConnectorDraft { workspace, slug, template, name, account, settings, variables, entities })
}

/// The id of the workspace that a body names, or of the only one that the caller may reach. With
/// `creates` a workspace of an unknown name is created.
pub(crate) fn requested_workspace(
    context: &Context<'_>,
    state: &mut State,
    fields: &mut Fields,
    creates: bool,
) -> Result<String, ApiError> {
    let name = fields.first_text(&["workspace_name", "customer_name", "external_user_id"])?;
    let id = fields.first_text(&["workspace_id", "workspaceId"])?;
    if let Some(own) = &context.caller.workspace {
        let workspace = state.workspace(&context.caller, own)?;
        if name.is_some_and(|name| name != workspace.name) || id.is_some_and(|id| id != *own) {
            return Err(ApiError::forbidden("The token is for another workspace"));
        }
        return Ok(own.clone());
    }
    let organization = &context.caller.organization;
    match (name, id) {
        (Some(name), _) => {
            if let Some(known) = state.workspace_named(organization, &name) {
                return Ok(known.id.clone());
            }
            if !creates {
                return Err(ApiError::not_found("Workspace", &name));
            }
            Ok(state.ensure_workspace(organization, &name, &context.platform.clock.now()))
        }
        (None, Some(id)) => Ok(state.workspace(&context.caller, &id)?.id.clone()),
        (None, None) => Err(ApiError::invalid("workspace_name", "workspace_name is required")),
    }
}

/// The member `entities` of a body. An empty array stands for no choice of entities.
pub(super) fn take_entities(fields: &mut Fields) -> Result<Option<Value>, ApiError> {
    let Some(value) = fields.take("entities") else { return Ok(None) };
    let is_valid = |item: &Value| {
        let modes = item.get("modes").filter(|modes| !modes.is_null());
        let known = |mode: &Value| [json!("read"), json!("write")].contains(mode);
        item["entity"].is_string()
            && modes.is_none_or(|modes| modes.as_array().is_some_and(|all| all.iter().all(known)))
    };
    match value.as_array() {
        Some(items) if items.iter().all(is_valid) => Ok((!items.is_empty()).then_some(value)),
        _ => {
            let message = "entities must be an array of {entity, modes?: [read|write]}";
            Err(ApiError::invalid("entities", message))
        }
    }
}
