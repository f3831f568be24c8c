#![doc = include_str!("../README.md")]

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "generated code is not written by hand")]
pub mod api;
mod builders;
mod client;
mod create;
mod definitions;
mod exists;
mod info;
mod oauth_app;
mod platform;
mod sign_in;
mod templates;
mod typed;
mod workspace;
mod workspaces;

pub use airbyte_agent_core::TypedConnector;
pub use create::CreateOptions;
pub use info::{
    CheckOutcome, ConnectorDetails, ConnectorInfo, DefinitionInfo, Ensured, TemplateInfo,
    WorkspaceInfo,
};
pub use platform::Platform;
pub use sign_in::SignedIn;
pub use typed::HostedConnector;
pub use workspace::Workspace;
