//! Source templates: the kinds of connectors that an organization has switched on.

use airbyte_agent_core::{Error, ErrorKind, Result};
use serde_json::Map;

use crate::api::types;
use crate::exists::already_exists;
use crate::info::{Ensured, TemplateInfo};
use crate::platform::Platform;

/// How many names are tried for a template when other kinds of connectors have the names before.
const NAMES: u32 = 5;

impl Platform {
    /// The organization's own source templates.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn templates(&self) -> Result<Vec<TemplateInfo>> {
        let theirs = self.api().list_source_templates().send().await?;
        theirs.data.unwrap_or_default().into_iter().map(TemplateInfo::try_from).collect()
    }

    /// The source templates that the platform itself offers.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn global_templates(&self) -> Result<Vec<TemplateInfo>> {
        let theirs = self.api().list_global_source_templates().send().await?;
        theirs.data.unwrap_or_default().into_iter().map(TemplateInfo::try_from).collect()
    }

    /// The organization's template of a kind of connector that runs operations; `None` when there is none.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn template_of(&self, definition_id: &str) -> Result<Option<TemplateInfo>> {
        Ok(self.templates().await?.into_iter().find(|template| is_usable(template, definition_id)))
    }

    /// Makes sure that the organization has a template for a kind of connector, which sign-in and the web
    /// application need. An existing template is returned as it is; a new one has the mode `DIRECT`.
    ///
    /// When a template of another kind has the name already, a number is added to it.
    ///
    /// # Errors
    ///
    /// What the platform reports, such as `Validation` for an unknown definition.
    pub async fn register_template(
        &self,
        definition_id: &str,
        name: &str,
    ) -> Result<Ensured<TemplateInfo>> {
        if let Some(value) = self.template_of(definition_id).await? {
            return Ok(Ensured { value, existed: true });
        }
        for number in 1..=NAMES {
            let name = if number == 1 { name.to_owned() } else { format!("{name} {number}") };
            let body = types::CreateSourceTemplate {
                actor_definition_id: Some(definition_id.to_owned()),
                name: Some(name.clone()),
                partial_default_config: Some(Map::new()),
                mode: Some(types::CreateSourceTemplateMode::Direct),
                ..types::CreateSourceTemplate::default()
            };
            let made = self.api().create_source_template().body(body).send().await;
            match made {
                Ok(template) => {
                    let value = TemplateInfo::try_from(template)?;
                    return Ok(Ensured { value, existed: false });
                }
                Err(error) if already_exists(&error) => {
                    // Another client may have created it meanwhile, or another kind has the name.
                    let found = self.templates().await?.into_iter().find(|template| {
                        is_usable(template, definition_id)
                            || template.name == name
                                && template.definition_id.as_deref() == Some(definition_id)
                    });
                    if let Some(value) = found {
                        return Ok(Ensured { value, existed: true });
                    }
                }
                Err(error) => return Err(error),
            }
        }
        let message = format!(
            "the names '{name}' to '{name} {NAMES}' are taken by templates of other kinds: choose \
             another name"
        );
        Err(Error::new(ErrorKind::Usage, message))
    }

    /// Removes the source template of this id.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none of this id, and what the platform reports.
    pub async fn delete_template(&self, id: &str) -> Result<()> {
        self.api().delete_source_template().template_id(id).send().await.map(drop)
    }
}

fn is_usable(template: &TemplateInfo, definition_id: &str) -> bool {
    template.definition_id.as_deref() == Some(definition_id) && template.runs_operations()
}
