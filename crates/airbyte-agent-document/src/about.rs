//! What a vendor's document says about the API as a whole: servers, ways to authenticate, tags. Plain data.

use serde_json::{Map, Value};

/// Members whose names begin with `x-`, in the order of the document.
pub type Extensions = Map<String, Value>;

/// A server of the API, or several that differ by variables.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Server {
    /// The address in the document, with `{name}` for variables. It may be relative.
    pub url: String,
    /// The vendor's description of the server.
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
    /// The value that is used if no other is known; empty if there is none.
    pub default: String,
    /// The only values that are allowed; empty if all values are.
    pub choices: Vec<String>,
    /// The vendor's description of the variable.
    pub description: String,
}

/// Schemes that a request needs together. A requirement without schemes allows requests without
/// credentials.
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
    /// The vendor's description of the scheme.
    pub description: String,
    /// How the scheme authenticates a request.
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
        /// The part of the request that carries the value.
        place: Place,
    },
    /// HTTP basic authentication, with a name and a password.
    Basic,
    /// A token in the header `Authorization`, after the word `Bearer`.
    Bearer {
        /// The form of tokens, as the document states it; empty if it does not.
        format: String,
    },
    /// Another scheme of the header `Authorization`.
    Http {
        /// The name of the scheme, in lower case.
        scheme: String,
    },
    /// Tokens that are obtained with one of these flows.
    OAuth2 {
        /// The flows, each of which can be used.
        flows: Vec<Flow>,
    },
    /// Tokens of an `OpenID` provider.
    OpenIdConnect {
        /// The address at which the provider describes itself.
        url: String,
    },
    /// A certificate of the client.
    MutualTls,
    /// A kind that no version of the formats knows, with its name in the document.
    Other(String),
}

/// A way to obtain `OAuth` tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The kind of flow.
    pub kind: FlowKind,
    /// The address at which people give their consent; empty if the flow has none.
    pub authorization_url: String,
    /// The address from which tokens are obtained; empty if the flow has none.
    pub token_url: String,
    /// The address at which tokens are renewed; empty if the document states none.
    pub refresh_url: String,
    /// The scopes, each with the vendor's description.
    pub scopes: Vec<(String, String)>,
}

/// The kinds of flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// A person gives consent, and the program exchanges a code for tokens.
    AuthorizationCode,
    /// The program authenticates with its own credentials.
    ClientCredentials,
    /// A person gives consent, and the address to which they return contains the token.
    Implicit,
    /// The program sends the name and password of a person.
    Password,
}

/// A group of operations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tag {
    /// The name by which operations refer to it.
    pub name: String,
    /// The vendor's description of the group.
    pub description: String,
    /// Other members that the vendor has added.
    pub extensions: Extensions,
}

/// The part of a request that carries a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A part of the path.
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
    /// The place with this name in documents.
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

/// A part of a document that does not conform to its format, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The name of the file that contains it.
    pub file: String,
    /// The line in the file, counted from 1.
    pub line: u32,
    /// The column in the line, counted from 1.
    pub column: u32,
    /// The place in the document as a JSON pointer; empty for the whole document.
    pub path: String,
    /// What does not conform to the format, and how it was read.
    pub message: String,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}: warning: {}", self.file, self.line, self.column, self.message)?;
        if self.path.is_empty() { Ok(()) } else { write!(f, " (at {})", self.path) }
    }
}
