//! The module `types`: records, request objects and enums. It is a single file, or one file for
//! each entity if a single one would be long.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::{member_doc, request};
use super::writer::Writer;
use crate::model::Model;
use crate::prose;
use crate::types::{Member, Named, Role, Rust, Shape};

/// The largest number of lines of the module as a single file.
const SINGLE: usize = 1_500;

/// Name of the module for types that several entities share.
const SHARED: &str = "shared";

/// The files of the module `types`, by path inside the crate.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let all: Vec<&str> = model.types.named.keys().map(String::as_str).collect();
    let single = file(
        model,
        &all,
        &format!("Types of the records and arguments of the {} connector.", title(model)),
    );
    if single.lines().count() <= SINGLE {
        return BTreeMap::from([("src/types.rs".to_owned(), single)]);
    }
    let mut modules: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, named) in &model.types.named {
        modules.entry(module(model, named)).or_default().push(name);
    }
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!(
        "Types of the records and arguments of the {} connector, one module for each entity.",
        title(model)
    ));
    w.blank();
    for module in modules.keys() {
        w.line(&format!("mod {module};"));
    }
    w.blank();
    for module in modules.keys() {
        w.line(&format!("pub use {module}::*;"));
    }
    let mut files = BTreeMap::from([("src/types/mod.rs".to_owned(), w.finish())]);
    for (module, names) in &modules {
        let about = if module == SHARED {
            "Types that several entities share.".to_owned()
        } else {
            format!("Types of the records and arguments of `{module}`.")
        };
        files.insert(format!("src/types/{module}.rs"), file(model, names, &about));
    }
    files
}

fn title(model: &Model<'_>) -> String {
    prose::markdown(&model.connector.title)
}

/// The module of a type: that of its entity, if only one entity uses it.
fn module(model: &Model<'_>, named: &Named) -> String {
    let accessor = |name: &str| {
        model.entities.iter().find(|e| e.entity.name == name).map(|e| e.accessor.clone())
    };
    let mut entities = named.entities.iter();
    match (entities.next(), entities.next()) {
        (Some(only), None) => accessor(only).unwrap_or_else(|| SHARED.to_owned()),
        _ => SHARED.to_owned(),
    }
}

fn file(model: &Model<'_>, wanted: &[&str], subject: &str) -> String {
    let own: BTreeSet<&str> = wanted.iter().copied().collect();
    let mut uses = Uses::default();
    let mut body = Writer::default();
    for name in wanted {
        let Some(named) = model.types.get(name) else { continue };
        body.blank();
        match &named.shape {
            Shape::Enum(values) => enumeration(&mut body, model, name, named, values, &mut uses),
            Shape::Struct { members, open } => {
                for member in members {
                    uses.note(&member.rust, &own, named.role);
                }
                match named.role {
                    Role::Record => record(&mut body, model, name, named, members, &mut uses),
                    Role::Request => {
                        uses.request = true;
                        request(&mut body, name, members, *open, |w| about(w, model, name, named));
                    }
                }
            }
        }
    }
    let mut w = Writer::file(&model.slug);
    w.inner_doc(subject);
    w.blank();
    uses.write(&mut w);
    w.blank();
    let body = body.finish();
    format!("{}\n{}", w.finish(), body.trim_start())
}

/// The names that a file has to import.
#[derive(Debug, Default)]
struct Uses {
    record: bool,
    open_enum: bool,
    request: bool,
    value: bool,
    map: bool,
    elsewhere: BTreeSet<String>,
}

impl Uses {
    fn note(&mut self, rust: &Rust, own: &BTreeSet<&str>, role: Role) {
        // The macro `request!` imports these types itself.
        let is_record = role == Role::Record;
        rust.any(&mut |rust| {
            match rust {
                Rust::Value => self.value |= is_record,
                Rust::Table(_) => self.map |= is_record,
                Rust::Named(name) if !own.contains(name.as_str()) => {
                    self.elsewhere.insert(name.clone());
                }
                _ => {}
            }
            false
        });
    }

