//! What the platform holds at the start.

use std::sync::Arc;

use airbyte_agent_description::Connector;
use serde_json::Map;

use super::conduct::Tenant;
use super::state::{ApiClient, Credentials, Installed, State, StoreStatus, Template, Workspace};
use super::{CLIENT_ID, CLIENT_SECRET, connectors, templates};
use crate::hash::{stable, uuid};

/// Organization of the client that is there from the start.
const ORGANIZATION: &str = "6f1d0f0e-0000-4000-8000-000000000001";
/// Workspace that every organization has; that of the first one has a connector of every kind.
const DEFAULT: &str = "default";
/// Workspace with two connectors of one kind.
const CROWDED: &str = "crowded";
/// When all of it was made.
const MADE: &str = "2026-05-01T00:00:00Z";

/// The state at the start.
pub(super) fn state(kinds: &[Arc<Connector>], crowded: Option<&str>, now: u64) -> State {
    let mut state = State::default();
    let first = Tenant::new(CLIENT_ID, CLIENT_SECRET).organization(ORGANIZATION);
    admit(&mut state, first, MADE);
    for kind in kinds {
        let id = uuid(stable(&["template", &kind.name]));
        state.templates.push(templates::platform_owned(id, &kind.name, &kind.title, MADE));
    }
    for kind in kinds {
        install(&mut state, kind, DEFAULT, 1, now);
    }
    if let Some(slug) = crowded {
        open(&mut state, ORGANIZATION, CROWDED, MADE);
        for kind in kinds.iter().filter(|kind| kind.name == slug) {
            install(&mut state, kind, CROWDED, 1, now);
            install(&mut state, kind, CROWDED, 2, now);
        }
    }
    state
}

/// Lets a client in; gives the ids of its organizations.
pub(super) fn admit(state: &mut State, tenant: Tenant, now: &str) -> Vec<String> {
    let mut organizations = tenant.organizations;
    if organizations.is_empty() {
        organizations.push(state.draw("organization"));
    }
    for organization in &organizations {
        if state.workspace_named(organization, DEFAULT).is_none() {
            open(state, organization, DEFAULT, now);
        }
    }
    state.clients.retain(|client| client.id != tenant.client_id);
    state.clients.push(ApiClient {
        id: tenant.client_id,
        secret: tenant.client_secret,
        organizations: organizations.clone(),
    });
    organizations
}

fn open(state: &mut State, organization: &str, name: &str, now: &str) {
    let id = match organization {
        ORGANIZATION => uuid(stable(&["workspace", name])),
        other => uuid(stable(&["workspace", other, name])),
    };
    state.workspaces.push(Workspace {
        id,
        name: name.to_owned(),
        organization: organization.to_owned(),
        is_active: true,
        cache_enabled: None,
        is_deleted: false,
        created_at: now.to_owned(),
        updated_at: now.to_owned(),
    });
}

fn install(state: &mut State, kind: &Connector, workspace: &str, number: u32, now: u64) {
    let template = state.templates.iter().find(|template| template.slug == kind.name).cloned();
    let template: Option<Template> = template;
    let home = state.workspace_named(ORGANIZATION, workspace).map(|home| home.id.clone());
    let (Some(template), Some(home)) = (template, home) else { return };
    let required = kind.hosting.settings.iter().filter(|setting| setting.required);
    let settings: Map<_, _> = required
        .map(|setting| (setting.name.to_string(), connectors::sample(setting, now)))
        .collect();
    state.connectors.push(Installed {
        id: uuid(stable(&[workspace, &kind.name, &number.to_string()])),
        organization: ORGANIZATION.to_owned(),
        workspace: home,
        slug: kind.name.to_string(),
        name: format!("{} {number}", kind.name),
        template,
        account: Credentials::default(),
        settings,
        variables: Map::new(),
        entities: None,
        store: StoreStatus::Ready,
        created_at: MADE.to_owned(),
        updated_at: MADE.to_owned(),
    });
}
