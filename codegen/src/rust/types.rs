//! `types`: records, request objects and enums; one file, or one per entity when it grows long.

use std::collections::{BTreeMap, BTreeSet};

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

fn file(model: &Model<'_>, names: &[&str], about: &str) -> String {
    let here: BTreeSet<&str> = names.iter().copied().collect();
    let mut uses = Uses::default();
    let mut body = Writer::default();
    for name in names {
        let Some(named) = model.types.get(name) else { continue };
        body.blank();
        match &named.shape {
            Shape::Enum(values) => enumeration(&mut body, model, name, named, values, &mut uses),
            Shape::Struct(members) => {
                members.iter().for_each(|member| uses.note(&member.rust, &here));
                match named.role {
                    Role::Record => record(&mut body, model, name, named, members, &mut uses),
                    Role::Request => request(&mut body, model, name, named, members, &mut uses),
                }
            }
        }
    }
    let mut w = Writer::file(&model.slug);
    w.inner_doc(about);
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
        if self.value {
            w.line("use airbyte_agent_core::serde_json::Value;");
        }
        let mut names = Vec::new();
        if self.record {
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
    let holder = model.types.named.iter().find_map(|(holder, other)| match &other.shape {
        Shape::Struct(members) => members
            .iter()
            .find(|member| member.rust.any(&mut |rust| *rust == Rust::Named(name.to_owned())))
            .map(|member| (holder, &member.wire)),
        Shape::Enum(_) => None,
    });
    match (holder, &named.shape) {
        (Some((holder, wire)), _) => w.doc(&format!("{} of [`{holder}`].", prose::code(wire))),
        (None, Shape::Enum(_)) => w.doc("One of several words."),
        (None, Shape::Struct(_)) => w.doc("A record."),
    }
}

fn member_doc(w: &mut Writer, member: &Member) {
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

fn request(
    w: &mut Writer,
    model: &Model<'_>,
    name: &str,
    named: &Named,
    members: &[Member],
    uses: &mut Uses,
) {
    uses.request = true;
    let required: Vec<&Member> = members.iter().filter(|member| member.required).collect();
    about(w, model, name, named);
    let default = if required.is_empty() { "Default, " } else { "" };
    w.line(&format!("#[derive(Debug, Clone, {default}PartialEq, Serialize, Deserialize)]"));
    w.line("#[non_exhaustive]");
    w.block(&format!("pub struct {name}"), |w| {
        for member in members {
            member_doc(w, member);
            let mut serde = Vec::new();
            if member.wire != member.ident {
                serde.push(format!("rename = {:?}", member.wire));
            }
            if !member.required {
                serde.push("default".to_owned());
                serde.push("skip_serializing_if = \"Option::is_none\"".to_owned());
            }
            if !serde.is_empty() {
                let one = format!("#[serde({})]", serde.join(", "));
                w.line(&one);
            }
            w.line(&format!("pub {}: {},", member.ident, stored(member)));
        }
    });
    w.blank();
    w.block(&format!("impl {name}"), |w| {
        constructor(w, members, &required);
        for member in members.iter().filter(|member| !member.required) {
            setter(w, member);
        }
    });
}

/// The type of a field of a request object: what must be sent is no option, what may be `null`
/// has an option of its own for that.
fn stored(member: &Member) -> String {
    let plain = member.rust.text("");
    match (member.required, keeps_null(member)) {
        (true, _) => plain,
        (false, false) => format!("Option<{plain}>"),
        (false, true) => format!("Option<Option<{plain}>>"),
    }
}

fn keeps_null(member: &Member) -> bool {
    member.nullable && member.rust != Rust::Value
}

fn constructor(w: &mut Writer, members: &[Member], required: &[&Member]) {
    if required.is_empty() {
        w.doc("Nothing set yet.");
        w.line("#[must_use]");
        w.block("pub fn new() -> Self", |w| w.line("Self::default()"));
        return;
    }
    w.doc("With what must be sent.");
    w.line("#[must_use]");
    let arguments: Vec<String> = required
        .iter()
        .map(|member| format!("{}: {}", member.ident, argument_type(&member.rust, "")))
        .collect();
    w.function("pub fn new", &arguments, " -> Self", |w| {
        let fields: Vec<String> = members
            .iter()
            .map(|member| {
                if !member.required {
                    return format!("{}: None", member.ident);
                }
                let value = argument_value(&member.rust, &member.ident, "");
                if value == member.ident { value } else { format!("{}: {value}", member.ident) }
            })
            .collect();
        let one = format!("Self {{ {} }}", fields.join(", "));
        if one.len() + 8 <= 100 {
            w.line(&one);
        } else {
            w.block("Self", |w| fields.iter().for_each(|field| w.line(&format!("{field},"))));
        }
    });
}

fn setter(w: &mut Writer, member: &Member) {
    let ident = &member.ident;
    w.blank();
    member_doc(w, member);
    w.line("#[must_use]");
    let arguments = [
        "mut self".to_owned(),
        format!("{ident}: {}", argument_type(&member.rust, "")),
    ];
    w.function(&format!("pub fn {ident}"), &arguments, " -> Self", |w| {
        let value = argument_value(&member.rust, ident, "");
        let some = if keeps_null(member) { format!("Some(Some({value}))") } else { format!("Some({value})") };
        w.line(&format!("self.{ident} = {some};"));
        w.line("self");
    });
    if keeps_null(member) {
        w.blank();
        w.doc(&format!("Sends `null` as {}.", prose::code(&member.wire)));
        w.line("#[must_use]");
        w.block(&format!("pub fn clear_{}(mut self) -> Self", ident.trim_matches('_')), |w| {
            w.line(&format!("self.{ident} = Some(None);"));
            w.line("self");
        });
    }
}

/// The type of an argument that takes a value of this type.
pub(crate) fn argument_type(rust: &Rust, path: &str) -> String {
    match rust {
        Rust::String => "impl Into<String>".to_owned(),
        Rust::Value => "impl Into<Value>".to_owned(),
        Rust::Named(_) => format!("impl Into<{}>", rust.text(path)),
        Rust::List(item) => format!("impl IntoIterator<Item = {}>", argument_type(item, path)),
        Rust::Table(item) => {
            format!("impl IntoIterator<Item = (impl Into<String>, {})>", argument_type(item, path))
        }
        Rust::Integer | Rust::Number | Rust::Boolean => rust.text(path),
        Rust::Boxed(inner) => argument_type(inner, path),
    }
}

/// The value made of an argument of that type.
pub(crate) fn argument_value(rust: &Rust, ident: &str, path: &str) -> String {
    match rust {
        Rust::String | Rust::Value | Rust::Named(_) => format!("{ident}.into()"),
        Rust::Integer | Rust::Number | Rust::Boolean => ident.to_owned(),
        Rust::Boxed(inner) => format!("Box::new({})", argument_value(inner, ident, path)),
        Rust::List(item) => match item.as_ref() {
            Rust::Integer | Rust::Number | Rust::Boolean => format!("{ident}.into_iter().collect()"),
            Rust::String | Rust::Value | Rust::Named(_) => {
                format!("{ident}.into_iter().map(Into::into).collect()")
            }
            _ => format!(
                "{ident}.into_iter().map(|item| {}).collect()",
                argument_value(item, "item", path)
            ),
        },
        Rust::Table(item) => format!(
            "{ident}.into_iter().map(|(key, item)| (key.into(), {})).collect()",
            argument_value(item, "item", path)
        ),
    }
}
