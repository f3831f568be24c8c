//! Request objects: strict structs with a constructor for what must be sent and setters for the
//! rest, and how an argument of any type is taken.

use super::types::member_doc;
use super::writer::Writer;
use crate::prose;
use crate::types::{Member, Rust};

/// A request object with its constructor and setters, below its doc comment.
pub(crate) fn request(w: &mut Writer, name: &str, members: &[Member], open: bool) {
    let required: Vec<&Member> = members.iter().filter(|member| member.required).collect();
    let default = if required.is_empty() { "Default, " } else { "" };
    w.line(&format!("#[derive(Debug, Clone, {default}PartialEq, Serialize, Deserialize)]"));
    w.line("#[cfg_attr(feature = \"schemars\", derive(schemars::JsonSchema))]");
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
        if open {
            w.doc("Members that the spec does not name.");
            w.line("#[serde(flatten)]");
            w.line("pub extra: Extra,");
        }
    });
    w.blank();
    w.block(&format!("impl {name}"), |w| {
        constructor(w, members, &required, open);
        for member in members.iter().filter(|member| !member.required) {
            setter(w, member);
        }
        if open {
            w.blank();
            w.doc("Sets a member that the spec does not name.");
            w.line("#[must_use]");
            let arguments = ["mut self", "name: impl Into<String>", "value: impl Into<Value>"];
            w.function("pub fn param", &arguments.map(str::to_owned), " -> Self", |w| {
                w.line("self.extra.insert(name.into(), value.into());");
                w.line("self");
            });
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

fn constructor(w: &mut Writer, members: &[Member], required: &[&Member], open: bool) {
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
        let mut fields: Vec<String> = members
            .iter()
            .map(|member| {
                if !member.required {
                    return format!("{}: None", member.ident);
                }
                let value = argument_value(&member.rust, &member.ident);
                if value == member.ident { value } else { format!("{}: {value}", member.ident) }
            })
            .collect();
        if open {
            fields.push("extra: Extra::new()".to_owned());
        }
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
    let arguments =
        ["mut self".to_owned(), format!("{ident}: {}", argument_type(&member.rust, ""))];
    w.function(&format!("pub fn {ident}"), &arguments, " -> Self", |w| {
        let value = argument_value(&member.rust, ident);
        let some = if keeps_null(member) {
            format!("Some(Some({value}))")
        } else {
            format!("Some({value})")
        };
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
pub(crate) fn argument_value(rust: &Rust, ident: &str) -> String {
    match rust {
        Rust::String | Rust::Value | Rust::Named(_) => format!("{ident}.into()"),
        Rust::Integer | Rust::Number | Rust::Boolean => ident.to_owned(),
        Rust::Boxed(inner) => format!("Box::new({})", argument_value(inner, ident)),
        Rust::List(item) => match item.as_ref() {
            Rust::Integer | Rust::Number | Rust::Boolean => {
                format!("{ident}.into_iter().collect()")
            }
            Rust::String | Rust::Value | Rust::Named(_) => {
                format!("{ident}.into_iter().map(Into::into).collect()")
            }
            _ => format!(
                "{ident}.into_iter().map(|item| {}).collect()",
                argument_value(item, "item")
            ),
        },
        Rust::Table(item) => format!(
            "{ident}.into_iter().map(|(key, item)| (key.into(), {})).collect()",
            argument_value(item, "item")
        ),
    }
}
