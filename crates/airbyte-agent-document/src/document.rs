//! A document that has been read.

use crate::about::Warning;
#[cfg(feature = "graphql")]
use crate::graphql::GraphQl;
use crate::model::Rest;

/// A document that describes an API.
#[derive(Debug)]
pub struct Document {
    /// The name of the file that the document comes from.
    pub file: String,
    /// The name of the file, or in an archive the name of the archive and the name inside it.
    pub name: String,
    /// The version of the API; empty if the document states none.
    pub version: String,
    /// The API that the document describes.
    pub api: Api,
    /// Parts that do not conform to the format of the document, and how they were read, in the
    /// order of the text.
    pub warnings: Vec<Warning>,
}

/// An API, in the form that depends on how it is called.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are few documents, and each is much larger than this"
)]
pub enum Api {
    /// Operations, each of which has a method and a path.
    Rest(Rest),
    /// One GraphQL schema, for which callers write documents.
    #[cfg(feature = "graphql")]
    GraphQl(Box<GraphQl>),
}
