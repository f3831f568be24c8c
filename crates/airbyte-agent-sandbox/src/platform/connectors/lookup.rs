//! Which connector a body means: by its definition, its name, or a source template.

use std::sync::Arc;

use airbyte_agent_description::Connector;

use crate::platform::context::Context;
use crate::platform::error::ApiError;
use crate::platform::fields::Fields;
use crate::platform::state::{State, Template};
use crate::platform::{Platform, templates};

/// The message for a body that does not say which connector it means.
const NAMES: &str = "One of connector_type, definition_id, or source_template_id must be provided";

/// The connector that a body means, and the template by which it is created.
pub(crate) fn choose(
    context: &Context<'_>,
    state: &State,
    fields: &mut Fields,
) -> Result<(Arc<Connector>, Template), ApiError> {
    let word = fields.first_text(&["connector_type"])?;
    let definition = fields.first_text(&["definition_id", "sourceDefinitionId"])?;
    let template = fields.first_text(&["source_template_id"])?;
    let usable = || templates::usable_templates(state, &context.caller.organization);
    if let Some(id) = template {
        let template = usable().find(|template| template.id == id);
        let template = template.ok_or_else(|| ApiError::not_found("Source template", &id))?;
        let connector = context.platform.description_of(&template.slug)?;
        if definition.is_some_and(|definition| connector.definition_id != definition) {
            let message = "The source template is of another definition";
            return Err(ApiError::bad_request(message).field("source_template_id"));
        }
        return Ok((connector, template.clone()));
    }
    let connector = match (definition, word) {
        (Some(id), _) => by_definition(context.platform, &id)?,
        (None, Some(word)) => {
            let is = |t: &&Template| t.id == word || t.name.eq_ignore_ascii_case(&word);
            if let Some(template) = usable().filter(|t| t.organization.is_some()).find(is) {
                return Ok((context.platform.description_of(&template.slug)?, template.clone()));
            }
            by_name(context.platform, &word)?
        }
        (None, None) => return Err(ApiError::invalid("body", NAMES)),
    };
    let of_description = || usable().filter(|template| template.slug == connector.name);
    let own: Vec<&Template> = of_description().filter(|t| t.organization.is_some()).collect();
    let template = match own.as_slice() {
        [one] => Some(*one),
        [] => of_description().next(),
        many => {
            let message =
                format!("{} source templates match: provide source_template_id", many.len());
            return Err(ApiError::bad_request(message).field("source_template_id"));
        }
    };
    let template = template.cloned();
    let template =
        template.ok_or_else(|| ApiError::not_found("Source template", &connector.name))?;
    Ok((connector, template))
}

/// The connector of the definition with this id.
pub(crate) fn by_definition(platform: &Platform, id: &str) -> Result<Arc<Connector>, ApiError> {
    let found = platform
        .descriptions
        .iter()
        .find(|description| description.definition_id.eq_ignore_ascii_case(id));
    found.cloned().ok_or_else(|| ApiError::not_found("Definition", id))
}

/// The connector of this title, slug, or title with hyphens, in upper or lower case.
pub(crate) fn by_name(platform: &Platform, word: &str) -> Result<Arc<Connector>, ApiError> {
    let fits = |description: &&Arc<Connector>| {
        [
            description.title.as_ref(),
            description.name.as_ref(),
            &description.title.replace(' ', "-"),
        ]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(word))
    };
    let found = platform.descriptions.iter().find(fits).cloned();
    found.ok_or_else(|| ApiError::not_found("Connector type", word).field("connector_type"))
}
