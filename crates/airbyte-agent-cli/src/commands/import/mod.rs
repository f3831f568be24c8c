//! The command `import`: makes a spec of a vendor's document, and says what is not known.

mod commands_to_try;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use airbyte_agent_core::Error;
use airbyte_agent_import::{Files, FilesError, Imported, Options, import, report, summary};

use crate::args::import::ImportArgs;
use crate::failure::{Stop, unwritable, usage_error};
use crate::{notes, terminal};

/// Reads the document, writes the spec with its lock file, and prints the report. Nothing is written unless the
/// spec can be used.
pub(crate) fn run_import(args: &ImportArgs) -> Result<(), Stop> {
    let fail = |error: &dyn std::error::Error| usage_error(error.to_string());
    if let Some(slug) = &args.slug {
        check_slug(slug)?;
    }
    let (document, text) =
        airbyte_agent_import::read(&args.document).map_err(|error| fail(&error))?;
    let options =
        Options { slug: args.slug.clone(), only: args.only.clone(), ..Options::default() };
    let out = match &args.out {
        Some(out) => out.clone(),
        None => {
            let first =
                import(&document, text.as_bytes(), &options).map_err(|error| fail(&error))?;
            PathBuf::from(format!("{}.yaml", first.slug))
        }
    };
    let files = Files::of(&out);
    let before = files.before(args.force).map_err(|error| refused(&error))?;
    let options = Options { lock: before.lock, overlay: before.overlay, ..options };
    let mut imported = import(&document, text.as_bytes(), &options).map_err(|error| {
        // What is wrong with the overlay is corrected there.
        let file = match error {
            airbyte_agent_import::Error::Overlay(_) => &files.overlay,
            _ => &args.document,
        };
        usage_error(format!("{}: {error}", file.display()))
    })?;
    let (spec, connector) = imported.lower().map_err(|problems| unusable(&files, &problems))?;
    if let Some(path) = &args.report {
        write(path, &report::json_lines(&imported.decided))?;
    }
    files.write(&imported).map_err(|error| unwritable(&files.spec, &error))?;
    for warning in document.warnings.iter().take(MOST_WARNINGS) {
        notes::print_warnings([format!(
            "{}:{}:{}: {}",
            warning.file, warning.line, warning.column, warning.message
        )]);
    }
    if document.warnings.len() > MOST_WARNINGS {
        notes::print_warnings([format!(
            "… and {} more about the document",
            document.warnings.len() - MOST_WARNINGS
        )]);
    }
    let problems = spec.lint();
    if !problems.is_empty() {
        let first =
            problems.first().map(|problem| format!("{} (at {})", problem.message, problem.path));
        notes::print_warnings([format!(
            "the spec has {} problems that `lint` reports, the first: {}",
            problems.len(),
            first.unwrap_or_default()
        )]);
    }
    print_report(&imported, &files, &commands_to_try::commands(&connector, &files.spec))?;
    Ok(())
}

/// The most warnings about a document that are shown.
const MOST_WARNINGS: usize = 5;

fn print_report(imported: &Imported, files: &Files, commands: &[String]) -> Result<(), Stop> {
    let mut stdout = terminal::stdout();
    write!(stdout, "{}", summary(imported))?;
    writeln!(
        stdout,
        "\nWritten: {} and {}; corrections belong into {}",
        files.spec.display(),
        files.lock.display(),
        files.overlay.display()
    )?;
    writeln!(stdout, "\nTo try:")?;
    for command in commands {
        writeln!(stdout, "  {command}")?;
    }
    stdout.flush()?;
    Ok(())
}

/// A slug is what lint accepts as a name of a connector.
fn check_slug(slug: &str) -> Result<(), Error> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.chars().all(is_plain) && slug.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(());
    }
    Err(usage_error(format!(
        "--slug: `{slug}` is no name of a connector; use small letters, digits and `-`"
    )))
}

fn refused(error: &FilesError) -> Error {
    usage_error(error.to_string())
}

fn unusable(files: &Files, problems: &[airbyte_agent_spec::Problem]) -> Error {
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("{} (at {})", problem.message, problem.path))
        .collect();
    usage_error(format!(
        "the spec could not be used, so nothing was written; correct it in {}: {}",
        files.overlay.display(),
        lines.join("; ")
    ))
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    airbyte_agent_import::write(path, text).map_err(|error| unwritable(path, &error))
}
