//! Execution of operations: who runs them, the envelope, downloads.

use std::time::Instant;

use airbyte_agent_description::Connector;
use serde_json::{Map, Value, json};

use super::order::{Order, Work};
use super::refusal::{Answer, Refusal};
use super::state::Installed;
use super::{Account, Cx, ExecuteError, Executed, selection, store, window};
use crate::incoming::Incoming;
use crate::reply::Reply;

/// Actions of which long texts are cut on demand.
const CUT: [&str; 3] = ["list", "context_store_search", "context_store_sql_query"];

/// Entity and action that a request to execute or prepare names.
pub(super) fn named(request: &Incoming) -> Option<(String, String)> {
    if !request.path.ends_with("/execute") && !request.path.ends_with("/execute/prepare") {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    Some((body.get("entity")?.as_str()?.to_owned(), body.get("action")?.as_str()?.to_owned()))
}

/// The connector that the path names, if its workspace is active.
pub(super) fn connector(cx: &Cx<'_>) -> Result<Installed, Refusal> {
    let state = cx.state();
    let connector = state.connector(&cx.caller, cx.id(0))?;
    if !state.workspace(&cx.caller, &connector.workspace)?.is_active {
        return Err(Refusal::conflict("The workspace is inactive"));
    }
    Ok(connector.clone())
}

/// `POST /integrations/connectors/{id}/execute`
pub(super) async fn answer(cx: &Cx<'_>) -> Answer {
    let connector = connector(cx)?;
    let kind = cx.platform.need_kind(&connector.slug)?;
    let mut order = Order::read(cx.request)?;
    let started = Instant::now();
    let (mut result, metadata) = match order.work(&kind)? {
        Work::Search => {
            (store::search(cx, &connector, &kind, &order.entity, order.params)?, Value::Null)
        }
        Work::Sql => (store::sql(cx, &connector, &kind, &order.params)?, Value::Null),
        Work::Describe => (described(&kind), Value::Null),
        Work::Operation(operation) => {
            let controls = window::Controls::take(&mut order.params)
                .map_err(|why| Refusal::invalid("params", why))?;
            order.arguments(operation);
            let action = operation.action.as_str();
            match run(cx, &connector, &order.entity, action, order.params).await? {
                Executed::Json { result, metadata } => (result, metadata),
                Executed::Bytes { bytes, media_type } => {
                    let now = cx.platform.clock.seconds();
                    let chunk = controls.chunk(&bytes, &media_type, now);
                    return match chunk.map_err(|why| Refusal::invalid("params", why))? {
                        Some(chunk) => Ok(envelope(&connector, started, &chunk, &Value::Null)),
                        None => Ok(controls.raw(&bytes, &media_type).header(
                            "content-disposition",
                            format!("attachment; filename=\"{}\"", order.entity),
                        )),
                    };
                }
            }
        }
    };
    selection::select(&mut result, &order.selection);
    if !order.skip_truncation && CUT.contains(&order.action.as_str()) {
        selection::truncate(&mut result);
    }
    Ok(envelope(&connector, started, &result, &metadata))
}

/// Runs an operation as the connector's account.
pub(super) async fn run(
    cx: &Cx<'_>,
    connector: &Installed,
    entity: &str,
    action: &str,
    params: Map<String, Value>,
) -> Result<Executed, ExecuteError> {
    let Some(executor) = &cx.platform.executor else {
        let message = "This sandbox was started without an executor".to_owned();
        return Err(ExecuteError { status: 501, message, retry_after: None });
    };
    let mut config = connector.settings.clone();
    config.extend(connector.variables.clone());
    let account = Account {
        connector: connector.slug.clone(),
        scheme: connector.account.scheme.clone(),
        credentials: connector.account.fields.clone(),
        config,
    };
    let params = Value::Object(params);
    executor.execute_as(&account, entity, action, params, &cx.platform.origin).await
}

fn envelope(connector: &Installed, started: Instant, result: &Value, metadata: &Value) -> Reply {
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let answer = json!({
        "status": "success",
        "result": result,
        "connector_metadata": metadata,
        "execution_metadata": {
            "connector_instance_id": connector.id,
            "execution_time_ms": milliseconds,
        },
    });
    Reply::json(200, &answer)
}

/// What an older program shows of a connector.
fn described(kind: &Connector) -> Value {
    let entities = kind.entities.iter().map(|entity| {
        let actions: Vec<&str> = entity.operations.iter().map(|one| one.action.as_str()).collect();
        json!({"name": entity.name, "description": entity.description, "actions": actions})
    });
    json!({
        "name": kind.name,
        "title": kind.title,
        "version": kind.version,
        "description": kind.description,
        "entities": entities.collect::<Vec<_>>(),
    })
}
