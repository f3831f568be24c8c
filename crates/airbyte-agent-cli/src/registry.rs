//! The connector that a command is about: a built-in one, or that of a file.

use std::path::Path;

use airbyte_agent_core::{Description, Error};
use airbyte_agent_import::Loaded;

use crate::failure::usage_error;
use crate::notes;

/// Loads the connector of a spec, or of a vendor's document, which is imported in memory. Says nothing about what
/// is not known of a document.
pub(crate) fn load_spec(path: &Path) -> Result<Description, Error> {
    load(path).map(|loaded| Description::from(loaded.connector))
}

/// The same, for the command that the user has called: what is not known of a document is told.
pub(crate) fn load_spec_with_notes(path: &Path) -> Result<Description, Error> {
    load_spec_with_text(path).map(|(description, _)| description)
}

/// The same, with the text of the spec. The file may be a pipe and cannot be read twice.
pub(crate) fn load_spec_with_text(path: &Path) -> Result<(Description, String), Error> {
    let Loaded { connector, text, questions } = load(path)?;
    let note = questions.and_then(|questions| questions.note());
    notes::print_notes(
        note.map(|note| format!("{} was imported in memory: {note}", path.display())),
    );
    Ok((Description::from(connector), text))
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
