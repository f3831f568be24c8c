//! Reads the documents in which vendors describe their APIs, and gives what they say in one form: operations
//! with parameters, bodies and responses, whose schemas are JSON Schema. Understands `OpenAPI` 3, Swagger 2,
//! discovery documents of Google, descriptions of the objects of a graph API, and GraphQL schemas as SDL or as the result of introspection.
//!
//! This module knows nothing of connectors and specs, and nothing else of this crate, so that it can become a
//! crate of its own.

mod discovery;
mod document;
mod files;
mod form;
pub mod graphql;
mod model;
mod objects;
mod openapi;
mod refs;
mod schema;
mod swagger;

pub use document::{Api, Document};
pub use files::{Error, read};
pub use model::{Body, Content, Operation, Parameter, Place, Response, Rest};
pub use refs::base as base_path;
pub use schema::{Opener, Schema, Shape};
