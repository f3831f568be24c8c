//! Answers the operations of the context store from the store on this machine, in the layout of
//! hosted answers.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::types::{Freshness, Limits, Table, View};
use super::{LocalStore, SearchPage};
use crate::context_store::{self, LAYOUT, SQL_QUERY, StoreMeta};
use crate::cursor::NextPage;
use crate::description::{Connector, Operation, suggestion};
use crate::error::{Error, Result};
use crate::transport::{CheckedCall, Reply};

/// A store, and the account whose records are read from it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) store: Arc<dyn LocalStore>,
    pub(crate) account: String,
}

/// An operation of the context store on any entity of the connector. The store on this machine
/// itself knows which entities it contains.
///
/// # Errors
///
/// `Usage` when the connector has no such entity.
pub fn operation(connector: &Connector, entity: &str, action: &str) -> Result<Operation> {
    if connector.entity(entity).is_none() {
        let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
        let near = suggestion(entity, &names);
        let message = format!("{} has no entity '{entity}'{near}", connector.name);
        return Err(Error::usage(message));
    }
    Ok(context_store::on_entity(entity, action))
}

/// Refuses to show the request of a call that the store answers, because there is no request.
pub(crate) fn check_preview(call: &CheckedCall<'_>) -> Result<()> {
    if context_store::is_store_action(call.action) {
        let message = format!("{}: nothing would be sent; the store answers", call.name);
        return Err(Error::usage(message));
    }
    Ok(())
}

/// The answer of the store to a call of one of the context store's operations.
///
/// # Errors
///
/// `Usage` if the records were never copied, and the errors of the store.
pub(crate) async fn answer(source: &Source, call: &CheckedCall<'_>) -> Result<Reply> {
    let connector = call.connector.name.as_ref();
    let entity = call.operation.entity.as_ref();
    let tables = source.store.tables(Some(connector)).await?;
    let table = tables.iter().find(|table| table.entity == entity);
    let freshness =
        table.and_then(|table| table.accounts.iter().find(|f| f.account == source.account));
    let (Some(table), Some(freshness)) = (table, freshness) else {
        return Err(never_copied(connector, entity, table, &source.account));
    };
    let limits = Limits::default().until(call.deadline);
    let arguments = call.arguments;
    let (records, meta) = if call.action == SQL_QUERY {
        let sql = arguments.get("sql").and_then(Value::as_str).unwrap_or_default();
        let most = arguments.get("limit").and_then(Value::as_u64);
        let most = most.map_or(limits.rows, |most| usize::try_from(most).unwrap_or(usize::MAX));
        query(source, (table, freshness), &tables, sql, limits.rows(most)).await
    } else {
        let view = table.view([&source.account]);
        let page = source.store.search(&view, arguments, &limits).await;
        page.map(|page| searched(page, freshness))
    }
    .map_err(|error| error.context(call.name))?;
    let next = meta.cursor.clone().map(|cursor| {
        NextPage::with(Map::from_iter([("cursor".to_owned(), Value::String(cursor))]))
    });
    let body = json!({"data": records, "meta": meta.to_json()}).to_string();
    let reply = Reply::new(200, http::HeaderMap::new(), body.into(), LAYOUT);
    Ok(reply.with_next(next))
}

fn searched(page: SearchPage, freshness: &Freshness) -> (Vec<Value>, StoreMeta) {
    let SearchPage { records, cursor, remarks, took_ms } = page;
    let mut extra = Map::from_iter([("freshness".to_owned(), json!(freshness))]);
    add_remarks(&mut extra, &remarks);
    (records, StoreMeta::new(cursor.is_some(), cursor, Some(took_ms), extra))
}

/// A query over the entities of the connector, under the names that they have on the platform, and
/// in addition under those of the store.
async fn query(
    source: &Source,
    (table, of_table): (&Table, &Freshness),
    tables: &[Table],
    sql: &str,
    limits: Limits,
) -> Result<(Vec<Value>, StoreMeta)> {
    let has_account = |table: &&Table| table.accounts.iter().any(|f| f.account == source.account);
    let readable = || tables.iter().filter(has_account);
    let view = |table: &Table| table.view([&source.account]);
    let views: Vec<View> = readable()
        .map(|table| view(table).named(&table.entity))
        .chain(readable().map(view))
        .collect();
    let rows = source.store.query(sql, &views, &limits).await?;
    let mut freshness = Map::new();
    for name in &rows.views {
        let read = readable().find(|table| table.entity == *name || table.name == *name);
        let of = read.and_then(|table| {
            table.accounts.iter().find(|freshness| freshness.account == source.account)
        });
        freshness.insert(name.clone(), json!(of));
    }
    if freshness.is_empty() {
        freshness.insert(table.entity.clone(), json!(of_table));
    }
    let mut extra = Map::from_iter([("freshness".to_owned(), Value::Object(freshness))]);
    add_remarks(&mut extra, &rows.remarks);
    let meta = StoreMeta::new(rows.is_cut, None, Some(rows.took_ms), extra);
    let columns = rows.columns;
    let records =
        rows.rows.into_iter().map(|row| Value::Object(columns.iter().cloned().zip(row).collect()));
    Ok((records.collect(), meta))
}

/// Adds what a reader has to know about the values, if there is anything.
fn add_remarks(meta: &mut Map<String, Value>, remarks: &[String]) {
    if !remarks.is_empty() {
        meta.insert("remarks".to_owned(), json!(remarks));
    }
}

fn never_copied(connector: &str, entity: &str, table: Option<&Table>, account: &str) -> Error {
    let mut message = format!("the records of {connector} {entity} were never copied");
    let others: Vec<&str> =
        table.iter().flat_map(|t| &t.accounts).map(|f| f.account.as_str()).collect();
    if !others.is_empty() {
        message = format!("{message} for the account '{account}', but for {}", others.join(", "));
    }
    Error::usage(format!("{message}; 'airbyte-agent sync {connector} {entity}' copies them"))
}
