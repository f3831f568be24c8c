//! Connection templates: where copies of data go. The sandbox stores them, and they have no effect.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::cron;
use super::definitions;
use super::error::{ApiError, ApiResult};
use super::fields::Fields;
use super::state::{State, StoredObject};
use crate::response::Response;

const PREFERENCES: [&str; 4] = ["ignore", "disable", "propagate_columns", "propagate_fully"];

/// `GET /integrations/templates/connections`
pub(super) fn list(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let own = state.connection_templates.iter();
    let own = own.filter(|one| one.organization == context.caller.organization);
    let data: Vec<&Map<String, Value>> = own.map(|one| &one.body).collect();
    Ok(Response::json(200, &json!({"data": data})))
}

/// `POST /integrations/templates/connections`
pub(super) fn create(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let hosting = fields.choice("data_hosting_type", &["user_hosted", "airbyte_hosted"])?;
    let hosting = hosting.unwrap_or_else(|| "user_hosted".to_owned());
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("data_hosting_type", hosting.clone().into());
    put("cron_expression", take_schedule(&mut fields)?.into());
    if hosting == "user_hosted" {
        put("destination_name", fields.required_text("destination_name")?.into());
        let definition = fields.uuid("destination_definition_id")?.ok_or_else(|| {
            let name = "destination_definition_id";
            ApiError::invalid(name, format!("{name} is required"))
        })?;
        if definition != definitions::destination_id() {
            return Err(ApiError::not_found("Definition", &definition));
        }
        put("destination_definition_id", definition.into());
        let config = fields.object("destination_config")?.ok_or_else(|| {
            ApiError::invalid("destination_config", "destination_config is required")
        })?;
        put("destination_config", config.into());
        let name = "non_breaking_changes_preference";
        put(name, fields.choice(name, &PREFERENCES)?.unwrap_or_else(|| "ignore".into()).into());
        put("sync_on_create", fields.flag("sync_on_create")?.unwrap_or(true).into());
    }
    let now = context.platform.clock.now();
    let mut state = context.state();
    let id = state.new_id("connection template");
    for (name, value) in [
        ("id", id.clone().into()),
        ("organization_id", context.caller.organization.clone().into()),
        ("icon", Value::Null),
        ("tags", json!([])),
        ("created_at", now.clone().into()),
        ("updated_at", now.into()),
    ] {
        body.insert(name.to_owned(), value);
    }
    let organization = context.caller.organization.clone();
    let parent = String::new();
    state.connection_templates.push(StoredObject { id, organization, parent, body: body.clone() });
    Ok(Response::json(200, &body.into()))
}

/// The schedule of a body, if it has one.
fn take_schedule(fields: &mut Fields) -> Result<Option<String>, ApiError> {
    let text = fields.optional_text("cron_expression")?;
    if let Some(text) = &text
        && let Err(message) = cron::describe(text)
    {
        return Err(ApiError::invalid("cron_expression", message));
    }
    Ok(text)
}

/// The position of the organization's template that the path names.
fn position(state: &State, context: &Context<'_>) -> Result<usize, ApiError> {
    let is = |one: &StoredObject| {
        one.id == context.id(0) && one.organization == context.caller.organization
    };
    let at = state.connection_templates.iter().position(is);
    at.ok_or_else(|| ApiError::not_found("Connection template", context.id(0)))
}

/// `GET /integrations/templates/connections/{id}`
pub(super) fn get(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let at = position(&state, context)?;
    Ok(Response::json(200, &state.connection_templates[at].body.clone().into()))
}

/// `PATCH /integrations/templates/connections/{id}`
pub(super) fn update(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let mut changes = Map::new();
    let preference = "non_breaking_changes_preference";
    for (name, value) in [
        ("destination_name", fields.optional_text("destination_name")?.map(Value::from)),
        ("destination_config", fields.object("destination_config")?.map(Value::from)),
        ("cron_expression", take_schedule(&mut fields)?.map(Value::from)),
        (preference, fields.choice(preference, &PREFERENCES)?.map(Value::from)),
        ("sync_on_create", fields.flag("sync_on_create")?.map(Value::from)),
    ] {
        if let Some(value) = value {
            changes.insert(name.to_owned(), value);
        }
    }
    changes.insert("updated_at".to_owned(), context.platform.clock.now().into());
    let mut state = context.state();
    let at = position(&state, context)?;
    let body = &mut state.connection_templates[at].body;
    body.extend(changes);
    Ok(Response::json(200, &body.clone().into()))
}

/// `DELETE /integrations/templates/connections/{id}`
pub(super) fn delete(context: &Context<'_>) -> ApiResult {
    let mut state = context.state();
    let at = position(&state, context)?;
    let gone = state.connection_templates.remove(at);
    let body = json!({"id": gone.id, "deleted_at": context.platform.clock.now()});
    Ok(Response::json(200, &body))
}

/// `POST /integrations/templates/connections/cron/describe`
pub(super) fn describe_cron(context: &Context<'_>) -> ApiResult {
    let text = context.fields()?.required_text("cron_expression")?;
    let (description, is_valid) = match cron::describe(&text) {
        Ok(description) => (description, true),
        Err(message) => (message, false),
    };
    let body = json!({"description": description, "is_valid": is_valid});
    Ok(Response::json(200, &body))
}
