//! The module `description`: the connector description as a `static`, written with the constructors of
//! `airbyte_agent_description::build`.

mod auth;
mod code;
mod connector;
mod hosting;
mod included;
mod operation;
mod schema;
mod server;
mod sync;

use std::collections::BTreeMap;

use self::code::Code;
use self::included::{Files, Included};
use super::writer::header;
use crate::model::{EntityModel, Model};
use crate::names::Scope;

/// The files of the module by path inside the crate: the connector, one file for each entity, and the texts
/// that these include.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let mut included = Files::default();
    let mut files = BTreeMap::new();
    let mut modules = Vec::new();
    for entity in &model.entities {
        let text = entity_file(model, entity, &mut included);
        files.insert(format!("src/description/{}.rs", entity.accessor), text);
        modules.push(entity.accessor.as_str());
    }
    files.extend(included.finish());
    files.insert("src/description/mod.rs".to_owned(), root(model, &modules));
    files
}

fn entity_file(model: &Model<'_>, entity: &EntityModel<'_>, included: &mut Files) -> String {
    let mut included = Included::new(included, &entity.accessor);
    let mut names = Vec::new();
    let mut taken = Scope::default();
    let mut operations = String::new();
    // The schema of the entity comes first, because the file is named after it.
    let _ = entity.entity.schema.as_ref().map(|schema| included.schema(schema, None));
    for operation in entity.entity.operations.iter() {
        let name = taken.class(operation.action.as_str()).to_uppercase();
        let code = operation::operation(operation, &mut included);
        operations.push_str(&item("const", &name, "Operation", &code));
        names.push(name);
    }
    let code = operation::entity(entity.entity, &names, &mut included);
    let mut text =
        head(model, &format!("The description of `{}` and its operations.", entity.entity.name));
    text.push_str("use airbyte_agent_description::build::*;\n\n");
    let code = item("pub(super) const", "ENTITY", "Entity", &code);
    text.push_str(&format!("/// `{}` with its operations.\n{code}", entity.entity.name));
    text.push_str(&operations);
    for (name, value) in included.constants() {
        text.push_str(&item("const", &name, "Json", &value));
    }
    format!("{}\n", text.trim_end())
}

fn root(model: &Model<'_>, modules: &[&str]) -> String {
    let mut text = head(
        model,
        "The description of the connector. The generator has read it from the spec, so that nothing is\n\
         //! parsed at run time.",
    );
    for module in modules {
        text.push_str(&format!("mod {module};\n"));
    }
    let code = connector::connector(model.connector, modules);
    text.push_str(
        "\nuse std::borrow::Cow::Borrowed;\n\nuse airbyte_agent_description::build::*;\n",
    );
    text.push_str(
        "\n/// The description of the connector: entities, operations and ways to authenticate.\n",
    );
    text.push_str(&item("pub static", "DESCRIPTION", "Connector", &code));
    format!("{}\n", text.trim_end())
}

fn head(model: &Model<'_>, about: &str) -> String {
    format!("// {}\n\n//! {about}\n\n", header(&model.slug))
}

/// The item `const NAME: Type = code;`, followed by an empty line.
fn item(keyword: &str, name: &str, ty: &str, code: &Code) -> String {
    format!("{keyword} {name}: {ty} = {};\n\n", code.write(0))
}
