//! Takes out of progenitor's file what does not belong in a library, and documents what is left.
//!
//! Out go: the client itself, which is written by hand, builders of types that only come back,
//! examples that are not compiled, the `Debug` form of secrets. Whatever is public gets a comment.
//! How requests are sent is the business of [`send`](super::send).

use std::collections::BTreeMap;

use heck::ToUpperCamelCase as _;
use quote::{ToTokens as _, format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Fields, ImplItem, Item, ItemImpl, ItemMod, Meta, Type, parse_quote};

use super::prepare::Prepared;
use super::send;
use crate::prose;

/// Widest comment, at whatever depth it stands.
const WIDTH: usize = 88;

/// The finished text of the file, without its first line.
pub(super) fn polish(mut file: syn::File, prepared: &Prepared) -> String {
    file.items.retain(|item| match item {
        Item::Mod(module) => module.ident == "types" || module.ident == "builder",
        // The operations, and not how a client is made.
        Item::Impl(item) => {
            item.trait_.is_none()
                && !item.items.iter().any(|item| is_function(item, "new_with_client"))
        }
        _ => false,
    });
    for item in &mut file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => types(module, prepared),
            Item::Mod(module) if module.ident == "builder" => requests(module, prepared),
            _ => {}
        }
    }
    file.items.insert(
        0,
        parse_quote!(
            pub use crate::client::Client;
        ),
    );
    Shorten.visit_file_mut(&mut file);
    Comment.visit_file_mut(&mut file);
    prettyplease::unparse(&file)
}

fn is_function(item: &ImplItem, name: &str) -> bool {
    matches!(item, ImplItem::Fn(function) if function.sig.ident == name)
}

fn contents(module: &mut ItemMod) -> &mut Vec<Item> {
    &mut module.content.get_or_insert_default().1
}

/// Last name of a type's path.
fn name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    }
    .unwrap_or_default()
}

