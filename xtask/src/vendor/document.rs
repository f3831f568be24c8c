//! A document that was read.

use super::graphql::GraphQl;
use super::model::Rest;

/// A document that describes an API.
#[derive(Debug)]
pub struct Document {
    /// The file that the document comes from; inside an archive, the archive and the name in it.
    pub name: String,
    /// The version of the API that the document states; empty if it states none.
    pub version: String,
    /// The API that it describes.
    pub api: Api,
}

/// An API, by the way in which it is called.
#[derive(Debug)]
pub enum Api {
    /// Operations that have a method and a path each.
    Rest(Rest),
    /// One schema, against which callers write documents.
    GraphQl(Box<GraphQl>),
}
