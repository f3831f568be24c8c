//! What tests choose about the platform: how it behaves where its sources disagree, and who its
//! clients are.

use serde::{Deserialize, Serialize};

/// How the platform behaves where its sources disagree, or where its behaviour has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Conduct {
    /// Whether creating a connector in an unknown workspace creates the workspace; else the answer
    /// is 404. True at the start.
    pub creates_workspaces: bool,
    /// Whether a second connector of one kind in a workspace is refused with 409. False at the
    /// start.
    pub unique_connectors: bool,
    /// Whether an OAuth callback brings `server_side_oauth_secret_id`, as it once did, instead of
    /// `connector_id`. False at the start.
    pub oauth_secret_ids: bool,
}

impl Default for Conduct {
    fn default() -> Self {
        Self { creates_workspaces: true, unique_connectors: false, oauth_secret_ids: false }
    }
}

/// A client of the platform, and the organizations it may act for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Client id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Ids of organizations, the usual one first; a new organization when there are none.
    #[serde(default)]
    pub organizations: Vec<String>,
}

impl Tenant {
    /// A client with an organization of its own.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        let (client_id, client_secret) = (client_id.into(), client_secret.into());
        Self { client_id, client_secret, organizations: Vec::new() }
    }

    /// The same acting for this organization, too; the first one is the usual one.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organizations.push(id.into());
        self
    }
}
