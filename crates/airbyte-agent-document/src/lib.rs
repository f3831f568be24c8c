//! Reads the documents in which vendors describe their APIs, and returns their content in one form:
//! operations with parameters, bodies and responses, whose schemas are JSON Schema. It understands
//! `OpenAPI` 3, Swagger 2, discovery documents of Google, descriptions of the objects of a graph
//! API, and, with the feature `graphql`, GraphQL schemas as SDL or as the result of introspection.
//!
//! This crate knows nothing of connectors and specs.

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod about;
mod bundle;
mod check;
mod definitions;
mod discovery;
mod document;
mod files;
mod form;
#[cfg(feature = "graphql")]
pub mod graphql;
mod mend;
mod model;
mod normal;
mod notes;
mod objects;
mod openapi;
mod parts;
mod refs;
mod schema;
mod swagger;
mod text;
mod walk;

pub use about::{
    Extensions, Flow, FlowKind, Requirement, Scheme, SchemeKind, Server, ServerVariable, Tag,
    Warning,
};
pub use definitions::Definitions;
pub use document::{Api, Document};
pub use files::{Error, open, parse, read};
pub use model::{Body, Content, Link, Operation, Parameter, Place, Response, Rest, Style};
pub use refs::base as base_path;
pub use schema::{Opener, Schema, Shape};
