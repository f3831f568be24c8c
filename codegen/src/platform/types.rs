//! The types that progenitor makes, sorted into files by the tags of the operations that use them.
//!
//! The `Debug` output of types contains no secrets, and every type that requests contain gets a
//! builder.

use std::collections::{BTreeMap, BTreeSet};

use quote::{ToTokens as _, format_ident, quote};
use syn::visit_mut::VisitMut as _;
use syn::{
    Attribute, Field, Fields, GenericArgument, Item, ItemImpl, ItemStruct, Meta, PathArguments,
    Type, parse_quote,
};

use super::comments::Comments;
use super::prepare::Prepared;
use super::shorten::{self, Shorten};

/// The module of types that operations of several tags use.
const SHARED: &str = "shared";

/// The files by path.
pub(super) fn files(items: Vec<Item>, prepared: &Prepared) -> BTreeMap<String, String> {
    let (own, types) = sorted(items);
    let places = places(&types, prepared);
    let bodies = prepared.operations.iter().filter_map(|operation| operation.body.clone());
    let requests = reached(&types, bodies.collect());
    let mut modules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in types.keys() {
        let module = places.get(name).map_or(SHARED, String::as_str);
        modules.entry(module).or_default().push(name);
    }
    let mut files = BTreeMap::new();
    let mut with_builders = Vec::new();
    for (module, names) in &modules {
        let (text, has_builders) = file(module, names, &types, &requests, prepared);
        files.insert(format!("src/api/types/{module}.rs"), text);
        if has_builders {
            with_builders.push(*module);
        }
    }
    let names: Vec<&str> = modules.keys().copied().collect();
    files.insert("src/api/types/mod.rs".to_owned(), root(&names, &with_builders, own));
    files
}

/// Types by name, each with everything that is implemented for it.
type Types = BTreeMap<String, Vec<Item>>;

/// Divides the items into those that belong to all types, and the types by name.
fn sorted(items: Vec<Item>) -> (Vec<Item>, Types) {
    let mut types = Types::new();
    let mut own = Vec::new();
    for item in items {
        let owner = match &item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            Item::Impl(item) => Some(owner(item)),
            _ => None,
        };
        match owner {
            Some(owner) => types.entry(owner).or_default().push(item),
            None => own.push(item),
        }
    }
    (own, types)
}

/// The type that an implementation belongs to: for an implementation for `String`, the one that is
/// converted into it.
fn owner(item: &ItemImpl) -> String {
    let owner = name(&item.self_ty);
    let converted = item.trait_.as_ref().and_then(|(_, path, _)| argument(path));
    converted.filter(|_| owner == "String").map_or(owner.clone(), name)
}

/// The type in `From<Type>`.
fn argument(path: &syn::Path) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// The last name in the path of a type.
fn name(ty: &Type) -> String {
    let last = match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    last.unwrap_or_default()
}

/// The module of every type that only operations of one tag use.
fn places(types: &Types, prepared: &Prepared) -> BTreeMap<String, String> {
    let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for operation in &prepared.operations {
        for name in reached(types, operation.types().map(str::to_owned).collect()) {
            users.entry(name).or_default().insert(&operation.module);
        }
    }
    let mut places = BTreeMap::new();
    for (name, modules) in users {
        if let (Some(module), 1) = (modules.first(), modules.len()) {
            places.insert(name, (*module).to_owned());
        }
    }
    places
}

/// The types that these types contain, including themselves.
fn reached(types: &Types, mut open: Vec<String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(items) = types.get(&name).filter(|_| !seen.contains(&name)) else { continue };
        for item in items {
            let text = item.to_token_stream().to_string();
            let held = words(&text).into_iter().filter(|word| types.contains_key(*word));
            open.extend(held.map(str::to_owned));
        }
        seen.insert(name);
    }
    seen
}

/// The words of a Rust text.
fn words(text: &str) -> BTreeSet<&str> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).collect()
}

/// The text of a file of types, and whether it contains builders.
fn file(
    module: &str,
    names: &[&str],
    types: &Types,
    requests: &BTreeSet<String>,
    prepared: &Prepared,
) -> (String, bool) {
    let mut body = String::new();
    let mut builders = String::new();
    for name in names {
        let mut items = types.get(*name).cloned().unwrap_or_default();
        let mut masked = None;
        for item in &mut items {
            if let Item::Struct(item) = item {
                masked = mask(item, prepared);
            }
        }
        items.extend(masked);
        for item in items {
            let is_request = requests.contains(*name);
            body.push_str(&print(item.clone()));
            body.push('\n');
            if let Item::Struct(item) = item
                && is_request
                && matches!(item.fields, Fields::Named(_))
            {
                builders.push_str(&builder(item, types));
            }
        }
    }
    if !builders.is_empty() {
        body.push_str(&format!("builders! {{\n{builders}}}\n"));
    }
    let about = if module == SHARED {
        "Types that the operations of several modules use".to_owned()
    } else {
        format!("Types that only the operations of the module `{module}` use")
    };
    let words = words(&body);
    let mut text = format!("//! {about}.\n\n");
    let mut imports = Vec::new();
    let elsewhere: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| types.contains_key(*word) && !names.contains(word))
        .collect();
    match elsewhere.as_slice() {
        [] => {}
        [only] => imports.push(format!("use super::{only};")),
        several => imports.push(format!("use super::{{{}}};", several.join(", "))),
    }
    if words.contains("ConversionError") {
        imports.push("use super::error::ConversionError;".to_owned());
    }
    if !builders.is_empty() {
        imports.push("use crate::builders::builders;".to_owned());
    }
    let foreign = shorten::imports(&words);
    for group in [foreign.std, foreign.serde, imports] {
        if !group.is_empty() {
            text.push_str(&format!("{}\n\n", group.join("\n")));
        }
    }
    text.push_str(&body);
    (text, !builders.is_empty())
}

