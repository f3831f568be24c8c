//! Generates connector crates from connector specs.
//!
//! `airbyte-agent-spec` lowers a spec to a description. [`generate`] turns the description and the document
//! of the spec into the files of a Rust crate, and returns them as texts; the caller writes them. The same
//! input gives the same bytes.

mod conformance;
mod docs;
mod document;
mod draft;
mod error;
mod model;
mod names;
mod platform;
mod prose;
mod rust;
mod sample;
mod types;

use std::collections::BTreeMap;

use airbyte_agent_description::Connector;
use serde_json::Value;

pub use error::Error;
pub use platform::{Platform, platform};

use document::Document;
use model::Model;

/// The files of a generated crate.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// Name of the generated crate.
    pub name: String,
    /// The text of every file, by its path inside the crate with `/` between names.
    pub files: BTreeMap<String, String>,
    /// A Rust test that calls every operation, for the crate that has the harness of these tests.
    pub conformance: String,
}

/// Generates the crate of a connector from its description and the document of its spec.
///
/// # Errors
///
/// When a generated file is not valid Rust, which is a defect of the generator.
pub fn generate(connector: &Connector, document: &Value) -> Result<Package, Error> {
    let model = Model::new(connector, Document(document));
    let mut files = rust::files(&model)?;
    files.extend(docs::files(&model));
    let conformance = conformance::file(&model);
    rust::parse("the conformance test", &conformance)?;
    Ok(Package { name: model.package(), files, conformance })
}
