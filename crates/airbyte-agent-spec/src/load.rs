//! From a file to a description.

use std::path::Path;

use airbyte_agent_description::Connector;

use crate::{Problem, Spec};

/// Why a spec file could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is no usable spec.
    #[error("{}", list(path, problems))]
    Spec {
        /// The file.
        path: String,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
}

impl LoadError {
    /// The problems of the spec; none when the file could not be read.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Read { .. } => &[],
            Self::Spec { problems, .. } => problems,
        }
    }
}

fn list(path: &str, problems: &[Problem]) -> String {
    let lines: Vec<_> = problems.iter().map(|problem| format!("{path}:{problem}")).collect();
    lines.join("\n")
}

/// Reads, parses and lowers a spec. The error lists every problem as `file:line:column`.
pub fn load(path: &Path) -> Result<Connector, LoadError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|source| LoadError::Read { path: name.clone(), source })?;
    Spec::parse(&text)
        .and_then(|spec| spec.lower())
        .map_err(|problems| LoadError::Spec { path: name, problems })
}
