//! Skills: documents that agents read. Some are the same for everybody, and every connector has one.

mod connector;
mod document;
mod guides;

use serde_json::{Value, json};

use super::context::Context;
use super::cursor::{Cursor, limit_of_query};
use super::error::{ApiError, ApiResult};
use super::state::{ConnectorInstance, State};
use crate::response::Response;
use document::Skill;

/// What the id of a connector's document begins with.
const OF_CONNECTOR: &str = "connector-source:";

/// The id of a connector's document.
pub(super) fn id_of_connector(id: &str) -> String {
    format!("{OF_CONNECTOR}{id}")
}

/// The document of a connector.
fn skill_of(context: &Context<'_>, instance: &ConnectorInstance) -> Option<Skill> {
    Some(connector::skill(context.platform.description(&instance.slug)?, instance))
}

/// The documents that the caller may see and the query asks for.
fn visible_skills(context: &Context<'_>, state: &State) -> Result<Vec<Skill>, ApiError> {
    check_organization(context)?;
    let workspace = context.query("workspace_id").filter(|id| !id.is_empty());
    if let Some(id) = &workspace {
        state.workspace(&context.caller, id)?;
    }
    let of_workspace = |one: &&ConnectorInstance| {
        state.sees(&context.caller, one) && workspace.as_ref().is_none_or(|id| one.workspace == *id)
    };
    let own = state.connectors.iter().filter(of_workspace).filter_map(|c| skill_of(context, c));
    Ok(guides::guides().into_iter().chain(own).collect())
}

/// Fails when the query names another organization than that of the caller.
fn check_organization(context: &Context<'_>) -> Result<(), ApiError> {
    let given = context.query("organization_id").filter(|id| !id.is_empty());
    if given.is_some_and(|id| id != context.caller.organization) {
        return Err(ApiError::forbidden("The token does not act for this organization"));
    }
    Ok(())
}

/// The response with a page of documents. `list` tells the list apart from others.
fn page_response(context: &Context<'_>, skills: &[Skill], list: &str) -> ApiResult {
    let limit = limit_of_query(context, 20, 100)?;
    let list =
        format!("{list} {} {:?}", context.caller.organization, context.query("workspace_id"));
    let start = Cursor::position(context.query("cursor").as_deref(), &list)?;
    let now = context.platform.clock.now();
    let data: Vec<Value> =
        skills.iter().skip(start).take(limit).map(|skill| skill.metadata(&now)).collect();
    let next = (start + limit < skills.len()).then(|| Cursor::encode(start + limit, &list));
    Ok(Response::json(200, &json!({"data": data, "next_cursor": next})))
}

/// `GET /skills`
pub(super) fn list(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    page_response(context, &visible_skills(context, &state)?, "skills")
}

/// `GET /skills/search`
pub(super) fn search(context: &Context<'_>) -> ApiResult {
    let query = context.query("query").unwrap_or_default().to_lowercase();
    let words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() {
        return Err(ApiError::invalid("query", "query is required"));
    }
    let state = context.state();
    let mut found = visible_skills(context, &state)?;
    found.retain(|skill| skill.score(&words) > 0);
    found.sort_by_key(|skill| std::cmp::Reverse(skill.score(&words)));
    page_response(context, &found, &format!("search {query}"))
}

/// `GET /skills/docs`
pub(super) fn read_section(context: &Context<'_>) -> ApiResult {
    let id = context.query("id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| ApiError::invalid("id", "id is required"))?;
    check_organization(context)?;
    let state = context.state();
    let missing = || ApiError::not_found("Skill", &id);
    let skill = match id.strip_prefix(OF_CONNECTOR) {
        Some(connector) => {
            let connector = state.connector(&context.caller, connector).map_err(|_| missing())?;
            skill_of(context, connector)
        }
        None => guides::guides().into_iter().find(|guide| guide.id == id),
    };
    let skill = skill.ok_or_else(missing)?;
    let requested = context.query("section").filter(|section| !section.is_empty());
    let section = match &requested {
        None => skill.sections.first(),
        Some(wanted) => skill.sections.iter().find(|section| section.id == *wanted),
    };
    let section = section
        .ok_or_else(|| ApiError::not_found("Section", requested.as_deref().unwrap_or_default()))?;
    let outline: Vec<Value> = skill
        .sections
        .iter()
        .map(|section| {
            json!({
                "id": section.id,
                "title": section.title,
                "summary": section.summary,
                "available": true,
            })
        })
        .collect();
    let body = json!({
        "metadata": skill.metadata(&context.platform.clock.now()),
        "outline": outline,
        "section_id": requested,
        "content": section.content,
    });
    Ok(Response::json(200, &body))
}
