//! What a vendor's document says about the API as a whole: servers, ways to authenticate, tags. Plain data.

use serde_json::{Map, Value};

/// Members whose names begin with `x-`, in the order of the document.
pub type Extensions = Map<String, Value>;

/// A server of the API, or several that differ by variables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Server {
    /// The address as the document states it, with `{name}` for variables. It may be relative.
    pub url: String,
    /// What the vendor says about the server.
    pub description: String,
    /// The variables of the address.
    pub variables: Vec<ServerVariable>,
    /// Other members that the vendor has added.
    pub extensions: Extensions,
}

/// A variable of the address of a server.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServerVariable {
    /// The name in the address.
    pub name: String,
    /// The value that is meant if nothing else is known; empty if there is none.
    pub default: String,
    /// The only values that are allowed; empty if any are.
    pub choices: Vec<String>,
    /// What the vendor says about the variable.
    pub description: String,
}

/// Schemes that a request needs together. One that names no scheme allows requests without credentials.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Requirement {
    /// The names of the schemes, each with the scopes that are needed.
    pub schemes: Vec<(String, Vec<String>)>,
}

/// A way to authenticate.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// The name by which requirements refer to it.
    pub name: String,
    /// What the vendor says about it.
    pub description: String,
    /// How it works.
    pub kind: SchemeKind,
    /// Other members that the vendor has added.
    pub extensions: Extensions,
}

/// How a way to authenticate works.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemeKind {
    /// A value in the header, parameter or cookie of this name.
    ApiKey {
        /// The name of the header, parameter or cookie.
        name: String,
        /// Where the value stands.
        place: Place,
    },
    /// HTTP basic authentication.
    Basic,
    /// A token in the header `Authorization`, after the word `Bearer`.
    Bearer {
        /// What tokens look like, as the document states it; empty if it does not.
        format: String,
    },
    /// Another scheme of the header `Authorization`.
    Http {
        /// The name of the scheme, in small letters.
        scheme: String,
    },
    /// Tokens that are obtained by one of these flows.
    OAuth2 {
        /// The flows.
        flows: Vec<Flow>,
    },
    /// Tokens of an `OpenID` provider.
    OpenIdConnect {
        /// The address at which the provider describes itself.
        url: String,
    },
    /// A certificate of the client.
    MutualTls,
    /// A kind that no version of the formats knows, with what the document calls it.
    Other(String),
}

/// A way to obtain `OAuth` tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The kind of flow.
    pub kind: FlowKind,
    /// The address to which people are sent to agree; empty if the flow has none.
    pub authorization_url: String,
    /// The address that gives tokens; empty if the flow has none.
    pub token_url: String,
    /// The address that renews tokens; empty if the document states none.
    pub refresh_url: String,
    /// The scopes, each with what the vendor says about it.
    pub scopes: Vec<(String, String)>,
}

/// The kinds of flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// A person agrees, and the program exchanges a code for tokens.
    AuthorizationCode,
    /// The program authenticates itself.
    ClientCredentials,
    /// A person agrees, and the token stands in the address to which they return.
    Implicit,
    /// The program sends the name and password of a person.
    Password,
}

/// A group of operations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tag {
    /// The name by which operations refer to it.
    pub name: String,
    /// What the vendor says about it.
    pub description: String,
    /// Other members that the vendor has added.
    pub extensions: Extensions,
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

/// Something in a document that is not as its format demands, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The file that it is about.
    pub file: String,
    /// The line in the file, counted from 1.
    pub line: u32,
    /// The column in the line, counted from 1.
    pub column: u32,
    /// The place in the document as a JSON pointer; empty when the whole document is meant.
    pub path: String,
    /// What is not as it should be, and how it was read.
    pub message: String,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: warning: {}", self.file, self.line, self.column, self.message)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, " (at {})", self.path) }
    }
}
