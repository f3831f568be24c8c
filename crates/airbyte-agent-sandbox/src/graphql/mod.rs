//! GraphQL requests: documents, their variables, and which document of a description they use.

mod declared;
mod document;
mod known;
mod parse;
mod request;
mod variables;

pub(crate) use declared::DeclaredDocument;
pub(crate) use document::{Document, Selection};
pub(crate) use known::Known;
pub(crate) use request::{GraphqlRequest, RequestError};
pub(crate) use variables::check_variables;
