//! `lint`: everything that is wrong or doubtful in a spec.

use std::fs;
use std::path::Path;

use airbyte_agent_spec::{Problem, Severity, Spec};

/// The problems that linting a spec found.
#[derive(Debug)]
pub struct Report {
    /// The problems in the order of the text.
    pub problems: Vec<Problem>,
}

impl Report {
    /// How many problems have to be corrected.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// How many problems are doubtful.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity == severity).count()
    }
}

/// Reads and lints a spec file. If a file is not a spec at all, the report says why.
///
/// # Errors
///
/// When the file cannot be read.
pub fn lint(file: &Path) -> Result<Report, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let problems = Spec::parse(&text).map_or_else(|problems| problems, |spec| spec.lint());
    Ok(Report { problems })
}
