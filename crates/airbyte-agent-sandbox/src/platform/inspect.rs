//! What is known of a connector, its documents and its context store.

use serde_json::{Value, json};

use super::refusal::{Answer, Refusal};
use super::state::Installed;
use super::{Cx, skills};
use crate::reply::Reply;

/// `GET /integrations/connectors/{id}/inspect`
pub(super) fn answer(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let connector = state.connector(&cx.caller, cx.id(0))?;
    let kind = cx.platform.need_kind(&connector.slug)?;
    let mut warnings: Vec<String> = Vec::new();
    if !connector.store.is_searchable() {
        warnings.push(format!("The context store is {}", connector.store.as_str()));
    }
    let shown = json!({
        "connector_id": connector.id,
        "name": connector.name,
        "workspace_id": connector.workspace,
        "organization_id": connector.organization,
        "source_definition_id": kind.definition_id,
        "source_definition_name": kind.title,
        "source_config_template_id": connector.template.id,
        "docs_skill_id": skills::of_connector(&connector.id),
        "context_store_readiness": readiness(cx, connector),
        "warnings": warnings,
    });
    Ok(Reply::json(200, &shown))
}

fn readiness(cx: &Cx<'_>, connector: &Installed) -> Value {
    let (Some(kind), Some(vendor)) =
        (cx.platform.kind(&connector.slug), cx.world.vendor(&connector.slug))
    else {
        return Value::Null;
    };
    let entities = || kind.entities.iter().filter(|entity| !entity.store.is_empty());
    if entities().next().is_none() {
        return Value::Null;
    }
    let configured: Vec<Value> = entities()
        .map(|entity| {
            json!({
                "entity": entity.name,
                "status": connector.store.as_str(),
                "ready_for_search": connector.store.is_searchable(),
                "supported": true,
                "entity_count": vendor.count(&entity.name),
                "updated_at": cx.platform.clock.now(),
                "semantic_search_status": [],
            })
        })
        .collect();
    let supported: Vec<Value> =
        entities().map(|e| json!({"entity": e.name, "suggested": true})).collect();
    json!({
        "connector_id": connector.id,
        "source_definition_id": kind.definition_id,
        "supported_context_store_entities": supported,
        "configured_cache_entities": configured,
    })
}

/// `GET /organizations/{id}/credentials`: the connectors of all workspaces.
pub(super) fn of_organization(cx: &Cx<'_>) -> Answer {
    if cx.id(0) != cx.caller.organization {
        return Err(Refusal::forbidden("The token does not act for this organization"));
    }
    let number = |name: &str, default: usize| match cx.query(name) {
        None => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| Refusal::invalid(name, format!("{name} is to be a number"))),
    };
    let (limit, offset) = (number("limit", 200)?, number("offset", 0)?);
    let state = cx.state();
    let all: Vec<&Installed> =
        state.connectors.iter().filter(|one| state.sees(&cx.caller, one)).collect();
    let shown = |one: &&Installed| {
        let entities = cx.platform.store_entities(&one.slug);
        let status = (entities > 0).then_some(one.store.as_str());
        json!({
            "id": one.id,
            "name": one.name,
            "workspace_id": one.workspace,
            "context_store_status": status,
            "context_store_entity_count": entities,
        })
    };
    let data: Vec<Value> = all.iter().skip(offset).take(limit).map(shown).collect();
    Ok(Reply::json(200, &json!({"data": data, "total": all.len()})))
}
