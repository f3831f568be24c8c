//! Workflows of a workspace and the automations that start them. Nothing is ever run.

use serde_json::{Map, Value, json};

use super::Cx;
use super::fields::Fields;
use super::refusal::{Answer, Refusal};
use super::state::{Owned, State};
use crate::reply::Reply;

/// The workspace that the query names.
fn workspace(cx: &Cx<'_>, state: &State) -> Result<String, Refusal> {
    let id = cx.query("workspace_id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::invalid("workspace_id", "workspace_id is required"))?;
    Ok(state.workspace(&cx.caller, &id)?.id.clone())
}

/// The place of the workflow that the path names.
fn workflow(cx: &Cx<'_>, state: &State) -> Result<usize, Refusal> {
    let workspace = workspace(cx, state)?;
    let is = |one: &Owned| one.id == cx.id(0) && one.parent == workspace;
    let at = state.workflows.iter().position(is);
    at.ok_or_else(|| Refusal::missing("Workflow", cx.id(0)))
}

/// The place of the automation that the path names.
fn automation(cx: &Cx<'_>, state: &State) -> Result<usize, Refusal> {
    workflow(cx, state)?;
    let is = |one: &Owned| one.id == cx.id(1) && one.parent == cx.id(0);
    let at = state.automations.iter().position(is);
    at.ok_or_else(|| Refusal::missing("Automation", cx.id(1)))
}

fn shown(one: &Owned) -> Reply {
    Reply::json(200, &one.body.clone().into())
}

fn listed(all: &[Owned], parent: &str) -> Reply {
    let own = all.iter().filter(|one| one.parent == parent);
    let data: Vec<&Map<String, Value>> = own.map(|one| &one.body).collect();
    Reply::json(200, &json!({"data": data}))
}

/// `GET /internal/workflows`
pub(super) fn list(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let workspace = workspace(cx, &state)?;
    Ok(listed(&state.workflows, &workspace))
}

/// `POST /internal/workflows`
pub(super) fn create(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let (workspace, name) = (fields.text("workspace_id")?, fields.text("name")?);
    if fields.take("tasks").is_some_and(|tasks| !tasks.is_array()) {
        return Err(Refusal::invalid("tasks", "tasks is to be an array of objects"));
    }
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let parent = state.workspace(&cx.caller, &workspace)?.id.clone();
    let id = state.draw("workflow");
    let body = json!({
        "id": id,
        "name": name,
        "workspace_id": parent,
        "created_at": now,
        "updated_at": now,
    });
    let workflow = owned(cx, id, parent, body);
    state.workflows.push(workflow.clone());
    Ok(shown(&workflow))
}

fn owned(cx: &Cx<'_>, id: String, parent: String, body: Value) -> Owned {
    let organization = cx.caller.organization.clone();
    let body = if let Value::Object(body) = body { body } else { Map::new() };
    Owned { id, organization, parent, body }
}

/// `GET /internal/workflows/{id}`
pub(super) fn get(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    Ok(shown(&state.workflows[workflow(cx, &state)?]))
}

/// `PATCH /internal/workflows/{id}`
pub(super) fn update(cx: &Cx<'_>) -> Answer {
    let name = cx.fields()?.optional_text("name")?;
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let at = workflow(cx, &state)?;
    let workflow = &mut state.workflows[at];
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        workflow.body.insert("name".to_owned(), name.into());
    }
    workflow.body.insert("updated_at".to_owned(), now.into());
    Ok(shown(workflow))
}

/// `DELETE /internal/workflows/{id}`, its automations included.
pub(super) fn delete(cx: &Cx<'_>) -> Answer {
    let mut state = cx.state();
    let at = workflow(cx, &state)?;
    let gone = state.workflows.remove(at);
    state.automations.retain(|one| one.parent != gone.id);
    Ok(Reply::empty(204))
}

/// `GET /internal/workflows/{id}/automations`
pub(super) fn list_automations(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    workflow(cx, &state)?;
    Ok(listed(&state.automations, cx.id(0)))
}

/// `POST /internal/workflows/{id}/automations`
pub(super) fn create_automation(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let workspace_id = fields.text("workspace_id")?;
    let mut body = json!({
        "trigger_type": "schedule",
        "enabled": true,
        "cron_expression": null,
        "timezone": "UTC",
        "completion_webhook_url": null,
    });
    let mut state = cx.state();
    let at = workflow(cx, &state)?;
    if state.workflows[at].parent != workspace_id {
        return Err(Refusal::missing("Workspace", &workspace_id));
    }
    let id = state.draw("automation");
    let now = cx.platform.clock.now();
    body["id"] = id.clone().into();
    body["workflow_id"] = cx.id(0).into();
    body["workspace_id"] = workspace_id.into();
    body["created_at"] = now.clone().into();
    let mut automation = owned(cx, id, cx.id(0).to_owned(), body);
    change(cx, &mut fields, &mut automation, now)?;
    state.automations.push(automation.clone());
    Ok(shown(&automation))
}

/// Lays the members of a body over an automation.
fn change(
    cx: &Cx<'_>,
    fields: &mut Fields,
    automation: &mut Owned,
    now: String,
) -> Result<(), Refusal> {
    for name in ["trigger_type", "cron_expression", "timezone", "completion_webhook_url"] {
        if let Some(text) = fields.optional_text(name)? {
            automation.body.insert(name.to_owned(), text.into());
        }
    }
    if let Some(enabled) = fields.flag("enabled")? {
        automation.body.insert("enabled".to_owned(), enabled.into());
    }
    let by_web = automation.body.get("trigger_type").is_some_and(|kind| kind == "webhook");
    let url = format!("{}/webhooks/automations/{}", cx.platform.origin, automation.id);
    let url = if by_web { url.into() } else { Value::Null };
    automation.body.insert("trigger_webhook_url".to_owned(), url);
    automation.body.insert("updated_at".to_owned(), now.into());
    Ok(())
}

/// `GET /internal/workflows/{id}/automations/{automation}`
pub(super) fn get_automation(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    Ok(shown(&state.automations[automation(cx, &state)?]))
}

/// `PATCH /internal/workflows/{id}/automations/{automation}`
pub(super) fn update_automation(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let at = automation(cx, &state)?;
    let mut changed = state.automations[at].clone();
    change(cx, &mut fields, &mut changed, now)?;
    state.automations[at] = changed.clone();
    Ok(shown(&changed))
}

/// `DELETE /internal/workflows/{id}/automations/{automation}`
pub(super) fn delete_automation(cx: &Cx<'_>) -> Answer {
    let mut state = cx.state();
    let at = automation(cx, &state)?;
    state.automations.remove(at);
    Ok(Reply::empty(204))
}
