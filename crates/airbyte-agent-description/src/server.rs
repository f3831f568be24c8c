//! The base address of a vendor's API.

use serde::Serialize;

use super::{List, Template, Text};

/// Base address of the vendor's API and the variables in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Server {
    /// Base URL, without a trailing slash; names are server variables.
    pub url: Template,
    /// The variables that occur in the base URL.
    pub variables: List<ServerVariable>,
}

/// A variable part of the base URL.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerVariable {
    /// Name of the variable, as in `{name}`.
    pub name: Text,
    /// What the variable stands for.
    pub description: Text,
    /// Value used when the caller gives none; `None` where the spec's default is a placeholder.
    pub default: Option<Text>,
    /// The values that are allowed; if empty, any.
    pub choices: List<Text>,
    /// An example of a value, empty when the spec gives none.
    pub example: Text,
    /// The credential field whose last part, after a delimiter, is the value, such as a data centre at
    /// the end of an API key.
    pub derived_from: Option<Derivation>,
    /// Whether the token response supplies the value, so that nobody has to configure it.
    pub from_token: bool,
}

/// How the value of a server variable is taken from a credential.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Derivation {
    /// Name of the credential field that holds the value.
    pub field: Text,
    /// The value is what follows the last occurrence of this text.
    pub delimiter: Text,
}
