//! Endpoints that show what the platform knows of a connector and its context store.

use serde_json::{Value, json};

use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::skills;
use super::state::ConnectorInstance;
use crate::response::Response;

/// `GET /integrations/connectors/{id}/inspect`
pub(super) fn inspect_connector(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let connector = state.connector(&context.caller, context.id(0))?;
    let description = context.platform.description_of(&connector.slug)?;
    let mut warnings: Vec<String> = Vec::new();
    if !connector.store.is_searchable() {
        warnings.push(format!("The context store is {}", connector.store.as_str()));
    }
    let shown = json!({
        "connector_id": connector.id,
        "name": connector.name,
        "workspace_id": connector.workspace,
        "organization_id": connector.organization,
        "source_definition_id": description.definition_id,
        "source_definition_name": description.title,
        "source_config_template_id": connector.template.id,
        "docs_skill_id": skills::id_of_connector(&connector.id),
        "context_store_readiness": readiness(context, connector),
        "warnings": warnings,
    });
    Ok(Response::json(200, &shown))
}

/// The status of the connector's context store by entity; `null` when it has none.
fn readiness(context: &Context<'_>, connector: &ConnectorInstance) -> Value {
    let (Some(description), Some(vendor)) =
        (context.platform.description(&connector.slug), context.vendors.by_slug(&connector.slug))
    else {
        return Value::Null;
    };
    let entities = || description.entities.iter().filter(|entity| !entity.store.is_empty());
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
                "entity_count": vendor.record_count(&entity.name),
                "updated_at": context.platform.clock.now(),
                "semantic_search_status": [],
            })
        })
        .collect();
    let supported: Vec<Value> =
        entities().map(|e| json!({"entity": e.name, "suggested": true})).collect();
    json!({
        "connector_id": connector.id,
        "source_definition_id": description.definition_id,
        "supported_context_store_entities": supported,
        "configured_cache_entities": configured,
    })
}

/// `GET /organizations/{id}/credentials`: the connectors of all workspaces.
pub(super) fn of_organization(context: &Context<'_>) -> ApiResult {
    if context.id(0) != context.caller.organization {
        return Err(ApiError::forbidden("The token does not act for this organization"));
    }
    let number = |name: &str, default: usize| match context.query(name) {
        None => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| ApiError::invalid(name, format!("{name} must be a number"))),
    };
    let (limit, offset) = (number("limit", 200)?, number("offset", 0)?);
    let state = context.state();
    let all: Vec<&ConnectorInstance> =
        state.connectors.iter().filter(|one| state.sees(&context.caller, one)).collect();
    let shown = |one: &&ConnectorInstance| {
        let entities = context.platform.store_entities(&one.slug);
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
    Ok(Response::json(200, &json!({"data": data, "total": all.len()})))
}
