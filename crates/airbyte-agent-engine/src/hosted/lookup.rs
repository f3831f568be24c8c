//! Which connector of a workspace a call goes to.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::lookups::Lookup;
use super::session::Session;
use crate::error::{Error, ErrorKind, Result};

/// How long a looked-up identifier stands although a call did not find something. The call may
/// as well have asked for a record that does not exist, which is no reason for many lookups.
const STANDING: Duration = Duration::from_secs(30);

impl Session {
    /// The identifier of the only connector of a kind in a workspace. It is looked up once, for
    /// any number of calls, and remembered; [`forget_connector`](Self::forget_connector) makes
    /// the next call look again.
    ///
    /// `name` is the connector's name for messages, `stripe` for example.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none or does not exist, `Usage` when it has several; the
    /// message says what to do.
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

    /// Notes that a call to a looked-up connector found nothing: it may have been deleted and
    /// another one made, so that a later call looks again.
    pub(super) fn doubt_connector(&self, workspace: &str, definition_id: &str, id: &str) {
        let lookup = self.0.lookups.of(workspace, definition_id);
        lookup.forget(|known| known.id == id && known.at.elapsed() > STANDING);
    }

    /// Forgets which connector of a kind a workspace has, as after creating or deleting one.
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

/// `c0 (billing)`
fn described(item: &Value) -> Option<String> {
    let id = item.get("id")?.as_str()?;
    Some(match item.get("name").and_then(Value::as_str) {
        Some(name) => format!("{id} ({name})"),
        None => id.to_owned(),
    })
}
