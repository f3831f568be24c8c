//! Workspaces: the tenants of an organization.

use serde_json::{Value, json};

use super::cursor::{Cursor, limit};
use super::refusal::{Answer, Refusal};
use super::state::Workspace;
use super::{API, Cx};
use crate::reply::Reply;

impl Workspace {
    fn shown(&self) -> Value {
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
pub(crate) fn list(cx: &Cx<'_>) -> Answer {
    let part = cx.query("name_contains").unwrap_or_default().to_lowercase();
    let status = cx.query("status");
    if status.as_deref().is_some_and(|word| !["active", "inactive"].contains(&word)) {
        return Err(Refusal::invalid("status", "status is to be active or inactive"));
    }
    let limit = limit(cx, 20, 100)?;
    let of = format!("workspaces {} {part} {status:?}", cx.caller.organization);
    let start = Cursor::start(cx.query("cursor").as_deref(), &of)?;
    let state = cx.state();
    let mut all: Vec<&Workspace> = state
        .live(&cx.caller.organization)
        .filter(|workspace| workspace.name.to_lowercase().contains(&part))
        .filter(|w| status.as_deref().is_none_or(|word| (word == "active") == w.is_active))
        .collect();
    // Who looks for a name reads the first page only: the exact name comes first.
    let wanted = cx.query("name_contains").unwrap_or_default();
    all.sort_by_key(|workspace| workspace.name != wanted);
    let data: Vec<Value> = all.iter().skip(start).take(limit).map(|w| w.shown()).collect();
    let next = (start + limit < all.len()).then(|| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in ["name_contains", "status", "limit"] {
            if let Some(value) = cx.query(name) {
                query.append_pair(name, &value);
            }
        }
        query.append_pair("cursor", &Cursor::write(start + limit, &of));
        format!("{}{API}workspaces?{}", cx.platform.origin, query.finish())
    });
    Ok(Reply::json(200, &json!({"next": next, "data": data})))
}

/// `GET /workspaces/stats`
pub(crate) fn stats(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let total = state.live(&cx.caller.organization).count();
    let active = state.live(&cx.caller.organization).filter(|w| w.is_active).count();
    let answer = json!({
        "active_count": active,
        "inactive_count": total - active,
        "total_count": total,
    });
    Ok(Reply::json(200, &answer))
}

/// `POST /workspaces`
pub(crate) fn create(cx: &Cx<'_>) -> Answer {
    let name = cx.fields()?.text("name")?;
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let organization = &cx.caller.organization;
    if state.workspace_named(organization, &name).is_some() {
        return Err(Refusal::conflict(format!("Workspace already exists: {name}")));
    }
    let id = state.need_workspace(organization, &name, &now);
    let mut shown = state.workspace(&cx.caller, &id)?.shown();
    // The general API, from which this endpoint comes, has camelCase names.
    shown["workspaceId"] = id.into();
    Ok(Reply::json(200, &shown))
}

/// `GET /workspaces/{id}`
pub(crate) fn get(cx: &Cx<'_>) -> Answer {
    Ok(Reply::json(200, &cx.state().workspace(&cx.caller, cx.id(0))?.shown()))
}

/// `PUT /workspaces/{id}`
pub(crate) fn update(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let name = fields.optional_text("name")?;
    let status = fields.choice("status", &["active", "inactive"])?;
    let names_cache = fields.has("cache_enabled");
    let cache = fields.flag("cache_enabled")?;
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    state.workspace(&cx.caller, cx.id(0))?;
    if let Some(name) = &name
        && let Some(known) = state.workspace_named(&cx.caller.organization, name)
        && known.id != cx.id(0)
    {
        return Err(Refusal::conflict(format!("Workspace already exists: {name}")));
    }
    let mut all = state.workspaces.iter_mut();
    let workspace = all.find(|workspace| workspace.id == cx.id(0));
    let workspace = workspace.ok_or_else(|| Refusal::missing("Workspace", cx.id(0)))?;
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
    Ok(Reply::json(200, &workspace.shown()))
}

/// `DELETE /workspaces/{id}`
pub(crate) fn delete(cx: &Cx<'_>) -> Answer {
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let id = state.workspace(&cx.caller, cx.id(0))?.id.clone();
    for workspace in state.workspaces.iter_mut().filter(|workspace| workspace.id == id) {
        workspace.is_deleted = true;
        workspace.updated_at.clone_from(&now);
    }
    Ok(Reply::json(200, &json!({"id": id, "deleted_at": now})))
}
