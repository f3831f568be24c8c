//! `store`: per entity an enum of its fields in the context store.

use std::collections::BTreeMap;

use super::writer::Writer;
use crate::model::{EntityModel, Model};
use crate::names::{self, Scope};
use crate::prose;

/// Whether the entity is in the context store.
pub(crate) fn is_kept(entity: &EntityModel<'_>) -> bool {
    !entity.entity.store.is_empty()
}

/// The enum's name.
pub(crate) fn class(entity: &EntityModel<'_>) -> String {
    format!("{}Field", entity.class)
}

/// The variants by the paths of their fields, in the order of the spec.
pub(crate) fn variants(entity: &EntityModel<'_>) -> Vec<(String, String)> {
    let mut scope = Scope::default();
    let fields = entity.entity.store.iter();
    fields
        .map(|field| (scope.class(&names::variant(&field.name)), field.name.to_string()))
        .collect()
}

/// The files by path; none for a connector that is not in the store.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let kept: Vec<&EntityModel<'_>> = model.entities.iter().filter(|e| is_kept(e)).collect();
    if kept.is_empty() {
        return files;
    }
    let mut w = Writer::file(&model.slug);
    w.inner_doc("Fields of the hosted platform's context store, an enum per entity.");
    w.blank();
    let mut modules: Vec<(&str, String)> =
        kept.iter().map(|entity| (entity.accessor.as_str(), class(entity))).collect();
    modules.sort();
    for (module, _) in &modules {
        w.line(&format!("mod {module};"));
    }
    w.blank();
    for (module, class) in &modules {
        w.line(&format!("pub use {module}::{class};"));
    }
    files.insert("src/store/mod.rs".to_owned(), w.finish());
    for entity in kept {
        files.insert(format!("src/store/{}.rs", entity.accessor), file(model, entity));
    }
    files
}

fn file(model: &Model<'_>, entity: &EntityModel<'_>) -> String {
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("Fields of `{}` in the context store.", entity.entity.name));
    w.blank();
    w.line("use airbyte_agent_core::store_fields;");
    w.blank();
    w.line("store_fields!(");
    w.indented(|w| {
        w.doc(&format!("A field of `{}` in the context store.", entity.entity.name));
        w.block(&class(entity), |w| {
            for (field, (variant, path)) in entity.entity.store.iter().zip(variants(entity)) {
                let said = prose::markdown(&prose::sentence(&field.description));
                w.doc(&if said.is_empty() { format!("`{path}`") } else { said });
                w.line(&format!("{variant} = {path:?},"));
            }
        });
    });
    w.line(");");
    w.finish()
}
