//! A document that was read.

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
    /// The version of the API that the document states; empty if it states none.
    pub version: String,
    /// The API that it describes.
    pub api: Api,
    /// What is not as the format of the document demands, and how it was read; in the order of the text.
    pub warnings: Vec<Warning>,
}

/// An API, by the way in which it is called.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are few documents, and each is much larger than this"
)]
pub enum Api {
    /// Operations that have a method and a path each.
    Rest(Rest),
    /// One schema, against which callers write documents.
    #[cfg(feature = "graphql")]
    GraphQl(Box<GraphQl>),
}
