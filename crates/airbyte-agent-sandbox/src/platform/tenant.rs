//! The clients of the platform.

use serde::Deserialize;

/// A client of the platform, and the organizations for which it may act.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// The client id, as token requests have it.
    pub client_id: String,
    /// The secret that belongs to the client id.
    pub client_secret: String,
    /// The ids of the organizations. The first one is used where a request does not choose one. A
    /// client without any gets a new organization.
    #[serde(default)]
    pub organizations: Vec<String>,
}

impl Tenant {
    /// A client with a new organization of its own.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<String>) -> Self {
        let (client_id, client_secret) = (client_id.into(), client_secret.into());
        Self { client_id, client_secret, organizations: Vec::new() }
    }

    /// Lets the client act for this organization too.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organizations.push(id.into());
        self
    }
}
