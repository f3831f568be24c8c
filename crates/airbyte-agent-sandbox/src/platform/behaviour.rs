//! How the platform behaves where its sources disagree.

use serde::{Deserialize, Serialize};

/// How the platform behaves where its sources disagree, or where its behaviour has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Behaviour {
    /// Whether the creation of a connector in an unknown workspace creates the workspace. When it
    /// does not, the response has status 404. It is true by default.
    pub creates_workspaces: bool,
    /// Whether a second connector of one kind in a workspace is refused with status 409. It is
    /// false by default.
    pub unique_connectors: bool,
    /// Whether an OAuth callback has `server_side_oauth_secret_id`, as it once had, instead of
    /// `connector_id`. It is false by default.
    pub oauth_secret_ids: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self { creates_workspaces: true, unique_connectors: false, oauth_secret_ids: false }
    }
}
