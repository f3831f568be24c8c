//! `types`: records, request objects and enums; one file, or one per entity when it grows long.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::request;
use super::writer::Writer;
use crate::model::Model;
use crate::prose;
use crate::types::{Member, Named, Role, Rust, Shape};

/// Longest single file, in lines.
const SINGLE: usize = 1_500;

/// Module of types that several entities share.
const SHARED: &str = "shared";

/// The files by path.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let all: Vec<&str> = model.types.named.keys().map(String::as_str).collect();
    let single = file(model, &all, &format!("Types of the {} connector.", title(model)));
    if single.lines().count() <= SINGLE {
        return BTreeMap::from([("src/types.rs".to_owned(), single)]);
    }
    let mut modules: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, named) in &model.types.named {
        modules.entry(module(model, named)).or_default().push(name);
    }
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("Types of the {} connector, one module per entity.", title(model)));
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
            format!("Types of `{module}`.")
        };
        files.insert(format!("src/types/{module}.rs"), file(model, names, &about));
    }
    files
}

fn title(model: &Model<'_>) -> String {
    prose::markdown(&model.connector.title)
}

/// The module of a type: its entity's, if it has only one.
fn module(model: &Model<'_>, named: &Named) -> String {
    let accessor = |name: &str| {
        model.entities.iter().find(|e| e.entity.name == name).map(|e| e.accessor.clone())
    };
    match named.entities.as_slice() {
        [only] => accessor(only).unwrap_or_else(|| SHARED.to_owned()),
        _ => SHARED.to_owned(),
    }
}

fn file(model: &Model<'_>, wanted: &[&str], subject: &str) -> String {
    let here: BTreeSet<&str> = wanted.iter().copied().collect();
    let mut uses = Uses::default();
    let mut body = Writer::default();
    for name in wanted {
        let Some(named) = model.types.get(name) else { continue };
        body.blank();
        match &named.shape {
            Shape::Enum(values) => enumeration(&mut body, model, name, named, values, &mut uses),
            Shape::Struct { members, open } => {
                for member in members {
                    uses.note(&member.rust, &here);
                }
                match named.role {
                    Role::Record => record(&mut body, model, name, named, members, &mut uses),
                    Role::Request => {
                        uses.request = true;
                        uses.extra |= *open;
                        about(&mut body, model, name, named);
                        request(&mut body, name, members, *open);
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

/// What a file has to import.
#[derive(Debug, Default)]
struct Uses {
    record: bool,
    extra: bool,
    open_enum: bool,
    request: bool,
    value: bool,
    map: bool,
    elsewhere: BTreeSet<String>,
}

impl Uses {
    fn note(&mut self, rust: &Rust, here: &BTreeSet<&str>) {
        rust.any(&mut |rust| {
            match rust {
                Rust::Value => self.value = true,
                Rust::Table(_) => self.map = true,
                Rust::Named(name) if !here.contains(name.as_str()) => {
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
        if self.value || self.extra {
            w.line("use airbyte_agent_core::serde_json::Value;");
        }
        let mut names = Vec::new();
        if self.record || self.extra {
            names.push("Extra");
        }
        if self.open_enum {
            names.push("open_enum");
        }
        if self.record {
            names.push("record");
        }
        match names.as_slice() {
            [] => {}
            [only] => w.line(&format!("use airbyte_agent_core::{only};")),
            _ => w.line(&format!("use airbyte_agent_core::{{{}}};", names.join(", "))),
        }
        if self.request {
            w.line("use serde::{Deserialize, Serialize};");
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

/// The doc comment of a type.
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
        (Some((holder, wire)), _) => w.doc(&format!("{} of [`{holder}`].", prose::code(wire))),
        (None, Shape::Enum(_)) => w.doc("One of several words."),
        (None, Shape::Struct { .. }) => w.doc("A record."),
    }
}

pub(crate) fn member_doc(w: &mut Writer, member: &Member) {
    let said = prose::markdown(&prose::sentence(&member.description));
    w.doc(&if said.is_empty() { format!("{}.", prose::code(&member.wire)) } else { said });
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
    about(w, model, name, named);
    w.line("#[derive(Debug, Clone, Default, PartialEq)]");
    w.line("#[non_exhaustive]");
    w.block(&format!("pub struct {name}"), |w| {
        for member in members {
            member_doc(w, member);
            w.line(&format!("pub {}: Option<{}>,", member.ident, member.rust.text("")));
        }
        w.doc("Members that the spec does not name.");
        w.line("pub extra: Extra,");
    });
    w.blank();
    let pairs: Vec<String> =
        members.iter().map(|member| format!("{}: {:?}", member.ident, member.wire)).collect();
    let one = format!("record!({name} {{ {} }});", pairs.join(", "));
    if one.len() <= 100 {
        return w.line(&one);
    }
    w.line(&format!("record!({name} {{"));
    w.indented(|w| pairs.iter().for_each(|pair| w.line(&format!("{pair},"))));
    w.line("});");
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
                    "Nothing.".to_owned()
                } else {
                    format!("{}.", prose::code(value))
                });
                w.line(&format!("{variant} = {value:?},"));
            }
        });
    });
    w.line(");");
}
