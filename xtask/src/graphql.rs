//! Compares the GraphQL documents of a connector with the schema that its vendor publishes: the part of
//! [`crate::drift`] that says whether the vendor accepts the documents.

use std::path::{Path, PathBuf};

use crate::drift::{self, Kind};
use crate::specs;

/// The result of checking the documents of a connector.
#[derive(Debug)]
pub struct Report {
    /// The name of the connector.
    pub slug: String,
    /// The number of documents that were checked.
    pub checked: usize,
    /// Errors in the schema itself; `None` if there are none. Vendors publish such schemas, and
    /// documents can be compared with the valid parts.
    pub defects: Option<String>,
    /// What is wrong with the documents; each text names the operation.
    pub problems: Vec<String>,
}

/// Checks the documents of the connector that `setting`, `SLUG=FILE`, names against the schema in
/// the file: the selection made by default, and the variables that are filled in.
///
/// # Errors
///
/// When spec or schema cannot be read or used, or the connector has no GraphQL operation.
pub fn check(root: &Path, setting: &str) -> Result<Report, String> {
    let (slug, file) = setting
        .split_once('=')
        .ok_or_else(|| format!("--graphql-schema {setting}: expected SLUG=FILE"))?;
    specs::slugs(root, &[slug.to_owned()]).map_err(|error| error.to_string())?;
    let found = drift::drift(&specs::path(root, slug), &[PathBuf::from(file)])
        .map_err(|error| error.to_string())?;
    if found.compared.is_empty() {
        return Err(format!("{slug} has no GraphQL operation"));
    }
    let is_problem = |kind: Kind| {
        let kinds = [Kind::ArgumentUnknown, Kind::ArgumentMissing, Kind::ArgumentRequired];
        kind == Kind::DocumentRefused || kinds.contains(&kind)
    };
    let problems = found
        .differences
        .iter()
        .filter(|difference| difference.reason.is_none() && is_problem(difference.finding.kind));
    let problems = problems.map(|difference| {
        let finding = &difference.finding;
        format!("{slug}: {}: {}", finding.full_id(), finding.detail)
    });
    let defects: Vec<&str> = found.defects.values().map(String::as_str).collect();
    Ok(Report {
        slug: slug.to_owned(),
        checked: found.compared.len(),
        defects: (!defects.is_empty()).then(|| defects.join("\n")),
        problems: problems.collect(),
    })
}
