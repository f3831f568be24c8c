//! The connector of an imported spec, and what the spec says of lists that cannot be copied into a store.

use std::collections::HashMap;

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
        let places = places(&self.spec);
        let mut is_changed = false;
        for operation in connector.operations() {
            let Some(SyncRule::Cannot { reason }) = &operation.sync else { continue };
            let named = (operation.entity.to_string(), operation.action.as_str().to_owned());
            let Some((path, method)) = places.get(&named) else { continue };
            let node =
                self.spec.get_mut("paths").and_then(|paths| paths.get_mut(path)?.get_mut(method));
            if let Some(members) =
                node.and_then(Value::as_object_mut).filter(|members| !members.contains_key(SYNC))
            {
                members.insert(SYNC.to_owned(), json!({"cannot": sentence(reason)}));
                is_changed = true;
            }
        }
        let spec = if is_changed { Spec::from_json(self.spec.clone())? } else { spec };
        Ok((spec, connector))
    }
}

/// The path and the method of each operation, by its entity and action.
fn places(spec: &Value) -> HashMap<(String, String), (String, String)> {
    let paths = spec.get("paths").and_then(Value::as_object);
    let mut found = HashMap::new();
    for (path, item) in paths.into_iter().flatten() {
        for (method, node) in item.as_object().into_iter().flatten() {
            let text = |key: &str| node.get(key).and_then(Value::as_str).map(str::to_owned);
            if let (Some(entity), Some(action)) =
                (text("x-airbyte-entity"), text("x-airbyte-action"))
            {
                found.entry((entity, action)).or_insert_with(|| (path.clone(), method.clone()));
            }
        }
    }
    found
}

/// A reason as a sentence.
fn sentence(reason: &str) -> String {
    let mut letters = reason.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
