//! Which connector a body means: by definition, by name, or by template.

use std::sync::Arc;

use airbyte_agent_description::Connector;

use crate::platform::fields::Fields;
use crate::platform::refusal::Refusal;
use crate::platform::state::{State, Template};
use crate::platform::{Cx, Platform, templates};

/// What a body without any name of a kind is told.
const NAMES: &str = "One of connector_type, definition_id, or source_template_id must be provided";

/// The connector that a body names, and the template it is created by.
pub(crate) fn choose(
    cx: &Cx<'_>,
    state: &State,
    fields: &mut Fields,
) -> Result<(Arc<Connector>, Template), Refusal> {
    let word = fields.first_text(&["connector_type"])?;
    let definition = fields.first_text(&["definition_id", "sourceDefinitionId"])?;
    let template = fields.first_text(&["source_template_id"])?;
    let seen = || templates::seen(state, &cx.caller.organization);
    if let Some(id) = template {
        let template = seen().find(|template| template.id == id);
        let template = template.ok_or_else(|| Refusal::missing("Source template", &id))?;
        let connector = cx.platform.need_kind(&template.slug)?;
        if definition.is_some_and(|definition| connector.definition_id != definition) {
            let why = "The source template is of another definition";
            return Err(Refusal::bad(why).field("source_template_id"));
        }
        return Ok((connector, template.clone()));
    }
    let connector = match (definition, word) {
        (Some(id), _) => by_definition(cx.platform, &id)?,
        (None, Some(word)) => {
            let is = |t: &&Template| t.id == word || t.name.eq_ignore_ascii_case(&word);
            if let Some(template) = seen().filter(|t| t.organization.is_some()).find(is) {
                return Ok((cx.platform.need_kind(&template.slug)?, template.clone()));
            }
            by_name(cx.platform, &word)?
        }
        (None, None) => return Err(Refusal::invalid("body", NAMES)),
    };
    let of_kind = || seen().filter(|template| template.slug == connector.name);
    let own: Vec<&Template> = of_kind().filter(|t| t.organization.is_some()).collect();
    let template = match own.as_slice() {
        [one] => Some(*one),
        [] => of_kind().next(),
        many => {
            let why = format!("{} source templates match: provide source_template_id", many.len());
            return Err(Refusal::bad(why).field("source_template_id"));
        }
    };
    let template = template.cloned();
    let template = template.ok_or_else(|| Refusal::missing("Source template", &connector.name))?;
    Ok((connector, template))
}

/// The connector of this definition.
pub(crate) fn by_definition(platform: &Platform, id: &str) -> Result<Arc<Connector>, Refusal> {
    let found = platform.kinds.iter().find(|kind| kind.definition_id.eq_ignore_ascii_case(id));
    found.cloned().ok_or_else(|| Refusal::missing("Definition", id))
}

/// The connector of this display name, slug, or display name with hyphens, whatever the case.
pub(crate) fn by_name(platform: &Platform, word: &str) -> Result<Arc<Connector>, Refusal> {
    let fits = |kind: &&Arc<Connector>| {
        [kind.title.as_ref(), kind.name.as_ref(), &kind.title.replace(' ', "-")]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(word))
    };
    let found = platform.kinds.iter().find(fits).cloned();
    found.ok_or_else(|| Refusal::missing("Connector type", word).field("connector_type"))
}
