//! Vendors and the hosted platform, emulated from connector descriptions.
//!
//! One HTTP server on a loopback address answers as every vendor whose description it was given:
//! it checks the credential, refuses what the vendor would refuse, serves records that fit the
//! schemas, remembers what is written, pages, renews tokens and fails on demand. At the root of its
//! address it answers as the hosted platform.
//!
//! ```no_run
//! # async fn run(connector: airbyte_agent_description::Connector) -> std::io::Result<()> {
//! use airbyte_agent_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::builder().connector(connector).start().await?;
//! sandbox.inject(Fault::status(503, serde_json::json!({"error": "down"})));
//! println!("{}", sandbox.url());
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # The platform
//!
//! It begins with the client [`CLIENT_ID`], a workspace `default` with a connector of every kind
//! and, if asked for, a workspace `crowded` with two of one kind. What is made in it belongs to an
//! organization and is seen by its clients only; credentials are kept and never shown. Operations
//! run through an [`Executor`] with the credentials and settings of the connector, so that a bad
//! secret shows at first use, as it does on the real platform. Searches of the context store and
//! its SQL see what the vendors hold at that moment.
//!
//! What tests need besides is at `/_sandbox/`, and in [`Sandbox`]:
//!
//! | endpoint | what it does |
//! | --- | --- |
//! | `POST /_sandbox/faults`, `DELETE` | lets matching requests fail ([`Fault`]) |
//! | `GET /_sandbox/requests`, `DELETE` | what arrived, secrets masked |
//! | `GET /_sandbox/connectors` | the vendors there are |
//! | `GET /_sandbox/clock`, `POST {"advance_seconds": 901}` | the platform's clock, on which tokens end |
//! | `POST /_sandbox/tenants {"client_id", "client_secret", "organizations"?}` | lets a client in ([`Tenant`]) |
//! | `GET /_sandbox/conduct`, `PATCH` | behaviour where the platform's sources disagree ([`Conduct`]) |
//! | `POST /_sandbox/context-store {"connector_id"?, "status": "Loading"}` | how far a context store has come |
//!
//! The page to which an OAuth consent address leads agrees at once; with `&decision=deny` or
//! `&decision=fail` added to the address it leads back with an error.
//!
//! # Vendors
//!
//! A request reaches a vendor by its host in `X-Forwarded-Host`, path and query unchanged, or under
//! `/vendors/<slug>/`. A vendor's authorization server sends the browser back with a code, single-use
//! and bound to client, redirect address and PKCE challenge; `&decision=deny` and `&decision=fail`
//! work there as on the platform, and so does a client id that holds the word `denied`. Everything is decided by the descriptions: the crate knows no vendor, and it
//! shares no code with the engine whose requests it judges.

/// Keeps the examples of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeExamples;

mod control;
mod data;
mod dispatch;
mod fault;
mod graphql;
mod hash;
mod incoming;
mod log;
mod pattern;
mod platform;
mod reply;
pub mod sample;
mod server;
mod vendor;
mod wire;

pub use fault::{Fault, FaultKind, Matching};
pub use log::LoggedRequest;
pub use platform::{
    Account, CLIENT_ID, CLIENT_SECRET, Conduct, ExecuteError, Executed, Execution, Executor, Tenant,
};
pub use server::{Sandbox, SandboxBuilder, SharedConnector};
