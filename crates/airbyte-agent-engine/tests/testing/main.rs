//! What users test with: the mock transport, and recorded traffic.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub, missing_docs, dead_code)]
// Helpers of tests take values for the sake of short calls.
#![allow(clippy::needless_pass_by_value)]

#[path = "../engine/acme.rs"]
mod acme;
mod cassettes;
mod echo;
mod mock;
mod secrets;
#[path = "../engine/server.rs"]
mod server;
