//! The connectors that are compiled in, and those of spec files.

use std::path::Path;

use airbyte_agent_core::{Description, Error};

use crate::failure::usage;

/// The connector of a spec file.
pub(crate) fn load(path: &Path) -> Result<Description, Error> {
    airbyte_agent_spec::load(path).map(Description::from).map_err(|error| usage(error.to_string()))
}

/// The connector that names and `--spec` mean, and the names behind it.
pub(crate) fn choose<'n>(
    spec: Option<&Path>,
    names: &'n [String],
) -> Result<(Description, &'n [String]), Error> {
    match (spec, names) {
        (Some(path), names) => Ok((load(path)?, names)),
        (None, [connector, rest @ ..]) => Ok((airbyte_agent::connector(connector)?, rest)),
        (None, []) => Err(usage("name a connector, or give a spec with --spec FILE")),
    }
}
