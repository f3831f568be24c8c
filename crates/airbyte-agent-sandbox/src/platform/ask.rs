//! Questions in plain language, answered by words: an entity that the question names is listed.

use std::time::Instant;

use airbyte_agent_description::{Connector, Entity, Operation};
use serde_json::{Map, Value, json};

use super::connectors::needs_nothing;
use super::execute::run;
use super::refusal::{Answer, Refusal};
use super::state::Installed;
use super::{Cx, Executed};
use crate::data::{plain, singular};
use crate::reply::Reply;

/// Most calls for one question.
const CALLS: usize = 3;
/// Records that a call asks for.
const RECORDS: usize = 3;

/// `POST /workspaces/query/structured`
pub(super) async fn answer(cx: &Cx<'_>) -> Answer {
    let prompt = cx.fields()?.text("prompt")?;
    let name = cx.query("workspace_name").filter(|name| !name.is_empty());
    let name =
        name.ok_or_else(|| Refusal::invalid("workspace_name", "workspace_name is required"))?;
    let (connectors, query) = {
        let mut state = cx.state();
        let organization = &cx.caller.organization;
        let workspace = state.workspace_named(organization, &name).map(|known| known.id.clone());
        let workspace = workspace.ok_or_else(|| Refusal::missing("Workspace", &name))?;
        let all = state.connectors.iter().filter(|one| one.workspace == workspace);
        let all: Vec<Installed> = all.cloned().collect();
        (all, state.draw("query"))
    };
    let mut results = Vec::new();
    for connector in &connectors {
        let kind = cx.platform.need_kind(&connector.slug)?;
        for operation in fitting(&kind, &prompt) {
            if results.len() < CALLS {
                results.push(call(cx, connector, operation).await);
            }
        }
    }
    let (outcome, reason, said) = match results.len() {
        0 => ("error", Some("No entity of the workspace is named in the question"), None),
        count => ("success", None, Some(format!("{count} calls were made for: {prompt}"))),
    };
    let answer = json!({
        "outcome": outcome,
        "outcome_reason": reason,
        "answer": said,
        "results": results,
        "query_id": query,
        "execution_metadata": {},
    });
    Ok(Reply::json(200, &answer))
}

/// The lists that need nothing, of entities that the question names.
fn fitting<'k>(kind: &'k Connector, prompt: &str) -> Vec<&'k Operation> {
    let words: Vec<String> =
        prompt.split(|c: char| !c.is_alphanumeric()).map(|word| singular(&plain(word))).collect();
    let is_named = |entity: &&Entity| {
        let name = plain(&singular(&entity.name));
        words.iter().any(|word| !word.is_empty() && (*word == name || plain(&kind.name) == *word))
    };
    let named = kind.entities.iter().filter(is_named);
    named.filter_map(|entity| entity.operations.iter().find(|one| needs_nothing(one))).collect()
}

async fn call(cx: &Cx<'_>, connector: &Installed, operation: &Operation) -> Value {
    let started = Instant::now();
    let action = operation.action.as_str();
    let ran = run(cx, connector, &operation.entity, action, Map::new()).await;
    let (status, data, metadata) = match ran {
        Ok(Executed::Json { mut result, metadata }) => {
            if let Value::Array(records) = &mut result {
                records.truncate(RECORDS);
            }
            ("success", result, metadata)
        }
        Ok(Executed::Bytes { .. }) => ("error", Value::Null, Value::Null),
        Err(failed) => ("error", json!({"error": failed.message}), Value::Null),
    };
    json!({
        "source_id": connector.id,
        "entity": operation.entity,
        "action": action,
        "params": {},
        "status": status,
        "data": data,
        "connector_metadata": metadata,
        "execution_time_ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}
