#![doc = include_str!("../README.md")]

#[cfg(feature = "platform")]
mod connect;
mod connectors;
mod registry;

pub use airbyte_agent_core::{
    Client, Credentials, Cursor, Download, Error, ErrorKind, Hosted, Items, Local, Outcome, Page,
    Result, serde_json,
};

/// The engine beneath the connectors: everything that is not of one vendor.
pub use airbyte_agent_core as core;

/// The hosted platform: workspaces, connectors in them, sign-in, templates, and its whole API.
#[cfg(feature = "platform")]
pub use airbyte_agent_platform as platform;
#[cfg(feature = "platform")]
pub use airbyte_agent_platform::{CreateOptions, HostedConnector, Platform, Workspace};
#[cfg(feature = "platform")]
pub use connect::{Connect, connect};
pub use connectors::*;
pub use registry::{connector, registry};
