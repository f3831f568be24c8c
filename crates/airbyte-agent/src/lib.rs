#![doc = include_str!("../README.md")]

mod connectors;
mod registry;

pub use airbyte_agent_core::{
    Client, Credentials, Cursor, Download, Error, ErrorKind, Hosted, Items, Local, Outcome, Page,
    Result, serde_json,
};

/// The engine beneath the connectors: everything that is not of one vendor.
pub use airbyte_agent_core as core;

pub use connectors::*;
pub use registry::{connector, registry};
