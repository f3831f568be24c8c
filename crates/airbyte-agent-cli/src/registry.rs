//! The connectors that are compiled in.

use std::path::Path;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::{Description, Error, suggestion};

use crate::failure::usage;

/// Every built-in connector, by name.
pub(crate) static BUILT_IN: &[&Connector] = &[
    &airbyte_agent_github::DESCRIPTION,
    &airbyte_agent_gong::DESCRIPTION,
    &airbyte_agent_stripe::DESCRIPTION,
];

/// The built-in connector of this name.
pub(crate) fn find(name: &str) -> Result<Description, Error> {
    if let Some(connector) = BUILT_IN.iter().find(|connector| connector.name == name) {
        return Ok(Description::from(*connector));
    }
    let names: Vec<&str> = BUILT_IN.iter().map(|connector| connector.name.as_ref()).collect();
    let hint = suggestion(name, &names);
    Err(usage(format!("there is no connector '{name}'{hint}")))
}

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
        (None, [connector, rest @ ..]) => Ok((find(connector)?, rest)),
        (None, []) => Err(usage("name a connector, or give a spec with --spec FILE")),
    }
}
