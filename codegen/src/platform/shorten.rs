//! Shortens paths that progenitor writes in full to names that the file imports, as people write
//! them.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Meta, Path};

/// The imports of a file, by the crate that they come from.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Imports from the standard library.
    pub(super) std: Vec<String>,
    /// Imports from serde and `serde_json`.
    pub(super) serde: Vec<String>,
}

/// The imports that a file with these words needs, apart from those of its own crate.
pub(super) fn imports(words: &BTreeSet<&str>) -> Imports {
    let mut imports = Imports::default();
    let known = [
        ("BTreeMap", "std::collections::BTreeMap"),
        ("fmt", "std::fmt"),
        ("FromStr", "std::str::FromStr"),
    ];
    let std = known.iter().filter(|(name, _)| words.contains(name));
    imports.std.extend(std.map(|(_, path)| format!("use {path};")));
    for (names, path) in [(["Deserialize", "Serialize"], "serde"), (["Map", "Value"], "serde_json")]
    {
        let used: Vec<&str> = names.into_iter().filter(|name| words.contains(name)).collect();
        match used.as_slice() {
            [] => {}
            [only] => imports.serde.push(format!("use {path}::{only};")),
            both => imports.serde.push(format!("use {path}::{{{}}};", both.join(", "))),
        }
    }
    imports
}

/// Shortens every path.
pub(super) struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let segments = segments_kept(path);
        if segments < path.segments.len() {
            path.leading_colon = None;
            let dropped = path.segments.len() - segments;
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(dropped).collect();
        }
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        let Meta::List(list) = &mut attribute.meta else { return };
        if list.path.is_ident("derive") {
            let mut paths = Vec::new();
            // Here, progenitor writes paths and nothing else.
            let _ = list.parse_nested_meta(|meta| {
                let mut path = meta.path;
                self.visit_path_mut(&mut path);
                paths.push(path);
                Ok(())
            });
            list.tokens = quote::quote!(#(#paths),*);
        } else if list.path.is_ident("serde") {
            let text = list.tokens.to_string();
            let text = text
                .replace("\"::std::option::Option::", "\"Option::")
                .replace("\"defaults::", "\"super::defaults::");
            if let Ok(tokens) = text.parse::<TokenStream>() {
                list.tokens = tokens;
            }
        }
    }
}

/// How many of its last segments a path keeps.
fn segments_kept(path: &Path) -> usize {
    let names: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["std", "option", "Option"]
        | ["std", "string", "String"]
        | ["std", "vec", "Vec"]
        | ["std", "convert", "From" | "TryFrom" | "TryInto"]
        | ["std", "default", "Default"]
        | ["std", "result", "Result"]
        | ["std", "collections", "BTreeMap"]
        | ["std", "str", "FromStr"]
        | ["serde", "Deserialize" | "Serialize"]
        | ["serde_json", "Map" | "Value"]
        | ["self", "error", "ConversionError"] => 1,
        ["std", "fmt", ..] => names.len() - 1,
        _ => names.len(),
    }
}
