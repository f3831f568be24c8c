//! The context store: copies of the vendors' records, searched by filter, by meaning and by SQL.

mod compare;
mod filter;
mod search;
mod semantic;
mod sql;
mod words;

use std::time::Instant;

use airbyte_agent_description::{Connector, Entity};
use serde_json::{Map, Value, json};

use super::Cx;
use super::refusal::Refusal;
use super::state::Installed;

/// A record of the store.
type Row = Map<String, Value>;

/// `context_store_search`
pub(super) fn search(
    cx: &Cx<'_>,
    connector: &Installed,
    kind: &Connector,
    entity: &str,
    params: Map<String, Value>,
) -> Result<Value, Refusal> {
    ready(connector, kind)?;
    let entity = searchable(kind, entity)?;
    let vendor = cx.world.vendor(&connector.slug);
    let rows = vendor.map(|vendor| vendor.copies(&entity.name)).unwrap_or_default();
    let started = Instant::now();
    let of = format!("{} {}", connector.id, entity.name);
    let (data, cursor) = if params.contains_key("semantic") {
        (semantic::run(entity, &rows, &params)?, None)
    } else {
        search::run(entity, &rows, params, &of)?
    };
    Ok(page(&data, cursor.as_deref(), started))
}

/// `context_store_sql_query`
pub(super) fn sql(
    cx: &Cx<'_>,
    connector: &Installed,
    kind: &Connector,
    params: &Map<String, Value>,
) -> Result<Value, Refusal> {
    ready(connector, kind)?;
    let started = Instant::now();
    let vendor = cx.world.vendor(&connector.slug);
    let table = |name: &str| {
        let entity = searchable(kind, name)?;
        let columns = entity.store.iter().map(|field| field.name.to_string()).collect();
        let rows = vendor.map(|vendor| vendor.copies(&entity.name)).unwrap_or_default();
        Ok(sql::Table { columns, rows: rows.to_vec() })
    };
    let (data, more) = sql::run(&table, params)?;
    let mut page = page(&data, None, started);
    page["meta"]["has_more"] = more.into();
    Ok(page)
}

fn page(data: &[Value], cursor: Option<&str>, started: Instant) -> Value {
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let meta = json!({"has_more": cursor.is_some(), "cursor": cursor, "took_ms": took});
    json!({"data": data, "meta": meta})
}

fn ready(connector: &Installed, kind: &Connector) -> Result<(), Refusal> {
    if kind.entities.iter().all(|entity| entity.store.is_empty()) {
        return Err(Refusal::bad(format!("{} has no context store", kind.title)));
    }
    if !connector.store.is_searchable() {
        let status = connector.store.as_str();
        let why = format!("The context store of this connector cannot be searched yet: {status}");
        return Err(Refusal::conflict(why));
    }
    Ok(())
}

fn searchable<'c>(kind: &'c Connector, name: &str) -> Result<&'c Entity, Refusal> {
    let found = kind.entity(name).filter(|entity| !entity.store.is_empty());
    found.ok_or_else(|| {
        let known = kind.entities.iter().filter(|entity| !entity.store.is_empty());
        let known: Vec<&str> = known.map(|entity| entity.name.as_ref()).collect();
        let why = format!("`{name}` is not in the context store; it has {}", known.join(", "));
        Refusal::bad(why).field("entity")
    })
}
