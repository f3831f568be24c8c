//! The connector of an imported spec, and what the spec says of lists that cannot be copied into a store.

use airbyte_agent_description::{Connector, SyncRule};
use airbyte_agent_spec::{Problem, Spec};
use serde_json::{Value, json};

use crate::import::Imported;

const SYNC: &str = "x-agent-sync";

impl Imported {
    /// Lowers the spec to its connector. Lists whose records cannot be copied into a store, because the document does
    /// not say what identifies them or where their arguments come from, say so in the spec afterwards, as lint wants
    /// it. Gives the spec as it is then.
    ///
    /// # Errors
    ///
    /// The problems that keep the connector from running.
    pub fn lower(&mut self) -> Result<(Spec, Connector), Vec<Problem>> {
        let spec = Spec::from_json(self.spec.clone())?;
        let connector = spec.lower()?;
        let mut is_changed = false;
        for operation in connector.operations() {
            let Some(SyncRule::Cannot { reason }) = &operation.sync else { continue };
            let named = [operation.entity.as_ref(), operation.action.as_str()];
            let Some(node) = find(&mut self.spec, named) else { continue };
            if let Some(members) =
                node.as_object_mut().filter(|members| !members.contains_key(SYNC))
            {
                members.insert(SYNC.to_owned(), json!({"cannot": sentence(reason)}));
                is_changed = true;
            }
        }
        let spec = if is_changed { Spec::from_json(self.spec.clone())? } else { spec };
        Ok((spec, connector))
    }
}

/// The operation with this entity and action.
fn find<'s>(spec: &'s mut Value, [entity, action]: [&str; 2]) -> Option<&'s mut Value> {
    let is =
        |node: &Value, key: &str, word: &str| node.get(key).and_then(Value::as_str) == Some(word);
    let items = spec.get_mut("paths")?.as_object_mut()?.values_mut();
    let mut operations = items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    operations
        .find(|node| is(node, "x-airbyte-entity", entity) && is(node, "x-airbyte-action", action))
}

/// A reason as a sentence.
fn sentence(reason: &str) -> String {
    let mut letters = reason.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
