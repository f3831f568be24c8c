//! What the platform remembers. Everything belongs to an organization, and is found only by those
//! who act for it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::conduct::Conduct;
use super::refusal::Refusal;
use super::tokens::{Caller, Tokens};
use crate::hash::{stable, uuid};

/// The platform's memory.
#[derive(Debug, Default)]
pub(crate) struct State {
    drawn: u64,
    pub(crate) conduct: Conduct,
    pub(crate) clients: Vec<ApiClient>,
    pub(crate) tokens: Tokens,
    pub(crate) workspaces: Vec<Workspace>,
    pub(crate) connectors: Vec<Installed>,
    pub(crate) templates: Vec<Template>,
    pub(crate) connection_templates: Vec<Owned>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) consents: HashMap<String, Consent>,
    /// Credentials that an OAuth callback left to be used once, by their id.
    pub(crate) secrets: HashMap<String, Secret>,
    pub(crate) workflows: Vec<Owned>,
    pub(crate) automations: Vec<Owned>,
}

/// A client id with its secret, and the organizations it may act for, the usual one first.
#[derive(Debug, Clone)]
pub(crate) struct ApiClient {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) organizations: Vec<String>,
}

/// A workspace.
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
pub(crate) struct Installed {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) workspace: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) template: Template,
    pub(crate) account: Credentials,
    /// Settings by name.
    pub(crate) settings: Map<String, Value>,
    /// Server variables by name.
    pub(crate) variables: Map<String, Value>,
    pub(crate) entities: Option<Value>,
    pub(crate) store: StoreStatus,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// Credentials by the names of one scheme.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    pub(crate) scheme: Option<String>,
    /// `None` for connectors that the sandbox set up itself.
    pub(crate) fields: Option<Map<String, Value>>,
}

/// How far the context store of a connector has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum StoreStatus {
    Loading,
    BuildingPreview,
    Preview,
    #[default]
    Ready,
}

/// An organization's or, without one, the platform's own configuration of a definition.
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

/// An object that is kept as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub(crate) id: String,
    pub(crate) organization: String,
    /// What it belongs to inside the organization: a workspace or a workflow.
    pub(crate) parent: String,
    pub(crate) body: Map<String, Value>,
}

/// An OAuth app of an organization's own.
#[derive(Debug, Clone)]
pub(crate) struct Override {
    pub(crate) id: String,
    pub(crate) organization: String,
    pub(crate) slug: String,
    pub(crate) configuration: Map<String, Value>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

/// A consent that was asked for and not yet given.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) organization: String,
    /// Seconds since 1970.
    pub(crate) asked_at: u64,
    pub(crate) redirect_url: String,
    /// Whether the callback brings the id of a secret instead of that of a connector.
    pub(crate) gives_secret: bool,
    pub(crate) order: super::connectors::Draft,
}

/// Credentials that wait for a connector.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub(crate) organization: String,
    pub(crate) slug: String,
    pub(crate) account: Credentials,
}

impl State {
    /// An identifier that was not used before.
    pub(crate) fn draw(&mut self, kind: &str) -> String {
        self.drawn += 1;
        uuid(stable(&["drawn", kind, &self.drawn.to_string()]))
    }

    /// The organization's workspace of this name.
    pub(crate) fn workspace_named(&self, organization: &str, name: &str) -> Option<&Workspace> {
        self.live(organization).find(|workspace| workspace.name == name)
    }

    /// The workspace of this id, if the caller may see it.
    pub(crate) fn workspace(&self, caller: &Caller, id: &str) -> Result<&Workspace, Refusal> {
        self.live(&caller.organization)
            .filter(|workspace| caller.reaches(&workspace.id))
            .find(|workspace| workspace.id == id)
            .ok_or_else(|| Refusal::missing("Workspace", id))
    }

    /// The organization's workspaces.
    pub(crate) fn live(&self, organization: &str) -> impl Iterator<Item = &Workspace> {
        self.workspaces.iter().filter(move |w| !w.is_deleted && w.organization == organization)
    }

    /// The id of the workspace of this name, which is made if need be.
    pub(crate) fn need_workspace(&mut self, organization: &str, name: &str, now: &str) -> String {
        if let Some(known) = self.workspace_named(organization, name) {
            return known.id.clone();
        }
        let id = self.draw("workspace");
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
    pub(crate) fn connector(&self, caller: &Caller, id: &str) -> Result<&Installed, Refusal> {
        self.connectors
            .iter()
            .find(|connector| connector.id == id && self.sees(caller, connector))
            .ok_or_else(|| Refusal::missing("Connector", id))
    }

    /// Whether the caller may see this connector.
    pub(crate) fn sees(&self, caller: &Caller, connector: &Installed) -> bool {
        connector.organization == caller.organization
            && caller.reaches(&connector.workspace)
            && self.live(&caller.organization).any(|w| w.id == connector.workspace)
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

    /// Whether there is something to be searched.
    pub(crate) fn is_searchable(self) -> bool {
        matches!(self, Self::Preview | Self::Ready)
    }
}
