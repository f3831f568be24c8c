//! The hosted platform's endpoints, by the contract.
#![allow(clippy::unwrap_used, clippy::panic)]

mod connectors;
#[path = "../support/executor.rs"]
mod executor;
mod older;
mod operators;
mod platform;
mod store;
mod templates;
mod tokens;
mod workspaces;
