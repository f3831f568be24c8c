//! The types of arguments: in the form that the engine's macros take for setters, and as plain Rust
//! for methods of accessors.

use crate::types::Rust;

/// The kind of a setter, as the macros write it; `free` is the kind for any JSON value.
pub(crate) fn kind(rust: &Rust, path: &str, free: &str) -> String {
    match rust {
        Rust::Value => free.to_owned(),
        Rust::List(item) => format!("[{}]", kind(item, path, free)),
        Rust::Table(item) => format!("{{String: {}}}", kind(item, path, free)),
        Rust::Boxed(inner) => format!("({})", kind(inner, path, free)),
        Rust::String | Rust::Integer | Rust::Number | Rust::Boolean | Rust::Named(_) => {
            rust.text(path)
        }
    }
}

/// The declaration of a setter: `name: kind = "wire" or clear_name`, where the last two parts are optional.
pub(crate) fn entry(ident: &str, kind: &str, wire: &str, clearable: bool) -> String {
    let wire = if wire == ident { String::new() } else { format!(" = {wire:?}") };
    let clear =
        if clearable { format!(" or clear_{}", ident.trim_matches('_')) } else { String::new() };
    format!("{ident}: {kind}{wire}{clear},")
}

/// The type of an argument that takes a value of this type.
pub(crate) fn argument_type(rust: &Rust, path: &str) -> String {
    match rust {
        Rust::String => "impl Into<String>".to_owned(),
        Rust::Value => "impl Serialize".to_owned(),
        Rust::Named(_) => format!("impl Into<{}>", rust.text(path)),
        Rust::List(item) => format!("impl IntoIterator<Item = {}>", argument_type(item, path)),
        Rust::Table(item) => {
            format!("impl IntoIterator<Item = (impl Into<String>, {})>", argument_type(item, path))
        }
        Rust::Integer | Rust::Number | Rust::Boolean => rust.text(path),
        Rust::Boxed(inner) => argument_type(inner, path),
    }
}

/// The expression that turns an argument of the type [`argument_type`] into the value.
pub(crate) fn argument_value(rust: &Rust, ident: &str) -> String {
    match rust {
        Rust::String | Rust::Named(_) => format!("{ident}.into()"),
        Rust::Value | Rust::Integer | Rust::Number | Rust::Boolean => ident.to_owned(),
        Rust::Boxed(inner) => argument_value(inner, ident),
        Rust::List(item) => match item.as_ref() {
            Rust::Value | Rust::Integer | Rust::Number | Rust::Boolean => {
                format!("{ident}.into_iter().collect::<Vec<_>>()")
            }
            Rust::String | Rust::Named(_) => {
                format!("{ident}.into_iter().map(Into::into).collect::<Vec<_>>()")
            }
            _ => format!(
                "{ident}.into_iter().map(|item| {}).collect::<Vec<_>>()",
                argument_value(item, "item")
            ),
        },
        Rust::Table(item) => format!(
            "{ident}.into_iter().map(|(key, item)| (key.into(), {})).collect::<BTreeMap<String, _>>()",
            argument_value(item, "item")
        ),
    }
}
