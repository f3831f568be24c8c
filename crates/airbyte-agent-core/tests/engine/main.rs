//! The engine against vendors, networks and a platform that misbehave.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs)]
// Helpers of tests take values for the sake of short calls.
#![allow(clippy::needless_pass_by_value)]

mod acme;
mod faults;
mod files;
mod hosted;
mod records;
mod server;
