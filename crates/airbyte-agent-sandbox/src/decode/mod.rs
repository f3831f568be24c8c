//! Requests are decoded by the description alone. Nothing in this module knows how the engine encodes
//! them, so that it can judge the engine's requests.

mod body;
mod brackets;
mod files;
mod graphql_body;
mod multipart;
mod query;
mod values;

use std::cell::OnceCell;
use std::rc::Rc;

use airbyte_agent_description::{Connector, Location, Operation, Parameter};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::graphql::{DeclaredDocument, GraphqlRequest, RequestError};
use crate::request::Request;

pub(crate) use query::{LINK_POSITION, restored_query, token_with_query};
pub(crate) use values::{accepts, is_of_kind, same_value, scalar_text};

/// What a request says, in terms of the parameters of one operation.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// The arguments by parameter name, with the types of the description.
    pub(crate) values: Map<String, Value>,
    /// What is wrong with the request.
    pub(crate) problems: Vec<String>,
    /// The file of an upload.
    pub(crate) upload: Option<Upload>,
    /// The request as a GraphQL request, where the operation takes one. It is empty when its
    /// document has a syntax error.
    pub(crate) graphql: Option<Rc<GraphqlRequest>>,
    /// How well the GraphQL document fits the operation's; 0 for other bodies.
    pub(crate) fit: i64,
}

/// A file, as it was uploaded or generated.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

impl Arguments {
    /// An argument as text; `None` when it is missing or not a scalar.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).and_then(scalar_text)
    }

    /// [`text`](Self::text) of an argument or a member of one, by the name that paginators use.
    pub(crate) fn paging_text(&self, operation: &Operation, name: &str) -> Option<String> {
        operation.argument(&self.values, name).and_then(scalar_text)
    }

    /// Adds the argument of a parameter that was sent as text, and what is wrong with it. `at` says
    /// where the request has it.
    fn add_text(&mut self, parameter: &Parameter, text: &str, at: &str) {
        let value = values::value_of_text(&parameter.schema, text);
        self.add(parameter, value, at);
    }

    /// Adds the argument of a parameter, or why it cannot be read, and what is wrong with it.
    fn add(&mut self, parameter: &Parameter, value: Result<Value, String>, at: &str) {
        match value {
            Ok(value) => {
                values::check(&parameter.schema, &value, at, &mut self.problems);
                self.values.insert(parameter.name.to_string(), value);
            }
            Err(problem) => self.problems.push(format!("{at}: {problem}")),
        }
    }
}

/// A request whose body is parsed as GraphQL only once, although it is decoded as several
/// operations.
pub(crate) struct SentRequest<'r> {
    pub(crate) request: &'r Request,
    graphql: OnceCell<Result<Rc<GraphqlRequest>, RequestError>>,
}

impl<'r> SentRequest<'r> {
    pub(crate) fn new(request: &'r Request) -> Self {
        Self { request, graphql: OnceCell::new() }
    }

    fn graphql(&self) -> &Result<Rc<GraphqlRequest>, RequestError> {
        self.graphql.get_or_init(|| GraphqlRequest::parse(self.request).map(Rc::new))
    }
}

/// Decodes a request as a request for `operation`. `captures` has the path parameters by name, and
/// `declared` is the operation's GraphQL document.
pub(crate) fn decode(
    connector: &Connector,
    operation: &Operation,
    declared: Option<&DeclaredDocument>,
    sent: &SentRequest<'_>,
    captures: &[(String, String)],
) -> Arguments {
    let mut arguments = Arguments::default();
    for (name, text) in captures {
        match operation.parameter(name) {
            Some(parameter) => {
                arguments.add_text(parameter, text, &format!("path parameter `{name}`"));
            }
            None => {
                arguments.values.insert(name.clone(), text.as_str().into());
            }
        }
    }
    query::decode_query(connector, operation, sent.request, &mut arguments);
    decode_headers(operation, sent.request, &mut arguments);
    body::decode_body(operation, declared, sent, &mut arguments);
    arguments
}

fn decode_headers(operation: &Operation, request: &Request, arguments: &mut Arguments) {
    let of_header = operation.parameters.iter().filter(|p| p.location == Location::Header);
    for parameter in of_header {
        let at = format!("header `{}`", parameter.wire_name());
        match request.header(parameter.wire_name()) {
            Some(text) => arguments.add_text(parameter, text, &at),
            None if parameter.required || parameter.send_default => {
                arguments.problems.push(format!("{at} is missing"));
            }
            None => {}
        }
    }
}
