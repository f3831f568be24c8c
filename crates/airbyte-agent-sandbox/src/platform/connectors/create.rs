//! Creation of a connector, by the names that members have now and had before.

use serde_json::{Map, Value, json};

use super::{Draft, choose, configure, credentials, view};
use crate::platform::Cx;
use crate::platform::fields::Fields;
use crate::platform::refusal::{Answer, Refusal};
use crate::platform::state::{Credentials, State};
use crate::reply::Reply;

/// `POST /integrations/connectors`
pub(crate) fn create(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let mut state = cx.state();
    let secret = fields.clone().optional_text("server_side_oauth_secret_id")?;
    let draft = draft(cx, &mut state, &mut fields)?;
    if let Some(id) = secret {
        state.secrets.remove(&id);
    }
    let installed = draft.install(&mut state, &cx.caller.organization, &cx.platform.clock.now())?;
    Ok(Reply::json(200, &view::detailed(cx.platform, &installed)))
}

/// The connector that a creating body describes. What is wrong with it is said before a workspace
/// is made.
pub(crate) fn draft(cx: &Cx<'_>, state: &mut State, fields: &mut Fields) -> Result<Draft, Refusal> {
    let given = fields.object("replication_config")?;
    let secrets = match fields.object("credentials")? {
        Some(secrets) => Some(secrets),
        None => fields.object("auth_config")?,
    };
    let secret_id = fields.first_text(&["server_side_oauth_secret_id"])?;
    if given.is_none() && secrets.is_none() && secret_id.is_none() {
        let why = "At least one of replication_config, credentials, or \
                   server_side_oauth_secret_id must be provided";
        return Err(Refusal::invalid("body", why));
    }
    let (connector, template) = choose(cx, state, fields)?;
    let environment = fields.object("environment")?.unwrap_or_default();
    let given = given.unwrap_or_default();
    let account = match (&secrets, &secret_id) {
        (Some(secrets), _) => credentials::fit(&connector, secrets)?,
        (None, Some(id)) => {
            let known = state.secrets.get(id).filter(|secret| {
                secret.organization == cx.caller.organization && secret.slug == connector.name
            });
            known.ok_or_else(|| Refusal::missing("OAuth secret", id))?.account.clone()
        }
        // The whole configuration may hold the credentials, too.
        (None, None) => credentials::fit(&connector, &given)
            .unwrap_or(Credentials { scheme: None, fields: Some(Map::new()) }),
    };
    let mut config = template.defaults.clone();
    config.extend(given);
    let (settings, variables) =
        configure(&connector, &environment, &config, cx.platform.clock.seconds())?;
    let name = fields.optional_text("name")?;
    let entities = entities(fields)?;
    fields.texts("selected_connection_template_tags")?;
    fields.choice("selected_connection_template_tags_mode", &["any", "all"])?;
    let workspace = place(cx, state, fields, state.conduct.creates_workspaces)?;
    let slug = connector.name.to_string();
    Ok(Draft { workspace, slug, template, name, account, settings, variables, entities })
}

/// The id of the workspace that a body names, or of the one to which the caller is confined.
pub(crate) fn place(
    cx: &Cx<'_>,
    state: &mut State,
    fields: &mut Fields,
    makes: bool,
) -> Result<String, Refusal> {
    let name = fields.first_text(&["workspace_name", "customer_name", "external_user_id"])?;
    let id = fields.first_text(&["workspace_id", "workspaceId"])?;
    if let Some(own) = &cx.caller.workspace {
        let workspace = state.workspace(&cx.caller, own)?;
        if name.is_some_and(|name| name != workspace.name) || id.is_some_and(|id| id != *own) {
            return Err(Refusal::forbidden("The token is for another workspace"));
        }
        return Ok(own.clone());
    }
    let organization = &cx.caller.organization;
    match (name, id) {
        (Some(name), _) => {
            if let Some(known) = state.workspace_named(organization, &name) {
                return Ok(known.id.clone());
            }
            if !makes {
                return Err(Refusal::missing("Workspace", &name));
            }
            Ok(state.need_workspace(organization, &name, &cx.platform.clock.now()))
        }
        (None, Some(id)) => Ok(state.workspace(&cx.caller, &id)?.id.clone()),
        (None, None) => Err(Refusal::invalid("workspace_name", "workspace_name is required")),
    }
}

/// The member `entities`: `[]` clears, anything else is kept as it is.
pub(super) fn entities(fields: &mut Fields) -> Result<Option<Value>, Refusal> {
    let Some(value) = fields.take("entities") else { return Ok(None) };
    let good = |item: &Value| {
        let modes = item.get("modes").filter(|modes| !modes.is_null());
        let known = |mode: &Value| [json!("read"), json!("write")].contains(mode);
        item["entity"].is_string()
            && modes.is_none_or(|modes| modes.as_array().is_some_and(|all| all.iter().all(known)))
    };
    match value.as_array() {
        Some(items) if items.iter().all(good) => Ok((!items.is_empty()).then_some(value)),
        _ => {
            let why = "entities is to be an array of {entity, modes?: [read|write]}";
            Err(Refusal::invalid("entities", why))
        }
    }
}
