//! The manual page of an entity.

use std::path::Path;

use airbyte_agent_core::description::{Connector, Entity, Json};

use super::page::Page;
use super::{PageStyle, fields, operation};
use crate::example;
use crate::schema_text::schema_members;

/// The manual page of an entity.
pub(super) fn entity_page(
    connector: &Connector,
    entity: &Entity,
    spec: Option<&Path>,
    style: PageStyle,
) -> String {
    let mut page = Page::new(style);
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
        && schema_members(&schema).is_some()
    {
        page.heading("FIELDS");
        fields::add_fields(&mut page, &schema);
    }
    let related = relationship_lines(connector, entity);
    if !related.is_empty() {
        page.heading("RELATED");
        for line in related {
            page.paragraph(&line);
        }
    }
    page.heading("SEE ALSO");
    let describe = example::command_start("describe", connector, spec);
    page.verbatim(&format!("{describe} {} ACTION", entity.name));
    page.verbatim(&describe);
    page.finish()
}

/// A sentence for every relationship: how this entity refers to others, and how others refer to it.
fn relationship_lines(connector: &Connector, entity: &Entity) -> Vec<String> {
    let relations = connector.relationships.iter();
    relations
        .filter_map(|relation| {
            if relation.source == entity.name {
                Some(format!("{} refers to {}.", relation.foreign_key, relation.target))
            } else if relation.target == entity.name {
                Some(format!(
                    "{} of {} refers to {} of this entity.",
                    relation.foreign_key, relation.source, relation.target_key
                ))
            } else {
                None
            }
        })
        .collect()
}