/// The text of an item in a file.
fn print(item: Item) -> String {
    let mut file = syn::File { shebang: None, attrs: Vec::new(), items: vec![item] };
    Shorten.visit_file_mut(&mut file);
    Comments.visit_file_mut(&mut file);
    prettyplease::unparse(&file)
}

/// The file that declares the modules of all others.
fn root(modules: &[&str], with_builders: &[&str], own: Vec<Item>) -> String {
    let mut text = "//! Types that requests hold and responses give.\n\n".to_owned();
    for module in modules {
        text.push_str(&format!("mod {module};\n"));
    }
    text.push('\n');
    for module in modules {
        text.push_str(&format!("pub use self::{module}::*;\n"));
    }
    text.push_str(
        "\n/// Types of requests being put together member by member.\npub mod builder {\n",
    );
    for module in with_builders {
        text.push_str(&format!("    pub use super::{module}::builder::*;\n"));
    }
    text.push_str("}\n");
    for item in own {
        // The files of types have their own imports.
        if !matches!(item, Item::Use(_)) {
            let mut file = syn::File { shebang: None, attrs: Vec::new(), items: vec![item] };
            Comments.visit_file_mut(&mut file);
            text.push('\n');
            text.push_str(&prettyplease::unparse(&file));
        }
    }
    text
}

/// Removes secrets from the `Debug` output of a type that contains any.
fn mask(item: &mut ItemStruct, prepared: &Prepared) -> Option<Item> {
    let owner = item.ident.to_string();
    let Fields::Named(fields) = &item.fields else { return None };
    if !prepared.secrets.iter().any(|(schema, _)| *schema == owner) {
        return None;
    }
    let ident = format_ident!("{owner}");
    let shown = fields.named.iter().filter_map(|field| {
        let ident = field.ident.as_ref()?;
        let text = ident.to_string();
        let is_secret = prepared.secrets.contains(&(owner.clone(), text.clone()));
        let value = if is_secret { quote!(&"***") } else { quote!(&self.#ident) };
        Some(quote!(.field(#text, #value)))
    });
    let masked = parse_quote! {
        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#owner) #(#shown)* .finish()
            }
        }
    };
    drop_derive(&mut item.attrs, "Debug");
    Some(masked)
}

fn drop_derive(attributes: &mut [Attribute], unwanted: &str) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let Meta::List(list) = &mut attribute.meta else { continue };
        let mut derived = Vec::new();
        // The text consists of paths only.
        let _ = list.parse_nested_meta(|meta| {
            if !meta.path.is_ident(unwanted) {
                derived.push(meta.path);
            }
            Ok(())
        });
        list.tokens = quote!(#(#derived),*);
    }
}

/// The members of a type for the macro that makes its builder: `name: Type = value when it is not set,`.
fn builder(mut item: ItemStruct, types: &Types) -> String {
    Shorten.visit_item_struct_mut(&mut item);
    let mut text = format!("    {} {{\n", item.ident);
    for field in &item.fields {
        let Some(ident) = &field.ident else { continue };
        let ty = outside(&field.ty.to_token_stream().to_string(), types);
        text.push_str(&format!("        {ident}: {ty}{},\n", initial(field)));
    }
    text.push_str("    }\n");
    text
}

/// A type in the form in which the module of the builders names it, because builders have the names
/// of the types.
fn outside(ty: &str, types: &Types) -> String {
    let mut text = String::new();
    for token in ty.split_whitespace() {
        match token {
            name if types.contains_key(name) => text.push_str(&format!("super::{name}")),
            "," => text.push_str(", "),
            other => text.push_str(other),
        }
    }
    text
}

/// The value of a member that is not set; empty if the member has to be set.
fn initial(field: &Field) -> String {
    if name(&field.ty) == "Option" {
        return " = None".to_owned();
    }
    let mut initial = String::new();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(syn::parse::ParseBuffer::parse::<syn::LitStr>);
            if meta.path.is_ident("default") {
                initial = match value {
                    Ok(function) => {
                        format!(" = {}()", function.value().replace("super::", "super::super::"))
                    }
                    Err(_) => " = Default::default()".to_owned(),
                };
            }
            Ok(())
        });
    }
    initial
}
