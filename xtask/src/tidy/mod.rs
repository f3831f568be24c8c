//! `tidy`: rules of the workspace that the compiler does not know. There is one file for each rule,
//! whose function finds problems in the [`Workspace`]. Exceptions are in `xtask/tidy.toml`, each
//! with its reason.

mod circles;
mod commented;
mod docs;
mod layers;
mod length;
mod rules;
mod source;
mod vendors;
mod versions;
mod words;
mod workspace;

use std::fmt;
use std::path::Path;

pub use self::workspace::{Crate, Workspace};

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The path of the file, relative to the root of the workspace.
    pub path: String,
    /// The line, counted from one; zero when the whole file is meant.
    pub line: usize,
    /// The name of the rule that is broken.
    pub rule: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": {}: {}", self.rule, self.message)
    }
}

/// The problems and figures that all rules found.
#[derive(Debug, Default)]
pub struct Report {
    /// What has to be changed, sorted by place.
    pub problems: Vec<Problem>,
    /// Figures that are shown for information only.
    pub notes: Vec<String>,
}

impl Report {
    pub(crate) fn problem(
        &mut self,
        rule: &'static str,
        path: impl Into<String>,
        line: usize,
        message: impl Into<String>,
    ) {
        self.problems.push(Problem { path: path.into(), line, rule, message: message.into() });
    }
}

/// Applies every rule to the workspace at `root`.
///
/// # Errors
///
/// When a file cannot be read, or a manifest or `xtask/tidy.toml` cannot be understood.
pub fn check(root: &Path) -> Result<Report, Error> {
    let workspace = Workspace::read(root)?;
    let mut report = Report::default();
    layers::check(&workspace, &mut report);
    versions::check(&workspace, &mut report);
    vendors::check(&workspace, &mut report)?;
    length::check(&workspace, &mut report);
    commented::check(&workspace, &mut report);
    docs::check(&workspace, &mut report);
    words::check(&workspace, &mut report);
    circles::check(&workspace, &mut report);
    report.problems.sort();
    Ok(report)
}

/// The reason why the workspace could not be examined.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The path of the file or folder.
        path: String,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// A TOML file cannot be understood.
    #[error("{path}: {source}")]
    Toml {
        /// The path of the TOML file.
        path: String,
        /// The message of the parser.
        source: toml::de::Error,
    },
    /// The specs cannot be listed.
    #[error(transparent)]
    Specs(#[from] crate::specs::Error),
}
