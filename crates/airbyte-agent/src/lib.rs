#![doc = include_str!("../README.md")]

#[cfg(feature = "platform")]
mod connect;
mod connectors;
mod registry;

pub use airbyte_agent_core::{
    AuthFor, BoxFuture, CallOptions, Client, Credentials, Cursor, Download, Error, ErrorKind,
    ExposeSecret, Hosted, Http, HttpBuilder, HttpClient, IntoLocal, Items, Local, Outcome, Page,
    Pages, Result, SecretString, StoredTokens, TokenLock, TokenStore, TokenUpdate, TypedConnector,
    description::RetryPolicy, serde_json,
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

#[doc = include_str!("../docs/in-your-service.md")]
#[cfg(all(any(doc, doctest), feature = "typed", feature = "gong"))]
pub mod in_your_service {}

/// What must not compile, with what must as a control; `tests/credentials.rs` asks for every type.
///
/// ```
/// use airbyte_agent::{Local, gong, hubspot::HubspotConnector};
///
/// # fn example() -> airbyte_agent::Result<()> {
/// let auth = gong::auth::OAuth2::new("access token", "refresh token");
/// let gong = gong::GongConnector::local(Local::new(auth))?;
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// use airbyte_agent::{Local, gong, hubspot::HubspotConnector};
///
/// # fn example() -> airbyte_agent::Result<()> {
/// let auth = gong::auth::OAuth2::new("access token", "refresh token");
/// let hubspot = HubspotConnector::local(Local::new(auth))?;
/// # Ok(())
/// # }
/// ```
#[cfg(all(doctest, feature = "typed", feature = "gong", feature = "hubspot"))]
mod foreign_credentials {}
