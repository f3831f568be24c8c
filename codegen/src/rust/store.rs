//! The module `store`: for each entity an enum of its fields in the context store.

use std::collections::BTreeMap;

use super::writer::Writer;
use crate::model::{EntityModel, Model};
use crate::names::{self, Scope};
use crate::prose;

/// Whether the context store has fields of the entity.
pub(crate) fn is_in_store(entity: &EntityModel<'_>) -> bool {
    !entity.entity.store.is_empty()
}

/// Name of the enum of the entity's fields.
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

/// The files of the module, by path inside the crate; none for a connector that is not in the store.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let stored: Vec<&EntityModel<'_>> = model.entities.iter().filter(|e| is_in_store(e)).collect();
    if stored.is_empty() {
        return files;
    }
    let mut w = Writer::file(&model.slug);
    w.inner_doc(
        "The fields that the hosted platform's context store has, one enum for each entity.",
    );
    w.blank();
    let mut modules: Vec<(&str, String)> =
        stored.iter().map(|entity| (entity.accessor.as_str(), class(entity))).collect();
    modules.sort();
    for (module, _) in &modules {
        w.line(&format!("mod {module};"));
    }
    w.blank();
    for (module, class) in &modules {
        w.line(&format!("pub use {module}::{class};"));
    }
    files.insert("src/store/mod.rs".to_owned(), w.finish());
    for entity in stored {
        files.insert(format!("src/store/{}.rs", entity.accessor), file(model, entity));
    }
    files
}

fn file(model: &Model<'_>, entity: &EntityModel<'_>) -> String {
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("The fields of `{}` that the context store has.", entity.entity.name));
    w.blank();
    w.line("use airbyte_agent_core::store_fields;");
    w.blank();
    w.line("store_fields!(");
    w.indented(|w| {
        w.doc(&format!(
            "A field by which `{}` can be searched in the context store.",
            entity.entity.name
        ));
        w.block(&class(entity), |w| {
            for (field, (variant, path)) in entity.entity.store.iter().zip(variants(entity)) {
                let said = prose::markdown(&prose::sentence(&field.description));
                let about = if said.is_empty() {
                    format!("The field {} of the context store.", prose::code(&path))
                } else {
                    said
                };
                w.doc(&format!("{about} Its JSON type is `{}`.", field.kind));
                w.line(&format!("{variant} = {path:?},"));
            }
        });
    });
    w.line(");");
    w.finish()
}
