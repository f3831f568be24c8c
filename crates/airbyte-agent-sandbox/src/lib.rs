#![doc = include_str!("../README.md")]

/// Keeps the examples of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeExamples;

mod control;
mod data;
mod decode;
mod dispatch;
mod fault;
mod graphql;
mod hash;
mod log;
mod matching;
mod pattern;
mod platform;
mod request;
mod response;
pub mod sample;
mod sandbox;
mod server;
mod services;
mod vendor;

pub use fault::{Fault, FaultKind, Matching};
pub use log::LoggedRequest;
pub use platform::{
    Account, Behaviour, CLIENT_ID, CLIENT_SECRET, ExecuteError, Executed, Execution, Executor,
    Tenant,
};
pub use sandbox::{Sandbox, SandboxBuilder, SharedConnector};
