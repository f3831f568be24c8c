//! `drift`: compares a connector with the documents in which its vendor describes the API, and
//! reports the differences. [`airbyte_agent_document`] reads the documents.

mod accepted;
mod arguments;
mod compare;
mod finding;
mod folder;
mod matching;
mod path;
mod places;
mod records;
mod report;
mod responses;
mod values;
mod variables;
mod wording;

use std::fs;
use std::path::{Path, PathBuf};

use airbyte_agent_description::Connector;
use airbyte_agent_spec::{Problem, Spec};
use serde_json::Value;

pub use accepted::Reason;
use airbyte_agent_document::{self as vendor, Document};
pub use finding::{Class, Finding, Kind};
pub use folder::{Folder, VARIABLE};
pub use report::{Difference, Report};

/// The reason why a connector could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The spec cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path of the spec.
        path: PathBuf,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The spec cannot be lowered.
    #[error("{}", list(path, problems))]
    Spec {
        /// The path of the spec.
        path: PathBuf,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// A document cannot be read.
    #[error(transparent)]
    Document(#[from] vendor::Error),
}

fn list(path: &Path, problems: &[Problem]) -> String {
    let lines: Vec<_> =
        problems.iter().map(|problem| format!("{}:{problem}", path.display())).collect();
    lines.join("\n")
}

/// Compares the connector of a spec file with the vendor's documents in other files.
///
/// # Errors
///
/// When a file cannot be read or understood.
pub fn drift(spec: &Path, documents: &[PathBuf]) -> Result<Report, Error> {
    let text =
        fs::read_to_string(spec).map_err(|source| Error::Read { path: spec.to_owned(), source })?;
    let fail = |problems| Error::Spec { path: spec.to_owned(), problems };
    let spec = Spec::parse(&text).map_err(fail)?;
    let connector = spec.lower().map_err(fail)?;
    let mut read = Vec::new();
    for path in documents {
        read.extend(vendor::read(path)?);
    }
    Ok(compare(&connector, spec.document(), &read))
}

/// Compares a connector with the vendor's documents. `spec` is the document of the connector, with the reasons
/// why differences are accepted.
pub fn compare(connector: &Connector, spec: &Value, documents: &[Document]) -> Report {
    let index = matching::Index::new(documents);
    let mut report = Report::new(connector, documents);
    // What is made of other operations has no request of its own that a document could describe.
    for operation in connector.operations().filter(|operation| operation.upload.is_none()) {
        let comparison = compare::operation(connector, operation, documents, &index);
        report.add(operation.place(), comparison);
    }
    report.explain(accepted::reasons(spec));
    report
}
