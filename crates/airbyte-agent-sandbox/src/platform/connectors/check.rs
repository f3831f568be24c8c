//! Checks of credentials by the platform: one inexpensive operation that reads.

use airbyte_agent_description::{Action, Connector, Location, Operation};
use serde_json::{Map, Value, json};

use super::apply_changes;
use super::create::draft;
use super::install::build;
use crate::platform::context::Context;
use crate::platform::error::ApiResult;
use crate::platform::execution::execute_operation;
use crate::platform::executor::ExecuteError;
use crate::platform::state::ConnectorInstance;
use crate::response::Response;

/// `POST /integrations/connectors/check`: checks a connector without creating it.
pub(crate) async fn check_draft(context: &Context<'_>) -> ApiResult {
    let connector = {
        let mut fields = context.fields()?;
        let mut state = context.state();
        let workspaces = state.workspaces.len();
        let draft = draft(context, &mut state, &mut fields)?;
        let now = context.platform.clock.now();
        let connector = build(draft, &mut state, &context.caller.organization, &now);
        // A workspace that the draft would have created does not come to exist.
        state.workspaces.truncate(workspaces);
        connector
    };
    check(context, &connector).await
}

/// `POST /integrations/connectors/{id}/check`
pub(crate) async fn check_existing(context: &Context<'_>) -> ApiResult {
    let mut connector = context.state().connector(&context.caller, context.id(0))?.clone();
    if !context.request.body.is_empty() {
        apply_changes(context, &mut connector)?;
    }
    check(context, &connector).await
}

async fn check(context: &Context<'_>, connector: &ConnectorInstance) -> ApiResult {
    let description = context.platform.description_of(&connector.slug)?;
    let id = context.state().new_id("check");
    let mut body = json!({"id": id, "status": "skipped"});
    if let Some(operation) = check_operation(&description) {
        match call(context, connector, operation).await {
            Ok(()) => body["status"] = "succeeded".into(),
            Err(error) => {
                body["status"] = "failed".into();
                body["error_message"] = error.message.clone().into();
                body["failure_reason"] = failure_reason(context, &error);
            }
        }
    }
    if let Some(entities) = connector.entities.as_ref().and_then(Value::as_array) {
        let mut results = Vec::new();
        for entity in entities.iter().filter_map(|entity| entity["entity"].as_str()) {
            results.push(check_entity(context, connector, &description, entity).await);
        }
        body["entity_check_results"] = results.into();
    }
    Ok(Response::json(200, &body))
}

/// The operation by which credentials are checked: the one that the description prefers, otherwise the
/// first list without required arguments.
fn check_operation(description: &Connector) -> Option<&Operation> {
    let preferred = description.operations().find(|one| one.hints.preferred_for_check);
    preferred.or_else(|| description.operations().find(|one| is_plain_list(one)))
}

/// Whether an operation is a list that can be called without arguments.
pub(crate) fn is_plain_list(operation: &Operation) -> bool {
    operation.action == Action::List
        && operation.parameters.iter().all(|parameter| {
            parameter.location != Location::Path
                && (!parameter.required
                    || parameter.default.is_some()
                    || parameter.config.is_some())
        })
}

async fn call(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    operation: &Operation,
) -> Result<(), ExecuteError> {
    let mut params = Map::new();
    if operation.action == Action::List && operation.parameter("limit").is_some() {
        params.insert("limit".to_owned(), 1.into());
    }
    execute_operation(context, connector, operation, params).await.map(|_| ())
}

async fn check_entity(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    description: &Connector,
    name: &str,
) -> Value {
    let Some(entity) = description.entity(name) else {
        return json!({"entity": name, "status": "failed", "error_message": "no such entity"});
    };
    let Some(operation) = entity.operations.iter().find(|one| is_plain_list(one)) else {
        return json!({"entity": name, "status": "skipped"});
    };
    match call(context, connector, operation).await {
        Ok(()) => json!({"entity": name, "status": "succeeded", "status_code": 200}),
        Err(error) => json!({
            "entity": name,
            "status": "failed",
            "status_code": error.status,
            "error_message": error.message,
        }),
    }
}

fn failure_reason(context: &Context<'_>, error: &ExecuteError) -> Value {
    let is_transient = error.status == 429 || error.status >= 500;
    json!({
        "timestamp": context.platform.clock.milliseconds(),
        "failure_origin": "source",
        "failure_type": if is_transient { "transient_error" } else { "config_error" },
        "external_message": error.message,
        "retryable": is_transient,
    })
}
