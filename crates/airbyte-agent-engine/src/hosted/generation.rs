//! The forms that the platform's API has had over time.
//!
//! This module knows names and forms of requests and responses; it sends nothing.

use super::request::PlatformRequest;
use crate::context_store;

/// The address of the current API.
const API_HOST: &str = "https://api.airbyte.ai";
/// The address from which the first generations of the API obtain tokens.
const CLOUD_HOST: &str = "https://cloud.airbyte.com";

/// The form of the API that a server speaks. Current servers speak [`Current`](Self::Current); the
/// others are for servers that have not been updated.
///
/// Older servers know neither the selection of fields nor `intent`: fields are then selected after
/// the response has arrived, and an intent is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Generation {
    /// December 2025 to January 2026: connectors are called "instances" of an external user.
    Instances,
    /// January to February 2026: connectors are called "sources" of an external user.
    Sources,
    /// February to April 2026: the paths are the current ones, and tenants are still called
    /// external users.
    ExternalUsers,
    /// Since April 2026: connectors are in workspaces.
    #[default]
    Current,
}

impl Generation {
    /// The address from which tokens are obtained, unless the platform's address is set.
    pub const fn token_host(self) -> &'static str {
        match self {
            Self::Instances | Self::Sources => CLOUD_HOST,
            Self::ExternalUsers | Self::Current => API_HOST,
        }
    }

    /// The address of all other requests, unless it is set.
    pub const fn api_host(self) -> &'static str {
        API_HOST
    }

    /// Whether Airbyte runs the server at this address.
    pub(super) fn is_cloud(base: &url::Url) -> bool {
        let host = |address: &str| address.trim_start_matches("https://").to_owned();
        base.host_str()
            .is_some_and(|name| [API_HOST, CLOUD_HOST].map(host).contains(&name.to_owned()))
    }

    /// The path from which application tokens are obtained.
    pub const fn token_path(self) -> &'static str {
        match self {
            Self::Instances | Self::Sources => "/api/v1/applications/token",
            Self::ExternalUsers | Self::Current => "/api/v1/account/applications/token",
        }
    }

    /// The path from which tokens for one workspace are obtained.
    pub const fn scoped_token_path(self) -> &'static str {
        match self {
            Self::Instances | Self::Sources | Self::ExternalUsers => {
                "/api/v1/embedded/scoped-token"
            }
            Self::Current => "/api/v1/account/applications/scoped-token",
        }
    }

    /// The request that lists the connectors of one kind in a workspace.
    pub(super) fn lookup(self, workspace: &str, definition_id: &str) -> PlatformRequest {
        let (path, tenant) = match self {
            Self::Instances => ("/api/v1/connectors/instances_for_user", "external_user_id"),
            Self::Sources => ("/api/v1/connectors/connectors_for_user", "external_user_id"),
            Self::ExternalUsers => ("/api/v1/integrations/connectors", "external_user_id"),
            Self::Current => ("/api/v1/integrations/connectors", "workspace_name"),
        };
        PlatformRequest::new(http::Method::GET, path)
            .query(tenant, workspace)
            .query("definition_id", definition_id)
            .brief()
            .what("connector lookup")
    }

    /// The member of the response to [`lookup`](Self::lookup) that contains the connectors.
    pub(super) const fn listed(self) -> &'static str {
        match self {
            Self::Instances => "instances",
            Self::Sources => "connectors",
            Self::ExternalUsers | Self::Current => "data",
        }
    }

    /// The request that executes an operation; `last` is `execute` or the segments that replace it.
    pub(super) fn execute(self, id: &str, last: &[&str]) -> PlatformRequest {
        let folder: &[&str] = match self {
            Self::Instances => &["api", "v1", "connectors", "instances"],
            Self::Sources => &["api", "v1", "connectors", "sources"],
            Self::ExternalUsers | Self::Current => &["api", "v1", "integrations", "connectors"],
        };
        PlatformRequest::to(http::Method::POST, &[folder, &[id], last].concat())
    }

    /// The name of an action in this generation. A search of the context store was called `search`
    /// in the older ones. From February to April 2026, the vendor's own search therefore had the
    /// name `api_search`.
    pub(super) fn action(self, action: &str) -> &str {
        match (self, action) {
            (Self::Instances | Self::Sources | Self::ExternalUsers, context_store::SEARCH) => {
                "search"
            }
            (Self::ExternalUsers, "search") => "api_search",
            _ => action,
        }
    }

    /// Whether the server itself selects fields, cuts texts and records intents.
    pub(super) const fn shapes_answers(self) -> bool {
        matches!(self, Self::Current)
    }

    /// Whether requests name the kind of client.
    pub(super) const fn names_client(self) -> bool {
        matches!(self, Self::Current)
    }
}
