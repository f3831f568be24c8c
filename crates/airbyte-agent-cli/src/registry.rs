//! The connector that a command is about: a built-in one, or that of a file.

use std::path::Path;

use airbyte_agent_core::{Description, Error};
use airbyte_agent_import::Loaded;
use airbyte_agent_spec::Spec;

use crate::failure::usage_error;
use crate::notes;

/// Loads the connector of a spec, or of a vendor's document, which is imported in memory. Says nothing about what
/// is not known of a document.
pub(crate) fn load_spec(path: &Path) -> Result<Description, Error> {
    load(path).map(|loaded| Description::from(loaded.connector))
}

/// The same, for the command that the user has called: what is not known of a document is told.
pub(crate) fn load_spec_with_notes(path: &Path) -> Result<Description, Error> {
    let loaded = load(path)?;
    tell(path, &loaded);
    Ok(Description::from(loaded.connector))
}

/// The same, with the text of the spec. The file may be a pipe and cannot be read twice.
pub(crate) fn load_spec_with_text(path: &Path) -> Result<(Description, String), Error> {
    let loaded = load(path)?;
    tell(path, &loaded);
    Ok((Description::from(loaded.connector.clone()), loaded.into_text()))
}

/// Tells what a user has to know about a file that was loaded.
fn tell(path: &Path, loaded: &Loaded) {
    let note = match &loaded.questions {
        Some(questions) => questions.note(),
        None => {
            warn_of_unknown_keys(path, &loaded.spec);
            None
        }
    };
    notes::print_notes(
        note.map(|note| format!("{} was imported in memory: {note}", path.display())),
    );
}

/// Warns of keys that look like ours and are none: a misspelt one has no effect. Keys of vendors (`x-…`) are
/// none of ours.
fn warn_of_unknown_keys(path: &Path, spec: &Spec) {
    let unknown = ["unknown key `x-airbyte-", "unknown key `x-agent-"];
    let problems = spec.lint().into_iter();
    let problems =
        problems.filter(|problem| unknown.iter().any(|start| problem.message.starts_with(start)));
    notes::print_warnings(problems.map(|problem| {
        format!("{}:{}: {}; it has no effect", path.display(), problem.line, problem.message)
    }));
}

fn load(path: &Path) -> Result<Loaded, Error> {
    airbyte_agent_import::load(path).map_err(|error| usage_error(error.to_string()))
}

/// The connector that `--spec` or else the first name stands for, and the names after it.
pub(crate) fn choose_connector<'n>(
    spec: Option<&Path>,
    names: &'n [String],
) -> Result<(Description, &'n [String]), Error> {
    match (spec, names) {
        (Some(path), names) => Ok((load_spec_with_notes(path)?, names)),
        (None, [connector, rest @ ..]) => Ok((airbyte_agent::connector(connector)?, rest)),
        (None, []) => Err(usage_error("name a connector, or give a spec with --spec FILE")),
    }
}
