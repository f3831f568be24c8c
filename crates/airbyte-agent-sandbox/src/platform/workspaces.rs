//! The endpoints of workspaces.

use serde_json::{Value, json};

use super::API;
use super::context::Context;
use super::cursor::{Cursor, limit_of_query};
use super::error::{ApiError, ApiResult};
use super::state::Workspace;
use crate::response::Response;

impl Workspace {
    /// The workspace as responses show it.
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "organization_id": self.organization,
            "status": if self.is_active { "active" } else { "inactive" },
            "cache_enabled": self.cache_enabled,
            "tombstone": self.is_deleted,
            "visibility": "shared",
            "color": null,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// `GET /workspaces`
pub(crate) fn list(context: &Context<'_>) -> ApiResult {
    let part = context.query("name_contains").unwrap_or_default().to_lowercase();
    let status = context.query("status");
    if status.as_deref().is_some_and(|word| !["active", "inactive"].contains(&word)) {
        return Err(ApiError::invalid("status", "status must be active or inactive"));
    }
    let limit = limit_of_query(context, 20, 100)?;
    let list = format!("workspaces {} {part} {status:?}", context.caller.organization);
    let start = Cursor::position(context.query("cursor").as_deref(), &list)?;
    let state = context.state();
    let mut all: Vec<&Workspace> = state
        .workspaces_of(&context.caller.organization)
        .filter(|workspace| workspace.name.to_lowercase().contains(&part))
        .filter(|w| status.as_deref().is_none_or(|word| (word == "active") == w.is_active))
        .collect();
    // Clients that look for a name read only the first page, so the exact name comes first.
    let wanted = context.query("name_contains").unwrap_or_default();
    all.sort_by_key(|workspace| workspace.name != wanted);
    let data: Vec<Value> = all.iter().skip(start).take(limit).map(|w| w.to_json()).collect();
    let next = (start + limit < all.len()).then(|| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in ["name_contains", "status", "limit"] {
            if let Some(value) = context.query(name) {
                query.append_pair(name, &value);
            }
        }
        query.append_pair("cursor", &Cursor::encode(start + limit, &list));
        format!("{}{API}workspaces?{}", context.platform.origin, query.finish())
    });
    Ok(Response::json(200, &json!({"next": next, "data": data})))
}

/// `GET /workspaces/stats`
pub(crate) fn stats(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let total = state.workspaces_of(&context.caller.organization).count();
    let active = state.workspaces_of(&context.caller.organization).filter(|w| w.is_active).count();
    let body = json!({
        "active_count": active,
        "inactive_count": total - active,
        "total_count": total,
    });
    Ok(Response::json(200, &body))
}

/// `POST /workspaces`
pub(crate) fn create(context: &Context<'_>) -> ApiResult {
    let name = context.fields()?.required_text("name")?;
    let now = context.platform.clock.now();
    let mut state = context.state();
    let organization = &context.caller.organization;
    if state.workspace_named(organization, &name).is_some() {
        return Err(ApiError::conflict(format!("Workspace already exists: {name}")));
    }
    let id = state.ensure_workspace(organization, &name, &now);
    let mut shown = state.workspace(&context.caller, &id)?.to_json();
    // The general API, from which this endpoint comes, has names in camelCase.
    shown["workspaceId"] = id.into();
    Ok(Response::json(200, &shown))
}

/// `GET /workspaces/{id}`
pub(crate) fn get(context: &Context<'_>) -> ApiResult {
    Ok(Response::json(200, &context.state().workspace(&context.caller, context.id(0))?.to_json()))
}

/// `PUT /workspaces/{id}`
pub(crate) fn update(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let name = fields.optional_text("name")?;
    let status = fields.choice("status", &["active", "inactive"])?;
    let names_cache = fields.has("cache_enabled");
    let cache = fields.flag("cache_enabled")?;
    let now = context.platform.clock.now();
    let mut state = context.state();
    state.workspace(&context.caller, context.id(0))?;
    if let Some(name) = &name
        && let Some(known) = state.workspace_named(&context.caller.organization, name)
        && known.id != context.id(0)
    {
        return Err(ApiError::conflict(format!("Workspace already exists: {name}")));
    }
    let mut all = state.workspaces.iter_mut();
    let workspace = all.find(|workspace| workspace.id == context.id(0));
    let workspace = workspace.ok_or_else(|| ApiError::not_found("Workspace", context.id(0)))?;
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        workspace.name = name;
    }
    if let Some(status) = status {
        workspace.is_active = status == "active";
    }
    if names_cache {
        workspace.cache_enabled = cache;
    }
    workspace.updated_at = now;
    Ok(Response::json(200, &workspace.to_json()))
}

/// `DELETE /workspaces/{id}`
pub(crate) fn delete(context: &Context<'_>) -> ApiResult {
    let now = context.platform.clock.now();
    let mut state = context.state();
    let id = state.workspace(&context.caller, context.id(0))?.id.clone();
    for workspace in state.workspaces.iter_mut().filter(|workspace| workspace.id == id) {
        workspace.is_deleted = true;
        workspace.updated_at.clone_from(&now);
    }
    Ok(Response::json(200, &json!({"id": id, "deleted_at": now})))
}
