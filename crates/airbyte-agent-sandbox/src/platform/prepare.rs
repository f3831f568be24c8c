//! Preparation: the platform checks a request for an operation, and the client executes the operation
//! with its own secrets.

use serde_json::{Map, Value, json};

use super::connectors;
use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::execute::requested_connector;
use super::execute_request::{ExecuteRequest, Task};
use crate::response::Response;

/// What the name of a secret in the stored configuration begins with.
const COORDINATE: &str = "secret_coordinate::";

/// `POST /integrations/connectors/{id}/execute/prepare`
pub(super) fn prepare(context: &Context<'_>) -> ApiResult {
    let connector = requested_connector(context)?;
    let description = context.platform.description_of(&connector.slug)?;
    let request = ExecuteRequest::parse(context.request)?;
    let Task::Operation(operation) = request.task(&description)? else {
        let message = format!("{} is executed only by the platform", request.action);
        return Err(ApiError::bad_request(message).field("action"));
    };
    let spec = context.platform.specs.get(&connector.slug).ok_or_else(|| {
        let message = format!("This sandbox was started without the spec of {}", description.name);
        ApiError::new(501, message)
    })?;
    let secret_name = |path: &str| {
        let path = path.replace('.', "/");
        format!("{COORDINATE}airbyte/{}/{path}", connector.id).into()
    };
    let config = connectors::stored_configuration(context.platform, &connector, secret_name);
    let name = connector.account.scheme.as_deref();
    let mut schemes = description.auth.iter();
    let scheme = schemes.find(|scheme| name.is_none_or(|name| scheme.name == name));
    let mapping: Map<String, Value> = scheme
        .iter()
        .flat_map(|scheme| scheme.stored.iter())
        .map(|stored| (stored.path.to_string(), stored.field.as_ref().into()))
        .collect();
    let mut values = connector.settings.clone();
    values.extend(connector.variables.clone());
    let fields = |names: Vec<String>| if names.is_empty() { Value::Null } else { names.into() };
    let bundle = json!({
        "connector_definition_id": description.definition_id,
        "definition_yaml": spec.as_ref(),
        "entity": request.entity,
        "action": operation.action.as_str(),
        "params": ExecuteRequest::arguments(operation, request.params),
        "select_fields": fields(request.selection.select),
        "exclude_fields": fields(request.selection.exclude),
        "skip_truncation": request.skip_truncation,
        "source_config": config,
        "replication_auth_key_mapping": mapping,
        "config_values": values,
    });
    let body = json!({
        "status": "success",
        "result": null,
        "connector_metadata": null,
        "execution_metadata": {
            "connector_instance_id": connector.id,
            "execution_time_ms": 0,
        },
        "bundle": bundle,
        "warning": null,
    });
    Ok(Response::json(200, &body))
}
