//! The operations of a vendor's document, in one form for every kind of document. These types are
//! plain data.

use serde_json::{Map, Value};

pub use crate::about::Place;
use crate::about::{Extensions, Requirement, Scheme, Server, Tag};

/// Operations, each of which has a method and a path, with what the document says about the API.
#[derive(Debug, Default)]
pub struct Rest {
    /// The name of the API; empty if the document states none.
    pub title: String,
    /// The version of the API; empty if the document states none.
    pub version: String,
    /// The vendor's description of the API.
    pub description: String,
    /// The servers of the document. Single operations may have others.
    pub servers: Vec<Server>,
    /// The requirements of requests in general; `None` if the document states none.
    pub security: Option<Vec<Requirement>>,
    /// The schemes, which are the ways to authenticate.
    pub schemes: Vec<Scheme>,
    /// The groups of operations.
    pub tags: Vec<Tag>,
    /// Members that the vendor has added to the document.
    pub extensions: Extensions,
    /// Members that the vendor has added to `info`.
    pub info_extensions: Extensions,
    /// The operations in the order of the document.
    pub operations: Vec<Operation>,
    /// The whole document, in which references are looked up.
    pub root: Value,
}

/// One operation of a vendor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Operation {
    /// The name in the document; empty if there is none.
    pub id: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The paths of the servers, which come before `path`. An empty list means a single empty path.
    pub bases: Vec<String>,
    /// The servers: those of the operation, or else of its path, or else of the document.
    pub servers: Vec<Server>,
    /// The path below the server, with `{name}` for parameters.
    pub path: String,
    /// What the operation does, in a few words.
    pub summary: String,
    /// What the operation does.
    pub description: String,
    /// The names of the groups to which the operation belongs.
    pub tags: Vec<String>,
    /// The requirements of a request, each of which is sufficient; `None` if neither the operation
    /// nor the document states any. An empty list means that nothing is required.
    pub security: Option<Vec<Requirement>>,
    /// Whether the vendor advises against the operation.
    pub deprecated: bool,
    /// The parameters in path, query, headers and cookies, and the variables of a GraphQL document.
    /// Parameters of the path are included, unless the operation has its own of the same name and
    /// place.
    pub parameters: Vec<Parameter>,
    /// The body of the request.
    pub body: Option<Body>,
    /// The responses that mean success.
    pub responses: Vec<Response>,
    /// The responses that do not mean success.
    pub failures: Vec<Response>,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

/// A value that is not part of the body of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The name in the request.
    pub name: String,
    /// The part of the request that contains the value.
    pub place: Place,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether the vendor advises against the parameter.
    pub deprecated: bool,
    /// The vendor's description of the parameter.
    pub description: String,
    /// How lists and objects are written in the request.
    pub style: Style,
    /// Whether every element of a list, and every member of an object, is written as a parameter of its own.
    pub explode: bool,
    /// The media type in which the value is written; `None` if it is written by `style`.
    pub media_type: Option<String>,
    /// An example of a value.
    pub example: Option<Value>,
    /// The schema of the values that are allowed.
    pub schema: Value,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

impl Parameter {
    /// A parameter that is optional and of which nothing else is known.
    pub fn new(name: impl Into<String>, place: Place, schema: Value) -> Self {
        let style = Style::of(place);
        Self {
            name: name.into(),
            place,
            required: false,
            deprecated: false,
            description: String::new(),
            style,
            explode: style == Style::Form,
            media_type: None,
            example: None,
            schema,
            extensions: Extensions::new(),
        }
    }
}

/// The form in which a parameter writes lists and objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// `name=a,b`, or `name=a&name=b` if it is exploded.
    #[default]
    Form,
    /// `a,b`, as in paths and headers.
    Simple,
    /// `name=a%20b`, with spaces as separators.
    SpaceDelimited,
    /// `name=a%7Cb`, with bars as separators.
    PipeDelimited,
    /// `name=a%09b`, with tabs as separators, which only Swagger 2 has.
    TabDelimited,
    /// `name[key]=a`, with one parameter for each member.
    DeepObject,
    /// `;name=a`, as parameters of a path.
    Matrix,
    /// `.a`, with a dot before each value.
    Label,
}

impl Style {
    /// The style of parameters at a place if the document names none.
    pub fn of(place: Place) -> Self {
        match place {
            Place::Path | Place::Header => Self::Simple,
            Place::Query | Place::Cookie | Place::Variable => Self::Form,
        }
    }

    /// The style with this name in `OpenAPI`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "form" => Self::Form,
            "simple" => Self::Simple,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "deepObject" => Self::DeepObject,
            "matrix" => Self::Matrix,
            "label" => Self::Label,
            _ => return None,
        })
    }
}

/// The body of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// Whether a request without a body is refused.
    pub required: bool,
    /// The vendor's description of the body.
    pub description: String,
    /// The media types in which the body may be sent, each with its schema.
    pub contents: Vec<Content>,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

/// A body in one media type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// The media type, without parameters.
    pub media_type: String,
    /// The schema of the values that are allowed; `None` if the document states none.
    pub schema: Option<Value>,
    /// How single members of a form are written, as in the document.
    pub encoding: Map<String, Value>,
    /// An example of a whole body, as in the document.
    pub example: Option<Value>,
}

/// A response of an operation, for one status.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// The status, such as `200`, `2XX` or `default`.
    pub status: String,
    /// The vendor's description of the response.
    pub description: String,
    /// The media types in which the body may come, each with its schema.
    pub contents: Vec<Content>,
    /// The names of the headers that the document mentions.
    pub headers: Vec<String>,
    /// The requests that may follow this one, according to the document.
    pub links: Vec<Link>,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

/// Another request, for which a response contains values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Link {
    /// The name in the document.
    pub name: String,
    /// The name of the operation to which the link leads; empty if the document refers to it in
    /// another way.
    pub operation_id: String,
    /// A reference to the operation to which the link leads; empty if the document names it.
    pub operation_ref: String,
    /// The vendor's description of the link.
    pub description: String,
    /// Parameters of the other request, each with a value or an expression such as `$response.body#/id`.
    pub parameters: Map<String, Value>,
}
