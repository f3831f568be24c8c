//! Checks of credentials by the platform: one cheap call that reads.

use airbyte_agent_description::{Action, Connector, Location, Operation};
use serde_json::{Map, Value, json};

use super::{change, draft};
use crate::platform::execute::run;
use crate::platform::refusal::{Answer, Refusal};
use crate::platform::state::Installed;
use crate::platform::{Cx, ExecuteError};
use crate::reply::Reply;

/// `POST /integrations/connectors/check`: a connector that is not created by this.
pub(crate) async fn check_draft(cx: &Cx<'_>) -> Answer {
    let connector = {
        let mut fields = cx.fields()?;
        let mut state = cx.state();
        let before = state.workspaces.len();
        let draft = draft(cx, &mut state, &mut fields)?;
        let now = cx.platform.clock.now();
        let connector = draft.build(&mut state, &cx.caller.organization, &now);
        state.workspaces.truncate(before);
        connector
    };
    answer(cx, &connector).await
}

/// `POST /integrations/connectors/{id}/check`
pub(crate) async fn check_installed(cx: &Cx<'_>) -> Answer {
    let mut connector = cx.state().connector(&cx.caller, cx.id(0))?.clone();
    if !cx.request.body.is_empty() {
        change(cx, &mut connector)?;
    }
    answer(cx, &connector).await
}

async fn answer(cx: &Cx<'_>, connector: &Installed) -> Answer {
    let kind = cx.platform.need_kind(&connector.slug)?;
    let id = cx.state().draw("check");
    let mut shown = json!({"id": id, "status": "skipped"});
    if let Some(operation) = probe(&kind) {
        match call(cx, connector, operation).await {
            Ok(()) => shown["status"] = "succeeded".into(),
            Err(failed) => {
                shown["status"] = "failed".into();
                shown["error_message"] = failed.message.clone().into();
                shown["failure_reason"] = reason(cx, &failed);
            }
        }
    }
    if let Some(entities) = connector.entities.as_ref().and_then(Value::as_array) {
        let mut results = Vec::new();
        for entity in entities.iter().filter_map(|entity| entity["entity"].as_str()) {
            results.push(of_entity(cx, connector, &kind, entity).await);
        }
        shown["entity_check_results"] = results.into();
    }
    Ok(Reply::json(200, &shown))
}

/// The operation that tells whether credentials work: the marked one, else the first list that
/// needs nothing.
fn probe(kind: &Connector) -> Option<&Operation> {
    let marked = kind.operations().find(|operation| operation.hints.preferred_for_check);
    marked.or_else(|| kind.operations().find(|operation| needs_nothing(operation)))
}

/// Whether an operation is a list that can be called without arguments.
pub(crate) fn needs_nothing(operation: &Operation) -> bool {
    operation.action == Action::List
        && operation.parameters.iter().all(|parameter| {
            parameter.location != Location::Path
                && (!parameter.required
                    || parameter.default.is_some()
                    || parameter.config.is_some())
        })
}

async fn call(
    cx: &Cx<'_>,
    connector: &Installed,
    operation: &Operation,
) -> Result<(), ExecuteError> {
    let mut params = Map::new();
    if operation.action == Action::List && operation.parameter("limit").is_some() {
        params.insert("limit".to_owned(), 1.into());
    }
    let action = operation.action.as_str();
    run(cx, connector, &operation.entity, action, params).await.map(|_| ())
}

async fn of_entity(cx: &Cx<'_>, connector: &Installed, kind: &Connector, name: &str) -> Value {
    let Some(entity) = kind.entity(name) else {
        return json!({"entity": name, "status": "failed", "error_message": "no such entity"});
    };
    let Some(operation) = entity.operations.iter().find(|one| needs_nothing(one)) else {
        return json!({"entity": name, "status": "skipped"});
    };
    match call(cx, connector, operation).await {
        Ok(()) => json!({"entity": name, "status": "succeeded", "status_code": 200}),
        Err(failed) => json!({
            "entity": name,
            "status": "failed",
            "status_code": failed.status,
            "error_message": failed.message,
        }),
    }
}

fn reason(cx: &Cx<'_>, failed: &ExecuteError) -> Value {
    let passes = failed.status == 429 || failed.status >= 500;
    json!({
        "timestamp": cx.platform.clock.milliseconds(),
        "failure_origin": "source",
        "failure_type": if passes { "transient_error" } else { "config_error" },
        "external_message": failed.message,
        "retryable": passes,
    })
}

impl From<ExecuteError> for Refusal {
    fn from(failed: ExecuteError) -> Self {
        Self::new(failed.status, failed.message).retry_after(failed.retry_after)
    }
}
