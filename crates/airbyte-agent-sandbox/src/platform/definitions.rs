//! Definitions: the kinds of sources and destinations. Their members have names in camelCase.

use airbyte_agent_description::Connector;
use serde_json::{Value, json};

use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::specification;
use crate::hash::{stable, uuid};
use crate::response::Response;

/// The only destination of the sandbox.
const DESTINATION: &str = "Sandbox Warehouse";

fn summary(description: &Connector) -> Value {
    json!({
        "sourceDefinitionId": description.definition_id,
        "name": description.title,
        "dockerRepository": format!("airbyte/source-{}", description.name),
        "iconUrl": null,
        "custom": false,
        "supportLevel": "certified",
    })
}

/// `GET /integrations/definitions/sources`
pub(super) fn sources(context: &Context<'_>) -> ApiResult {
    let part = context.query("name").unwrap_or_default().to_lowercase();
    let all = context.platform.descriptions.iter();
    let fitting = all.filter(|description| description.title.to_lowercase().contains(&part));
    let definitions: Vec<Value> = fitting.map(|description| summary(description)).collect();
    Ok(Response::json(200, &json!({"definitions": definitions})))
}

/// `GET /integrations/definitions/sources/{id}`
pub(super) fn source(context: &Context<'_>) -> ApiResult {
    let mut all = context.platform.descriptions.iter();
    let description =
        all.find(|description| description.definition_id.eq_ignore_ascii_case(context.id(0)));
    let description =
        description.ok_or_else(|| ApiError::not_found("Definition", context.id(0)))?;
    let mut definition = summary(description);
    definition["spec"] = specification::specification(description);
    let body = json!({
        "id": description.definition_id,
        "definition": definition,
        "example_questions": {
            "direct": description.questions.direct,
            "search": description.questions.search,
        },
    });
    Ok(Response::json(200, &body))
}

/// The id of the destination.
pub(super) fn destination_id() -> String {
    uuid(stable(&["destination", DESTINATION]))
}

/// `GET /integrations/definitions/destinations`
pub(super) fn destinations(context: &Context<'_>) -> ApiResult {
    let wanted = context.query_all("actorDefinitionIds");
    let id = destination_id();
    let is_wanted =
        wanted.is_empty() || wanted.iter().flat_map(|ids| ids.split(',')).any(|one| one == id);
    let one = json!({"id": id, "name": DESTINATION, "icon": ""});
    let destinations: Vec<Value> = is_wanted.then_some(one).into_iter().collect();
    Ok(Response::json(200, &json!({"destinations": destinations})))
}

/// `GET /integrations/definitions/destinations/{id}`
pub(super) fn destination(context: &Context<'_>) -> ApiResult {
    let id = destination_id();
    if context.id(0) != id {
        return Err(ApiError::not_found("Definition", context.id(0)));
    }
    let body = json!({
        "id": id,
        "definition": {
            "destinationDefinitionId": id,
            "name": DESTINATION,
            "dockerRepository": "sandbox/destination-warehouse",
            "iconUrl": null,
            "custom": true,
            "supportLevel": "none",
            "spec": {
                "connectionSpecification": {
                    "type": "object",
                    "required": ["url"],
                    "properties": {"url": {"type": "string"}},
                },
                "supported_destination_sync_modes": ["append", "overwrite"],
            },
        },
    });
    Ok(Response::json(200, &body))
}
