//! The engine against vendors, networks and a platform that misbehave.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]

mod acme;
mod faults;
mod files;
mod hosted;
mod server;
