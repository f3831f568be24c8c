//! The execution of a connector's operation by the platform. Every endpoint that executes operations does
//! it here.

use airbyte_agent_description::Operation;
use serde_json::{Map, Value};

use super::context::Context;
use super::error::ApiError;
use super::executor::{Account, ExecuteError, Executed};
use super::state::ConnectorInstance;

/// Fails when the connector's workspace is not active.
pub(super) fn check_workspace(
    context: &Context<'_>,
    connector: &ConnectorInstance,
) -> Result<(), ApiError> {
    let state = context.state();
    if state.workspace(&context.caller, &connector.workspace)?.is_active {
        return Ok(());
    }
    Err(ApiError::conflict("The workspace is inactive"))
}

/// Executes an operation with the credentials and settings of a connector.
pub(super) async fn execute_operation(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    operation: &Operation,
    params: Map<String, Value>,
) -> Result<Executed, ExecuteError> {
    let Some(executor) = &context.platform.executor else {
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
    let (entity, action) = (&operation.entity, operation.action.as_str());
    let origin = &context.platform.origin;
    executor.execute(&account, entity, action, params.into(), origin).await
}
