//! What a vendor's document says about operations, in one form for every kind of document. Plain data.

use serde_json::Value;

/// Operations that have a method and a path each.
#[derive(Debug)]
pub struct Rest {
    /// The operations in the order of the document.
    pub operations: Vec<Operation>,
    /// The whole document, in which references are looked up.
    pub root: Value,
}

/// One operation of a vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The name in the document; empty if there is none.
    pub id: String,
    /// The HTTP method, in capitals.
    pub method: String,
    /// The paths of the servers, which stand before `path`; none is the same as an empty one.
    pub bases: Vec<String>,
    /// The path below the server, with `{name}` for parameters.
    pub path: String,
    /// Whether the vendor advises against the operation.
    pub deprecated: bool,
    /// What stands in path, query, headers and cookies, and the variables of a GraphQL document.
    pub parameters: Vec<Parameter>,
    /// The body of the request.
    pub body: Option<Body>,
    /// The responses that mean success.
    pub responses: Vec<Response>,
}

/// A value that is not part of the body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The name in the request.
    pub name: String,
    /// The part of the request that carries it.
    pub place: Place,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether the vendor advises against it.
    pub deprecated: bool,
    /// The values that are allowed.
    pub schema: Value,
}

/// The part of a request that carries a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A piece of the path.
    Path,
    /// The query of the address.
    Query,
    /// A header of the request.
    Header,
    /// A cookie of the request.
    Cookie,
    /// A variable of a GraphQL document.
    Variable,
}

impl Place {
    /// The place that documents call so.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "path" => Self::Path,
            "query" => Self::Query,
            "header" => Self::Header,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Whether a request without a body is refused.
    pub required: bool,
    /// The forms in which the body may be sent.
    pub contents: Vec<Content>,
}

/// A body in one media type.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// The media type, without parameters.
    pub media_type: String,
    /// The values that are allowed; `None` if the document does not say.
    pub schema: Option<Value>,
}

/// A response that means success.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The status, such as `200`, `2XX` or `default`.
    pub status: String,
    /// The forms in which the body may come.
    pub contents: Vec<Content>,
    /// The names of the headers that the document mentions.
    pub headers: Vec<String>,
}
