//! Workflows of a workspace, and the automations that start them. The sandbox stores them and runs none.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::fields::Fields;
use super::state::{State, StoredObject};
use crate::response::Response;

/// The id of the workspace that the query names.
fn requested_workspace(context: &Context<'_>, state: &State) -> Result<String, ApiError> {
    let id = context.query("workspace_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::invalid("workspace_id", "workspace_id is required"))?;
    Ok(state.workspace(&context.caller, &id)?.id.clone())
}

/// The position of the workflow that the path names.
fn workflow_position(context: &Context<'_>, state: &State) -> Result<usize, ApiError> {
    let workspace = requested_workspace(context, state)?;
    let is = |one: &StoredObject| one.id == context.id(0) && one.parent == workspace;
    let at = state.workflows.iter().position(is);
    at.ok_or_else(|| ApiError::not_found("Workflow", context.id(0)))
}

/// The position of the automation that the path names.
fn automation_position(context: &Context<'_>, state: &State) -> Result<usize, ApiError> {
    workflow_position(context, state)?;
    let is = |one: &StoredObject| one.id == context.id(1) && one.parent == context.id(0);
    let at = state.automations.iter().position(is);
    at.ok_or_else(|| ApiError::not_found("Automation", context.id(1)))
}

/// The response with one object.
fn object_response(one: &StoredObject) -> Response {
    Response::json(200, &one.body.clone().into())
}

/// The response with the objects that belong to a workspace or workflow.
fn list_response(all: &[StoredObject], parent: &str) -> Response {
    let own = all.iter().filter(|one| one.parent == parent);
    let data: Vec<&Map<String, Value>> = own.map(|one| &one.body).collect();
    Response::json(200, &json!({"data": data}))
}

/// `GET /internal/workflows`
pub(super) fn list(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let workspace = requested_workspace(context, &state)?;
    Ok(list_response(&state.workflows, &workspace))
}

/// `POST /internal/workflows`
pub(super) fn create(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let (workspace, name) = (fields.required_text("workspace_id")?, fields.required_text("name")?);
    if fields.take("tasks").is_some_and(|tasks| !tasks.is_array()) {
        return Err(ApiError::invalid("tasks", "tasks must be an array of objects"));
    }
    let now = context.platform.clock.now();
    let mut state = context.state();
    let parent = state.workspace(&context.caller, &workspace)?.id.clone();
    let id = state.new_id("workflow");
    let body = json!({
        "id": id,
        "name": name,
        "workspace_id": parent,
        "created_at": now,
        "updated_at": now,
    });
    let workflow = stored_object(context, id, parent, body);
    state.workflows.push(workflow.clone());
    Ok(object_response(&workflow))
}

fn stored_object(context: &Context<'_>, id: String, parent: String, body: Value) -> StoredObject {
    let organization = context.caller.organization.clone();
    let body = if let Value::Object(body) = body { body } else { Map::new() };
    StoredObject { id, organization, parent, body }
}

/// `GET /internal/workflows/{id}`
pub(super) fn get(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    Ok(object_response(&state.workflows[workflow_position(context, &state)?]))
}

/// `PATCH /internal/workflows/{id}`
pub(super) fn update(context: &Context<'_>) -> ApiResult {
    let name = context.fields()?.optional_text("name")?;
    let now = context.platform.clock.now();
    let mut state = context.state();
    let at = workflow_position(context, &state)?;
    let workflow = &mut state.workflows[at];
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        workflow.body.insert("name".to_owned(), name.into());
    }
    workflow.body.insert("updated_at".to_owned(), now.into());
    Ok(object_response(workflow))
}

/// `DELETE /internal/workflows/{id}`, its automations included.
pub(super) fn delete(context: &Context<'_>) -> ApiResult {
    let mut state = context.state();
    let at = workflow_position(context, &state)?;
    let gone = state.workflows.remove(at);
    state.automations.retain(|one| one.parent != gone.id);
    Ok(Response::empty(204))
}

/// `GET /internal/workflows/{id}/automations`
pub(super) fn list_automations(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    workflow_position(context, &state)?;
    Ok(list_response(&state.automations, context.id(0)))
}

/// `POST /internal/workflows/{id}/automations`
pub(super) fn create_automation(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let workspace_id = fields.required_text("workspace_id")?;
    let mut body = json!({
        "trigger_type": "schedule",
        "enabled": true,
        "cron_expression": null,
        "timezone": "UTC",
        "completion_webhook_url": null,
    });
    let mut state = context.state();
    let at = workflow_position(context, &state)?;
    if state.workflows[at].parent != workspace_id {
        return Err(ApiError::not_found("Workspace", &workspace_id));
    }
    let id = state.new_id("automation");
    let now = context.platform.clock.now();
    body["id"] = id.clone().into();
    body["workflow_id"] = context.id(0).into();
    body["workspace_id"] = workspace_id.into();
    body["created_at"] = now.clone().into();
    let mut automation = stored_object(context, id, context.id(0).to_owned(), body);
    apply_changes(context, &mut fields, &mut automation, now)?;
    state.automations.push(automation.clone());
    Ok(object_response(&automation))
}

/// Changes an automation as the members of a body say.
fn apply_changes(
    context: &Context<'_>,
    fields: &mut Fields,
    automation: &mut StoredObject,
    now: String,
) -> Result<(), ApiError> {
    for name in ["trigger_type", "cron_expression", "timezone", "completion_webhook_url"] {
        if let Some(text) = fields.optional_text(name)? {
            automation.body.insert(name.to_owned(), text.into());
        }
    }
    if let Some(enabled) = fields.flag("enabled")? {
        automation.body.insert("enabled".to_owned(), enabled.into());
    }
    let by_web = automation.body.get("trigger_type").is_some_and(|kind| kind == "webhook");
    let url = format!("{}/webhooks/automations/{}", context.platform.origin, automation.id);
    let url = if by_web { url.into() } else { Value::Null };
    automation.body.insert("trigger_webhook_url".to_owned(), url);
    automation.body.insert("updated_at".to_owned(), now.into());
    Ok(())
}

/// `GET /internal/workflows/{id}/automations/{automation}`
pub(super) fn get_automation(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    Ok(object_response(&state.automations[automation_position(context, &state)?]))
}

/// `PATCH /internal/workflows/{id}/automations/{automation}`
pub(super) fn update_automation(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let now = context.platform.clock.now();
    let mut state = context.state();
    let at = automation_position(context, &state)?;
    let mut changed = state.automations[at].clone();
    apply_changes(context, &mut fields, &mut changed, now)?;
    state.automations[at] = changed.clone();
    Ok(object_response(&changed))
}

/// `DELETE /internal/workflows/{id}/automations/{automation}`
pub(super) fn delete_automation(context: &Context<'_>) -> ApiResult {
    let mut state = context.state();
    let at = automation_position(context, &state)?;
    state.automations.remove(at);
    Ok(Response::empty(204))
}
