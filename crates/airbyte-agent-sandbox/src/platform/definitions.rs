//! Definitions: what can be connected. Their members have camelCase names.

use airbyte_agent_description::Connector;
use serde_json::{Value, json};

use super::refusal::{Answer, Refusal};
use super::{Cx, specification};
use crate::hash::{stable, uuid};
use crate::reply::Reply;

/// A destination that exists only here.
const DESTINATION: &str = "Sandbox Warehouse";

fn summary(kind: &Connector) -> Value {
    json!({
        "sourceDefinitionId": kind.definition_id,
        "name": kind.title,
        "dockerRepository": format!("airbyte/source-{}", kind.name),
        "iconUrl": null,
        "custom": false,
        "supportLevel": "certified",
    })
}

/// `GET /integrations/definitions/sources`
pub(super) fn sources(cx: &Cx<'_>) -> Answer {
    let part = cx.query("name").unwrap_or_default().to_lowercase();
    let all = cx.platform.kinds.iter();
    let fitting = all.filter(|kind| kind.title.to_lowercase().contains(&part));
    let definitions: Vec<Value> = fitting.map(|kind| summary(kind)).collect();
    Ok(Reply::json(200, &json!({"definitions": definitions})))
}

/// `GET /integrations/definitions/sources/{id}`
pub(super) fn source(cx: &Cx<'_>) -> Answer {
    let mut all = cx.platform.kinds.iter();
    let kind = all.find(|kind| kind.definition_id.eq_ignore_ascii_case(cx.id(0)));
    let kind = kind.ok_or_else(|| Refusal::missing("Definition", cx.id(0)))?;
    let mut definition = summary(kind);
    definition["spec"] = specification::of(kind);
    let answer = json!({
        "id": kind.definition_id,
        "definition": definition,
        "example_questions": {
            "direct": kind.questions.direct,
            "search": kind.questions.search,
        },
    });
    Ok(Reply::json(200, &answer))
}

/// The id of the destination.
pub(super) fn destination_id() -> String {
    uuid(stable(&["destination", DESTINATION]))
}

/// `GET /integrations/definitions/destinations`
pub(super) fn destinations(cx: &Cx<'_>) -> Answer {
    let wanted = cx.query_all("actorDefinitionIds");
    let id = destination_id();
    let is_wanted =
        wanted.is_empty() || wanted.iter().flat_map(|ids| ids.split(',')).any(|one| one == id);
    let one = json!({"id": id, "name": DESTINATION, "icon": ""});
    let destinations: Vec<Value> = is_wanted.then_some(one).into_iter().collect();
    Ok(Reply::json(200, &json!({"destinations": destinations})))
}

/// `GET /integrations/definitions/destinations/{id}`
pub(super) fn destination(cx: &Cx<'_>) -> Answer {
    let id = destination_id();
    if cx.id(0) != id {
        return Err(Refusal::missing("Definition", cx.id(0)));
    }
    let answer = json!({
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
    Ok(Reply::json(200, &answer))
}
