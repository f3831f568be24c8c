//! What the platform reports about workspaces, connectors, kinds and templates, reduced to what callers
//! need. Everything else is in the responses of [`api`](crate::api).

use airbyte_agent_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::api::types;

/// A workspace of the organization, as the platform reports it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorkspaceInfo {
    /// The id that the platform gave to the workspace.
    pub id: String,
    /// The name: the caller's own identifier of the tenant.
    pub name: String,
    /// The status: `active` or `inactive`.
    pub status: String,
    /// The id of the organization that the workspace belongs to.
    pub organization_id: Option<String>,
    /// The time of creation, as the platform writes it.
    pub created_at: Option<String>,
}

impl WorkspaceInfo {
    /// Whether operations can be run in the workspace.
    pub fn is_active(&self) -> bool {
        self.status != "inactive"
    }
}

/// A connector of a workspace, as lists describe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConnectorInfo {
    /// The id that the platform gave to the connector.
    pub id: String,
    /// The display name of the connector.
    pub name: String,
    /// Display name of its kind, such as `Zendesk Support`.
    pub kind: Option<String>,
    /// Slug of its kind, such as `zendesk-support`, where the platform reports it.
    pub connector: Option<String>,
    /// Definition id of its kind.
    pub definition_id: Option<String>,
    /// The time of creation, as the platform writes it.
    pub created_at: Option<String>,
    /// The time of the last change, as the platform writes it.
    pub updated_at: Option<String>,
}

/// A connector with its settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConnectorDetails {
    /// What lists say about the connector.
    #[serde(flatten)]
    pub info: ConnectorInfo,
    /// The settings of the connector, in which the platform has masked secrets.
    pub settings: Map<String, Value>,
}

/// A kind of connector that the platform offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DefinitionInfo {
    /// The definition id of the kind.
    pub id: String,
    /// The display name of the kind.
    pub name: String,
    /// Whether the organization defined the kind itself.
    pub is_custom: bool,
    /// Who maintains the kind: `certified`, `community` and so on.
    pub support_level: Option<String>,
}

/// A kind of connector that an organization has switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TemplateInfo {
    /// The id of the template.
    pub id: String,
    /// The display name of the template.
    pub name: String,
    /// Definition id of the kind of connector.
    pub definition_id: Option<String>,
    /// Slug of the kind of connector, where the platform reports it.
    pub connector: Option<String>,
    /// What connectors can be used for: `DIRECT`, `REPLICATION` or `MULTI`.
    pub mode: Option<String>,
    /// The id of the organization that the template belongs to; `None` for templates of the platform.
    pub organization_id: Option<String>,
}

impl TemplateInfo {
    /// Whether connectors of this template run operations; connectors that only copy data do not.
    pub fn runs_operations(&self) -> bool {
        self.mode.as_deref().is_some_and(|mode| matches!(mode, "DIRECT" | "MULTI"))
    }
}

/// The result of a check of credentials by the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckOutcome {
    /// The status: `succeeded`, `failed`, `running` and so on; `unknown` where the platform reports none.
    pub status: String,
    /// Why the check failed, as the platform reports it.
    pub message: Option<String>,
}

impl CheckOutcome {
    /// Whether the check found that the credentials work.
    pub fn succeeded(&self) -> bool {
        self.status == "succeeded"
    }
}

/// Something that existed before or was created now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ensured<T> {
    /// What exists now, such as the id of a connector.
    pub value: T,
    /// Whether it existed before the call.
    pub existed: bool,
}

/// A member of a response that is needed; `what` names it in the error.
pub(crate) fn needed(value: Option<String>, what: &str) -> Result<String> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        Error::new(ErrorKind::Decode, format!("the platform's response has no {what}"))
    })
}

impl TryFrom<types::Workspace> for WorkspaceInfo {
    type Error = Error;

    fn try_from(theirs: types::Workspace) -> Result<Self> {
        Ok(Self {
            id: needed(theirs.id, "workspace id")?,
            name: needed(theirs.name, "workspace name")?,
            status: theirs.status.unwrap_or_else(|| "active".to_owned()),
            organization_id: theirs.organization_id,
            created_at: theirs.created_at,
        })
    }
}

impl TryFrom<types::ConnectorSummary> for ConnectorInfo {
    type Error = Error;

    fn try_from(theirs: types::ConnectorSummary) -> Result<Self> {
        let template = theirs.summarized_source_template.unwrap_or_default();
        Ok(Self {
            id: needed(theirs.id, "connector id")?,
            name: theirs.name.unwrap_or_default(),
            kind: template.name,
            connector: template.connector_name,
            definition_id: template.actor_definition_id,
            created_at: theirs.created_at,
            updated_at: theirs.updated_at,
        })
    }
}

impl TryFrom<types::Connector> for ConnectorDetails {
    type Error = Error;

    fn try_from(theirs: types::Connector) -> Result<Self> {
        let template = theirs.source_template.unwrap_or_default();
        let info = ConnectorInfo {
            id: needed(theirs.id, "connector id")?,
            name: theirs.name.unwrap_or_default(),
            kind: template.name,
            connector: template.connector_name,
            definition_id: template.source_definition_id,
            created_at: theirs.created_at,
            updated_at: theirs.updated_at,
        };
        Ok(Self { info, settings: theirs.replication_config.unwrap_or_default() })
    }
}

impl TryFrom<types::Definition> for DefinitionInfo {
    type Error = Error;

    fn try_from(theirs: types::Definition) -> Result<Self> {
        Ok(Self {
            id: needed(theirs.source_definition_id, "definition id")?,
            name: needed(theirs.name, "definition name")?,
            is_custom: theirs.custom.unwrap_or_default(),
            support_level: theirs.support_level,
        })
    }
}

impl TryFrom<types::SourceTemplateSummary> for TemplateInfo {
    type Error = Error;

    fn try_from(theirs: types::SourceTemplateSummary) -> Result<Self> {
        Ok(Self {
            id: needed(theirs.id, "template id")?,
            name: theirs.name.unwrap_or_default(),
            definition_id: theirs.actor_definition_id,
            connector: theirs.connector_name,
            mode: theirs.mode,
            organization_id: theirs.organization_id,
        })
    }
}

impl TryFrom<types::SourceTemplate> for TemplateInfo {
    type Error = Error;

    fn try_from(theirs: types::SourceTemplate) -> Result<Self> {
        Ok(Self {
            id: needed(theirs.id, "template id")?,
            name: theirs.name.unwrap_or_default(),
            definition_id: theirs.source_definition_id,
            connector: theirs.connector_name,
            mode: theirs.mode,
            organization_id: None,
        })
    }
}

impl From<types::CheckResult> for CheckOutcome {
    fn from(theirs: types::CheckResult) -> Self {
        let reason = theirs.failure_reason.and_then(|reason| reason.external_message);
        Self {
            status: theirs.status.unwrap_or_else(|| "unknown".to_owned()),
            message: theirs.error_message.or(reason),
        }
    }
}
