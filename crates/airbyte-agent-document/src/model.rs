//! What a vendor's document says about operations, in one form for every kind of document. Plain data.

use serde_json::{Map, Value};

pub use crate::about::Place;
use crate::about::{Extensions, Requirement, Scheme, Server, Tag};

/// Operations that have a method and a path each.
#[derive(Debug, Default)]
pub struct Rest {
    /// The name of the API; empty if the document states none.
    pub title: String,
    /// The version of the API that the document states; empty if it states none.
    pub version: String,
    /// What the vendor says about the API.
    pub description: String,
    /// The servers of the document. Operations may have others.
    pub servers: Vec<Server>,
    /// What requests need in general; `None` if the document does not say.
    pub security: Option<Vec<Requirement>>,
    /// The ways to authenticate.
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
    /// The HTTP method, in capitals.
    pub method: String,
    /// The paths of the servers, which stand before `path`; none is the same as an empty one.
    pub bases: Vec<String>,
    /// The servers: those of the operation, or else of its path, or else of the document.
    pub servers: Vec<Server>,
    /// The path below the server, with `{name}` for parameters.
    pub path: String,
    /// What the operation does, in a few words.
    pub summary: String,
    /// What the operation does.
    pub description: String,
    /// The names of the groups that it belongs to.
    pub tags: Vec<String>,
    /// What a request needs, each of which is enough; `None` if neither the operation nor the document says. An empty
    /// list says that nothing is needed.
    pub security: Option<Vec<Requirement>>,
    /// Whether the vendor advises against the operation.
    pub deprecated: bool,
    /// What stands in path, query, headers and cookies, and the variables of a GraphQL document. Those of
    /// the path are among them, unless the operation has its own of the same name and place.
    pub parameters: Vec<Parameter>,
    /// The body of the request.
    pub body: Option<Body>,
    /// The responses that mean success.
    pub responses: Vec<Response>,
    /// The other responses.
    pub failures: Vec<Response>,
    /// Members that the vendor has added.
    pub extensions: Extensions,
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
    /// What the vendor says about it.
    pub description: String,
    /// How lists and objects are written.
    pub style: Style,
    /// Whether every element of a list, and every member of an object, is written as a parameter of its own.
    pub explode: bool,
    /// The media type in which the value is written; `None` if it is written by `style`.
    pub media_type: Option<String>,
    /// An example of a value.
    pub example: Option<Value>,
    /// The values that are allowed.
    pub schema: Value,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

impl Parameter {
    /// An optional parameter of which nothing else is known.
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

/// How a parameter writes lists and objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// `name=a,b`, or `name=a&name=b` if it is exploded.
    #[default]
    Form,
    /// `a,b`
    Simple,
    /// `name=a%20b`
    SpaceDelimited,
    /// `name=a%7Cb`
    PipeDelimited,
    /// `name=a%09b`, which only Swagger 2 has.
    TabDelimited,
    /// `name[key]=a`
    DeepObject,
    /// `;name=a`
    Matrix,
    /// `.a`
    Label,
}

impl Style {
    /// The style that a place has if the document names none.
    pub fn of(place: Place) -> Self {
        match place {
            Place::Path | Place::Header => Self::Simple,
            Place::Query | Place::Cookie | Place::Variable => Self::Form,
        }
    }

    /// The style that `OpenAPI` calls so.
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
    /// What the vendor says about the body.
    pub description: String,
    /// The forms in which the body may be sent.
    pub contents: Vec<Content>,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

/// A body in one media type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// The media type, without parameters.
    pub media_type: String,
    /// The values that are allowed; `None` if the document does not say.
    pub schema: Option<Value>,
    /// How single members of a form are written, as the document states it.
    pub encoding: Map<String, Value>,
    /// An example of a whole body, as the document states it.
    pub example: Option<Value>,
}

/// A response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Response {
    /// The status, such as `200`, `2XX` or `default`.
    pub status: String,
    /// What the vendor says about the response.
    pub description: String,
    /// The forms in which the body may come.
    pub contents: Vec<Content>,
    /// The names of the headers that the document mentions.
    pub headers: Vec<String>,
    /// What the document says about following requests.
    pub links: Vec<Link>,
    /// Members that the vendor has added.
    pub extensions: Extensions,
}

/// Another request that values of a response lead to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Link {
    /// The name in the document.
    pub name: String,
    /// The name of the operation that it leads to; empty if the document refers to it in another way.
    pub operation_id: String,
    /// A reference to the operation that it leads to; empty if the document names it.
    pub operation_ref: String,
    /// What the vendor says about the link.
    pub description: String,
    /// Parameters of the other request, each with a value or an expression such as `$response.body#/id`.
    pub parameters: Map<String, Value>,
}
