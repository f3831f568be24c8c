//! GraphQL requests: read, held against the description's document, variables turned back into
//! arguments.

mod document;
mod token;
mod variables;

use airbyte_agent_core::description::{GraphQl, Location, Operation};
use serde_json::{Map, Value};

use crate::incoming::Incoming;
use crate::wire::Arguments;

pub(crate) use document::{Document, Selection};
use token::{Token, tokens};

/// A GraphQL request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    pub(crate) document: Document,
    pub(crate) operation_name: Option<String>,
}

/// Fit of a document that is the description's own, word by word.
const EXACT: i64 = 1_000_000;
/// Fit of a document that asks for the same root fields with the same variables.
const SAME_ROOTS: i64 = 10_000;

/// Reads a GraphQL body into `arguments`; an error is a reason for a 400.
pub(crate) fn decode(
    operation: &Operation,
    declared: &GraphQl,
    request: &Incoming,
    arguments: &mut Arguments,
) -> Result<(), String> {
    if request.media_type() != "application/json" {
        let sent = request.header("content-type").unwrap_or_default();
        return Err(format!("content type is `{sent}`, expected `application/json`"));
    }
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|error| format!("body is not valid JSON: {error}"))?;
    let source = body.get("query").and_then(Value::as_str).ok_or("body has no `query`")?;
    let variables = match body.get("variables") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(map)) => map.clone(),
        Some(_) => return Err("`variables` is to be an object".to_owned()),
    };
    let operation_name = body.get("operationName").and_then(Value::as_str).map(str::to_owned);
    let document = match Document::parse(source) {
        Ok(document) => document,
        Err(why) => {
            arguments.graphql = Some(Request::default());
            return Err(why);
        }
    };
    arguments.fit = fit(declared, source, &document);
    if arguments.fit == 0 {
        arguments.problems.push("document is not one of this operation".to_owned());
    }
    if let Some(asked) = document.operation(operation_name.as_deref()) {
        variables::check(asked, &variables, &mut arguments.problems);
    }
    variables::invert(declared, &variables, arguments);
    let of_graphql = operation.parameters.iter().filter(|p| p.location == Location::GraphQl);
    for parameter in of_graphql {
        if let Some(value) = arguments.values.get(parameter.name.as_ref())
            && !value.is_null()
        {
            let at = format!("variable `{}`", parameter.name);
            let value = value.clone();
            crate::wire::check(&parameter.schema, &value, &at, &mut arguments.problems);
        }
    }
    arguments.graphql = Some(Request { document, operation_name });
    Ok(())
}

/// How well a document fits the declared one; 0 when it does not.
fn fit(declared: &GraphQl, source: &str, received: &Document) -> i64 {
    let pieces = pieces(&declared.document);
    let Ok(words) = tokens(source) else { return 0 };
    if begins_and_ends(&pieces, &words) {
        return EXACT;
    }
    let filled = fill(&declared.document, declared.default_fields.as_deref().unwrap_or("id"));
    let Ok(own) = Document::parse(&filled) else { return 0 };
    let (Some(a), Some(b)) = (own.operations.first(), received.operations.first()) else {
        return 0;
    };
    let roots = |document: &Document, selection: &[Selection]| -> Vec<String> {
        let (_, fields) = document.fields(selection);
        fields.iter().map(|(_, name, _)| (*name).to_owned()).collect()
    };
    if roots(&own, &a.selection) != roots(received, &b.selection) {
        return 0;
    }
    let common = a.variables.iter().filter(|v| b.variables.iter().any(|o| o.name == v.name));
    SAME_ROOTS + i64::try_from(common.count()).unwrap_or(0)
        - i64::try_from(a.variables.len().abs_diff(b.variables.len())).unwrap_or(0)
}

/// The document with `fields` in its hole.
fn fill(document: &str, fields: &str) -> String {
    let mut out = String::new();
    let mut rest = document;
    while let Some(open) = rest.find("{{") {
        let Some(close) = rest[open..].find("}}") else { break };
        out.push_str(&rest[..open]);
        out.push_str(fields);
        rest = &rest[open + close + 2..];
    }
    out.push_str(rest);
    out
}

/// The tokens of the declared document, cut at its holes.
fn pieces(document: &str) -> Vec<Vec<Token>> {
    fill(document, "\u{0}").split('\u{0}').map(|piece| tokens(piece).unwrap_or_default()).collect()
}

fn begins_and_ends(pieces: &[Vec<Token>], words: &[Token]) -> bool {
    match pieces {
        [] => false,
        [only] => only == words,
        [first, .., last] => {
            words.len() > first.len() + last.len()
                && words.starts_with(first)
                && words.ends_with(last)
        }
    }
}
