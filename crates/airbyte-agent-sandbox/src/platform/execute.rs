//! Execution of an operation: the request's form, the envelope, downloads.

use std::time::Instant;

use airbyte_agent_core::description::Body;
use serde_json::{Map, Value, json};

use super::connectors::Installed;
use super::selection::{self, Selection};
use super::{Executed, Platform, error, window};
use crate::dispatch::World;
use crate::incoming::Incoming;
use crate::reply::Reply;

/// Longest intent, in characters.
const LONGEST_INTENT: usize = 512;

struct Order {
    entity: String,
    action: String,
    params: Map<String, Value>,
    selection: Selection,
    skip_truncation: bool,
}

/// Entity and action that a request to execute names.
pub(crate) fn named(request: &Incoming) -> Option<(String, String)> {
    if !request.path.ends_with("/execute") {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    Some((body.get("entity")?.as_str()?.to_owned(), body.get("action")?.as_str()?.to_owned()))
}

/// Answers a request to execute an operation of `installed`.
pub(crate) async fn answer(
    platform: &Platform,
    installed: &Installed,
    request: &Incoming,
    world: &World,
) -> Reply {
    let Order { entity, action, mut params, selection, skip_truncation } = match order(request) {
        Ok(order) => order,
        Err((field, why)) => return error(422, &why, Some(field)),
    };
    let operation = world.vendor(&installed.slug).and_then(|vendor| {
        let action = action.parse().ok()?;
        vendor.description.operation(&entity, action)
    });
    let Some(operation) = operation else {
        let why = format!("{} has no operation {entity}.{action}", installed.slug);
        return error(400, &why, Some("action"));
    };
    let Some(executor) = &platform.executor else {
        return error(501, "This sandbox was started without an executor", None);
    };
    let controls = match window::Controls::take(&mut params) {
        Ok(controls) => controls,
        Err(why) => return error(422, &why, Some("params")),
    };
    if !matches!(operation.body, Body::Json { open: true, .. }) {
        // The platform ignores what it does not know: clients probe with a `limit` of one.
        params.retain(|name, _| operation.parameter(name).is_some());
    }
    let started = Instant::now();
    let run = executor.execute(
        &installed.slug,
        &entity,
        &action,
        Value::Object(params),
        &platform.origin,
    );
    match run.await {
        Ok(Executed::Json { mut result, metadata }) => {
            selection::select(&mut result, &selection);
            if !skip_truncation && action == "list" {
                selection::truncate(&mut result);
            }
            envelope(installed, started, &result, &metadata)
        }
        Ok(Executed::Bytes { bytes, media_type }) => match controls.chunk(&bytes, &media_type) {
            Ok(Some(chunk)) => envelope(installed, started, &chunk, &Value::Null),
            Ok(None) => controls
                .raw(&bytes, &media_type)
                .header("content-disposition", format!("attachment; filename=\"{entity}\"")),
            Err(why) => error(422, &why, Some("params")),
        },
        Err(failed) => {
            let reply = error(failed.status, &failed.message, None);
            match failed.retry_after {
                Some(seconds) => reply.header("retry-after", seconds.to_string()),
                None => reply,
            }
        }
    }
}

fn envelope(installed: &Installed, started: Instant, result: &Value, metadata: &Value) -> Reply {
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let answer = json!({
        "status": "success",
        "result": result,
        "connector_metadata": metadata,
        "execution_metadata": {
            "connector_instance_id": installed.id,
            "execution_time_ms": milliseconds,
        },
    });
    Reply::json(200, &answer)
}

fn order(request: &Incoming) -> Result<Order, (&'static str, String)> {
    let body = serde_json::from_slice::<Value>(&request.body);
    let Ok(Value::Object(mut body)) = body else {
        return Err(("body", "The body is to be a JSON object".to_owned()));
    };
    let text = |body: &mut Map<String, Value>, name: &'static str| match body.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err((name, format!("{name} is required and is to be a string"))),
    };
    let entity = text(&mut body, "entity")?;
    let action = text(&mut body, "action")?;
    let params = match body.remove("params") {
        Some(Value::Object(params)) => params,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(("params", "params is to be an object".to_owned())),
    };
    let names = |body: &mut Map<String, Value>, name: &'static str| match body.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(value) => serde_json::from_value::<Vec<String>>(value)
            .map_err(|_| (name, format!("{name} is to be an array of strings"))),
    };
    let selection = Selection {
        select: names(&mut body, "select_fields")?,
        exclude: names(&mut body, "exclude_fields")?,
    };
    let skip_truncation = match body.remove("skip_truncation") {
        None => true,
        Some(Value::Bool(skip)) => skip,
        Some(_) => return Err(("skip_truncation", "skip_truncation is to be a boolean".into())),
    };
    match body.remove("intent") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) if text.chars().count() <= LONGEST_INTENT => {}
        Some(_) => return Err(("intent", "intent is to be a string of at most 512".to_owned())),
    }
    Ok(Order { entity, action, params, selection, skip_truncation })
}
