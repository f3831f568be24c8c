//! Connectors that are set up in the workspaces.

use std::sync::Arc;

use airbyte_agent_core::description::Connector;
use serde_json::{Value, json};

use crate::hash::{stable, uuid};

/// Workspace with one connector of every kind.
const DEFAULT: &str = "default";
/// Workspace with two connectors of one kind.
const CROWDED: &str = "crowded";

/// A connector of a workspace.
#[derive(Debug, Clone)]
pub(crate) struct Installed {
    pub(crate) id: String,
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) definition_id: String,
    title: String,
    name: String,
}

/// Sets up the workspaces.
pub(crate) fn install(connectors: &[Arc<Connector>], crowded: Option<&str>) -> Vec<Installed> {
    let one = |connector: &Connector, workspace: &str, number: u32| Installed {
        id: uuid(stable(&[workspace, &connector.name, &number.to_string()])),
        workspace: workspace.to_owned(),
        slug: connector.name.to_string(),
        definition_id: connector.definition_id.to_string(),
        title: connector.title.to_string(),
        name: format!("{} {number}", connector.name),
    };
    let mut all: Vec<Installed> =
        connectors.iter().map(|connector| one(connector, DEFAULT, 1)).collect();
    for connector in connectors.iter().filter(|c| crowded.is_some_and(|slug| c.name == slug)) {
        all.extend([1, 2].map(|number| one(connector, CROWDED, number)));
    }
    all
}

impl Installed {
    pub(crate) fn workspace_id(&self) -> String {
        uuid(stable(&["workspace", &self.workspace]))
    }

    /// The connector as lists show it.
    pub(crate) fn summary(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "workspace_id": self.workspace_id(),
            "summarized_source_template": {
                "id": uuid(stable(&["template", &self.slug])),
                "name": self.title,
                "icon": null,
                "connector_name": self.slug,
                "actor_definition_id": self.definition_id,
                "organization_id": null,
                "tags": [],
                "mode": "DIRECT",
                "runtime_mode": "direct",
                "supports_context_store": false,
            },
            "created_at": "2026-05-01T00:00:00Z",
            "updated_at": "2026-05-01T00:00:00Z",
        })
    }
}
