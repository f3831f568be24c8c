//! GraphQL requests: read, held against the description's document, variables turned back into
//! arguments.

mod document;
mod token;
mod variables;

use airbyte_agent_description::{GraphQl, Location, Operation};
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
    /// Tells documents apart.
    pub(crate) fingerprint: u64,
    words: Vec<Token>,
    variables: Map<String, Value>,
}

/// Why a body is no GraphQL request.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// Not even a body of the right form.
    Body(String),
    /// A document that cannot be read.
    Document(String),
}

/// A document of the description, ready to be compared with.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Its words, cut at the hole for fields.
    pieces: Vec<Vec<Token>>,
    roots: Vec<String>,
    variables: Vec<String>,
}

/// Fit of a document that is the description's own, word by word.
const EXACT: i64 = 1_000_000;
/// Fit of a document that asks for the same root fields with the same variables.
const SAME_ROOTS: i64 = 10_000;

impl Request {
    /// Reads a request's body.
    pub(crate) fn read(request: &Incoming) -> Result<Self, Refusal> {
        if request.media_type() != "application/json" {
            let sent = request.header("content-type").unwrap_or_default();
            let why = format!("content type is `{sent}`, expected `application/json`");
            return Err(Refusal::Body(why));
        }
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|error| Refusal::Body(format!("body is not valid JSON: {error}")))?;
        let source = body.get("query").and_then(Value::as_str);
        let source = source.ok_or_else(|| Refusal::Body("body has no `query`".to_owned()))?;
        let variables = match body.get("variables") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(map)) => map.clone(),
            Some(_) => return Err(Refusal::Body("`variables` is to be an object".to_owned())),
        };
        Ok(Self {
            document: Document::parse(source).map_err(Refusal::Document)?,
            operation_name: body.get("operationName").and_then(Value::as_str).map(str::to_owned),
            fingerprint: crate::hash::stable(&[source]),
            words: tokens(source).unwrap_or_default(),
            variables,
        })
    }
}

/// Holds a GraphQL request against an operation.
pub(crate) fn decode(
    operation: &Operation,
    declared: &GraphQl,
    known: &Declared,
    sent: &Request,
    arguments: &mut Arguments,
) {
    arguments.fit = known.fit(sent);
    if arguments.fit == 0 {
        arguments.problems.push("document is not one of this operation".to_owned());
    }
    if let Some(asked) = sent.document.operation(sent.operation_name.as_deref()) {
        variables::check(asked, &sent.variables, &mut arguments.problems);
    }
    variables::invert(declared, &sent.variables, arguments);
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
}

impl Declared {
    pub(crate) fn new(declared: &GraphQl) -> Self {
        let filled = fill(&declared.document, declared.default_fields.as_deref().unwrap_or("id"));
        let own = Document::parse(&filled).unwrap_or_default();
        let first = own.operations.first();
        Self {
            pieces: pieces(&declared.document),
            roots: first.map(|first| roots(&own, &first.selection)).unwrap_or_default(),
            variables: first
                .map(|first| first.variables.iter().map(|v| v.name.clone()).collect())
                .unwrap_or_default(),
        }
    }

    /// How well a document fits; 0 when it does not.
    fn fit(&self, sent: &Request) -> i64 {
        if begins_and_ends(&self.pieces, &sent.words) {
            return EXACT;
        }
        let Some(first) = sent.document.operations.first() else { return 0 };
        if self.roots.is_empty() || self.roots != roots(&sent.document, &first.selection) {
            return 0;
        }
        let names: Vec<&String> = first.variables.iter().map(|variable| &variable.name).collect();
        let common = self.variables.iter().filter(|name| names.contains(name)).count();
        let apart = self.variables.len().abs_diff(names.len());
        SAME_ROOTS + i64::try_from(common).unwrap_or(0) - i64::try_from(apart).unwrap_or(0)
    }
}

/// The root fields of a selection.
fn roots(document: &Document, selection: &[Selection]) -> Vec<String> {
    let (_, fields) = document.fields(selection);
    fields.iter().map(|(_, name, _)| (*name).to_owned()).collect()
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