    fn write(&self, w: &mut Writer) {
        if self.map {
            w.line("use std::collections::BTreeMap;");
            w.blank();
        }
        let mut names = Vec::new();
        if self.open_enum {
            names.push("open_enum");
        }
        if self.record {
            names.push("record");
        }
        if self.request {
            names.push("request");
        }
        // In the order of rustfmt.
        if let [only] = names.as_slice() {
            w.line(&format!("use airbyte_agent_core::{only};"));
        }
        if self.value {
            w.line("use airbyte_agent_core::serde_json::Value;");
        }
        if names.len() > 1 {
            w.line(&format!("use airbyte_agent_core::{{{}}};", names.join(", ")));
        }
        match self.elsewhere.iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [only] => {
                w.blank();
                w.line(&format!("use super::{only};"));
            }
            many => {
                w.blank();
                let names: Vec<&str> = many.iter().map(|name| name.as_str()).collect();
                let one = format!("use super::{{{}}};", names.join(", "));
                if one.len() <= 100 {
                    w.line(&one);
                } else {
                    w.line("use super::{");
                    let list = format!("{},", names.join(", "));
                    w.indented(|w| prose::wrap(&list, 96).iter().for_each(|line| w.line(line)));
                    w.line("};");
                }
            }
        }
    }
}

/// Writes the documentation comment of a type.
fn about(w: &mut Writer, model: &Model<'_>, name: &str, named: &Named) {
    let said = prose::markdown(&prose::sentence(&named.description));
    if !said.is_empty() {
        return w.doc(&said);
    }
    let entity = model.entities.iter().find(|entity| {
        let is_record = |record: &Rust| *record == Rust::Named(name.to_owned());
        entity.operations.iter().any(|operation| is_record(&operation.record))
    });
    let said = entity.map(|e| prose::markdown(&prose::sentence(&e.entity.description)));
    if let Some(said) = said.filter(|said| !said.is_empty()) {
        return w.doc(&said);
    }
    let holder =
        model.types.named.iter().filter(|(other, _)| *other != name).find_map(|(holder, other)| {
            match &other.shape {
                Shape::Struct { members, .. } => members
                    .iter()
                    .find(|member| {
                        member.rust.any(&mut |rust| *rust == Rust::Named(name.to_owned()))
                    })
                    .map(|member| (holder, &member.wire)),
                Shape::Enum(_) => None,
            }
        });
    match (holder, &named.shape) {
        (Some((holder, wire)), _) => {
            w.doc(&format!("The type of {} in [`{holder}`].", prose::code(wire)));
        }
        (None, Shape::Enum(_)) => w.doc("One of several texts; the vendor may add others."),
        (None, Shape::Struct { .. }) => w.doc("A record, which the spec does not describe."),
    }
}

fn record(
    w: &mut Writer,
    model: &Model<'_>,
    name: &str,
    named: &Named,
    members: &[Member],
    uses: &mut Uses,
) {
    uses.record = true;
    w.block("record!", |w| {
        about(w, model, name, named);
        w.block(&format!("pub struct {name}"), |w| {
            for member in members {
                member_doc(w, member);
                let (ident, ty) = (&member.ident, member.rust.text(""));
                let wire = if member.wire == *ident {
                    String::new()
                } else {
                    format!(" = {:?}", member.wire)
                };
                w.line(&format!("pub {ident}: {ty}{wire},"));
            }
        });
    });
}

fn enumeration(
    w: &mut Writer,
    model: &Model<'_>,
    name: &str,
    named: &Named,
    values: &[(String, String)],
    uses: &mut Uses,
) {
    uses.open_enum = true;
    w.line("open_enum!(");
    w.indented(|w| {
        about(w, model, name, named);
        w.block(name, |w| {
            for (variant, value) in values {
                w.doc(&if value.is_empty() {
                    "Written as an empty text in requests and responses.".to_owned()
                } else {
                    format!("Written {} in requests and responses.", prose::code(value))
                });
                w.line(&format!("{variant} = {value:?},"));
            }
        });
    });
    w.line(");");
}
