//! `description.rs`: the connector description as a `static`, baked and then made readable.

use std::borrow::Cow;
use std::collections::BTreeMap;

use airbyte_agent_description::{
    Action, Body, CredentialField, Hints, Location, Method, Next, Operation, Paging, Parameter,
    Response, RetryPolicy, Schema, Style, Template,
};
use databake::{Bake, CrateEnv};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{VisitMut, visit_expr_mut, visit_expr_struct_mut};
use syn::{Expr, ExprStruct, Lit, Member, parse_quote};

use super::dense::dense;
use super::writer::header;
use crate::Error;
use crate::model::Model;

/// The files by path: the connector, and one file per entity.
pub(crate) fn files(model: &Model<'_>) -> Result<BTreeMap<String, String>, Error> {
    let bases = bases();
    let mut files = BTreeMap::new();
    let mut modules = Vec::new();
    for entity in &model.entities {
        let mut baked = bake(entity.entity)?;
        Readable { bases: &bases }.visit_expr_mut(&mut baked);
        let texts = hoist(&mut baked);
        let doc = format!(" `{}` with its operations.", entity.entity.name);
        let tokens = quote! {
            use super::*;
            #(#texts)*
            #[doc = #doc]
            pub(super) const ENTITY: Entity = #baked;
        };
        let about = format!("`{}` as data.", entity.entity.name);
        files.insert(
            format!("src/description/{}.rs", entity.accessor),
            print(model, &about, tokens)?,
        );
        modules.push(quote::format_ident!("{}", entity.accessor));
    }
    let mut connector = model.connector.clone();
    connector.entities = Cow::Borrowed(&[]);
    let mut baked = bake(&connector)?;
    Readable { bases: &bases }.visit_expr_mut(&mut baked);
    if let Expr::Struct(literal) = &mut baked {
        for field in &mut literal.fields {
            if matches!(&field.member, Member::Named(name) if name == "entities") {
                field.expr = parse_quote!(Borrowed(&[#(#modules::ENTITY),*]));
            }
        }
    }
    let used = used(&bases, files.values().cloned().chain([tokens(&baked)]));
    let consts = used.iter().map(|base| {
        let (name, ty, value) = (&base.name, &base.ty, &base.written);
        let doc = format!(" What `{ty}` usually says.");
        quote! { #[doc = #doc] const #name: #ty = #value; }
    });
    let tokens = quote! {
        #(mod #modules;)*
        use std::borrow::Cow::Borrowed;
        use airbyte_agent_description::*;
        #(#consts)*
        #[doc = " The connector as data."]
        pub static DESCRIPTION: Connector = #baked;
    };
    let about = "What the connector is, as data: read from the spec by the generator, so that nothing\n\
                 //! is parsed at run time.";
    files.insert("src/description/mod.rs".to_owned(), print(model, about, tokens)?);
    Ok(files)
}

fn print(model: &Model<'_>, about: &str, tokens: TokenStream) -> Result<String, Error> {
    let file: syn::File = syn::parse2(tokens)
        .map_err(|error| Error::Unparsable { message: format!("description: {error}") })?;
    let text = prettyplease::unparse(&file)
        .replace("\n/// ", "\n\n/// ")
        .replace("\nconst ", "\n\nconst ");
    let text =
        text.replace("use super::*;\n", "use super::*;\n\n").replace(";\nuse std", ";\n\nuse std");
    let text = dense(&text);
    let mut out = format!("// {}\n\n//! {about}\n\n", header(&model.slug));
    for line in text.lines() {
        // A documented constant belongs to its comment.
        if line.is_empty() && (out.ends_with("\n\n") || out.trim_end().ends_with("says.")) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    Ok(out)
}

/// The bases that `texts` refer to, or that another used base refers to.
fn used(bases: &[Base], texts: impl Iterator<Item = String>) -> Vec<&Base> {
    let mut text: String = texts.collect();
    let mut used = Vec::new();
    for base in bases.iter().rev() {
        let name = base.name.to_string();
        let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        if words.any(|word| word == name) {
            text.push_str(&tokens(&base.written));
            used.push(base);
        }
    }
    used.reverse();
    used
}

/// Long texts that occur more than once (schemas, field selections), moved into constants.
fn hoist(expr: &mut Expr) -> Vec<TokenStream> {
    struct Count(BTreeMap<String, usize>);
    impl VisitMut for Count {
        fn visit_lit_str_mut(&mut self, text: &mut syn::LitStr) {
            let value = text.value();
            if value.len() > 120 {
                *self.0.entry(value).or_default() += 1;
            }
        }
    }
    struct Replace<'r>(Vec<String>, &'r BTreeMap<String, usize>);
    impl VisitMut for Replace<'_> {
        fn visit_expr_mut(&mut self, expr: &mut Expr) {
            if let Expr::Lit(literal) = expr
                && let Lit::Str(text) = &literal.lit
                && self.1.get(&text.value()).is_some_and(|count| *count > 1)
            {
                let value = text.value();
                let known = self.0.iter().position(|other| *other == value);
                let n = known.unwrap_or(self.0.len());
                if known.is_none() {
                    self.0.push(value);
                }
                let name = quote::format_ident!("TEXT_{}", n + 1);
                *expr = parse_quote!(#name);
                return;
            }
            visit_expr_mut(self, expr);
        }
    }
    let mut count = Count(BTreeMap::new());
    count.visit_expr_mut(expr);
    let mut replace = Replace(Vec::new(), &count.0);
    replace.visit_expr_mut(expr);
    let texts = replace.0.iter().enumerate().map(|(n, text)| {
        let name = quote::format_ident!("TEXT_{}", n + 1);
        let text = raw(text)
            .unwrap_or_else(|| Lit::Str(syn::LitStr::new(text, proc_macro2::Span::call_site())));
        quote! { const #name: &str = #text; }
    });
    texts.collect()
}

fn bake(value: &impl Bake) -> Result<Expr, Error> {
    syn::parse2(value.bake(&CrateEnv::default()))
        .map_err(|error| Error::Unparsable { message: format!("description: {error}") })
}

/// A constant that struct literals take their usual members from.
struct Base {
    name: syn::Ident,
    ty: syn::Ident,
    /// The constant's value, for comparison.
    full: ExprStruct,
    /// The constant's value, as written.
    written: Expr,
}

/// Members that are always spelled out: a reader looks for them.
const SPELLED: &[&str] = &["name", "entity", "action", "method", "path", "location"];

fn bases() -> Vec<Base> {
    let none = || Template { pieces: Cow::Borrowed(&[]) };
    let text = || Cow::Borrowed("");
    let schema = || Schema { nullable: false, ..Schema::ANY };
    let response = || Response {
        records: None,
        filter: None,
        transform: Cow::Borrowed(&[]),
        meta: Cow::Borrowed(&[]),
        errors: Cow::Borrowed(&[]),
        schema: None,
    };
    let parameter = Parameter {
        wire: None,
        name: text(),
        location: Location::Query,
        required: false,
        description: text(),
        schema: schema(),
        style: Style::Repeat,
        default: None,
        send_default: false,
        probe_default: None,
        config: None,
    };
    let field = CredentialField {
        name: text(),
        title: text(),
        description: text(),
        obtain: text(),
        required: false,
        secret: false,
        aliases: Cow::Borrowed(&[]),
    };
    let paging = Paging {
        next: Next::None { reason: text() },
        more: None,
        done: None,
        size: None,
        short_page_ends: false,
        others: Cow::Borrowed(&[]),
    };
    let operation = Operation {
        id: text(),
        entity: text(),
        action: Action::List,
        summary: text(),
        description: text(),
        method: Method::Get,
        path: none(),
        parameters: Cow::Borrowed(&[]),
        body: Body::None,
        response: response(),
        paging: paging.clone(),
        download: None,
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
            preferred_for_check: false,
        },
        idempotency_header: None,
    };
    [
        base("SCHEMA", &schema()),
        base("PARAMETER", &parameter),
        base("FIELD", &field),
        base("RESPONSE", &response()),
        base("PAGING", &paging),
        base("OPERATION", &operation),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn base(name: &str, value: &impl Bake) -> Option<Base> {
    let Ok(Expr::Struct(mut full)) = bake(value) else { return None };
    let ty = full.path.segments.last()?.ident.clone();
    Readable { bases: &[] }.visit_expr_struct_mut(&mut full);
    let written = if ty == "Schema" {
        parse_quote!(Schema { nullable: false, ..Schema::ANY })
    } else {
        let mut written = full.clone();
        for field in &mut written.fields {
            if matches!(&field.expr, Expr::Struct(inner) if inner.path.is_ident("Schema")) {
                field.expr = parse_quote!(SCHEMA);
            }
            if matches!(&field.expr, Expr::Struct(inner) if inner.path.is_ident("Response")) {
                field.expr = parse_quote!(RESPONSE);
            }
            if matches!(&field.expr, Expr::Struct(inner) if inner.path.is_ident("Paging")) {
                field.expr = parse_quote!(PAGING);
            }
        }
        Expr::Struct(written)
    };
    Some(Base { name: quote::format_ident!("{name}"), ty, full, written })
}

/// Shortens paths, leaves out what a base says already, writes texts as a person would.
struct Readable<'b> {
    bases: &'b [Base],
}

impl VisitMut for Readable<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let known = match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["airbyte_agent_description", ..] => 1,
            ["alloc", "borrow", "Cow", "Borrowed"] => 3,
            _ => 0,
        };
        if known > 0 {
            path.leading_colon = None;
            path.segments = path.segments.iter().skip(known).cloned().collect();
        }
    }

    fn visit_expr_struct_mut(&mut self, literal: &mut ExprStruct) {
        visit_expr_struct_mut(self, literal);
        let Some(base) = self.bases.iter().find(|base| literal.path.is_ident(&base.ty)) else {
            return;
        };
        let usual = |field: &syn::FieldValue| {
            let Member::Named(name) = &field.member else { return false };
            let same = |other: &&syn::FieldValue| {
                other.member == field.member && tokens(&other.expr) == tokens(&field.expr)
            };
            let written = match &base.written {
                Expr::Struct(written) => Some(&written.fields),
                _ => None,
            };
            let known = base.full.fields.iter().chain(written.into_iter().flatten());
            !SPELLED.contains(&name.to_string().as_str()) && known.into_iter().any(|f| same(&f))
        };
        let before = literal.fields.len();
        let kept: Vec<syn::FieldValue> =
            literal.fields.iter().filter(|field| !usual(field)).cloned().collect();
        if kept.len() < before {
            let name = &base.name;
            literal.fields = kept.into_iter().collect();
            if !literal.fields.is_empty() {
                literal.fields.push_punct(syn::token::Comma::default());
            }
            literal.dot2_token = Some(syn::token::DotDot::default());
            literal.rest = Some(parse_quote!(#name));
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_expr_mut(self, expr);
        if let Expr::Struct(literal) = expr {
            if literal.path.is_ident("RetryPolicy") && is_standard(literal) {
                *expr = parse_quote!(RetryPolicy::STANDARD);
                return;
            }
            // Nothing but the rest: the base itself.
            if literal.fields.is_empty()
                && let Some(rest) = &literal.rest
            {
                *expr = (**rest).clone();
            }
        }
    }

    fn visit_lit_mut(&mut self, lit: &mut Lit) {
        match lit {
            Lit::Str(text) => {
                if let Some(raw) = raw(&text.value()) {
                    *lit = raw;
                }
            }
            Lit::Int(number) if number.suffix() == "f64" => {
                let text = format!("{}.0", number.base10_digits());
                *lit = Lit::new(
                    text.parse::<f64>()
                        .map_or_else(|_| Literal::f64_unsuffixed(0.0), Literal::f64_unsuffixed),
                );
            }
            Lit::Float(number) if !number.suffix().is_empty() => {
                let value = number.base10_parse::<f64>().unwrap_or_default();
                *lit = Lit::new(Literal::f64_unsuffixed(value));
            }
            Lit::Int(number) if !number.suffix().is_empty() => {
                let digits: TokenStream = number.base10_digits().parse().unwrap_or_default();
                if let Ok(plain) = syn::parse2(digits) {
                    *lit = Lit::Int(plain);
                }
            }
            _ => {}
        }
    }
}

fn tokens(expr: &Expr) -> String {
    expr.to_token_stream().to_string()
}

fn is_standard(literal: &ExprStruct) -> bool {
    let Some(standard) = base("STANDARD", &RetryPolicy::STANDARD) else { return false };
    tokens(&Expr::Struct(literal.clone())) == tokens(&Expr::Struct(standard.full))
}

/// A raw string where escapes would hide what the text says.
fn raw(text: &str) -> Option<Lit> {
    let hidden = text.contains(['"', '\\', '\n']);
    let impossible = text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
    if !hidden || impossible {
        return None;
    }
    let mut marks = String::new();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    syn::parse_str(&format!("r{marks}\"{text}\"{marks}")).ok()
}
