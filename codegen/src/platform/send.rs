//! How a request is sent: by a client of ours instead of progenitor's own.
//!
//! What progenitor writes before the request (taking the builder apart, checking its members)
//! stays; the request itself is made anew from the document.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, GenericArgument, ImplItem, Item, ItemImpl, Local, Pat, PathArguments, ReturnType, Stmt,
    Type, parse_quote,
};

use super::prepare::{Operation, Prepared};

/// What the module of requests needs besides its types.
pub(super) fn uses() -> [Item; 2] {
    [
        parse_quote!(
            use super::types;
        ),
        parse_quote!(
            use crate::client::{Result as Answer, invalid};
        ),
    ]
}

/// Makes the request's `send` one of ours.
pub(super) fn rewrite(item: &mut ItemImpl, prepared: &Prepared) {
    for item in &mut item.items {
        let ImplItem::Fn(function) = item else { continue };
        if function.sig.ident != "send" {
            continue;
        }
        let Some(id) = operation_id(&function.block.stmts) else { continue };
        let Some(operation) = prepared.operations.iter().find(|known| known.id == id) else {
            continue;
        };
        let answer = answer(&function.sig.output);
        function.sig.output = parse_quote!(-> Answer<#answer>);
        function.block.stmts.retain(comes_before);
        Refuse.visit_block_mut(&mut function.block);
        let end = if answer == parse_quote!(()) { "done" } else { "send" };
        let call = request(operation, prepared, end);
        function.block.stmts.push(Stmt::Expr(call, None));
    }
}

/// The text that progenitor gives to its hooks.
fn operation_id(stmts: &[Stmt]) -> Option<String> {
    stmts.iter().find_map(|stmt| {
        let (name, value) = bound(stmt)?;
        let Expr::Struct(value) = value else { return None };
        let field = value.fields.first().filter(|_| name == "info")?;
        let Expr::Lit(literal) = &field.expr else { return None };
        match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        }
    })
}

/// Name and value of `let name = value`.
fn bound(stmt: &Stmt) -> Option<(String, &Expr)> {
    let Stmt::Local(Local { pat, init: Some(init), .. }) = stmt else { return None };
    let pat = match pat {
        Pat::Type(typed) => &*typed.pat,
        other => other,
    };
    let Pat::Ident(pat) = pat else { return None };
    Some((pat.ident.to_string(), &init.expr))
}

/// Whether the statement takes the builder apart or checks a member: its value begins with one.
fn comes_before(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Local(Local { pat: Pat::Struct(_), .. }) => true,
        stmt => bound(stmt).is_some_and(|(name, value)| first_name(value) == Some(name)),
    }
}

/// The variable that a chain of calls begins with.
fn first_name(value: &Expr) -> Option<String> {
    match value {
        Expr::Try(inner) => first_name(&inner.expr),
        Expr::MethodCall(call) => first_name(&call.receiver),
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

/// What is inside `Result<ResponseValue<…>, …>`.
fn answer(output: &ReturnType) -> Type {
    let inner = |ty: &Type| -> Option<Type> {
        let Type::Path(path) = ty else { return None };
        let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
            return None;
        };
        match arguments.args.first()? {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }
    };
    let ReturnType::Type(_, output) = output else { return parse_quote!(()) };
    inner(output).and_then(|value| inner(&value)).unwrap_or_else(|| parse_quote!(()))
}

/// The request, put together and sent by a method of this name.
fn request(operation: &Operation, prepared: &Prepared, end: &str) -> Expr {
    let end = format_ident!("{end}");
    let Operation { id, method, path, repeatable, open } = operation;
    let about = &prepared.document["paths"][path][method];
    let method = format_ident!("{}", method.to_uppercase());
    // `/a/b/{c}` is `a/b` and then `c`, percent-encoded.
    let mut segments = Vec::new();
    let mut fixed: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => fixed.push(part),
            Some(name) => {
                segments.extend(constant(&mut fixed));
                let name = format_ident!("{}", heck::AsSnakeCase(name).to_string());
                segments.push(quote!(.segment(&#name)));
            }
        }
    }
    segments.extend(constant(&mut fixed));
    let parameters = about["parameters"].as_array().into_iter().flatten();
    let query = parameters.filter(|parameter| parameter["in"] == "query").map(|parameter| {
        let name = parameter["name"].as_str().unwrap_or_default();
        let variable = format_ident!("{}", heck::AsSnakeCase(name).to_string());
        quote!(.query(#name, &#variable))
    });
    let body = (about["requestBody"] != Value::Null).then(|| quote!(.body(&body)));
    let repeatable = repeatable.then(|| quote!(.repeatable()));
    let open = open.then(|| quote!(.open()));
    parse_quote! {
        client.draft(#id, ::http::Method::#method)
            #(#segments)* #(#query)* #body #repeatable #open .#end().await
    }
}

/// The segments that are always the same, taken together.
fn constant(parts: &mut Vec<&str>) -> Option<TokenStream> {
    let text = std::mem::take(parts).join("/");
    (!text.is_empty()).then(|| quote!(.fixed(#text)))
}

/// Refuses by an error of ours.
struct Refuse;

impl VisitMut for Refuse {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::Path(path) = expr
            && path.path.segments.last().is_some_and(|last| last.ident == "InvalidRequest")
        {
            *expr = parse_quote!(invalid);
        }
    }
}
