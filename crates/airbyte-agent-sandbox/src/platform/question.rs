//! Questions in plain language. The answer is a list of the entities that the question names.

use std::time::Instant;

use airbyte_agent_description::{Connector, Entity, Operation};
use serde_json::{Map, Value, json};

use super::connectors::is_plain_list;
use super::context::Context;
use super::error::{ApiError, ApiResult};
use super::execution::{check_workspace, execute_operation};
use super::executor::Executed;
use super::state::ConnectorInstance;
use crate::data::{plain, singular};
use crate::response::Response;

/// Most operations that are executed for one question.
const MOST_CALLS: usize = 3;
/// Most records of an operation that the answer contains.
const MOST_RECORDS: usize = 3;

/// `POST /workspaces/query/structured`
pub(super) async fn answer_question(context: &Context<'_>) -> ApiResult {
    let prompt = context.fields()?.required_text("prompt")?;
    let name = context.query("workspace_name").filter(|name| !name.is_empty());
    let name =
        name.ok_or_else(|| ApiError::invalid("workspace_name", "workspace_name is required"))?;
    let (connectors, query) = {
        let mut state = context.state();
        let organization = &context.caller.organization;
        let workspace = state.workspace_named(organization, &name).map(|known| known.id.clone());
        let workspace = workspace.ok_or_else(|| ApiError::not_found("Workspace", &name))?;
        let all = state.connectors.iter().filter(|one| one.workspace == workspace);
        let all: Vec<ConnectorInstance> = all.cloned().collect();
        (all, state.new_id("query"))
    };
    let mut results = Vec::new();
    for connector in &connectors {
        check_workspace(context, connector)?;
        let description = context.platform.description_of(&connector.slug)?;
        for operation in named_lists(&description, &prompt) {
            if results.len() < MOST_CALLS {
                results.push(call(context, connector, operation).await);
            }
        }
    }
    let (outcome, reason, answer) = match results.len() {
        0 => ("error", Some("No entity of the workspace is named in the question"), None),
        count => ("success", None, Some(format!("{count} calls were made for: {prompt}"))),
    };
    let body = json!({
        "outcome": outcome,
        "outcome_reason": reason,
        "answer": answer,
        "results": results,
        "query_id": query,
        "execution_metadata": {},
    });
    Ok(Response::json(200, &body))
}

/// The lists without required arguments of entities that the question names.
fn named_lists<'c>(description: &'c Connector, prompt: &str) -> Vec<&'c Operation> {
    let words: Vec<String> =
        prompt.split(|c: char| !c.is_alphanumeric()).map(|word| singular(&plain(word))).collect();
    let connector = plain(&description.name);
    let is_named = |entity: &&Entity| {
        let name = plain(&singular(&entity.name));
        words.iter().any(|word| !word.is_empty() && (*word == name || *word == connector))
    };
    let named = description.entities.iter().filter(is_named);
    named.filter_map(|entity| entity.operations.iter().find(|one| is_plain_list(one))).collect()
}

async fn call(
    context: &Context<'_>,
    connector: &ConnectorInstance,
    operation: &Operation,
) -> Value {
    let started = Instant::now();
    let result = execute_operation(context, connector, operation, Map::new()).await;
    let (status, data, metadata) = match result {
        Ok(Executed::Json { mut result, metadata }) => {
            if let Value::Array(records) = &mut result {
                records.truncate(MOST_RECORDS);
            }
            ("success", result, metadata)
        }
        Ok(Executed::Bytes { .. }) => ("error", Value::Null, Value::Null),
        Err(error) => ("error", json!({"error": error.message}), Value::Null),
    };
    json!({
        "source_id": connector.id,
        "entity": operation.entity,
        "action": operation.action.as_str(),
        "params": {},
        "status": status,
        "data": data,
        "connector_metadata": metadata,
        "execution_time_ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}
