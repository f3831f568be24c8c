//! A draft becomes a connector of its workspace.

use crate::platform::error::ApiError;
use crate::platform::state::{ConnectorDraft, ConnectorInstance, State, StoreStatus};

/// The connector of a draft, which is not in its workspace yet.
pub(crate) fn build(
    draft: ConnectorDraft,
    state: &mut State,
    organization: &str,
    now: &str,
) -> ConnectorInstance {
    let id = state.new_id("connector");
    let workspace = state.workspaces.iter().find(|workspace| workspace.id == draft.workspace);
    let workspace = workspace.map_or("", |workspace| &workspace.name);
    let name = draft.name.filter(|name| !name.is_empty());
    ConnectorInstance {
        name: name.unwrap_or_else(|| format!("{} - {workspace}", draft.slug)),
        id,
        organization: organization.to_owned(),
        workspace: draft.workspace,
        slug: draft.slug,
        template: draft.template,
        account: draft.account,
        settings: draft.settings,
        variables: draft.variables,
        entities: draft.entities,
        store: StoreStatus::Ready,
        created_at: now.to_owned(),
        updated_at: now.to_owned(),
    }
}

/// Puts the connector of a draft into its workspace.
pub(crate) fn install(
    draft: ConnectorDraft,
    state: &mut State,
    organization: &str,
    now: &str,
) -> Result<ConnectorInstance, ApiError> {
    let is_same =
        |other: &ConnectorInstance| other.workspace == draft.workspace && other.slug == draft.slug;
    if state.behaviour.unique_connectors && state.connectors.iter().any(is_same) {
        return Err(ApiError::conflict(format!("Connector already exists: {}", draft.slug)));
    }
    let connector = build(draft, state, organization, now);
    state.connectors.push(connector.clone());
    Ok(connector)
}
