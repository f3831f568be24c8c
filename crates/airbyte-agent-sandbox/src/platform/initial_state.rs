//! What the platform has at the start: a client, its organization, workspaces and connectors.

use std::sync::Arc;

use airbyte_agent_description::Connector;
use serde_json::Map;

use super::connectors::sample_value;
use super::state::{
    ApiClient, ConnectorInstance, Credentials, State, StoreStatus, Template, Workspace,
};
use super::tenant::Tenant;
use super::{CLIENT_ID, CLIENT_SECRET, templates};
use crate::hash::{stable, uuid};

/// Id of the organization that exists from the start.
const ORGANIZATION: &str = "6f1d0f0e-0000-4000-8000-000000000001";
/// Name of the workspace that every organization has. In the first organization it contains a connector
/// of every kind.
const DEFAULT_WORKSPACE: &str = "default";
/// Name of the workspace that contains two connectors of one kind.
const CROWDED_WORKSPACE: &str = "crowded";
/// When everything was created.
const CREATED_AT: &str = "2026-05-01T00:00:00Z";

/// The state at the start.
pub(super) fn state(connectors: &[Arc<Connector>], crowded: Option<&str>, now: u64) -> State {
    let mut state = State::default();
    let first = Tenant::new(CLIENT_ID, CLIENT_SECRET).organization(ORGANIZATION);
    admit(&mut state, first, CREATED_AT);
    for description in connectors {
        let id = uuid(stable(&["template", &description.name]));
        state.templates.push(templates::platform_owned(
            id,
            &description.name,
            &description.title,
            CREATED_AT,
        ));
    }
    for description in connectors {
        create_connector(&mut state, description, DEFAULT_WORKSPACE, 1, now);
    }
    if let Some(slug) = crowded {
        create_workspace(&mut state, ORGANIZATION, CROWDED_WORKSPACE, CREATED_AT);
        for description in connectors.iter().filter(|description| description.name == slug) {
            create_connector(&mut state, description, CROWDED_WORKSPACE, 1, now);
            create_connector(&mut state, description, CROWDED_WORKSPACE, 2, now);
        }
    }
    state
}

/// Adds a client or gives it another secret. Gives the ids of its organizations.
pub(super) fn admit(state: &mut State, tenant: Tenant, now: &str) -> Vec<String> {
    let mut organizations = tenant.organizations;
    if organizations.is_empty() {
        organizations.push(state.new_id("organization"));
    }
    for organization in &organizations {
        if state.workspace_named(organization, DEFAULT_WORKSPACE).is_none() {
            create_workspace(state, organization, DEFAULT_WORKSPACE, now);
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

/// Creates a workspace. Those of the first organization have the same ids on every start.
fn create_workspace(state: &mut State, organization: &str, name: &str, now: &str) {
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

/// Creates a connector that works with any credentials which the sandbox accepts.
fn create_connector(
    state: &mut State,
    description: &Connector,
    workspace: &str,
    number: u32,
    now: u64,
) {
    let template =
        state.templates.iter().find(|template| template.slug == description.name).cloned();
    let template: Option<Template> = template;
    let workspace_id = state.workspace_named(ORGANIZATION, workspace).map(|known| known.id.clone());
    let (Some(template), Some(workspace_id)) = (template, workspace_id) else { return };
    let required = description.hosting.settings.iter().filter(|setting| setting.required);
    let settings: Map<_, _> =
        required.map(|setting| (setting.name.to_string(), sample_value(setting, now))).collect();
    state.connectors.push(ConnectorInstance {
        id: uuid(stable(&[workspace, &description.name, &number.to_string()])),
        organization: ORGANIZATION.to_owned(),
        workspace: workspace_id,
        slug: description.name.to_string(),
        name: format!("{} {number}", description.name),
        template,
        account: Credentials::default(),
        settings,
        variables: Map::new(),
        entities: None,
        store: StoreStatus::Ready,
        created_at: CREATED_AT.to_owned(),
        updated_at: CREATED_AT.to_owned(),
    });
}
