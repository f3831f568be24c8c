//! The command `connectors`: lists the built-in connectors.

use airbyte_agent_core::description::Connector;
use serde_json::{Value, json};

use crate::args::explain::ConnectorsArgs;
use crate::failure::Stop;
use crate::output::{self, ResultDocument};

/// Prints name, title, version and size of every built-in connector.
pub(crate) fn run_connectors(args: &ConnectorsArgs) -> Result<(), Stop> {
    let all = airbyte_agent::registry().iter();
    let data = all.map(|connector| connector_summary(connector)).collect();
    output::print_result(args.output, &ResultDocument::of_data(data))
}

fn connector_summary(connector: &Connector) -> Value {
    json!({
        "name": connector.name,
        "title": connector.title,
        "version": connector.version,
        "entities": connector.entities.len(),
        "operations": connector.operations().count(),
    })
}
