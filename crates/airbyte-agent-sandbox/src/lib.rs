//! Vendors and the hosted platform, emulated from connector descriptions.
//!
//! One HTTP server on a loopback address answers as every vendor whose description it was given:
//! it checks the credential, refuses what the vendor would refuse, serves records that fit the
//! schemas, remembers what is written, pages, renews tokens and fails on demand. At the root of its
//! address it answers as the hosted platform.
//!
//! ```no_run
//! # async fn run(connector: airbyte_agent_core::description::Connector) -> std::io::Result<()> {
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
//! A request reaches a vendor by its host in `X-Forwarded-Host`, path and query unchanged, or under
//! `/vendors/<slug>/`. Everything is decided by the descriptions: the crate knows no vendor, and it
//! shares no code with the engine whose requests it judges.

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
