//! What the platform remembers. Everything belongs to an organization, and only callers who act for it
//! find it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::behaviour::Behaviour;
use super::caller::Caller;
use super::error::ApiError;
use super::tokens::Tokens;
use crate::hash::{stable, uuid};

/// The platform's memory.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Number of identifiers that were made.
    identifiers: u64,
    pub(crate) behaviour: Behaviour,
    pub(crate) clients: Vec<ApiClient>,
    pub(crate) tokens: Tokens,
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) connectors: Vec<ConnectorInstance>,
    pub(crate) templates: Vec<Template>,
    pub(crate) connection_templates: Vec<StoredObject>,
    pub(crate) oauth_apps: Vec<OAuthApp>,
    pub(crate) consents: HashMap<String, Consent>,
    /// Credentials that an OAuth callback left, by their id. They can be used once.
    pub(crate) secrets: HashMap<String, Secret>,
    pub(crate) workflows: Vec<StoredObject>,
    pub(crate) automations: Vec<StoredObject>,
}

/// The most objects that the platform keeps.
pub(crate) const MOST_OBJECTS: usize = 20_000;

impl State {
    /// Whether the platform can keep no more objects: the sandbox does not grow without bound.
    pub(crate) fn is_full(&self) -> bool {
        let objects = [
            self.workspaces.len(),
            self.connectors.len(),
            self.templates.len(),
            self.connection_templates.len(),
            self.oauth_apps.len(),
            self.consents.len(),
            self.secrets.len(),
            self.workflows.len(),
            self.automations.len(),
        ];
        objects.iter().sum::<usize>() >= MOST_OBJECTS
    }
}

/// A client, and the organizations for which it may act, the default one first.
#[derive(Debug, Clone)]
pub(crate) struct ApiClient {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) organizations: Vec<String>,
}

/// A workspace of an organization.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) organization: String,
    pub(crate) is_active: bool,
    pub(crate) cache_enabled: Option<bool>,
    pub(crate) is_deleted: bool,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// A connector of a workspace.
#[derive(Debug, Clone)]
pub(crate) struct ConnectorInstance {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) template: Template,
    pub(crate) account: Credentials,
    /// Values of settings by name.
    pub(crate) settings: Map<String, Value>,
    /// Values of server variables by name.
    pub(crate) variables: Map<String, Value>,
    pub(crate) entities: Option<Value>,
    pub(crate) store: StoreStatus,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// Credentials by the field names of one authentication scheme.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    pub(crate) scheme: Option<String>,
    /// `None` for a connector that the sandbox itself set up.
    pub(crate) fields: Option<Map<String, Value>>,
}

/// Whether the context store of a connector is filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum StoreStatus {
    Loading,
    BuildingPreview,
    Preview,
    #[default]
    Ready,
}

/// A source template: the configuration of a definition by an organization, or by the platform when it
/// has no organization.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) organization: Option<String>,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) mode: String,
    pub(crate) tags: Vec<String>,
    pub(crate) defaults: Map<String, Value>,
    pub(crate) customization: Option<Value>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// An object that is stored as responses show it.
#[derive(Debug, Clone)]
pub(crate) struct StoredObject {
    pub(crate) id: String,
    pub(crate) organization: String,
    /// The workspace or workflow that it belongs to; empty when it belongs to the organization.
    pub(crate) parent: String,
    pub(crate) body: Map<String, Value>,
}

/// An OAuth app that an organization registered for a connector.
#[derive(Debug, Clone)]
pub(crate) struct OAuthApp {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) slug: String,
    pub(crate) configuration: Map<String, Value>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// A consent that was requested and not yet given.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) organization: String,
    /// Seconds since 1970.
    pub(crate) requested_at: u64,
    pub(crate) redirect_url: String,
    /// Whether the callback has the id of a secret instead of that of a connector.
    pub(crate) gives_secret: bool,
    pub(crate) draft: ConnectorDraft,
}

/// A connector that is not created yet.
#[derive(Debug, Clone)]
pub(crate) struct ConnectorDraft {
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) template: Template,
    pub(crate) name: Option<String>,
    pub(crate) account: Credentials,
    pub(crate) settings: Map<String, Value>,
    pub(crate) variables: Map<String, Value>,
    pub(crate) entities: Option<Value>,
}

/// Credentials from which a connector can be created.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub(crate) organization: String,
    pub(crate) slug: String,
    pub(crate) account: Credentials,
}

impl State {
    /// A new identifier.
    pub(crate) fn new_id(&mut self, kind: &str) -> String {
        self.identifiers += 1;
        uuid(stable(&["drawn", kind, &self.identifiers.to_string()]))
    }

    /// The workspace of this name, among those of the organization that are not deleted.
    pub(crate) fn workspace_named(&self, organization: &str, name: &str) -> Option<&Workspace> {
        self.workspaces_of(organization).find(|workspace| workspace.name == name)
    }

    /// The workspace of this id, if the caller may see it.
    pub(crate) fn workspace(&self, caller: &Caller, id: &str) -> Result<&Workspace, ApiError> {
        self.workspaces_of(&caller.organization)
            .filter(|workspace| caller.reaches(&workspace.id))
            .find(|workspace| workspace.id == id)
            .ok_or_else(|| ApiError::not_found("Workspace", id))
    }

    /// The workspaces of an organization that are not deleted.
    pub(crate) fn workspaces_of(&self, organization: &str) -> impl Iterator<Item = &Workspace> {
        self.workspaces.iter().filter(move |w| !w.is_deleted && w.organization == organization)
    }

    /// The id of the workspace of this name, which is created if it does not exist.
    pub(crate) fn ensure_workspace(&mut self, organization: &str, name: &str, now: &str) -> String {
        if let Some(known) = self.workspace_named(organization, name) {
            return known.id.clone();
        }
        let id = self.new_id("workspace");
        self.workspaces.push(Workspace {
            id: id.clone(),
            name: name.to_owned(),
            organization: organization.to_owned(),
            is_active: true,
            cache_enabled: None,
            is_deleted: false,
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
        });
        id
    }

    /// The connector of this id, if the caller may see it.
    pub(crate) fn connector(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<&ConnectorInstance, ApiError> {
        self.connectors
            .iter()
            .find(|connector| connector.id == id && self.sees(caller, connector))
            .ok_or_else(|| ApiError::not_found("Connector", id))
    }

    /// Whether the caller may see this connector.
    pub(crate) fn sees(&self, caller: &Caller, connector: &ConnectorInstance) -> bool {
        connector.organization == caller.organization
            && caller.reaches(&connector.workspace)
            && self.workspaces_of(&caller.organization).any(|w| w.id == connector.workspace)
    }
}

impl StoreStatus {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Loading, "Loading"),
        (Self::BuildingPreview, "Building Preview"),
        (Self::Preview, "Preview"),
        (Self::Ready, "Ready"),
    ];

    pub(crate) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(status, _)| *status == self).map_or("Ready", |(_, word)| word)
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(word));
        known.map(|(status, _)| *status)
    }

    /// Whether the store can be searched.
    pub(crate) fn is_searchable(self) -> bool {
        matches!(self, Self::Preview | Self::Ready)
    }
}
