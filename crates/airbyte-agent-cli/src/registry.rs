//! The connector that a command is about: a built-in one, or that of a spec file.

use std::path::Path;

use airbyte_agent_core::{Description, Error};

use crate::failure::usage_error;

/// Reads and lowers a spec file.
pub(crate) fn load_spec(path: &Path) -> Result<Description, Error> {
    let connector = airbyte_agent_spec::load(path);
    connector.map(Description::from).map_err(|error| usage_error(error.to_string()))
}

/// The same, with the text of the file, which may be a pipe and cannot be read twice.
pub(crate) fn load_spec_with_text(path: &Path) -> Result<(Description, String), Error> {
    let (connector, text) =
        airbyte_agent_spec::load_with_text(path).map_err(|error| usage_error(error.to_string()))?;
    Ok((Description::from(connector), text))
}

/// The connector that `--spec` or else the first name stands for, and the names after it.
pub(crate) fn choose_connector<'n>(
    spec: Option<&Path>,
    names: &'n [String],
) -> Result<(Description, &'n [String]), Error> {
    match (spec, names) {
        (Some(path), names) => Ok((load_spec(path)?, names)),
        (None, [connector, rest @ ..]) => Ok((airbyte_agent::connector(connector)?, rest)),
        (None, []) => Err(usage_error("name a connector, or give a spec with --spec FILE")),
    }
}
