//! An entity as a page of the manual.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Entity, Json};

use super::page::Page;
use super::{Look, fields, operation};
use crate::example;

/// The page of an entity.
pub(super) fn text(
    connector: &Connector,
    entity: &Entity,
    spec: Option<&Path>,
    look: Look,
) -> String {
    let mut page = Page::new(look.width, look.colours);
    page.heading("NAME");
    page.paragraph(&format!("{} {} - {}", connector.name, entity.name, entity.description));
    if !entity.when_to_use.is_empty() {
        page.heading("WHEN TO USE");
        page.paragraph(&entity.when_to_use);
    }
    page.heading("OPERATIONS");
    for one in entity.operations.iter() {
        page.verbatim(&operation::synopsis(connector, one, spec));
        page.indented(&one.summary, 8);
    }
    if let Some(schema) = entity.schema.as_ref().map(Json::value)
        && fields::members(&schema).is_some()
    {
        page.heading("FIELDS");
        fields::tell(&mut page, &schema, 4, 0);
    }
    let related = related(connector, entity);
    if !related.is_empty() {
        page.heading("RELATED");
        for line in related {
            page.paragraph(&line);
        }
    }
    page.heading("SEE ALSO");
    let described = example::start("describe", connector, spec);
    page.verbatim(&format!("{described} {} ACTION", entity.name));
    page.verbatim(&described);
    page.finish()
}

/// How other entities refer to this one, and it to them.
pub(super) fn related(connector: &Connector, entity: &Entity) -> Vec<String> {
    let relations = connector.relationships.iter();
    relations
        .filter_map(|relation| {
            if relation.source == entity.name {
                Some(format!("{} leads to {}.", relation.foreign_key, relation.target))
            } else if relation.target == entity.name {
                Some(format!(
                    "{} of {} leads here, to {}.",
                    relation.foreign_key, relation.source, relation.target_key
                ))
            } else {
                None
            }
        })
        .collect()
}
