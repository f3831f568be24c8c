//! Makes a spec of a vendor's document, as the program does.

use std::fmt::Write as _;
use std::path::Path;

use airbyte_agent_import::{Files, Options, import as import_document, read, summary};

/// Imports a document, and returns the report together with what lint reports about the spec. The
/// spec is written if `out` names a file.
///
/// # Errors
///
/// When the document cannot be imported, its spec cannot be used, or a file cannot be read or written.
pub fn import(
    document: &Path,
    out: Option<&Path>,
    options: Options,
    force: bool,
) -> Result<String, Box<dyn std::error::Error>> {
    let (read, text) = read(document)?;
    let files = out.map(Files::of);
    let before = files.as_ref().map(|files| files.before(force)).transpose()?.unwrap_or_default();
    let options = Options { lock: before.lock, overlay: before.overlay, ..options };
    let mut imported = import_document(&read, text.as_bytes(), &options)?;
    let list = |problems: &[airbyte_agent_spec::Problem]| {
        let lines =
            problems.iter().map(|problem| format!("  {} (at {})\n", problem.message, problem.path));
        lines.collect::<String>()
    };
    let (spec, _) = imported.lower().map_err(|problems| list(&problems))?;
    let mut report = summary(&imported);
    let problems = spec.lint();
    if !problems.is_empty() {
        let _ = write!(report, "\nLint:\n{}", list(&problems));
    }
    if let Some(files) = &files {
        files.write(&imported)?;
        let _ =
            writeln!(report, "\nWritten: {} and {}", files.spec.display(), files.lock.display());
    }
    Ok(report)
}
