//! What the platform tells of its things, in the members that callers work with. Everything else
//! is in the answers of [`api`](crate::api).

use airbyte_agent_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::api::types;

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WorkspaceInfo {
    /// Its id.
    pub id: String,
    /// Its name: the caller's own identifier of the tenant.
    pub name: String,
    /// `active` or `inactive`.
    pub status: String,
    /// The organization it belongs to.
    pub organization_id: Option<String>,
    /// When it was made, as the platform writes it.
    pub created_at: Option<String>,
}

impl WorkspaceInfo {
    /// Whether it runs anything.
    pub fn is_active(&self) -> bool {
        self.status != "inactive"
    }
}

/// A connector of a workspace, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConnectorInfo {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Display name of its kind, such as `Zendesk Support`.
    pub kind: Option<String>,
    /// Slug of its kind, such as `zendesk-support`, where the platform tells it.
    pub connector: Option<String>,
    /// Id of its kind.
    pub definition_id: Option<String>,
    /// When it was made, as the platform writes it.
    pub created_at: Option<String>,
    /// When it was last changed, as the platform writes it.
    pub updated_at: Option<String>,
}

/// A connector with its settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConnectorDetails {
    /// What lists show of it.
    #[serde(flatten)]
    pub info: ConnectorInfo,
    /// Its settings, secrets masked by the platform.
    pub settings: Map<String, Value>,
}

/// A kind of connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DefinitionInfo {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Whether the organization made it itself.
    pub is_custom: bool,
    /// Who looks after it: `certified`, `community` and so on.
    pub support_level: Option<String>,
}

/// A kind of connector that an organization has switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TemplateInfo {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Id of the kind of connector.
    pub definition_id: Option<String>,
    /// Slug of the kind of connector, where the platform tells it.
    pub connector: Option<String>,
    /// `DIRECT`, `REPLICATION` or `MULTI`.
    pub mode: Option<String>,
    /// The organization it belongs to; none for the platform's own.
    pub organization_id: Option<String>,
}

impl TemplateInfo {
    /// Whether connectors of it run operations, which those for copying data only do not.
    pub fn runs_operations(&self) -> bool {
        self.mode.as_deref().is_some_and(|mode| matches!(mode, "DIRECT" | "MULTI"))
    }
}

/// What a check by the platform found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckOutcome {
    /// `succeeded`, `failed`, `running` and so on; `unknown` where the platform does not say.
    pub status: String,
    /// Why it failed.
    pub message: Option<String>,
}

impl CheckOutcome {
    /// Whether the credentials work.
    pub fn succeeded(&self) -> bool {
        self.status == "succeeded"
    }
}

/// Something that was there or was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ensured<T> {
    /// What is there now.
    pub value: T,
    /// Whether it was there before.
    pub existed: bool,
}

/// A member without which nothing can be done.
pub(crate) fn needed(value: Option<String>, what: &str) -> Result<String> {
    value.filter(|value| !value.is_empty()).ok_or_else(|| {
        Error::new(ErrorKind::Decode, format!("the platform's answer has no {what}"))
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
