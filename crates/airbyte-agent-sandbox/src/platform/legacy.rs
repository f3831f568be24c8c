//! OAuth by the general API, with names in camelCase. It leaves a secret with which a source is created.

use serde_json::{Map, Value, json};

use super::connectors::{draft, install};
use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::fields::Fields;
use super::oauth;
use crate::response::Response;

/// `POST /sources/initiateOAuth`
pub(super) fn initiate(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let mut body = Map::new();
    body.insert("workspace_id".to_owned(), fields.required_text("workspaceId")?.into());
    body.insert("connector_type".to_owned(), fields.required_text("sourceType")?.into());
    let redirect = fields.required_text("redirectUrl")?;
    let mut state = context.state();
    let url =
        oauth::request_consent(context, &mut state, &mut Fields::from(body), redirect, Some(true))?;
    Ok(Response::json(200, &json!({"consentUrl": url})))
}

/// `POST /sources`
pub(super) fn create(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let mut configuration = fields.object("configuration")?.unwrap_or_default();
    let word = configuration.shift_remove("sourceType").filter(Value::is_string);
    let word = word.ok_or_else(|| {
        ApiError::invalid("configuration.sourceType", "configuration.sourceType is required")
    })?;
    let mut body = Map::new();
    body.insert("connector_type".to_owned(), word);
    body.insert("workspace_id".to_owned(), fields.required_text("workspaceId")?.into());
    body.insert("name".to_owned(), fields.required_text("name")?.into());
    body.insert("replication_config".to_owned(), configuration.into());
    let secret = fields.optional_text("secretId")?.unwrap_or_default();
    if !secret.is_empty() {
        body.insert("server_side_oauth_secret_id".to_owned(), secret.clone().into());
    }
    let mut state = context.state();
    let draft = draft(context, &mut state, &mut Fields::from(body))?;
    state.secrets.remove(&secret);
    let now = context.platform.clock.now();
    let made = install(draft, &mut state, &context.caller.organization, &now)?;
    let body = json!({
        "sourceId": made.id,
        "name": made.name,
        "sourceType": made.slug,
        "workspaceId": made.workspace,
    });
    Ok(Response::json(200, &body))
}
