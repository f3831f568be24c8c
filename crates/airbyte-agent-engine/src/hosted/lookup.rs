//! Finds the connector of a workspace to which a call is sent.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::lookups::Lookup;
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};

/// How long an identifier is still used that was looked up, if a call responds that something was
/// not found. The call may just have asked for a record that does not exist, which is no reason to
/// look the connector up again and again.
const STANDING: Duration = Duration::from_secs(30);

impl Session {
    /// The identifier of the only connector of a kind in a workspace. It is looked up once for any
    /// number of calls, and remembered; [`forget_connector`](Self::forget_connector) makes the next
    /// call look it up again.
    ///
    /// `name` is the connector's name in messages, such as `stripe`.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has no such connector or does not exist, `Usage` when it has
    /// several; the message says what to do.
    pub async fn connector_id(
        &self,
        workspace: &str,
        definition_id: &str,
        name: &str,
    ) -> Result<String> {
        let session = self.clone();
        let [workspace, definition_id, name] = [workspace, definition_id, name].map(str::to_owned);
        let lookup = self.0.lookups.of(&workspace, &definition_id);
        let look = move || async move {
            let id = session.look_up(&workspace, &definition_id, &name).await?;
            Ok(Lookup { id, at: Instant::now() })
        };
        lookup.get(|_| true, look).await.map(|lookup| lookup.id)
    }

    /// Notes that a call to a connector that was looked up found nothing. The connector may have
    /// been deleted and replaced by another one, so a later call looks it up again.
    pub(super) fn doubt_connector(&self, workspace: &str, definition_id: &str, id: &str) {
        let lookup = self.0.lookups.of(workspace, definition_id);
        lookup.forget(|known| known.id == id && known.at.elapsed() > STANDING);
    }

    /// Forgets which connector of a kind a workspace has, for example after one was created or
    /// deleted.
    pub fn forget_connector(&self, workspace: &str, definition_id: &str) {
        self.0.lookups.of(workspace, definition_id).forget(|_| true);
    }

    async fn look_up(&self, workspace: &str, definition_id: &str, name: &str) -> Result<String> {
        let generation = self.generation();
        let request = generation.lookup(workspace, definition_id);
        let answer = self.json(&request).await.map_err(|error| {
            if error.is_not_found() { missing(workspace, name).with_status(404) } else { error }
        })?;
        let listed = generation.listed();
        let items = answer.get(listed).and_then(Value::as_array).ok_or_else(|| {
            Error::decode(format!(
                "connector lookup: the platform's response has no list '{listed}'"
            ))
        })?;
        let id_of = |item: &Value| item.get("id").and_then(Value::as_str).map(str::to_owned);
        let ids: Vec<String> = items.iter().filter_map(id_of).collect();
        match ids.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(missing(workspace, name)),
            several => {
                let shown = items.iter().filter_map(described).collect::<Vec<_>>().join(", ");
                Err(Error::usage(format!(
                    "workspace '{workspace}' has {} {name} connectors: choose one by its connector \
                     id: {shown}",
                    several.len()
                )))
            }
        }
    }
}

fn missing(workspace: &str, name: &str) -> Error {
    let message = format!(
        "workspace '{workspace}' has no {name} connector, or does not exist: create one, name another \
         workspace, or give a connector id"
    );
    Error::new(ErrorKind::NotFound, message)
}

/// The connector's id and name as `c0 (billing)`.
fn described(item: &Value) -> Option<String> {
    let id = item.get("id")?.as_str()?;
    Some(match item.get("name").and_then(Value::as_str) {
        Some(name) => format!("{id} ({name})"),
        None => id.to_owned(),
    })
}
