//! The context store: copies of the vendors' records. They are searched by filter, by similarity and by
//! SQL.

mod compare;
mod filter;
mod request;
mod search;
mod semantic;
mod sql;
mod words;

use std::time::Instant;

use airbyte_agent_description::{Connector, Entity};
use serde_json::{Map, Value, json};

use super::context::Context;
use super::error::ApiError;
use super::state::ConnectorInstance;

/// A record of the store.
type Row = Map<String, Value>;

/// Executes the action `context_store_search`.
pub(super) fn search(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    description: &Connector,
    entity: &str,
    params: Map<String, Value>,
) -> Result<Value, ApiError> {
    check_ready(connector, description)?;
    let entity = searchable_entity(description, entity)?;
    let vendor = context.vendors.by_slug(&connector.slug);
    let rows = vendor.map(|vendor| vendor.store_rows(&entity.name)).unwrap_or_default();
    let started = Instant::now();
    let list = format!("{} {}", connector.id, entity.name);
    let (data, cursor) = if params.contains_key("semantic") {
        (semantic::search(entity, &rows, &params)?, None)
    } else {
        search::search(entity, &rows, params, &list)?
    };
    Ok(page(&data, cursor.as_deref(), started))
}

/// Executes the action `context_store_sql_query`.
pub(super) fn sql(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    description: &Connector,
    params: &Map<String, Value>,
) -> Result<Value, ApiError> {
    check_ready(connector, description)?;
    let started = Instant::now();
    let vendor = context.vendors.by_slug(&connector.slug);
    let table = |name: &str| {
        let entity = searchable_entity(description, name)?;
        let columns = entity.store.iter().map(|field| field.name.to_string()).collect();
        let rows = vendor.map(|vendor| vendor.store_rows(&entity.name)).unwrap_or_default();
        Ok(sql::Table { columns, rows: rows.to_vec() })
    };
    let (data, more) = sql::run(&table, params)?;
    let mut page = page(&data, None, started);
    page["meta"]["has_more"] = more.into();
    Ok(page)
}

/// A page of results, with its metadata.
fn page(data: &[Value], cursor: Option<&str>, started: Instant) -> Value {
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let meta = json!({"has_more": cursor.is_some(), "cursor": cursor, "took_ms": took});
    json!({"data": data, "meta": meta})
}

/// Fails when the connector has no context store, or when it is not filled yet.
fn check_ready(connector: &ConnectorInstance, description: &Connector) -> Result<(), ApiError> {
    if description.entities.iter().all(|entity| entity.store.is_empty()) {
        return Err(ApiError::bad_request(format!("{} has no context store", description.title)));
    }
    if !connector.store.is_searchable() {
        let status = connector.store.as_str();
        let message =
            format!("The context store of this connector cannot be searched yet: {status}");
        return Err(ApiError::conflict(message));
    }
    Ok(())
}

/// The entity of this name, if the context store contains it.
fn searchable_entity<'c>(description: &'c Connector, name: &str) -> Result<&'c Entity, ApiError> {
    let found = description.entity(name).filter(|entity| !entity.store.is_empty());
    found.ok_or_else(|| {
        let known = description.entities.iter().filter(|entity| !entity.store.is_empty());
        let known: Vec<&str> = known.map(|entity| entity.name.as_ref()).collect();
        let message = format!("`{name}` is not in the context store; it has {}", known.join(", "));
        ApiError::bad_request(message).field("entity")
    })
}
