//! Source templates: which kinds of connectors the organization has switched on.

use airbyte_agent_core::{Error, ErrorKind, Result};
use serde_json::Map;

use crate::api::types;
use crate::exists::already_exists;
use crate::info::{Ensured, TemplateInfo};
use crate::platform::Platform;

/// Names tried for a template whose own name is taken by another kind of connector.
const NAMES: u32 = 5;

impl Platform {
    /// The organization's own source templates.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn templates(&self) -> Result<Vec<TemplateInfo>> {
        let theirs = self.api().list_source_templates().send().await?;
        theirs.data.unwrap_or_default().into_iter().map(TemplateInfo::try_from).collect()
    }

    /// The templates that the platform itself offers.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn global_templates(&self) -> Result<Vec<TemplateInfo>> {
        let theirs = self.api().list_global_source_templates().send().await?;
        theirs.data.unwrap_or_default().into_iter().map(TemplateInfo::try_from).collect()
    }

    /// The organization's template of a kind of connector that runs operations, where there is one.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn template_of(&self, definition_id: &str) -> Result<Option<TemplateInfo>> {
        Ok(self.templates().await?.into_iter().find(|template| is_usable(template, definition_id)))
    }

    /// Makes sure that the organization has a template (mode `DIRECT`) for a kind of connector, as
    /// signing in and the web application need it. One that is there is taken as it is.
    ///
    /// A name that is taken by another kind gets a number behind it.
    ///
    /// # Errors
    ///
    /// What the platform answers, such as `Validation` for an unknown definition.
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
                    // Somebody may have been faster, or the name belongs to another kind.
                    let there = self.templates().await?.into_iter().find(|template| {
                        is_usable(template, definition_id)
                            || template.name == name
                                && template.definition_id.as_deref() == Some(definition_id)
                    });
                    if let Some(value) = there {
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

    /// Removes a source template.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none of this id, and what the platform answers.
    pub async fn delete_template(&self, id: &str) -> Result<()> {
        self.api().delete_source_template().template_id(id).send().await.map(drop)
    }
}

fn is_usable(template: &TemplateInfo, definition_id: &str) -> bool {
    template.definition_id.as_deref() == Some(definition_id) && template.runs_operations()
}