/// The module of types.
fn types(module: &mut ItemMod, prepared: &Prepared) {
    let mut comments = BTreeMap::new();
    let mut masks = Vec::new();
    for item in contents(module).iter_mut() {
        let Item::Struct(item) = item else { continue };
        let owner = item.ident.to_string();
        let Fields::Named(fields) = &item.fields else { continue };
        for field in &fields.named {
            let Some(ident) = &field.ident else { continue };
            let docs: Vec<Attribute> = field
                .attrs
                .iter()
                .filter(|attribute| attribute.path().is_ident("doc"))
                .cloned()
                .collect();
            comments.insert((owner.clone(), ident.to_string()), docs);
        }
        if prepared.secrets.iter().any(|(schema, _)| *schema == owner) {
            drop_derive(&mut item.attrs, "Debug");
            masks.push(masked(&owner, fields.named.iter(), prepared));
        }
    }
    contents(module).retain(|item| !makes_builder(item, prepared));
    contents(module).extend(masks);
    for item in contents(module).iter_mut() {
        let Item::Mod(builders) = item else { continue };
        if builders.ident != "builder" {
            continue;
        }
        builders.attrs.push(parse_quote!(#[doc = "Types being put together member by member."]));
        contents(builders).retain(|item| match item {
            Item::Struct(item) => !prepared.answers.contains(&item.ident.to_string()),
            Item::Impl(item) => !prepared.answers.contains(&name(&item.self_ty)),
            _ => true,
        });
        for item in contents(builders).iter_mut() {
            match item {
                Item::Struct(item) => {
                    drop_derive(&mut item.attrs, "Debug");
                    let text = format!("A [`{0}`](super::{0}) being put together.", item.ident);
                    item.attrs.push(parse_quote!(#[doc = #text]));
                }
                Item::Impl(item) if item.trait_.is_none() => {
                    let owner = name(&item.self_ty);
                    document_setters(item, |member| {
                        comments.get(&(owner.clone(), member.to_owned())).cloned()
                    });
                }
                _ => {}
            }
        }
    }
}

/// Whether this gives a builder of a type that only comes back.
fn makes_builder(item: &Item, prepared: &Prepared) -> bool {
    let Item::Impl(item) = item else { return false };
    item.trait_.is_none()
        && item.items.iter().any(|item| is_function(item, "builder"))
        && prepared.answers.contains(&name(&item.self_ty))
}

/// A `Debug` form that leaves secrets out.
fn masked<'a>(owner: &str, fields: impl Iterator<Item = &'a Field>, prepared: &Prepared) -> Item {
    let ident = format_ident!("{owner}");
    let shown = fields.filter_map(|field| {
        let ident = field.ident.as_ref()?;
        let text = ident.to_string();
        let is_secret = prepared.secrets.contains(&(owner.to_owned(), text.clone()));
        Some(if is_secret {
            quote!(.field(#text, &"***"))
        } else {
            quote!(.field(#text, &self.#ident))
        })
    });
    parse_quote! {
        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#owner) #(#shown)* .finish()
            }
        }
    }
}

fn drop_derive(attributes: &mut [Attribute], unwanted: &str) {
    for attribute in attributes.iter_mut().filter(|attribute| attribute.path().is_ident("derive")) {
        let Meta::List(list) = &mut attribute.meta else { continue };
        let mut kept = Vec::new();
        let _ = list.parse_nested_meta(|meta| {
            if !meta.path.is_ident(unwanted) {
                kept.push(meta.path);
            }
            Ok(())
        });
        list.tokens = quote!(#(#kept),*);
    }
}

/// The module of requests.
fn requests(module: &mut ItemMod, prepared: &Prepared) {
    let mut comments = BTreeMap::new();
    for item in prepared.document["paths"].as_object().into_iter().flat_map(|paths| paths.values())
    {
        for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
            let owner = operation["operationId"].as_str().unwrap_or_default().to_upper_camel_case();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
                let member = heck::AsSnakeCase(text("name")).to_string();
                comments.insert((owner.clone(), member), text("description"));
            }
        }
    }
    let items = contents(module);
    items.retain(|item| !matches!(item, Item::Use(_)));
    items.splice(0..0, send::uses());
    for item in items {
        match item {
            Item::Struct(item) => drop_derive(&mut item.attrs, "Debug"),
            Item::Impl(item) if item.trait_.is_none() => {
                let owner = name(&item.self_ty);
                document_setters(item, |member| {
                    let text = match member {
                        "new" => "The request with nothing set.",
                        "body" => "Sets the body.",
                        "body_map" => "Changes the body.",
                        other => comments.get(&(owner.clone(), other.to_owned()))?.as_str(),
                    };
                    Some(vec![parse_quote!(#[doc = #text])])
                });
                send::rewrite(item, prepared);
            }
            _ => {}
        }
    }
}

fn document_setters(item: &mut ItemImpl, comment: impl Fn(&str) -> Option<Vec<Attribute>>) {
    for item in &mut item.items {
        let ImplItem::Fn(function) = item else { continue };
        if !is_documented(&function.attrs) {
            let found = comment(&function.sig.ident.to_string());
            function.attrs.splice(0..0, found.unwrap_or_default());
        }
    }
}

fn is_documented(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("doc"))
}

/// Takes the prelude's own names for what is in the prelude.
struct Shorten;

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        let text: Vec<String> = path.segments.iter().map(|part| part.ident.to_string()).collect();
        let text: Vec<&str> = text.iter().map(String::as_str).collect();
        let is_known = matches!(
            text.as_slice(),
            ["std", "option", "Option"]
                | ["std", "string", "String"]
                | ["std", "vec", "Vec"]
                | ["std", "convert", "From" | "TryFrom" | "TryInto"]
                | ["std", "default", "Default"]
        );
        // A path that goes on behind the name stays as it is.
        if is_known && let Some(last) = path.segments.pop() {
            path.leading_colon = None;
            path.segments = std::iter::once(last.into_value()).collect();
        }
    }

    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
}

/// Gives everything public a comment, and every comment the width of a page.
struct Comment;

impl Comment {
    fn complete(attributes: &mut Vec<Attribute>, otherwise: impl FnOnce() -> String) {
        let mut text = String::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
            if let Meta::NameValue(pair) = &attribute.meta
                && let syn::Expr::Lit(literal) = &pair.value
                && let syn::Lit::Str(line) = &literal.lit
            {
                text.push_str(line.value().trim_start_matches(' '));
                text.push('\n');
            }
        }
        attributes.retain(|attribute| !attribute.path().is_ident("doc"));
        if text.trim().is_empty() {
            text = otherwise();
        }
        let lines = prose::wrap(&without_examples(&text), WIDTH);
        let docs = lines.into_iter().map(|line| -> Attribute {
            let line = if line.is_empty() { line } else { format!(" {line}") };
            parse_quote!(#[doc = #line])
        });
        attributes.splice(0..0, docs);
    }
}

/// The text without blocks of code, which would have to be compiled to be of use.
fn without_examples(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            // A list needs an empty line before it to be one everywhere.
            let item = line.strip_prefix("- ").map(|item| format!("* {item}"));
            out.push_str(&item.unwrap_or_else(|| line.to_owned()));
            out.push_str(if line == "Arguments:" { "\n\n" } else { "\n" });
        }
    }
    out
}

impl VisitMut for Comment {
    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        Self::complete(&mut item.attrs, || format!("`{}`.", item.ident));
        visit_mut::visit_item_struct_mut(self, item);
    }

    fn visit_item_enum_mut(&mut self, item: &mut syn::ItemEnum) {
        Self::complete(&mut item.attrs, || format!("`{}`.", item.ident));
        visit_mut::visit_item_enum_mut(self, item);
    }

    fn visit_item_mod_mut(&mut self, item: &mut ItemMod) {
        Self::complete(&mut item.attrs, || format!("`{}`.", item.ident));
        visit_mut::visit_item_mod_mut(self, item);
    }

    fn visit_variant_mut(&mut self, variant: &mut syn::Variant) {
        let word = variant.attrs.iter().find_map(|attribute| {
            let text = attribute.to_token_stream().to_string();
            Some(text.split('"').nth(1)?.to_owned())
        });
        let ident = variant.ident.to_string();
        Self::complete(&mut variant.attrs, || format!("`{}`.", word.unwrap_or(ident)));
    }

    fn visit_field_mut(&mut self, field: &mut Field) {
        if matches!(field.vis, syn::Visibility::Public(_))
            && let Some(ident) = field.ident.clone()
        {
            Self::complete(&mut field.attrs, || format!("`{ident}`."));
        }
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut syn::ImplItemFn) {
        if matches!(function.vis, syn::Visibility::Public(_)) {
            let ident = function.sig.ident.clone();
            Self::complete(&mut function.attrs, || match ident.to_string().as_str() {
                "builder" => "Begins one, to be put together member by member.".to_owned(),
                other => format!("Sets `{other}`."),
            });
        }
    }
}
