//! Generates connector crates from connector specs.
//!
//! A spec is lowered to a description by `airbyte-agent-spec`; this crate turns the two into the
//! files of a Rust crate: [`generate`] returns them as text, and writing them is the caller's
//! business. The same input gives the same bytes.

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
    /// Name of the crate.
    pub name: String,
    /// Texts by path inside the crate, with `/` between names.
    pub files: BTreeMap<String, String>,
    /// A test of every operation, for the crate that holds the harness of such tests.
    pub conformance: String,
}

/// Makes the crate of a connector from its description and the document it was lowered from.
///
/// # Errors
///
/// When what was written is no Rust, a defect of the generator.
pub fn generate(connector: &Connector, document: &Value) -> Result<Package, Error> {
    let model = Model::new(connector, Document(document));
    let mut files = rust::files(&model)?;
    files.extend(docs::files(&model));
    let conformance = conformance::file(&model);
    rust::parse("the conformance test", &conformance)?;
    Ok(Package { name: model.package(), files, conformance })
}
