//! Comments of the types that progenitor makes: every public item gets one, and none is wider than
//! a page.

use quote::ToTokens as _;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, ItemMod, Meta, parse_quote};

use crate::prose;

/// Width of the widest comment in columns, without its indentation.
const WIDTH: usize = 92;

/// Gives every public item a comment, and every comment the width of a page.
pub(super) struct Comments;

impl Comments {
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

/// The text without code blocks, because the examples in them do not compile.
fn without_examples(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            // Some renderers of Markdown recognise a list only after an empty line.
            let item = line.strip_prefix("- ").map(|item| format!("* {item}"));
            out.push_str(&item.unwrap_or_else(|| line.to_owned()));
            out.push('\n');
        }
    }
    out
}

impl VisitMut for Comments {
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
            Self::complete(&mut function.attrs, || format!("`{ident}`."));
        }
    }
}
