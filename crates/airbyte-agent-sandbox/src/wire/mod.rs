//! Requests decoded by the description alone. Nothing in here knows how the engine encodes.

mod body;
mod brackets;
mod multipart;
mod query;
mod typed;

use std::cell::OnceCell;
use std::rc::Rc;

use airbyte_agent_description::{Connector, Location, Operation};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::graphql;
use crate::incoming::Incoming;

pub(crate) use query::{LINK_STATE, whole_query, with_query};
pub(crate) use typed::{check, same, text_of};

/// What a request says, by the parameters of one operation.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// Arguments by parameter name, typed.
    pub(crate) values: Map<String, Value>,
    /// What is wrong with the request.
    pub(crate) problems: Vec<String>,
    /// The file of an upload.
    pub(crate) upload: Option<Upload>,
    /// The GraphQL request.
    pub(crate) graphql: Option<Rc<graphql::Request>>,
    /// How well the GraphQL document fits the operation's; 0 for other bodies.
    pub(crate) fit: i64,
}

/// A file that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

impl Arguments {
    /// An argument as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).and_then(text_of)
    }
}

/// A request whose body is read as GraphQL once, however many operations it is held against.
pub(crate) struct Sent<'r> {
    pub(crate) request: &'r Incoming,
    graphql: OnceCell<Result<Rc<graphql::Request>, graphql::Refusal>>,
}

impl<'r> Sent<'r> {
    pub(crate) fn new(request: &'r Incoming) -> Self {
        Self { request, graphql: OnceCell::new() }
    }

    fn graphql(&self) -> &Result<Rc<graphql::Request>, graphql::Refusal> {
        self.graphql.get_or_init(|| graphql::Request::read(self.request).map(Rc::new))
    }
}

/// Decodes a request as `operation`, whose path gave `captures` and whose GraphQL document is
/// `declared`.
pub(crate) fn decode(
    connector: &Connector,
    operation: &Operation,
    declared: Option<&graphql::Declared>,
    sent: &Sent<'_>,
    captures: &[(String, String)],
) -> Arguments {
    let request = sent.request;
    let mut arguments = Arguments::default();
    for (name, text) in captures {
        let at = format!("path parameter `{name}`");
        let Some(parameter) = operation.parameter(name) else {
            arguments.values.insert(name.clone(), text.as_str().into());
            continue;
        };
        match typed::from_text(&parameter.schema, text) {
            Ok(value) => {
                typed::check(&parameter.schema, &value, &at, &mut arguments.problems);
                arguments.values.insert(name.clone(), value);
            }
            Err(why) => arguments.problems.push(format!("{at}: {why}")),
        }
    }
    query::decode(connector, operation, request, &mut arguments);
    headers(operation, request, &mut arguments);
    body::decode(operation, declared, sent, &mut arguments);
    arguments
}

fn headers(operation: &Operation, request: &Incoming, arguments: &mut Arguments) {
    let of_header = operation.parameters.iter().filter(|p| p.location == Location::Header);
    for parameter in of_header {
        let at = format!("header `{}`", parameter.wire_name());
        let Some(text) = request.header(parameter.wire_name()) else {
            if parameter.required || parameter.send_default {
                arguments.problems.push(format!("{at} is missing"));
            }
            continue;
        };
        match typed::from_text(&parameter.schema, text) {
            Ok(value) => {
                typed::check(&parameter.schema, &value, &at, &mut arguments.problems);
                arguments.values.insert(parameter.name.to_string(), value);
            }
            Err(why) => arguments.problems.push(format!("{at}: {why}")),
        }
    }
}
