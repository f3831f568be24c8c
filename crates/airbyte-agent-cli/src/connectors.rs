//! `connectors`: what is built in.

use airbyte_agent_core::description::Connector;
use serde_json::{Value, json};

use crate::args::ConnectorsArgs;
use crate::failure::Stop;
use crate::output::{self, Printed};

/// Lists the built-in connectors.
pub(crate) fn connectors(args: &ConnectorsArgs) -> Result<(), Stop> {
    let data = Value::Array(
        airbyte_agent::registry().iter().map(|connector| summary(connector)).collect(),
    );
    output::print(output::format(args.output), &Printed { data, meta: Value::Null, next: None })
}

fn summary(connector: &Connector) -> Value {
    json!({
        "name": connector.name,
        "title": connector.title,
        "version": connector.version,
        "entities": connector.entities.len(),
        "operations": connector.operations().count(),
    })
}
