//! The endpoint that executes operations: what is executed, and the form of its result.

use std::time::Instant;

use airbyte_agent_description::{Connector, Operation};
use bytes::Bytes;
use serde_json::{Value, json};

use super::context::Context;
use super::download::DownloadControls;
use super::error::{ApiError, ApiResult};
use super::execute_request::{ExecuteRequest, Task};
use super::execution::{check_workspace, execute_operation};
use super::executor::Executed;
use super::state::ConnectorInstance;
use super::{selection, store};
use crate::response::Response;

/// Actions whose results are truncated on demand.
const TRUNCATED_ACTIONS: [&str; 3] = ["list", "context_store_search", "context_store_sql_query"];

/// What a task gave.
enum TaskResult {
    Json {
        result: Value,
        metadata: Value,
    },
    /// A file, and how it is to be returned.
    File {
        bytes: Bytes,
        media_type: String,
        controls: DownloadControls,
    },
}

/// `POST /integrations/connectors/{id}/execute`
pub(super) async fn execute(context: &Context<'_>) -> ApiResult {
    let connector = requested_connector(context)?;
    let description = context.platform.description_of(&connector.slug)?;
    let request = ExecuteRequest::parse(context.request)?;
    let started = Instant::now();
    let (mut result, metadata) = match perform(context, &connector, &description, &request).await? {
        TaskResult::Json { result, metadata } => (result, metadata),
        TaskResult::File { bytes, media_type, controls } => {
            let now = context.platform.clock.seconds();
            let invalid = |message: String| ApiError::invalid("params", message);
            if let Some(part) = controls.json_part(&bytes, &media_type, now).map_err(invalid)? {
                return Ok(success(&connector, started, &part, &Value::Null));
            }
            let disposition = format!("attachment; filename=\"{}\"", request.entity);
            let response = controls.raw_response(&bytes, &media_type);
            return Ok(response.header("content-disposition", disposition));
        }
    };
    selection::select(&mut result, &request.selection);
    if !request.skip_truncation && TRUNCATED_ACTIONS.contains(&request.action.as_str()) {
        selection::truncate(&mut result);
    }
    Ok(success(&connector, started, &result, &metadata))
}

/// The connector that the path names, if its workspace is active.
pub(super) fn requested_connector(context: &Context<'_>) -> Result<ConnectorInstance, ApiError> {
    let connector = context.state().connector(&context.caller, context.id(0))?.clone();
    check_workspace(context, &connector)?;
    Ok(connector)
}

async fn perform(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    description: &Connector,
    request: &ExecuteRequest,
) -> Result<TaskResult, ApiError> {
    let without_metadata = |result| TaskResult::Json { result, metadata: Value::Null };
    match request.task(description)? {
        Task::Search => {
            let params = request.params.clone();
            store::search(context, connector, description, &request.entity, params)
                .map(without_metadata)
        }
        Task::Sql => {
            store::sql(context, connector, description, &request.params).map(without_metadata)
        }
        Task::Describe => Ok(without_metadata(described(description))),
        Task::Operation(operation) => {
            perform_operation(context, connector, operation, request).await
        }
    }
}

async fn perform_operation(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    operation: &Operation,
    request: &ExecuteRequest,
) -> Result<TaskResult, ApiError> {
    let mut params = request.params.clone();
    let controls = DownloadControls::take(&mut params)
        .map_err(|message| ApiError::invalid("params", message))?;
    let arguments = ExecuteRequest::arguments(operation, params);
    Ok(match execute_operation(context, connector, operation, arguments).await? {
        Executed::Json { result, metadata } => TaskResult::Json { result, metadata },
        Executed::Bytes { bytes, media_type } => TaskResult::File { bytes, media_type, controls },
    })
}

/// The response of a successful execution.
fn success(
    connector: &ConnectorInstance,
    started: Instant,
    result: &Value,
    metadata: &Value,
) -> Response {
    let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let body = json!({
        "status": "success",
        "result": result,
        "connector_metadata": metadata,
        "execution_metadata": {
            "connector_instance_id": connector.id,
            "execution_time_ms": milliseconds,
        },
    });
    Response::json(200, &body)
}

/// What the action `describe` of an older generation returns.
fn described(description: &Connector) -> Value {
    let entities = description.entities.iter().map(|entity| {
        let actions: Vec<&str> = entity.operations.iter().map(|one| one.action.as_str()).collect();
        json!({"name": entity.name, "description": entity.description, "actions": actions})
    });
    json!({
        "name": description.name,
        "title": description.title,
        "version": description.version,
        "description": description.description,
        "entities": entities.collect::<Vec<_>>(),
    })
}
