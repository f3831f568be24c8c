//! Clients that can say what they offer and reach nothing.

use airbyte_agent::core::description::Connector;
use airbyte_agent::core::tools::{ClientTools as _, Exposure, ToolDefinition, Toolset};
use airbyte_agent::core::{BoxFuture, CheckedCall, Reply, Transport};
use airbyte_agent::{Client, Error, ErrorKind, Result, registry};

pub const EXPOSURES: [Exposure; 3] =
    [Exposure::PerOperation, Exposure::PerConnector, Exposure::SearchExecute];

struct Nowhere;

fn nothing() -> Error {
    Error::new(ErrorKind::Network, "nothing can be reached")
}

impl Transport for Nowhere {
    fn send<'a>(&'a self, _: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async { Err(nothing()) })
    }
}

/// The tools of one connector.
pub fn tools(connector: &'static Connector) -> Toolset {
    Client::new(connector, Nowhere).tools()
}

/// The tools of all connectors.
pub fn all() -> Toolset {
    registry().iter().fold(Toolset::empty(), |tools, connector| {
        tools.add(connector.name.as_ref(), Client::new(*connector, Nowhere)).unwrap()
    })
}

/// Every definition of every connector in every exposure, each with where it comes from.
pub fn definitions() -> Vec<(String, ToolDefinition)> {
    let mut found = Vec::new();
    for exposure in EXPOSURES {
        for connector in registry() {
            for tool in tools(connector).exposure(exposure).definitions() {
                found.push((format!("{} {exposure:?} {}", connector.name, tool.name), tool));
            }
        }
        for tool in all().exposure(exposure).batches(true).definitions() {
            found.push((format!("all {exposure:?} {}", tool.name), tool));
        }
    }
    found
}
